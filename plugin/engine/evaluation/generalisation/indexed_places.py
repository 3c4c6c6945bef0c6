"""The places benchmark on an index: tiles of one footprint at several dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from ...encoders.encoder import Encoded, Encoder
from ...errors import QueryError
from ...index.tile_index import TileIndex
from ...progress import Progress
from ...retrieval.query_encoder import check_match
from ...retrieval.ranking import unit_rows
from ..rankings import SHORTLIST, take
from ..report import encoder_facts
from .judged import Mask, measure_judged

#: Share of their union that two footprints have in common if they are of one place. Tiles that
#: share less are of neither the same place nor another: they are neither found nor missed.
SAME_PLACE = 0.5

#: Tiles that ask at most, spread over the index.
_MOST_QUERIES = 2_000
_BLOCK = 8_192


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of tiles of different dates whose footprints meet, each pair both ways.

    Attributes:
        first, second: int64 (P,), rows of the tiles, sorted by ``first``.
        same: bool (P,), whether they are of one place.
    """

    first: npt.NDArray[np.int64]
    second: npt.NDArray[np.int64]
    same: Mask


def evaluate_indexed_places(
    index: TileIndex, encoder: Encoder, progress: Progress | None = None
) -> dict[str, Any]:
    """Measure how well the tiles of an index find their place at other dates.

    Nothing is encoded: embeddings and codes are those of the index. Tiles of unknown date take no
    part.

    Args:
        index: with imagery of one place at several dates.
        encoder: the encoder that made it.
        progress: told the stages; can cancel.

    Returns:
        The object of ``places.evaluate_places``.

    Raises:
        EncoderMismatchError: the index was made by another encoder.
        QueryError: no two tiles of different dates show one place.
        IndexFileError: the index is damaged.
        CancelledError: if cancelled.
    """
    progress = progress or Progress()
    check_match(index, encoder)
    with index.snapshot():
        table = index.load_codes()
        tiles = index.tiles(table.ids)
        dated = np.array([row for row, tile in enumerate(tiles) if tile.acquired], np.int64)
        embeddings = np.empty((len(dated), index.info.embedding_size), np.float32)
        for start in range(0, len(dated), _BLOCK):
            progress.report(start, len(dated), unit="tiles")
            rows = dated[start : start + _BLOCK]
            embeddings[start : start + _BLOCK] = unit_rows(index.embeddings(table.ids[rows]))
    date = np.array([f"{tiles[row].acquired:%Y-%m-%d}" for row in dated], dtype="U10")
    footprints = np.array([tiles[row].footprint for row in dated], dtype=object)
    pairs = meeting_pairs(footprints, date, table.scales[dated])
    asking = np.unique(pairs.first[pairs.same])
    if not len(asking):
        raise QueryError(
            f"{index.path.name} has no place at two dates",
            hint="Index imagery of one place that was taken on different days, with its dates.",
        )
    answerable = len(asking)
    if answerable > _MOST_QUERIES:
        chosen = np.random.default_rng(0).choice(answerable, _MOST_QUERIES, replace=False)
        asking = asking[np.sort(chosen)]
    everything = Encoded(embeddings, table.codes[dated])
    starts = np.searchsorted(pairs.first, np.arange(len(dated) + 1))

    def judge(rows: npt.NDArray[np.int64]) -> tuple[Mask, Mask]:
        progress.check()
        own = asking[rows]
        right = np.zeros((len(rows), len(dated)), bool)
        allowed = date[own, None] != date
        for place, row in enumerate(own.tolist()):
            met = slice(starts[row], starts[row + 1])
            right[place, pairs.second[met][pairs.same[met]]] = True
            allowed[place, pairs.second[met][~pairs.same[met]]] = False
        return right, allowed

    measured = measure_judged(take(everything, asking), everything, judge)
    return {
        "benchmark": "places",
        "unit": "percent",
        **measured["embedding"],
        "code": {**measured["code"], "bits": index.info.code_bits},
        "pipeline": {**measured["pipeline"], "shortlist": min(SHORTLIST, len(dated))},
        "queries": len(asking),
        "answerable": answerable,
        "images": len(dated),
        "undated_tiles": len(tiles) - len(dated),
        "dates": len(set(date.tolist())),
        "protocol": (
            f"tiles ask the tiles of other days; right is a footprint that shares {SAME_PLACE:.0%} "
            "of the union, one that shares less counts neither way; tied items count by "
            "expectation over their orders"
        ),
        "encoder": encoder_facts(encoder),
    }


def meeting_pairs(
    footprints: npt.NDArray[np.object_],
    dates: npt.NDArray[np.str_],
    scales: npt.NDArray[np.floating],
) -> Pairs:
    """Return the pairs of tiles of one scale and different dates whose footprints meet.

    Args:
        footprints: N polygons in WGS 84.
        dates: (N,).
        scales: (N,).
    """
    tree = shapely.STRtree(footprints)
    first, second = tree.query(footprints, predicate="intersects")
    other = (dates[first] != dates[second]) & (scales[first] == scales[second])
    first, second = first[other], second[other]
    common = shapely.area(shapely.intersection(footprints[first], footprints[second]))
    union = shapely.area(footprints[first]) + shapely.area(footprints[second]) - common
    share = common / np.maximum(union, np.finfo(float).tiny)
    met = share > 0
    order = np.lexsort((second[met], first[met]))
    return Pairs(first[met][order], second[met][order], (share[met] >= SAME_PLACE)[order])
