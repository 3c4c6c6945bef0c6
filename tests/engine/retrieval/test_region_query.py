"""Regions on real rasters: coloured squares whose neighbours and likes are known."""

from dataclasses import replace

import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import Affine, from_origin
from rasterio.warp import transform_bounds, transform_geom
from scene_search.engine.errors import CancelledError, RasterError, RegionError
from scene_search.engine.imagery.colours.stretch import estimate_stretch
from scene_search.engine.imagery.fingerprint import fingerprint
from scene_search.engine.imagery.raster import open_raster
from scene_search.engine.imagery.tiles import reader as tile_reader
from scene_search.engine.imagery.tiles.grid import TileGrid
from scene_search.engine.imagery.tiles.reader import TileReader
from scene_search.engine.index.schema import SourceRecord, TileBatch
from scene_search.engine.index.tile_index import TileIndex
from scene_search.engine.progress import Progress
from scene_search.engine.retrieval import region_example
from scene_search.engine.retrieval.query import Query, Region
from scene_search.engine.retrieval.region_example import encode_regions
from scene_search.engine.retrieval.region_source import find_source, to_wgs84
from scene_search.engine.retrieval.search import search
from shapely.geometry import Point, box

from tests.support.colour_encoder import COLOURS, ColourEncoder
from tests.support.made_index import INFO

# 4 × 4 squares of 32 px; the raster of 1 m has 32 m tiles
PATTERN = [
    ["red", "green", "blue", "grey"],
    ["green", "green", "yellow", "grey"],
    ["blue", "grey", "red", "green"],
    ["grey", "blue", "yellow", "red"],
]
WEST, NORTH = 500_000.0, 5_240_000.0


def paint(path, *, pixel=1.0, crs="EPSG:32632", pattern=PATTERN, west=WEST, empty=()):
    side = round(32 / pixel)
    pixels = np.zeros((3, 4 * side, 4 * side), np.uint8)
    for row, names in enumerate(pattern):
        for column, name in enumerate(names):
            if (row, column) not in empty:
                square = pixels[
                    :, row * side : (row + 1) * side, column * side : (column + 1) * side
                ]
                square[:] = np.array(COLOURS[name]).reshape(3, 1, 1)
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=4 * side,
        height=4 * side,
        count=3,
        dtype="uint8",
        crs=crs,
        transform=from_origin(west, NORTH, pixel, pixel),
        nodata=0,
    ) as file:
        file.write(pixels)
    return path


def add(index, encoder, path, acquired=None):
    """Index a raster in the simplest way."""
    with open_raster(path) as raster:
        grid = TileGrid(raster, 32.0)
        stretch = estimate_stretch(raster)
        with TileReader(raster.name, stretch, 16) as reader:
            read = [(window, reader.read(window)) for window in grid]
        read = [(window, pixels) for window, pixels in read if pixels.valid > 0.5]
        encoded = encoder.encode_images(np.stack([pixels.rgb for _, pixels in read]))
        source_id = index.upsert_source(
            SourceRecord(
                path=str(path),
                fingerprint=fingerprint(path),
                crs=str(raster.crs),
                resolution_m=raster.gsd_m(),
                tile_size_m=32.0,
                width=raster.width,
                height=raster.height,
                stretch=stretch.to_json(),
                acquisition={"datetime": acquired},
                state="complete",
            )
        )
        index.append(
            source_id,
            TileBatch(
                windows=[window for window, _ in read],
                footprints=[grid.footprint(window) for window, _ in read],
                codes=encoded.codes,
                embeddings=encoded.embeddings,
                valid=[pixels.valid for _, pixels in read],
            ),
        )
    return source_id


@pytest.fixture(scope="module")
def encoder():
    return ColourEncoder()


@pytest.fixture(scope="module")
def index(tmp_path_factory, encoder):
    folder = tmp_path_factory.mktemp("Gebiet süd")
    with TileIndex.create(folder / "i.gpkg", replace(INFO, tile_size_m=32.0)) as index:
        add(index, encoder, paint(folder / "a b.tif"))
        yield index


def square(row, column, margin=2.0):
    """A square of the pattern, drawn a little inside its edges."""
    west, north = WEST + 32 * column, NORTH - 32 * row
    return box(west + margin, north - 32 + margin, west + 32 - margin, north - margin)


def in_crs(geometry, crs):
    moved = transform_geom("EPSG:32632", crs, shapely.geometry.mapping(geometry))
    return shapely.geometry.shape(moved)


