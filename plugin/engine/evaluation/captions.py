"""The caption benchmark: images found by their captions, and captions by their images."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..encoders.encoder import Encoded, Encoder
from ..errors import EncoderPackageError
from ..progress import Progress
from .caption_benchmark import CaptionBenchmark, encode_captions
from .rankings import SHORTLIST, code_scores, embedding_scores, pipeline_scores, take
from .recall import Scores, recall_both_ways
from .report import encoder_facts, percent

_KS = (1, 5, 10)


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
    if rerank:
        encoder.require("text")
        encoder.require("fusion")
        raise EncoderPackageError(
            "This version cannot run fusion parts yet", hint="Measure without --rerank."
        )
    benchmark = encode_captions(encoder, images_dir, captions_json, split, progress)
    return measure_captions(encoder, benchmark, shortlist)


def measure_captions(
    encoder: Encoder, benchmark: CaptionBenchmark, shortlist: int = SHORTLIST
) -> dict[str, Any]:
    """Return the object of ``evaluate_captions`` for images and captions that are encoded."""
    measure = partial(
        _measure,
        benchmark.images,
        benchmark.texts,
        benchmark.owner,
        benchmark.image_row,
        benchmark.text_row,
    )
    images = len(benchmark.listed.names)
    return {
        "benchmark": "captions",
        "unit": "percent",
        "split": benchmark.split,
        **measure(embedding_scores),
        "code": {**measure(code_scores), "bits": encoder.package.code_bits},
        "pipeline": {
            **measure(partial(pipeline_scores, shortlist=shortlist)),
            "shortlist": min(shortlist, images),
        },
        "images": images,
        "captions": len(benchmark.listed.captions),
        "distinct_captions": len(benchmark.texts),
        "protocol": (
            "an image is answered by any of its own captions, a caption only by its own image; "
            "tied items count by expectation over their orders"
        ),
        "identical_files": benchmark.identical[:50],
        "seconds": round(benchmark.seconds, 3),
        "images_per_second": round(images / max(benchmark.seconds, 1e-9), 1),
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
