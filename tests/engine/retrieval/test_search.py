"""Ranking and filters, checked against brute force on made-up tiles."""

import dataclasses
from datetime import datetime, timezone
from pathlib import Path

import numpy as np
import pytest
import shapely
from PIL import Image
from scene_search.engine.errors import (
    CancelledError,
    EncoderMismatchError,
    QueryError,
    RasterError,
    RegionError,
    UsageError,
)
from scene_search.engine.imagery.tiles.grid import TileWindow
from scene_search.engine.index.tile_index import TileIndex
from scene_search.engine.progress import Progress
from scene_search.engine.retrieval import ranking
from scene_search.engine.retrieval.query import Query
from scene_search.engine.retrieval.search import search
from shapely.geometry import box

from tests.support.colour_encoder import COLOURS, ColourEncoder
from tests.support.made_index import INFO, make_batch, make_source

SOURCES = [
    {"datetime": "2019-06-01T00:00:00Z", "platform": "landsat-8", "instruments": ["oli", "tirs"]},
    {"datetime": "2021-06-01T00:00:00Z", "platform": "Sentinel-2A", "instruments": ["msi"]},
    {"datetime": None},
]


@pytest.fixture(scope="module")
def encoder():
    return ColourEncoder()


def hashed(encoder, batch):
    embeddings = batch.embeddings.astype(np.float32)
    return dataclasses.replace(batch, codes=encoder.hash_embeddings(embeddings))


@pytest.fixture(scope="module")
def index(tmp_path_factory, encoder):
    """3 sources of 400 random tiles side by side, one row of latitude each."""
    folder = tmp_path_factory.mktemp("search")
    with TileIndex.create(folder / "i.gpkg", INFO) as index:
        for number, acquisition in enumerate(SOURCES):
            raster = folder / f"{number}.tif"
            raster.touch()
            source_id = index.upsert_source(
                make_source(
                    str(raster),
                    acquisition=acquisition,
                    resolution_m=[30.0, 10.0, 0.3][number],
                    state="complete",
                )
            )
            batch = hashed(encoder, make_batch(400, seed=number))
            row = [
                shapely.transform(f, lambda xy, n=number: xy + np.array([0, n]))
                for f in batch.footprints
            ]
            index.append(source_id, dataclasses.replace(batch, footprints=row))
        yield index


def unit(vector):
    return vector / np.linalg.norm(vector)


def all_embeddings(index):
    table = index.load_codes()
    embeddings = index.embeddings(table.ids)
    return table.ids, embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)


def brute_force(index, vector, limit, allowed=None):
    ids, embeddings = all_embeddings(index)
    scores = embeddings @ vector
    order = np.argsort(-scores, kind="stable")
    order = [i for i in order if allowed is None or int(ids[i]) in allowed]
    return ids[order][:limit].tolist(), scores[order][:limit]


@pytest.mark.parametrize("limit", [1, 10, 70])
def test_hits_are_the_nearest_by_cosine(index, encoder, limit, monkeypatch):
    monkeypatch.setattr(ranking, "SHORTLIST", 1200)  # all tiles: exact
    result = search(index, encoder, Query(texts=("red",), limit=limit))
    ids, scores = brute_force(index, encoder.embed([COLOURS["red"]])[0], limit)
    assert [hit.tile for hit in result.hits] == ids
    np.testing.assert_allclose([hit.score for hit in result.hits], scores, atol=2e-6)
    assert [hit.rank for hit in result.hits] == list(range(1, limit + 1))
    assert result.milliseconds > 0
    assert result.notes == []


def test_shortlist_is_by_hamming_in_whole_shells(index, encoder, monkeypatch):
    monkeypatch.setattr(ranking, "SHORTLIST", 40)
    monkeypatch.setattr(ranking, "SHORTLIST_PER_HIT", 1)
    vector = encoder.embed([COLOURS["blue"]])[0]
    code = encoder.hash_embeddings(vector[np.newaxis])[0]
    table = index.load_codes()
    distances = np.unpackbits(table.codes ^ code, axis=1).sum(axis=1)
    radius = np.sort(distances)[39]
    shell = set(table.ids[distances <= radius].tolist())
    assert len(shell) > 40, "this case should have ties"
    result = search(index, encoder, Query(texts=("blue",), limit=30))
    assert [hit.tile for hit in result.hits] == brute_force(index, vector, 30, shell)[0]
    by_id = dict(zip(table.ids.tolist(), distances.tolist(), strict=True))
    assert [hit.hamming for hit in result.hits] == [by_id[hit.tile] for hit in result.hits]


