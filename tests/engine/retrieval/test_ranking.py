"""The order of hits and the length of the shortlist, each where it is decided by one tile."""

import dataclasses

import numpy as np
import pytest
import shapely
from scene_search.engine.index.tile_index import TileIndex
from scene_search.engine.progress import Progress
from scene_search.engine.retrieval.filters import tiles_within
from scene_search.engine.retrieval.overlap import OverlapFilter
from scene_search.engine.retrieval.query_vector import QueryVector
from scene_search.engine.retrieval.ranking import find
from shapely.geometry import box

from tests.support.made_index import INFO, make_batch, make_source

QUERY = QueryVector(
    np.eye(INFO.embedding_size, dtype=np.float32)[0], np.zeros(INFO.code_bytes, np.uint8)
)


def codes_at(distances):
    """Codes of 64 bits that differ from that of ``QUERY`` in so many bits."""
    bits = np.arange(INFO.code_bits) < np.asarray(distances)[:, np.newaxis]
    return np.packbits(bits, axis=1)


def embeddings_with(scores):
    """Unit vectors with these cosines to ``QUERY``."""
    scores = np.asarray(scores, np.float64)
    rows = np.zeros((len(scores), INFO.embedding_size))
    rows[:, 0], rows[:, 1] = scores, np.sqrt(1 - scores**2)
    return rows.astype(np.float16)


def ranked(tmp_path, distances, scores, limit):
    """Return ids, from 1 on, of the best tiles of an index of these, and the number looked at."""
    batch = dataclasses.replace(
        make_batch(len(scores)), codes=codes_at(distances), embeddings=embeddings_with(scores)
    )
    with TileIndex.create(tmp_path / "i.gpkg", INFO) as index:
        index.append(index.upsert_source(make_source()), batch)
        table = index.load_codes()
        found = find(index, table, QUERY, None, limit, OverlapFilter(0.5), Progress())
        return table.ids[found.rows].tolist()


def test_equal_scores_are_in_the_order_of_distance_then_id(tmp_path):
    distances = [9, 3, 5, 3, 9, 1, 3]
    scores = [0.5, 0.5, 0.75, 0.5, 0.5, 0.25, 0.5]
    assert ranked(tmp_path, distances, scores, 7) == [3, 2, 4, 7, 1, 5, 6]


def test_the_shortlist_grows_with_the_hits_asked_for(tmp_path):
    """The best by cosine is in the shell that holds the 1,276th to the 1,300th by code.

    20 tiles for each of 64 hits are 1,280, and shells are taken whole.
    """
    count = 1500
    distances = np.minimum(np.arange(count) // 25, 63)
    scores = np.linspace(0.5, 0.1, count)
    best = 1299  # the last of the 52nd shell of 25
    scores[best] = 0.9
    for limit, found in ((63, False), (64, True), (80, True)):
        folder = tmp_path / str(limit)
        folder.mkdir()
        ids = ranked(folder, distances, scores, limit)
        assert len(ids) == limit
        assert (ids[0] == best + 1) == found, limit


@pytest.mark.parametrize(
    ("footprint", "area", "inside"),
    [
        (box(8, 47, 9, 48), box(8.5, 46, 10, 49), True),  # exactly half
        (box(8, 47, 9, 48), box(8.50001, 46, 10, 49), False),
        (box(8, 47, 9, 48), box(8, 47.5, 10, 49), True),
        (box(8, 47, 9, 48), box(8, 47.50001, 10, 49), False),
        (box(8, 47, 12, 51), box(7.5, 46.5, 8.5, 47.5), False),  # a quarter of a small area
        (box(8, 47, 12, 51), box(7.5, 48, 8.5, 49), True),  # exactly half of a small area
        (box(8, 47, 12, 51), box(7.49999, 48, 8.49999, 49), False),
        (shapely.Polygon([(8, 47), (10, 47), (8, 49)]), box(8, 47, 9, 48), True),
        (shapely.Polygon([(8, 47), (10, 47), (8, 49)]), box(8, 46, 10, 47.5), False),
    ],
)
def test_a_tile_half_inside_an_area_counts(tmp_path, footprint, area, inside):
    batch = dataclasses.replace(make_batch(1), footprints=[footprint])
    with TileIndex.create(tmp_path / "i.gpkg", INFO) as index:
        index.append(index.upsert_source(make_source()), batch)
        assert tiles_within(index, area).tolist() == ([1] if inside else [])
