"""What a region on a layer makes of it: the tile compared, and the picture of a rendered layer."""

from __future__ import annotations

import json
import subprocess

import pytest

#: The engine's own answer for points: the footprint, in longitude and latitude, of the window that
#: it compares.
ENGINE = """
import json, sys
from pathlib import Path
from shapely import Point
from shapely.geometry import mapping
from scene_search.engine.imagery.raster import open_raster
from scene_search.engine.imagery.tiles.grid import auto_tile_size_m
from scene_search.engine.imagery.tiles.region import region_windows
answers = []
for path, size, x, y in json.loads(sys.stdin.read()):
    with open_raster(Path(path)) as raster:
        windows = region_windows(
            raster, Point(x, y), "EPSG:4326", size or auto_tile_size_m(raster)
        )
        window = windows[0][0]
        footprint = raster.window_footprint(
            window.col_off, window.row_off, window.width, window.height, 8
        )
        answers.append(mapping(footprint))
print(json.dumps(answers))
"""

RASTERS = {
    # EPSG, left, top, pixel, width, height
    "utm": (32632, 500_000, 5_600_000, 2.0, 640, 500),
    "degrees": (4326, 10.0, 60.2, 0.0005, 400, 300),
    "mercator": (3857, 1_100_000, 8_400_000, 10.0, 500, 400),
    "polar": (3031, 100_000, 1_500_000, 500.0, 300, 300),
    "small": (32632, 500_000, 5_600_000, 2.0, 90, 60),
    "feet": (2263, 1_000_000, 200_000, 3.0, 400, 400),
}


@pytest.mark.parametrize("tile_size", [None, 300.0])
def test_the_square_is_what_the_engine_compares(make_raster, engine_interpreter, tile_size):
    """On a file, for every kind of CRS, in the middle and at the edges, to a pixel."""
    from qgis.core import (
        QgsCoordinateReferenceSystem,
        QgsCoordinateTransform,
        QgsPointXY,
        QgsProject,
        QgsRasterLayer,
    )
    from scene_search.layers.geojson_geometry import polygon_from_geojson
    from scene_search.layers.raster_source import raster_source
    from scene_search.layers.region_example import compared_square

    wgs84 = QgsCoordinateReferenceSystem("EPSG:4326")
    context = QgsProject.instance().transformContext()
    questions, squares, layers = [], [], []
    for name, (epsg, left, top, pixel, width, height) in RASTERS.items():
        if name == "polar" and tile_size:
            continue  # 300 m are less than a pixel there
        path = make_raster(f"{name}.tif", epsg, left, top, pixel, width, height)
        layer = QgsRasterLayer(str(path), name)
        to_map = QgsCoordinateTransform(layer.crs(), wgs84, context)
        for across, down in ((0.5, 0.5), (0.02, 0.97), (0.8, 0.1)):
            own = QgsPointXY(left + across * width * pixel, top - down * height * pixel)
            place = to_map.transform(own)
            squares.append(
                compared_square(
                    place,
                    wgs84,
                    layer,
                    raster_source(layer),
                    tile_size=tile_size,
                    example_tile_size=123.0,
                    context=context,
                )
            )
            questions.append((str(path), tile_size, place.x(), place.y()))
            layers.append(layer)
    done = subprocess.run(
        [str(engine_interpreter), "-c", ENGINE],
        input=json.dumps(questions),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    for square, layer, answer in zip(squares, layers, json.loads(done.stdout), strict=True):
        to_own = QgsCoordinateTransform(wgs84, layer.crs(), context)
        expected = polygon_from_geojson(answer)
        for geometry in (expected, square):
            geometry.transform(to_own)
        pixel = layer.rasterUnitsPerPixelX()
        ours, theirs = square.boundingBox(), expected.boundingBox()
        for side in ("xMinimum", "yMinimum", "xMaximum", "yMaximum"):
            off = abs(getattr(ours, side)() - getattr(theirs, side)()) / pixel
            assert off < 1.5, (layer.name(), side, off)


def test_the_square_of_a_layer_that_is_rendered(make_raster):
    """It has the size of the index's example, and is not held inside the layer."""
    from qgis.core import QgsCoordinateReferenceSystem, QgsPointXY, QgsProject, QgsRasterLayer
    from scene_search.layers.raster_source import raster_source
    from scene_search.layers.region_example import compared_square

    layer = QgsRasterLayer(str(make_raster("a.tif", 32632, 500_000, 5_600_000, 2.0)), "a")
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:25832"))  # set in QGIS: rendered
    sizes = {"tile_size": None, "example_tile_size": 200.0}
    context = QgsProject.instance().transformContext()
    corner = QgsPointXY(500_000, 5_600_000)
    for under, source in ((layer, raster_source(layer)), (None, None)):
        square = compared_square(corner, layer.crs(), under, source, context=context, **sizes)
        box = square.boundingBox()
        assert box.width() == pytest.approx(200, rel=0.01)
        assert box.center().distance(corner) < 0.01


def test_no_square_where_the_map_has_no_place(make_raster):
    from qgis.core import QgsCoordinateReferenceSystem, QgsPointXY, QgsProject
    from scene_search.layers.region_example import compared_square

    nowhere = compared_square(
        QgsPointXY(1e30, 1e30),
        QgsCoordinateReferenceSystem("EPSG:3857"),
        None,
        None,
        tile_size=100.0,
        example_tile_size=100.0,
        context=QgsProject.instance().transformContext(),
    )
    assert nowhere is None


def test_a_picture_has_256_pixels_a_tile_and_room_for_one_about_each_place(make_raster, tmp_path):
    from qgis.core import QgsGeometry, QgsProject, QgsRasterLayer
    from scene_search.layers.region_example import plan_example

    layer = QgsRasterLayer(str(make_raster("a.tif", 32632, 500_000, 5_600_000, 2.0)), "a")
    plan = plan_example(
        layer,
        QgsGeometry.fromWkt("POINT (500064 5599950)"),
        layer.crs(),
        tile_size=512.0,
        context=QgsProject.instance().transformContext(),
        path=tmp_path / "p.tif",
    )
    assert plan.extent.width() / plan.width == pytest.approx(2.0, rel=1e-3)
    assert plan.width == pytest.approx(512, abs=2)  # a tile to either side
    plan.layer.deleteLater()
