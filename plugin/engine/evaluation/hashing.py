"""The hashing benchmark: queries against a database, an item is relevant if of the same class."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..encoders.codes import truncate_codes
from ..encoders.encoder import Encoded, Encoder
from ..errors import UsageError
from ..progress import Progress
from . import average_precision as ap
from .image_encoding import encode_image_files
from .image_lists import check_files, class_of, read_list
from .rankings import (
    SHORTLIST,
    Scores,
    code_scores,
    embedding_scores,
    pipeline_scores,
    take,
)
from .report import encoder_facts, percent
from .shells import shells_of

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

    Returns:
        A JSON object in percent: ``map``, ``map_at_20`` (divided by the relevant ones among the
        20, as hashing papers do) and ``precision_at_10`` of the ranking by code; the same under
        ``embedding`` and ``pipeline``; what was measured on what. All are expectations over the
        orders of tied images.

    Raises:
        UsageError: lists or images missing, or more bits than the code has.
        RasterError: an image cannot be read.
        CancelledError: if cancelled.
    """
    folder = Path(images_dir)
    available = encoder.package.code_bits
    used = available if bits is None else bits
    truncate_codes(np.zeros((0, available // 8), np.uint8), used)  # refuses before the work
    database, queries = read_list(Path(database_list)), read_list(Path(query_list))
    names = list(dict.fromkeys(database + queries))
    classes = {name: class_of(name) for name in names}
    check_files(folder, names)
    images = encode_image_files(encoder, folder, names, progress)
    row = {name: number for number, name in enumerate(names)}
    codes = truncate_codes(images.encoded.codes, used)
    encoded = Encoded(images.encoded.embeddings, _whole_words(codes))
    items = take(encoded, np.array([row[name] for name in database]))
    asked = take(encoded, np.array([row[name] for name in queries]))
    item_class = np.array([classes[name] for name in database])
    query_class = np.array([classes[name] for name in queries])
    answerable = np.isin(query_class, item_class)
    if not answerable.any():
        raise UsageError(
            "No query has an image of its class in the database",
            hint="Check that both lists are of the same benchmark.",
        )
    measure = partial(
        _measure,
        take(asked, np.flatnonzero(answerable)),
        items,
        query_class[answerable],
        item_class,
    )
    return {
        "benchmark": "hashing",
        "unit": "percent",
        **measure(code_scores),
        "bits": used,
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
            f"{'holds' if set(database) & set(queries) else 'does not hold'} any of them; metrics "
            "are expectations over the order of tied images"
        ),
        "queries_in_database": len(set(database) & set(queries)),
        "queries_without_relevant": int((~answerable).sum()),
        "identical_files": images.copies()[:50],
        "seconds": round(images.seconds, 3),
        "images_per_second": round(len(names) / max(images.seconds, 1e-9), 1),
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


def _whole_words(codes: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Fill codes up to a multiple of 8 bytes with zeros, which count faster and change nothing."""
    return np.pad(codes, ((0, 0), (0, -codes.shape[1] % 8)))