def test_hits_tell_all_about_their_tile(index, encoder):
    hit = search(index, encoder, Query(texts=("red",), limit=1, sensor="OLI")).hits[0]
    (tile,) = index.tiles([hit.tile])
    assert hit.source == str(index.path.parent / "0.tif")
    assert hit.crs == "EPSG:32632"
    assert hit.acquired == "2021-05-04T10:20:30.000Z"
    assert hit.scale == 1.0
    assert hit.window == (tile.window.col_off, 0, 256, 256)
    assert shapely.geometry.shape(hit.geometry).equals(tile.footprint)
    assert set(hit.as_dict()) >= {"rank", "score", "hamming", "tile", "geometry", "acquired"}


def test_examples_and_counter_examples(index, encoder, monkeypatch):
    monkeypatch.setattr(ranking, "SHORTLIST", 1200)
    ids, embeddings = all_embeddings(index)
    positive, negative = [3, 500, 900], [7, 1100]
    vectors = dict(zip(ids.tolist(), embeddings, strict=True))
    plus = np.mean([vectors[i] for i in positive], axis=0)
    minus = np.mean([vectors[i] for i in negative], axis=0)
    result = search(
        index,
        encoder,
        Query(tiles=tuple(positive), not_tiles=tuple(negative), limit=20, max_overlap=1),
    )
    allowed = set(ids.tolist()) - set(positive) - set(negative)
    expected, scores = brute_force(index, unit(plus + (plus - minus)), 20, allowed)
    assert [hit.tile for hit in result.hits] == expected
    np.testing.assert_allclose([hit.score for hit in result.hits], scores, atol=1e-5)


@pytest.mark.parametrize("weight", [0.0, 0.25, 1.0])
def test_text_and_examples_weigh_as_asked(index, encoder, monkeypatch, weight):
    monkeypatch.setattr(ranking, "SHORTLIST", 1200)
    ids, embeddings = all_embeddings(index)
    example = embeddings[ids == 50][0]
    text = unit(encoder.embed([COLOURS["red"], COLOURS["blue"]]).mean(axis=0))
    query = Query(
        texts=("red", "blue"), tiles=(50,), text_weight=weight, limit=15, include_query=True
    )
    expected, _ = brute_force(index, unit(weight * text + (1 - weight) * example), 15)
    assert [hit.tile for hit in search(index, encoder, query).hits] == expected


def test_text_with_counter_examples_only(index, encoder, monkeypatch):
    monkeypatch.setattr(ranking, "SHORTLIST", 1200)
    ids, embeddings = all_embeddings(index)
    text = encoder.embed([COLOURS["green"]])[0]
    minus = embeddings[ids == 9][0]
    expected, _ = brute_force(index, unit(2 * text - minus), 10, set(ids.tolist()) - {9})
    result = search(index, encoder, Query(texts=("green",), not_tiles=(9,), limit=10))
    assert [hit.tile for hit in result.hits] == expected


def test_a_tile_does_not_return_itself_unless_asked(index, encoder):
    assert 77 not in {h.tile for h in search(index, encoder, Query(tiles=(77,))).hits}
    best = search(index, encoder, Query(tiles=(77,), include_query=True)).hits[0]
    assert (best.tile, best.hamming) == (77, 0)
    assert best.score == pytest.approx(1, abs=1e-5)


def test_image_as_example(index, encoder, tmp_path, monkeypatch):
    monkeypatch.setattr(ranking, "SHORTLIST", 1200)
    path = tmp_path / "Bäume.png"
    Image.new("RGB", (40, 30), COLOURS["green"]).save(path)
    result = search(index, encoder, Query(images=(path,), limit=5))
    assert [h.tile for h in result.hits] == [
        h.tile for h in search(index, encoder, Query(texts=("green",), limit=5)).hits
    ]
    with pytest.raises(RasterError):
        search(index, encoder, Query(images=(tmp_path / "none.png",)))


