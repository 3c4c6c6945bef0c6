"""Searching an index: from a query to ranked hits."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence

import numpy as np
import shapely

from ...file_checks import exists
from ..context.r2stft import r2stft
from ..errors import QueryError
from ..imagery.tiles.reader import read_image
from ..index.schema import SourceRecord, TileRecord
from ..index.tile_index import TileIndex
from ..index.timestamps import to_text
from ..progress import Progress
from .filters import eligible
from .hit import Hit, SearchResult
from .overlap import OverlapFilter, window_box
from .query import Query
from .query_context import UNTOLD, told_by_file, told_by_filters, with_context
from .query_encoder import QueryEncoder, check_match
from .query_vector import QueryVector, query_vector
from .ranking import Ranked, find, unit_rows
from .region_example import RegionExample, encode_regions
from .rerank import RERANKED, rerank

_ONE_PART = (
    "The index's encoder does not tell meaning from look: the balance between them made no "
    "difference"
)


def search(
    index: TileIndex, encoder: QueryEncoder, query: Query, progress: Progress | None = None
) -> SearchResult:
    """Find the tiles most like what a query describes.

    Filter, Hamming shortlist of whole distance shells, re-rank by cosine, leave out tiles that
    overlap a better one of the same source. Tiles under the query's own tiles and regions are
    left out too unless it asks for them. Where the query asks for it, the best ``RERANKED`` of
    what is left are ordered anew by the encoder's fusion part; the others follow as they are.
    Overlaps are left out before, so that no tile is read again in vain.

    Args:
        index: where to search.
        encoder: the encoder that made the index.
        query: what to look for.
        progress: cancels; told the regions that are read, of several, and the tiles that are
            re-ranked.

    Returns:
        At most ``query.limit`` hits. Tied scores (see ``ties``) are in the order of Hamming
        distance, then id.
        Hits are in the order of their scores unless they were re-ranked.

    Raises:
        EncoderMismatchError: the index was made by another encoder.
        QueryError: nothing to look for, a bad description, an unknown tile.
        UsageError: a number of the query is out of range.
        RegionError: a region is empty, broken, or shows no imagery.
        RasterError: an image or a region's raster cannot be read.
        EncoderPackageError: the query needs a part that the encoder has not.
        IndexFileError: the index is damaged.
        CancelledError: when cancelled.

    Examples:
        >>> from scene_search.engine.retrieval.query import Query
        >>> with TileIndex.open(index_file, read_only=True) as index:
        ...     result = search(index, encoder, Query(texts=("a harbour",), limit=3))
        >>> [hit.rank for hit in result.hits]
        [1, 2, 3]
    """
    started = time.perf_counter()
    progress = progress or Progress()
    query.check()
    check_match(index, encoder)
    encoder = encoder.with_bits(index.info.code_bits)
    if query.rerank:
        encoder.require("fusion")
    if query.context:
        index.require_context()
        encoder.require("context")
    notes = list(encoder.text_notes(query.texts)) if query.texts else []
    if query.context and query.texts and not r2stft(told_by_filters(query)):
        notes.append(UNTOLD)
    if query.likeness is not None and not encoder.layout.two_parts:
        notes.append(_ONE_PART)
    regions = encode_regions(index, encoder, query.regions, progress)
    progress.check()
    wanted_vector = _vector(index, encoder, query, regions)
    with index.snapshot():
        table = index.load_codes(context=query.context)
        faults = index.faults() if len(table) < index.tile_count() else []
        sources = index.sources()
        excluded = [*query.not_tiles, *(() if query.include_query else query.tiles)]
        mask, filter_notes = eligible(index, table, sources, query, excluded)
        overlaps = _overlap_filter(index, query, regions)
        wanted = max(query.limit, RERANKED) if query.rerank else query.limit
        found = find(
            index, table, wanted_vector, mask, wanted, overlaps, progress, context=query.context
        )
        tiles = index.tiles(table.ids[found.rows])
        best = slice(RERANKED if query.rerank else 0)
        embeddings = index.embeddings(table.ids[found.rows[best]], context=query.context)
    by_id = {source.id: source for source in sources if source.id is not None}
    order, match = np.arange(len(tiles)), np.full(len(tiles), np.nan)
    if query.rerank:
        corrected = found.scores[best] - encoder.image_hubness(unit_rows(embeddings))
        new = rerank(tiles[best], corrected, by_id, encoder, query.texts, progress)
        order[best], match[best] = new.order, new.match
        notes += new.notes
    hits = _hits(tiles, found, match, order[: query.limit], by_id)
    notes += [f"{fault.problem}: left out" for fault in faults if fault.kind == "orphans"]
    notes += filter_notes
    candidates = len(table) if mask is None else int(np.count_nonzero(mask))
    notes += _notes(hits, sources, candidates - found.damaged, query.limit)
    if found.damaged:
        notes.append(_damaged(found.damaged))
    return SearchResult(hits, (time.perf_counter() - started) * 1000, notes)


def _vector(
    index: TileIndex, encoder: QueryEncoder, query: Query, regions: Sequence[RegionExample]
) -> QueryVector:
    size = index.info.embedding_size
    none = np.empty((0, size), dtype=np.float32)
    texts = encoder.encode_texts(query.texts).embeddings if query.texts else none
    drawn = np.stack([region.embedding for region in regions]) if regions else none
    images = none
    if query.images:
        side = encoder.package.input_size
        pictures = np.stack([read_image(path, side) for path in query.images])
        images = encoder.encode_images(pictures).embeddings
    if query.context:
        texts = with_context(encoder, texts, [told_by_filters(query)] * len(texts))
        drawn = with_context(encoder, drawn, [region.properties for region in regions])
        images = with_context(encoder, images, [told_by_file(p, query) for p in query.images])
    tiles, negatives = (
        _of_tiles(index, ids, query) if ids else none for ids in (query.tiles, query.not_tiles)
    )
    positives = np.concatenate([drawn, tiles, images])
    return query_vector(encoder, texts, positives, negatives, query.text_weight, query.likeness)


def _of_tiles(index: TileIndex, ids: Sequence[int], query: Query) -> np.ndarray:
    """Return the embeddings of tiles as examples, float32 ``(n, D)`` of length 1."""
    embeddings = index.embeddings(ids, context=query.context)
    sound = np.isfinite(embeddings).all(axis=1)
    if not sound.all():
        tile = ids[int(np.flatnonzero(~sound)[0])]
        raise QueryError(
            f"Tile {tile} is damaged in the index and is no example of anything",
            hint="Choose another tile, or index its imagery again",
            tile=tile,
        )
    return unit_rows(embeddings)


def _overlap_filter(
    index: TileIndex, query: Query, regions: Sequence[RegionExample]
) -> OverlapFilter:
    overlaps = OverlapFilter(query.max_overlap)
    if not query.include_query:
        for tile in index.tiles(query.tiles):
            w = tile.window
            overlaps.block(tile.source_id, window_box((w.col_off, w.row_off, w.width, w.height)))
        for region in regions:
            if region.source_id is not None:
                overlaps.block(region.source_id, region.area)
    return overlaps


def _hits(
    tiles: Sequence[TileRecord],
    found: Ranked,
    match: np.ndarray,
    order: np.ndarray,
    sources: Mapping[int, SourceRecord],
) -> list[Hit]:
    """Return the tiles of some positions among those found as hits, in that order."""
    return [
        Hit(
            rank=rank,
            score=round(float(found.scores[position]), 6),
            hamming=int(found.distances[position]),
            tile=tile.id,
            source=tile.source_path,
            geometry=json.loads(shapely.to_geojson(tile.footprint)),
            crs=sources[tile.source_id].crs,
            acquired=to_text(tile.acquired),
            scale=tile.scale,
            window=(
                tile.window.col_off,
                tile.window.row_off,
                tile.window.width,
                tile.window.height,
            ),
            match=None if np.isnan(match[position]) else round(float(match[position]), 6),
        )
        for rank, position in enumerate(order.tolist(), 1)
        for tile in (tiles[position],)
    ]


def _notes(
    hits: Sequence[Hit], sources: Sequence[SourceRecord], candidates: int, limit: int
) -> list[str]:
    notes = []
    if not candidates:
        notes.append("No tile passes the filters" if sources else "The index holds no imagery yet")
    elif len(hits) < limit and candidates >= limit:
        notes.append(f"Only {len(hits)} places differ: the other tiles overlap better ones")
    unfinished = sum(source.state == "indexing" for source in sources)
    if unfinished:
        notes.append(f"Indexing is not finished for {_sources(unfinished)}")
    paths = {hit.source for hit in hits}
    gone = sum(not exists(path) for path in paths)
    if gone:
        notes.append(
            f"{_sources(gone)} of the hits {'is' if gone == 1 else 'are'} missing from disk"
        )
    return notes


def _damaged(count: int) -> str:
    tiles = "1 tile is" if count == 1 else f"{count} tiles are"
    return f"{tiles} damaged in the index and left out"


def _sources(count: int) -> str:
    return f"{count} source" if count == 1 else f"{count} sources"
