"""The caption benchmark: images found by their captions, and captions by their images."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ...encoders.encoder import Encoded, Encoder
from ...progress import Progress
from ..page.caption_page import caption_page
from ..page.files import prepare_folder, write_report
from ..rankings import SHORTLIST, code_scores, embedding_scores, pipeline_scores, take
from ..report import encoder_facts
from .benchmark import CaptionBenchmark, encode_captions
from .caption_recall import recalls
from .recall import Scores
from .rerank import measure_rerank


def evaluate_captions(
    encoder: Encoder,
    images_dir: str | Path,
    captions_json: str | Path,
    split: str = "test",
    progress: Progress | None = None,
    *,
    rerank: bool = False,
    shortlist: int = SHORTLIST,
    report: Path | None = None,
) -> dict[str, Any]:
    """Measure recall at 1, 5 and 10 between images and captions.

    Args:
        encoder: what is measured; it needs a text part.
        images_dir: folder of the images.
        captions_json: caption file in Karpathy's layout.
        split: which of its splits.
        progress: told the images done; can cancel.
        rerank: also measure re-ranking by the encoder's fusion part, see ``measure_rerank``.
        shortlist: items re-ranked by embedding in the pipeline's ranking.
        report: folder in which ``report.html`` and ``report.json`` are written.

    Returns:
        A JSON object in percent: ``i2t`` and ``t2i``, [R@1, R@5, R@10] of the ranking by embedding,
        ``mr``, their mean; the same under ``code``, ``pipeline`` and, where asked for,
        ``reranked``; what was measured on what. Ties count by expectation, see ``recall``.

    Raises:
        UsageError: captions or images missing.
        EncoderPackageError: the encoder has no text part, or no fusion part for ``rerank``.
        RasterError: an image cannot be read.
        StorageError: the report cannot be written, which is found before the work if possible.
        CancelledError: if cancelled.
    """
    if report is not None:
        prepare_folder(report)
    benchmark = encode_captions(encoder, images_dir, captions_json, split, progress, tokens=rerank)
    result = measure_captions(encoder, benchmark, shortlist)
    if rerank:
        result["reranked"] = measure_rerank(encoder, benchmark, progress or Progress())
        result["encoder"] = encoder_facts(encoder)  # the fusion part is loaded only now
    if report is not None:
        write_report(report, caption_page(encoder.package, benchmark, result), result)
    return result


def measure_captions(
    encoder: Encoder, benchmark: CaptionBenchmark, shortlist: int = SHORTLIST
) -> dict[str, Any]:
    """Return the object of ``evaluate_captions`` for images and captions that are encoded."""
    measure = partial(_measure, benchmark)
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
    benchmark: CaptionBenchmark, scores: Callable[[Encoded, Encoded], Scores]
) -> dict[str, Any]:
    """Return i2t, t2i and their mean for one ranking."""
    images, texts = benchmark.images, benchmark.texts

    def image_scores(rows: slice) -> Scores:
        return np.asarray(scores(take(images, rows), texts))

    def text_scores(rows: slice) -> Scores:
        return np.asarray(scores(take(texts, rows), images))

    return recalls(benchmark, image_scores, text_scores)