@pytest.mark.parametrize(
    ("filters", "sources"),
    [
        ({"after": datetime(2020, 1, 1)}, {1}),
        ({"before": datetime(2020, 1, 1)}, {0}),
        ({"after": datetime(2019, 6, 1, tzinfo=timezone.utc)}, {0, 1}),
        ({"before": datetime(2019, 6, 1)}, set()),
        ({"sensor": "SENTINEL"}, {1}),
        ({"sensor": "tirs"}, {0}),
        ({"gsd": (None, 10.0)}, {1, 2}),
        ({"gsd": (5.0, 40.0)}, {0, 1}),
        ({"gsd": (5.0, None), "sensor": "msi"}, {1}),
        ({"sensor": "radar"}, set()),
    ],
)
def test_filters_by_source(index, encoder, filters, sources):
    result = search(index, encoder, Query(texts=("red",), limit=1000, max_overlap=1, **filters))
    assert {Path(hit.source).name for hit in result.hits} == {f"{n}.tif" for n in sources}
    assert len(result.hits) == min(400 * len(sources), 1000)
    undated = "1 source has no known date: left out"
    assert (undated in result.notes) == bool({"after", "before"} & set(filters))
    assert ("No tile passes the filters" in result.notes) == (not sources)


def within_by_hand(index, area):
    table = index.load_codes()
    inside = set()
    for tile, footprint in zip(table.ids, index.footprints(table.ids), strict=True):
        shared = footprint.intersection(area).area
        if shared and shared >= 0.5 * min(footprint.area, area.area):
            inside.add(int(tile))
    return inside


@pytest.mark.parametrize(
    "area",
    [
        box(8.6005, 47.0, 8.7015, 48.5),
        shapely.Polygon([(8.5, 47.2), (8.9, 47.2), (8.5, 48.4)]),
        box(8.6001, 47.3001, 8.6005, 47.3005),  # inside one tile
        shapely.MultiPolygon([box(8.5, 47.2, 8.52, 47.4), box(9.2, 49, 9.25, 50)]),
        box(8.5, 47.2, 8.52, 47.4).difference(box(8.504, 47.2, 8.512, 47.4)),
        box(0, 0, 1, 1),
    ],
)
def test_within_an_area(index, encoder, area):
    query = Query(texts=("red",), limit=1500, max_overlap=1, within=area)
    assert {hit.tile for hit in search(index, encoder, query).hits} == within_by_hand(index, area)


def test_within_a_point(index, encoder):
    query = Query(texts=("red",), within=shapely.Point(8.5011, 47.3011))
    assert [hit.tile for hit in search(index, encoder, query).hits] == [1]


def test_within_an_area_that_crosses_itself(index, encoder):
    bow_tie = shapely.Polygon([(8.5, 47.2), (8.6, 47.4), (8.6, 47.2), (8.5, 47.4)])
    query = Query(texts=("red",), within=bow_tie, max_overlap=1, limit=1500)
    assert {hit.tile for hit in search(index, encoder, query).hits} == within_by_hand(
        index, shapely.make_valid(bow_tie)
    )


def test_within_nothing(index, encoder):
    with pytest.raises(RegionError, match="is empty"):
        search(index, encoder, Query(texts=("red",), within=shapely.Polygon()))


def test_overlapping_tiles_of_one_source_across_scales(tmp_path, encoder):
    """Four tiles of one place and colour: the small ones lie in the large one."""
    with TileIndex.create(tmp_path / "i.gpkg", INFO) as index:
        windows = [
            TileWindow(0, 0, 100, 100, 1.0),
            TileWindow(20, 0, 100, 100, 1.0),  # four fifths on the first
            TileWindow(80, 0, 100, 100, 1.0),  # a fifth on the first
            TileWindow(0, 0, 200, 200, 2.0),  # holds them all
        ]
        shades = [(220, 30, 30), (220, 30, 34), (220, 30, 38), (220, 30, 42)]
        for name in ("/one.tif", "/two.tif"):
            batch = make_batch(4)
            batch = dataclasses.replace(
                batch, windows=windows, embeddings=encoder.embed(shades).astype(np.float16)
            )
            index.append(
                index.upsert_source(make_source(name, state="complete")), hashed(encoder, batch)
            )
        red = Query(texts=("red",), limit=8)
        assert sorted(h.tile for h in search(index, encoder, red).hits) == [1, 3, 5, 7]
        everything = search(index, encoder, dataclasses.replace(red, max_overlap=1.0))
        assert len(everything.hits) == 8
        # the other source shows the same place, perhaps on another date: it stays
        other = search(index, encoder, Query(tiles=(1,), limit=8))
        assert sorted(h.tile for h in other.hits) == [3, 5, 7]


