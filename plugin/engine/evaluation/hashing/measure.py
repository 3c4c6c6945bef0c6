"""The hashing benchmark: queries against a database, an item is relevant if of the same class."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...encoders.encoder import Encoded, Encoder
from ...progress import Progress
from .. import average_precision as ap
from ..page.files import prepare_folder, write_report
from ..page.hashing_page import hashing_page
from ..rankings import (
    SHORTLIST,
    Scores,
    code_scores,
    embedding_scores,
    pipeline_scores,
    take,
)
from ..report import encoder_facts, percent
from ..shells import shells_of
from .benchmark import HashingBenchmark, encode_hashing

_CHUNK = 128


def evaluate_hashing(
    encoder: Encoder,
    images_dir: str | Path,
    database_list: str | Path,
    query_list: str | Path,
    bits: int | None = None,
    progress: Progress | None = None,
    *,
    shortlist: int = SHORTLIST,
    report: Path | None = None,
) -> dict[str, Any]:
    """Measure how well images of a class are found by images of the same class.

    Args:
        encoder: what is measured.
        images_dir: folder of the images.
        database_list: list of the images searched, paths relative to the folder, the class the
            folder of the file.
        query_list: list of the images that are searched with.
        bits: first bits of the code that are used; all if left out.
        progress: told the images done; can cancel.
        shortlist: images re-ranked by embedding in the pipeline's ranking.
        report: folder in which ``report.html`` and ``report.json`` are written.

    Returns:
        A JSON object in percent: ``map``, ``map_at_20`` (divided by the relevant ones among the
        20, as hashing papers do) and ``precision_at_10`` of the ranking by code; the same under
        ``embedding`` and ``pipeline``; what was measured on what. All are expectations over the
        orders of tied images.

    Raises:
        UsageError: lists or images missing, or more bits than the code has.
        RasterError: an image cannot be read.
        StorageError: the report cannot be written, which is found before the work if possible.
        CancelledError: if cancelled.
    """
    if report is not None:
        prepare_folder(report)
    benchmark = encode_hashing(encoder, images_dir, database_list, query_list, bits, progress)
    result = measure_hashing(encoder, benchmark, shortlist)
    if report is not None:
        write_report(report, hashing_page(encoder.package, benchmark, result), result)
    return result


def measure_hashing(
    encoder: Encoder, benchmark: HashingBenchmark, shortlist: int = SHORTLIST
) -> dict[str, Any]:
    """Return the object of ``evaluate_hashing`` for images that are encoded."""
    queries, database = benchmark.query_names, benchmark.database_names
    query_class, item_class = benchmark.query_class, benchmark.item_class
    answerable = benchmark.answerable
    measure = partial(
        _measure,
        take(benchmark.queries, np.flatnonzero(answerable)),
        benchmark.items,
        query_class[answerable],
        item_class,
    )
    both = set(database) & set(queries)
    images = len(set(database) | set(queries))
    return {
        "benchmark": "hashing",
        "unit": "percent",
        **measure(code_scores),
        "bits": benchmark.bits,
        "queries": len(queries),
        "database": len(database),
        "classes": len(set(item_class) | set(query_class)),
        "embedding": measure(embedding_scores),
        "pipeline": {
            **measure(partial(pipeline_scores, shortlist=shortlist)),
            "shortlist": min(shortlist, len(database)),
        },
        "protocol": (
            f"{len(queries)} queries against a database of {len(database)} images that "
            f"{'holds' if both else 'does not hold'} any of them; metrics "
            "are expectations over the order of tied images"
        ),
        "queries_in_database": len(both),
        "queries_without_relevant": int((~answerable).sum()),
        "identical_files": benchmark.identical[:50],
        "seconds": round(benchmark.seconds, 3),
        "images_per_second": round(images / max(benchmark.seconds, 1e-9), 1),
        "encoder": encoder_facts(encoder),
    }


def _measure(
    queries: Encoded,
    items: Encoded,
    query_class: npt.NDArray[np.str_],
    item_class: npt.NDArray[np.str_],
    scores: Callable[[Encoded, Encoded], Scores],
) -> dict[str, float]:
    """Return the three metrics of one ranking, a chunk of queries at a time."""
    sums = np.zeros(3)
    for start in range(0, len(queries), _CHUNK):
        rows = slice(start, start + _CHUNK)
        relevant = query_class[rows, None] == item_class
        shells = shells_of(-scores(take(queries, rows), items), relevant)
        sums += (
            ap.expected_average_precision(shells).sum(),
            ap.expected_average_precision_at(shells, 20).sum(),
            ap.expected_precision_at(shells, 10).sum(),
        )
    means = sums / len(queries)
    return {
        name: percent(mean)
        for name, mean in zip(("map", "map_at_20", "precision_at_10"), means, strict=True)
    }