def colours(hits, pattern=PATTERN):
    return [pattern[hit.window[1] // 32][hit.window[0] // 32] for hit in hits]


def places(hits):
    return {(hit.window[1] // 32, hit.window[0] // 32) for hit in hits}


@pytest.mark.parametrize("crs", ["EPSG:32632", "EPSG:4326", "EPSG:3857", "EPSG:2056"])
def test_likes_of_a_region_in_any_crs(index, encoder, crs):
    region = Region(in_crs(square(0, 0), crs), crs)
    hits = search(index, encoder, Query(regions=(region,), limit=3)).hits
    assert colours(hits)[:2] == ["red", "red"]
    assert places(hits[:2]) == {(2, 2), (3, 3)}, "the region itself is left out"
    assert hits[1].score > 0.99 > hits[2].score


def test_region_itself_when_asked(index, encoder):
    query = Query(regions=(Region(square(0, 0), "EPSG:32632"),), limit=3, include_query=True)
    assert places(search(index, encoder, query).hits) == {(0, 0), (2, 2), (3, 3)}


def test_region_that_crosses_itself(index, encoder):
    west, south, east, north = square(0, 0).bounds
    bow_tie = shapely.Polygon([(west, south), (east, north), (east, south), (west, north)])
    hits = search(index, encoder, Query(regions=(Region(bow_tie, "EPSG:32632"),), limit=2)).hits
    assert places(hits) == {(2, 2), (3, 3)}


def test_a_click(index, encoder):
    click = Point(WEST + 16, NORTH - 16 - 32)
    hits = search(index, encoder, Query(regions=(Region(click, "EPSG:32632"),), limit=3)).hits
    assert colours(hits) == ["green"] * 3
    assert (1, 0) not in places(hits)


def test_a_region_of_several_tiles_leaves_them_all_out(index, encoder):
    greens = shapely.union_all([square(0, 1, 0), square(1, 1, 0), square(1, 0, 0)])
    hits = search(index, encoder, Query(regions=(Region(greens, "EPSG:32632"),), limit=16)).hits
    assert colours(hits)[0] == "green"
    assert places(hits).isdisjoint({(0, 1), (1, 1), (1, 0)})
    assert len(hits) == 13


def test_raster_that_is_not_indexed(index, encoder, tmp_path):
    other = paint(tmp_path / "new.tif", pixel=0.5, pattern=PATTERN[::-1], west=WEST + 10_000)
    region = Region(shapely.affinity.translate(square(3, 0), 10_000), "EPSG:32632", source=other)
    hits = search(index, encoder, Query(regions=(region,), limit=3)).hits
    assert colours(hits) == ["red"] * 3, "nothing of the index lies under the region"


def test_named_source_and_its_stretch(index, encoder, monkeypatch):
    """The values are stretched as in the index, not by the raster as it is now."""
    source = index.sources()[0]
    region = Region(square(0, 0), "EPSG:32632", source=index.path.parent / "a b.tif")
    assert places(search(index, encoder, Query(regions=(region,), limit=2)).hits) == {
        (2, 2),
        (3, 3),
    }
    swapped = {**source.stretch, "bands": source.stretch["bands"][::-1]}  # red looks blue
    monkeypatch.setattr(index, "source_by_path", lambda _: replace(source, stretch=swapped))
    hits = search(index, encoder, Query(regions=(region,), limit=2)).hits
    assert colours(hits) == ["blue"] * 2


def test_best_source_under_a_region(tmp_path, encoder):
    with TileIndex.create(tmp_path / "i.gpkg", replace(INFO, tile_size_m=32.0)) as index:
        coarse = add(index, encoder, paint(tmp_path / "coarse.tif", pixel=1.6), "2024-01-01")
        fine = add(index, encoder, paint(tmp_path / "1m.tif"), "2020-01-01T00:00:00Z")
        newer = add(index, encoder, paint(tmp_path / "1m new.tif"), "2022-01-01T00:00:00Z")
        sharp = paint(
            tmp_path / "part.tif", pixel=0.5, empty={(r, c) for r in range(4) for c in (2, 3)}
        )
        part = add(index, encoder, sharp)
        assert find_source(index, Region(square(0, 3), "EPSG:32632")).id == newer
        assert find_source(index, Region(square(0, 0), "EPSG:32632")).id == part
        # the sharp one shows half of this one only
        both = shapely.union_all([square(1, 1), square(1, 2)])
        assert find_source(index, Region(both, "EPSG:32632")).id == newer
        (tmp_path / "1m new.tif").unlink()
        assert find_source(index, Region(both, "EPSG:32632")).id == fine
        (tmp_path / "1m.tif").unlink()
        assert find_source(index, Region(both, "EPSG:32632")).id == coarse
        (tmp_path / "coarse.tif").unlink()
        sharp.unlink()
        with pytest.raises(RegionError, match="imagery is missing from disk"):
            find_source(index, Region(both, "EPSG:32632"))


def test_same_place_on_another_date_is_a_hit(tmp_path, encoder):
    with TileIndex.create(tmp_path / "i.gpkg", replace(INFO, tile_size_m=32.0)) as index:
        add(index, encoder, paint(tmp_path / "2020.tif"), "2020-01-01T00:00:00Z")
        add(index, encoder, paint(tmp_path / "2021.tif"), "2021-01-01T00:00:00Z")
        region = Region(square(0, 0), "EPSG:32632", source=tmp_path / "2021.tif")
        hits = search(index, encoder, Query(regions=(region,), limit=5)).hits
        assert colours(hits) == ["red"] * 5
        found = {(hit.source.rsplit("/", 1)[-1], hit.window[:2]) for hit in hits}
        assert ("2020.tif", (0, 0)) in found
        assert ("2021.tif", (0, 0)) not in found


@pytest.mark.parametrize(
    ("region", "reason"),
    [
        (Region(box(0, 0, 1, 1), "EPSG:4326"), "No indexed imagery lies under the region"),
        (Region(shapely.Polygon(), "EPSG:4326"), "empty"),
        (Region(Point(), "EPSG:4326"), "empty"),
        (Region(Point(float("nan"), 1), "EPSG:4326"), "empty"),
        (Region(Point(8, 47), "EPSG:99999"), "not known"),
        (Region(Point(1e30, 1e30), "EPSG:3857"), "outside|No indexed"),
        (Region(shapely.LineString([(0, 0), (1, 1)]), "EPSG:4326"), "No indexed"),
    ],
)
def test_regions_that_show_nothing(index, encoder, region, reason):
    with pytest.raises(RegionError, match=reason) as caught:
        search(index, encoder, Query(regions=(region,)))
    assert caught.value.hint


def test_region_without_area(index, encoder):
    west, south = WEST + 10, NORTH - 50
    flat = shapely.Polygon([(west, south), (west + 20, south), (west + 10, south)])
    with pytest.raises(RegionError, match="no area"):
        search(index, encoder, Query(regions=(Region(flat, "EPSG:32632"),)))


def test_region_outside_the_named_raster(index, encoder):
    far = shapely.affinity.translate(square(0, 0), 50_000)
    region = Region(far, "EPSG:32632", source=index.path.parent / "a b.tif")
    with pytest.raises(RegionError, match="outside"):
        search(index, encoder, Query(regions=(region,)))


def test_region_on_nodata(tmp_path, encoder):
    with TileIndex.create(tmp_path / "i.gpkg", replace(INFO, tile_size_m=32.0)) as index:
        path = paint(tmp_path / "hole.tif", empty={(1, 1)})
        add(index, encoder, path)
        region = Region(square(1, 1), "EPSG:32632", source=path)
        with pytest.raises(RegionError, match="no valid pixels"):
            search(index, encoder, Query(regions=(region,)))


def test_missing_raster(index, encoder, tmp_path):
    region = Region(square(0, 0), "EPSG:32632", source=tmp_path / "gone.tif")
    with pytest.raises(RasterError, match=r"gone\.tif"):
        search(index, encoder, Query(regions=(region,)))


def test_cancelling_before_reading(index):
    encoder = ColourEncoder()
    progress = Progress()
    progress.cancel()
    with pytest.raises(CancelledError):
        search(index, encoder, Query(regions=(Region(square(0, 0), "EPSG:32632"),)), progress)
    assert encoder.images_seen == 0


def test_region_in_degrees_agrees_with_rasterio():
    geometry = box(500_000, 5_200_000, 510_000, 5_210_000)
    expected = transform_bounds("EPSG:32632", "EPSG:4326", *geometry.bounds, densify_pts=200)
    moved = to_wgs84(Region(geometry, "EPSG:32632"))
    assert moved.bounds == pytest.approx(expected, abs=1e-6)


def test_region_across_the_date_line():
    moved = to_wgs84(Region(box(179.9, 10, 180.1, 10.1), "EPSG:4326"))
    assert sorted(part.bounds[0] for part in moved.geoms) == pytest.approx([-180, 179.9])
    point = to_wgs84(Region(Point(190, 10), "EPSG:4326"))
    assert (point.x, point.y) == pytest.approx((-170, 10))


def test_rotated_raster(tmp_path, encoder):
    path = paint(tmp_path / "rotated.tif")
    with rasterio.open(path, "r+") as file:
        to_map = Affine.translation(WEST, NORTH) @ Affine.rotation(30) @ Affine.scale(1, -1)
        file.transform = to_map
    with TileIndex.create(tmp_path / "i.gpkg", replace(INFO, tile_size_m=32.0)) as index:
        add(index, encoder, path)
        corners = [to_map @ (c, r) for c, r in ((2, 2), (30, 2), (30, 30), (2, 30))]
        region = Region(shapely.Polygon(corners), "EPSG:32632")
        hits = search(index, encoder, Query(regions=(region,), limit=2)).hits
        assert places(hits) == {(2, 2), (3, 3)}


def squares(count):
    """Return regions of the size of a tile all over the raster, in an order that jumps."""
    places = [(5 * i % 97, 11 * i % 93) for i in range(count)]
    return [
        Region(box(WEST + x, NORTH - y - 32, WEST + x + 32, NORTH - y), "EPSG:32632")
        for x, y in places
    ]


def test_many_regions_give_together_what_each_gives_alone(index, encoder, monkeypatch):
    opened = []

    def counted(path):
        opened.append(path)
        return open_raster(path)

    for module in (region_example, tile_reader):
        monkeypatch.setattr(module, "open_raster", counted)
    regions = squares(50)
    told = []
    progress = Progress(lambda report: told.append((report.done, report.total, report.unit)))
    together = encode_regions(index, encoder, regions, progress)
    assert len(opened) == 1
    alone = [encode_regions(index, encoder, [region], Progress())[0] for region in regions]
    for one, other in zip(together, alone, strict=True):
        assert np.allclose(one.embedding, other.embedding, atol=1e-6)
        assert one.area.equals(other.area)
        assert (one.source_id, one.properties) == (other.source_id, other.properties)
    assert told
    assert all(total == 50 and unit == "regions" for _, total, unit in told)


def test_many_regions_are_cancelled_between_them(index, encoder):
    progress = Progress(lambda _: progress.cancel(), interval=0)
    before = encoder.images_seen
    with pytest.raises(CancelledError):
        encode_regions(index, encoder, squares(500), progress)
    assert encoder.images_seen - before < 20


def test_rasters_of_many_regions_are_not_all_open_at_once(tmp_path, encoder, monkeypatch):
    still_open = set()

    class Watched(TileReader):
        def __init__(self, *arguments):
            super().__init__(*arguments)
            still_open.add(self)
            assert len(still_open) <= 8

        def close(self):
            super().close()
            still_open.discard(self)

    monkeypatch.setattr(region_example, "TileReader", Watched)
    with TileIndex.create(tmp_path / "i.gpkg", replace(INFO, tile_size_m=32.0)) as many:
        regions = []
        for number in range(12):
            path = paint(tmp_path / f"{number}.tif", west=WEST + 200 * number)
            add(many, encoder, path)
            middle = Point(WEST + 200 * number + 48, NORTH - 48)
            regions.append(Region(middle, "EPSG:32632"))
        examples = encode_regions(many, encoder, regions * 2, Progress())
    assert len({example.source_id for example in examples}) == 12
    assert not still_open


def two_squares(path, valid):
    """A raster of two squares of 32 px, red and blue, with a share of rows of the red one valid."""
    pixels = np.zeros((3, 32, 64), np.uint8)
    pixels[:, :, :32] = np.array(COLOURS["red"]).reshape(3, 1, 1)
    pixels[:, :, 32:] = np.array(COLOURS["blue"]).reshape(3, 1, 1)
    pixels[:, round(32 * valid) :, :32] = 0
    profile = {"driver": "GTiff", "count": 3, "dtype": "uint8", "nodata": 0, "crs": "EPSG:32632"}
    with rasterio.open(
        path, "w", width=64, height=32, transform=from_origin(WEST, NORTH, 1, 1), **profile
    ) as file:
        file.write(np.where(pixels == 0, 0, np.maximum(pixels, 1)))
    return path


@pytest.mark.parametrize("valid", [1.0, 0.75, 0.5, 0.25])
@pytest.mark.parametrize("share", [1.0, 0.5, 0.25])
def test_windows_weigh_as_much_as_they_show_of_the_region(tmp_path, encoder, valid, share):
    """Half-empty windows, and those that the region covers in part, count for their share."""
    path = two_squares(tmp_path / "two.tif", valid)
    whole = box(WEST, NORTH - 32, WEST + 32, NORTH)
    part = box(WEST + 32, NORTH - 32 * share, WEST + 64, NORTH)
    region = Region(shapely.union(whole, part), "EPSG:32632", source=path)
    with TileIndex.create(tmp_path / "i.gpkg", replace(INFO, tile_size_m=32.0)) as index:
        (found,) = encode_regions(index, encoder, [region], Progress())
    red, blue = encoder.embed([[max(v, 1) for v in COLOURS[name]] for name in ("red", "blue")])
    expected = valid * red + share * blue
    np.testing.assert_allclose(found.embedding, expected / np.linalg.norm(expected), atol=0.02)
