"""Graded relevance: images that share more labels with the query should come first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...encoders.encoder import Encoded, Encoder
from ...progress import Progress
from ..hashing.benchmark import encode_hashing
from ..rankings import SHORTLIST, Scores, code_scores, embedding_scores, pipeline_scores, take
from ..report import encoder_facts, percent
from .graded_gain import expected_ndcg
from .label_table import read_labels

#: Lengths of the list at which the gain is measured.
KS = (10, 100)
_CHUNK = 128


def evaluate_labels(
    encoder: Encoder,
    images_dir: str | Path,
    database_list: str | Path,
    query_list: str | Path,
    labels: str | Path,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Measure the order of images by how many labels they share with the query.

    Finding an image that shares r labels is worth 2^r - 1, as in papers on multi-label hashing.

    Args:
        encoder: what is measured.
        images_dir: folder of the images.
        database_list: list of the images searched, relative to the folder.
        query_list: list of the images that are searched with.
        labels: table for ``label_table.read_labels``.
        progress: told the images done; can cancel.

    Returns:
        A JSON object in percent: ``ndcg_at_10`` and ``ndcg_at_100`` of the ranking by embedding;
        the same under ``code`` and ``pipeline``; what was measured on what.

    Raises:
        UsageError: lists, labels or images missing.
        RasterError: an image cannot be read.
        CancelledError: if cancelled.
    """
    table = read_labels(Path(labels))
    benchmark = encode_hashing(encoder, images_dir, database_list, query_list, None, progress)
    asked = table.of(list(benchmark.query_names)).astype(np.int64)
    given = table.of(list(benchmark.database_names)).astype(np.int64)
    gains = 2.0 ** (asked @ given.T) - 1

    def measured(scores: Callable[[Encoded, Encoded], Scores]) -> dict[str, float]:
        return _ndcg(benchmark.queries, benchmark.items, gains, scores)

    return {
        "benchmark": "labels",
        "unit": "percent",
        **measured(embedding_scores),
        "code": {**measured(code_scores), "bits": benchmark.bits},
        "pipeline": {**measured(pipeline_scores), "shortlist": min(SHORTLIST, gains.shape[1])},
        "queries": gains.shape[0],
        "database": gains.shape[1],
        "labels": list(table.labels),
        "protocol": (
            f"{gains.shape[0]} queries against {gains.shape[1]} images; an image that shares r "
            "labels gains 2^r - 1; tied items count by expectation over their orders"
        ),
        "seconds": round(benchmark.seconds, 3),
        "encoder": encoder_facts(encoder),
    }


def _ndcg(
    queries: Encoded,
    items: Encoded,
    gains: npt.NDArray[np.float64],
    scores: Callable[[Encoded, Encoded], Scores],
) -> dict[str, float]:
    sums = np.zeros(len(KS))
    for start in range(0, len(queries), _CHUNK):
        rows = slice(start, start + _CHUNK)
        found = scores(take(queries, rows), items)
        sums += [expected_ndcg(found, gains[rows], k).sum() for k in KS]
    means = sums / len(queries)
    return {f"ndcg_at_{k}": percent(mean) for k, mean in zip(KS, means, strict=True)}
