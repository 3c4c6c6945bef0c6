"""Searching with the context of acquisition, on imagery whose pixels alone say nothing."""

import json
from datetime import datetime, timezone
from pathlib import Path

import numpy as np
import pytest
import shapely
from PIL import Image
from scene_search.engine.context.r2stft import r2stft
from scene_search.engine.encoders.encoder import Encoder
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.errors import EncoderPackageError, QueryError
from scene_search.engine.index.tile_index import TileIndex
from scene_search.engine.indexing import IndexOptions, index_imagery
from scene_search.engine.retrieval.query import Query, Region
from scene_search.engine.retrieval.query_context import UNTOLD, told_by_filters
from scene_search.engine.retrieval.search import search
from shapely.geometry import box

from tests.support.patchwork import write_patchwork

TAKEN = {
    "summer landsat": ("2023-07-14T10:10:31Z", "landsat-8"),
    "winter landsat": ("2023-01-14T10:10:31Z", "landsat-8"),
    "summer sentinel": ("2023-07-14T10:10:31Z", "sentinel-2b"),
    "winter sentinel": ("2023-01-14T10:10:31Z", "sentinel-2b"),
}


@pytest.fixture(scope="module")
def encoder(tiny_context_encoder):
    return Encoder(EncoderPackage.load(tiny_context_encoder), threads=1)


@pytest.fixture(scope="module")
def index(tmp_path_factory, encoder):
    """Four rasters of the same pixels, taken at two seasons by two sensors."""
    folder = tmp_path_factory.mktemp("context")
    for name, (moment, platform) in TAKEN.items():
        path = write_patchwork(folder / "imagery" / f"{name}.tif", 256)
        properties = {"datetime": moment, "platform": platform}
        item = {"type": "Feature", "stac_version": "1.0.0", "properties": properties}
        path.with_suffix(".json").write_text(json.dumps(item))
    index_imagery([folder / "imagery"], folder / "i.gpkg", encoder, IndexOptions(tile_size_m=64))
    with TileIndex.open(folder / "i.gpkg", read_only=True) as index:
        yield index


def sources(result, count=None):
    return [Path(hit.source).stem for hit in result.hits[:count]]


def source_of(index, name):
    return next(s for s in index.sources() if Path(s.path).stem == name)


@pytest.mark.parametrize("name", TAKEN)
def test_a_region_finds_its_own_season_and_sensor(index, encoder, name):
    record = source_of(index, name)
    area = box(500_064, 5_599_872, 500_128, 5_599_936)
    region = Region(area, "EPSG:32632", Path(record.path))
    # the same place in four rasters: pixels cannot tell them apart, context can
    plain = search(index, encoder, Query(regions=(region,), include_query=True, limit=4))
    assert len({hit.score for hit in plain.hits}) == 1
    found = search(
        index, encoder, Query(regions=(region,), include_query=True, limit=64, context=True)
    )
    order = list(dict.fromkeys(sources(found)))
    assert set(order) == set(TAKEN)
    assert order[0] == name
    assert found.hits[0].score == pytest.approx(1, abs=2e-3)
    assert found.hits[0].hamming <= 1
    season, sensor = name.split()
    opposite = f"{'winter' if season == 'summer' else 'summer'} " + (
        "sentinel" if sensor == "landsat" else "landsat"
    )
    assert order[-1] == opposite


def test_a_tile_as_example_brings_its_context(index, encoder):
    record = source_of(index, "winter sentinel")
    tile = int(index.load_codes().ids[index.load_codes().source_ids == record.id][5])
    found = search(index, encoder, Query(tiles=(tile,), include_query=True, context=True))
    assert found.hits[0].tile == tile
    assert found.hits[0].score == pytest.approx(1, abs=1e-3)
    unlike = search(index, encoder, Query(tiles=(tile,), not_tiles=(tile,), context=True))
    assert unlike.hits[0].tile != tile


def test_scores_are_those_of_brute_force(index, encoder):
    query = Query(
        texts=("forest",),
        sensor="landsat",
        after=datetime(2023, 6, 1, tzinfo=timezone.utc),
        before=datetime(2023, 9, 1, tzinfo=timezone.utc),
        context=True,
        max_overlap=1,
        limit=1000,
    )
    found = search(index, encoder, query)
    said = r2stft(told_by_filters(query))
    assert said == "sensor landsat | 2023"
    text = encoder.encode_texts(["forest"]).embeddings
    vector = encoder.encode_context(text, [said]).embeddings[0]
    ids = [hit.tile for hit in found.hits]
    scores = index.embeddings(ids, context=True) @ vector
    np.testing.assert_allclose([hit.score for hit in found.hits], scores, atol=2e-3)
    assert set(sources(found)) == {"summer landsat"}
    assert not found.notes


def test_a_description_takes_what_the_filters_say(index, encoder):
    area = shapely.box(8.9, 50.4, 9.1, 50.6)
    filters = Query(
        texts=("forest",),
        sensor="landsat-8",
        after=datetime(2023, 6, 1, tzinfo=timezone.utc),
        before=datetime(2023, 7, 1, tzinfo=timezone.utc),
        gsd=(0.8, 1.25),
        within=area,
        context=True,
    )
    assert r2stft(told_by_filters(filters)) == (
        "sensor landsat-8 | gsd 1 m | lat 50.5 N, lon 9.0 E, geohash u0yr | summer, June, 2023"
    )


@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"after": datetime(2023, 6, 1, tzinfo=timezone.utc)},
        {"gsd": (None, 2)},
        {"gsd": (0.1, 100)},
        {"gsd": (0, 0)},
        {"within": shapely.box(-20, 30, 40, 70)},
    ],
)
def test_filters_that_say_nothing_are_noted_and_change_nothing(index, encoder, filters):
    query = Query(texts=("forest",), context=True, **filters)
    assert told_by_filters(query) == {}
    found = search(index, encoder, query)
    assert UNTOLD in found.notes
    vector = encoder.encode_texts(["forest"]).embeddings[0]
    if found.hits:
        score = index.embeddings([found.hits[0].tile], context=True)[0] @ vector
        assert found.hits[0].score == pytest.approx(float(score), abs=2e-3)


def test_an_image_file_tells_by_its_name(index, encoder, tmp_path):
    with Image.open(source_of(index, "summer sentinel").path) as picture:
        tile = picture.crop((64, 64, 128, 128)).convert("RGB")
    order = {}
    for name in ("S2B_MSIL2A_20230714T101031_X.png", "LC08_20230114_X.png"):
        tile.save(tmp_path / name)
        query = Query(images=(tmp_path / name,), limit=4, context=True)
        order[name[:2]] = [s.split()[1] for s in sources(search(index, encoder, query))]
    assert order["S2"][0] == "sentinel"
    assert order["LC"][0] == "landsat"


def test_an_index_without_context_says_so(encoder, tiny_encoder, patchwork_index):
    plain = Encoder(EncoderPackage.load(tiny_encoder), threads=1)
    with (
        TileIndex.open(patchwork_index, read_only=True) as index,
        pytest.raises(QueryError, match="does not hold when, where and by what"),
    ):
        search(index, plain, Query(tiles=(1,), context=True))
    with pytest.raises(EncoderPackageError, match="Search without context"):
        plain.require("context")