def test_longer_shortlist_where_overlaps_leave_too_few(tmp_path, encoder, monkeypatch):
    """60 copies of one place must not crowd out the other places."""
    monkeypatch.setattr(ranking, "SHORTLIST", 10)
    monkeypatch.setattr(ranking, "SHORTLIST_PER_HIT", 1)
    reds = np.repeat([(220, 30, 30)], 60, axis=0)
    others = np.random.default_rng(1).integers(0, 256, (40, 3))
    with TileIndex.create(tmp_path / "i.gpkg", INFO) as index:
        batch = make_batch(100)
        windows = [TileWindow(i, 0, 1000, 1000, 1.0) for i in range(60)]
        windows += [TileWindow(5000 * (i + 1), 0, 1000, 1000, 1.0) for i in range(40)]
        batch = dataclasses.replace(
            batch,
            windows=windows,
            embeddings=encoder.embed(np.vstack([reds, others])).astype(np.float16),
        )
        index.append(index.upsert_source(make_source(state="complete")), hashed(encoder, batch))
        hits = search(index, encoder, Query(texts=("red",), limit=12)).hits
        assert len(hits) == 12
        assert sum(hit.tile <= 60 for hit in hits) == 1
        result = search(index, encoder, Query(texts=("red",), limit=60))
        assert len(result.hits) == 41
        assert "Only 41 places differ: the other tiles overlap better ones" in result.notes


def test_notes_on_unfinished_and_missing_sources(tmp_path, encoder):
    here = tmp_path / "here.tif"
    here.touch()
    with TileIndex.create(tmp_path / "i.gpkg", INFO) as index:
        assert search(index, encoder, Query(texts=("red",))).notes == [
            "The index holds no imagery yet"
        ]
        # The system refuses to look at so long a name, as in a folder that may not be entered.
        for path in (here, tmp_path / ("gone" * 99 + ".tif")):
            batch = hashed(encoder, make_batch(2))
            index.append(index.upsert_source(make_source(str(path))), batch)
        assert search(index, encoder, Query(texts=("yellow",), limit=4)).notes == [
            "a note on the text",
            "Indexing is not finished for 2 sources",
            "1 source of the hits is missing from disk",
        ]


def test_another_encoder(index):
    with pytest.raises(EncoderMismatchError, match=r"made with the encoder Test encoder.*Choose"):
        search(index, ColourEncoder(sha256="00" * 32), Query(texts=("red",)))


@pytest.mark.parametrize(
    ("query", "error", "reason"),
    [
        (Query(), QueryError, "nothing to look for"),
        (Query(not_tiles=(1,)), QueryError, "nothing to look for"),
        (Query(texts=("",)), QueryError, "description is empty"),
        (Query(texts=("red", " \n")), QueryError, "description is empty"),
        (Query(texts=("x" * 10_000,)), QueryError, "has 10,000 characters"),
        (Query(tiles=(99_999,)), QueryError, "Tile 99999 is not in the index"),
        (Query(texts=("red",), not_tiles=(-1,)), QueryError, "Tile -1 is not in the index"),
        (Query(tiles=(1,), not_tiles=(1,), text_weight=2), UsageError, "text_weight"),
        (Query(texts=("red",), limit=0), UsageError, "0 hits"),
        (Query(texts=("red",), limit=10**6), UsageError, "1000000 hits"),
        (Query(texts=("red",), gsd=(3, 1)), UsageError, "from 3 to 1 m"),
        (
            Query(texts=("red",), after=datetime(2021, 1, 1), before=datetime(2020, 1, 1)),
            UsageError,
            "after 2021-01-01 and before 2020-01-01",
        ),
    ],
)
def test_bad_queries(index, encoder, query, error, reason):
    with pytest.raises(error, match=reason) as caught:
        search(index, encoder, query)
    assert caught.value.hint


def test_opposite_descriptions(index, encoder):
    encoder_of_opposites = ColourEncoder()
    first = encoder_of_opposites.embed([COLOURS["red"]])
    encoder_of_opposites.encode_texts = lambda _: type(encoder.encode_texts(["red"]))(
        np.vstack([first, -first]), None
    )
    with pytest.raises(QueryError, match="cancel each other"):
        search(index, encoder_of_opposites, Query(texts=("red", "blue")))


def test_cancelling(index, encoder):
    progress = Progress()
    progress.cancel()
    with pytest.raises(CancelledError):
        search(index, encoder, Query(texts=("red",)), progress)
    assert search(index, encoder, Query(texts=("red",))).hits
