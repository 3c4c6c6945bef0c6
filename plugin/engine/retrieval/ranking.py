"""Ranking tiles: shortlist by code, order by embedding, leave out overlaps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..index.hamming import nearest
from ..index.schema import CodeTable
from ..index.tile_index import TileIndex
from ..progress import Progress
from .overlap import OverlapFilter
from .query_vector import QueryVector
from .ties import cosines, levelled

#: Tiles that are compared by embedding, at least, and for each hit asked for. Codes of 64 bits
#: are coarse: the best by cosine are often far down by Hamming distance.
SHORTLIST = 1_000
SHORTLIST_PER_HIT = 20
# how much longer the shortlist gets while overlaps leave too few hits
_GROWTH = 4
# embeddings read at a time
_BLOCK = 8_192


@dataclass(frozen=True, slots=True)
class Ranked:
    """Rows of the code table, best first, with their scores and distances; ties share a score.

    ``damaged`` rows were left out, because the index holds no embedding of theirs that is one.
    """

    rows: np.ndarray
    scores: np.ndarray
    distances: np.ndarray
    damaged: int = 0


def unit_rows(embeddings: np.ndarray) -> np.ndarray:
    """Return embeddings ``(n, D)`` at length 1, which float16 has rounded."""
    lengths = np.linalg.norm(embeddings, axis=1, keepdims=True)
    rows: np.ndarray = embeddings / np.maximum(lengths, np.finfo(np.float32).tiny)
    return rows


def find(
    index: TileIndex,
    table: CodeTable,
    query: QueryVector,
    mask: np.ndarray | None,
    limit: int,
    overlaps: OverlapFilter,
    progress: Progress,
    *,
    context: bool = False,
) -> Ranked:
    """Return the best rows that do not overlap, with a longer shortlist where it takes one.

    Args:
        index: where the embeddings are.
        table: its codes.
        query: what to look for.
        mask: bool ``(N,)``, rows that may be hits; None for all.
        limit: most rows returned.
        overlaps: what the query covers already; it is not changed.
        progress: cancels.
        context: whether codes and embeddings are those with the context of acquisition.

    Raises:
        CancelledError: when cancelled.
    """
    candidates = len(table) if mask is None else int(np.count_nonzero(mask))
    wanted = max(SHORTLIST, SHORTLIST_PER_HIT * limit)
    while True:
        progress.check()
        ranked = _rank(index, table, query, mask, wanted, progress, context=context)
        kept = _without_overlaps(index, table, ranked, limit, overlaps.copy())
        if len(kept) >= limit or len(ranked.rows) + ranked.damaged >= candidates:
            return Ranked(
                ranked.rows[kept], ranked.scores[kept], ranked.distances[kept], ranked.damaged
            )
        wanted *= _GROWTH


def _rank(
    index: TileIndex,
    table: CodeTable,
    query: QueryVector,
    mask: np.ndarray | None,
    wanted: int,
    progress: Progress,
    *,
    context: bool,
) -> Ranked:
    shortlist = nearest(table.codes, query.code, wanted, mask=mask, code_mask=query.code_mask)
    rows, distances = shortlist.positions, shortlist.distances
    scores = np.empty(len(rows))
    for start in range(0, len(rows), _BLOCK):
        progress.check()
        block = slice(start, start + _BLOCK)
        embeddings = index.embeddings(table.ids[rows[block]], context=context)
        scores[block] = cosines(unit_rows(embeddings), query.vector)
    sound = np.isfinite(scores)
    damaged = int(np.count_nonzero(~sound))
    rows, distances, scores = rows[sound], distances[sound], levelled(scores[sound])
    order = np.lexsort((rows, distances, -scores))
    return Ranked(rows[order], scores[order], distances[order], damaged)


def _without_overlaps(
    index: TileIndex, table: CodeTable, ranked: Ranked, limit: int, overlaps: OverlapFilter
) -> list[int]:
    """Return the places in the ranking that are hits, in order."""
    kept: list[int] = []
    block = max(4 * limit, 256)
    for start in range(0, len(ranked.rows), block):
        rows = ranked.rows[start : start + block]
        windows = index.windows(table.ids[rows]).tolist()
        for place, (source_id, window) in enumerate(
            zip(table.source_ids[rows].tolist(), windows, strict=True), start
        ):
            if overlaps.accept(source_id, tuple(window)):
                kept.append(place)
                if len(kept) == limit:
                    return kept
    return kept
