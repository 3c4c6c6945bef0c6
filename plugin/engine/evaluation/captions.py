"""The caption benchmark: images found by their captions, and captions by their images."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..encoders.encoder import Encoded, Encoder
from ..encoders.tokens import normalise_text
from ..errors import EncoderPackageError
from ..progress import Progress
from .image_encoding import encode_image_files
from .image_lists import check_files
from .karpathy import read_captions
from .rankings import SHORTLIST, code_scores, embedding_scores, pipeline_scores, take
from .recall import Scores, recall_both_ways
from .report import encoder_facts, percent

_KS = (1, 5, 10)
_TEXTS = 256


def evaluate_captions(
    encoder: Encoder,
    images_dir: str | Path,
    captions_json: str | Path,
    split: str = "test",
    progress: Progress | None = None,
    *,
    rerank: bool = False,
    shortlist: int = SHORTLIST,
) -> dict[str, Any]:
    """Measure recall at 1, 5 and 10 between images and captions.

    Args:
        encoder: what is measured; it needs a text part.
        images_dir: folder of the images.
        captions_json: caption file in Karpathy's layout.
        split: which of its splits.
        progress: told the images done; can cancel.
        rerank: re-rank by the encoder's fusion part.
        shortlist: items re-ranked by embedding in the pipeline's ranking.

    Returns:
        A JSON object in percent: ``i2t`` and ``t2i``, [R@1, R@5, R@10] of the ranking by embedding,
        ``mr``, their mean; the same under ``code`` and ``pipeline``; what was measured on what.
        Ties count by expectation, see ``recall``.

    Raises:
        UsageError: captions or images missing.
        EncoderPackageError: the encoder has no text part, or no fusion part for ``rerank``.
        RasterError: an image cannot be read.
        CancelledError: if cancelled.
    """
    for role in ("text", "fusion") if rerank else ("text",):
        encoder.require(role)
    if rerank:
        raise EncoderPackageError(
            "This version cannot run fusion parts yet", hint="Measure without --rerank."
        )
    folder = Path(images_dir)
    listed = read_captions(Path(captions_json), split)
    check_files(folder, listed.names)
    images = encode_image_files(encoder, folder, listed.names, progress)
    texts = [normalise_text(caption) for caption in listed.captions]
    distinct_texts, text_row = _distinct(texts)
    text_codes = _encode_texts(encoder, distinct_texts, progress or Progress())
    _, image_row = _distinct(images.digests)
    first = np.unique(image_row, return_index=True)[1]
    image_codes = take(images.encoded, first)
    measure = partial(
        _measure, image_codes, text_codes, np.array(listed.owners), image_row, text_row
    )
    return {
        "benchmark": "captions",
        "unit": "percent",
        "split": split,
        **measure(embedding_scores),
        "code": {**measure(code_scores), "bits": encoder.package.code_bits},
        "pipeline": {
            **measure(partial(pipeline_scores, shortlist=shortlist)),
            "shortlist": min(shortlist, len(listed.names)),
        },
        "images": len(listed.names),
        "captions": len(listed.captions),
        "distinct_captions": len(distinct_texts),
        "protocol": (
            "an image is answered by any of its own captions, a caption only by its own image; "
            "tied items count by expectation over their orders"
        ),
        "identical_files": images.copies()[:50],
        "seconds": round(images.seconds, 3),
        "images_per_second": round(len(listed.names) / max(images.seconds, 1e-9), 1),
        "encoder": encoder_facts(encoder),
    }


def _measure(
    images: Encoded,
    texts: Encoded,
    owner: npt.NDArray[np.int64],
    image_row: npt.NDArray[np.int64],
    text_row: npt.NDArray[np.int64],
    scores: Any,
) -> dict[str, Any]:
    """Return i2t, t2i and their mean for one ranking."""

    def image_scores(rows: slice) -> Scores:
        return np.asarray(scores(take(images, rows), texts))

    def text_scores(rows: slice) -> Scores:
        return np.asarray(scores(take(texts, rows), images))

    i2t, t2i = recall_both_ways(image_scores, text_scores, owner, image_row, text_row, _KS)
    return {
        "i2t": [percent(value) for value in i2t],
        "t2i": [percent(value) for value in t2i],
        "mr": percent(float(np.mean([*i2t, *t2i]))),
    }


def _distinct(values: list[str] | tuple[str, ...]) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Return the distinct values, and for each value the position of its like among them."""
    rows = {value: row for row, value in enumerate(dict.fromkeys(values))}
    return list(rows), np.array([rows[value] for value in values], np.int64)


def _encode_texts(encoder: Encoder, texts: list[str], progress: Progress) -> Encoded:
    parts = []
    for start in range(0, len(texts), _TEXTS):
        progress.report(start, len(texts), unit="captions")
        parts.append(encoder.encode_texts(texts[start : start + _TEXTS]))
    return Encoded(
        np.concatenate([part.embeddings for part in parts]),
        np.concatenate([part.codes for part in parts]),
    )
