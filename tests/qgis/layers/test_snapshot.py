"""A snapshot must show the right pixels at the right place."""

from __future__ import annotations

import pytest


@pytest.fixture
def plan(tmp_path, qgis_app):
    from qgis.core import (
        QgsCoordinateReferenceSystem,
        QgsCoordinateTransformContext,
        QgsGeometry,
    )
    from scene_search.layers.snapshot_plan import plan_snapshot

    def make(layer, wkt, epsg, resolution, margin=0.0):
        return plan_snapshot(
            layer,
            QgsGeometry.fromWkt(wkt),
            QgsCoordinateReferenceSystem(f"EPSG:{epsg}"),
            ground_resolution=resolution,
            margin=margin,
            context=QgsCoordinateTransformContext(),
            path=tmp_path / "aufnahme ö.tif",
        )

    return make


def raster_layer(path):
    from qgis.core import QgsContrastEnhancement, QgsRasterLayer

    layer = QgsRasterLayer(str(path), "imagery")
    renderer = layer.renderer()
    for enhancement in (
        renderer.redContrastEnhancement(),
        renderer.greenContrastEnhancement(),
        renderer.blueContrastEnhancement(),
    ):
        enhancement.setContrastEnhancementAlgorithm(
            QgsContrastEnhancement.ContrastEnhancementAlgorithm.NoEnhancement
        )
    return layer


def pixels(path, band):
    from osgeo import gdal

    dataset = gdal.Open(str(path))
    raw = dataset.GetRasterBand(band).ReadRaster()
    width = dataset.RasterXSize
    return [list(raw[start : start + width]) for start in range(0, len(raw), width)]


def test_on_the_layers_own_grid_the_pixels_are_the_layers(make_raster, plan, monkeypatch):
    """An area of Web Mercator at the equator, where a unit is a metre, so grids coincide."""
    from osgeo import gdal
    from scene_search.layers import snapshot

    original = make_raster("a.tif", 3857, 0, 480, 10, width=64, height=48)
    layer = raster_layer(original)
    wanted = plan(layer, "POLYGON((0 0,640 0,640 480,0 480,0 0))", 3857, 10.0)
    # The ellipsoid's curvature is a little off the sphere's: make the grid exactly the layer's.
    from dataclasses import replace

    from qgis.core import QgsRectangle

    wanted = replace(wanted, extent=QgsRectangle(0, 0, 640, 480), width=64, height=48)
    monkeypatch.setattr(snapshot, "BLOCK", 20)
    assert len(list(snapshot.blocks(64, 48, 20))) == 12
    snapshot.render_snapshot(wanted)
    for band in (1, 2, 3):
        assert pixels(wanted.path, band) == pixels(original, band)
    dataset = gdal.Open(str(wanted.path))
    assert dataset.GetGeoTransform() == pytest.approx((0, 10, 0, 480, 0, -10))
    assert {value for row in pixels(wanted.path, 4) for value in row} == {255}


def test_a_mark_in_degrees_is_found_at_its_place_in_metres(make_raster, plan):
    """A lone bright pixel of a raster in degrees, seen through a snapshot in UTM."""
    from osgeo import gdal
    from qgis.core import (
        QgsCoordinateReferenceSystem,
        QgsCoordinateTransform,
        QgsCoordinateTransformContext,
        QgsPointXY,
    )
    from scene_search.layers.snapshot import render_snapshot

    path = make_raster(
        "degrees.tif",
        4326,
        10.0,
        60.0,
        0.001,
        width=60,
        height=60,
        value=lambda column, row, band: 250 if (column, row) == (41, 17) else 20,
    )
    wanted = plan(
        raster_layer(path), "POLYGON((10.01 59.95,10.05 59.95,10.05 59.99,10.01 59.95))", 4326, 10.0
    )
    assert wanted.crs.authid() == "EPSG:32632"
    render_snapshot(wanted)
    rows = pixels(wanted.path, 1)
    bright = [(c, r) for r, row in enumerate(rows) for c, value in enumerate(row) if value > 200]
    assert bright
    column = sum(c for c, _ in bright) / len(bright) + 0.5
    row = sum(r for _, r in bright) / len(bright) + 0.5
    left, pixel_x, _, top, _, pixel_y = gdal.Open(str(wanted.path)).GetGeoTransform()
    found = QgsPointXY(left + column * pixel_x, top + row * pixel_y)
    expected = QgsCoordinateTransform(
        QgsCoordinateReferenceSystem("EPSG:4326"), wanted.crs, QgsCoordinateTransformContext()
    ).transform(QgsPointXY(10.0 + 41.5 * 0.001, 60.0 - 17.5 * 0.001))
    assert found.distance(expected) < 10.0  # a pixel


def test_the_margin_makes_room_for_a_tile_about_a_point(make_raster, plan):
    layer = raster_layer(make_raster("a.tif", 32632, 500000, 5600000, 10))
    wanted = plan(layer, "POINT(500300 5599800)", 32632, resolution=2.0, margin=100.0)
    assert wanted.width == pytest.approx(100, abs=1)
    assert wanted.height == pytest.approx(100, abs=1)
    assert wanted.extent.center().x() == pytest.approx(500300, abs=2)


def test_web_mercator_gets_ground_resolution_not_map_units(qgis_app, plan, make_raster):
    layer = raster_layer(make_raster("north.tif", 3857, 1_000_000, 8_400_000, 20))
    wanted = plan(layer, "POINT(1000500 8399600)", 3857, resolution=1.0, margin=50.0)
    assert wanted.crs.authid() == "EPSG:3857"
    pixel = wanted.extent.width() / wanted.width
    assert pixel == pytest.approx(2.0, rel=0.02)  # at 60° north a unit is half a metre


def test_too_large_a_region_is_refused_with_advice(make_raster, plan):
    from scene_search.engine.errors import RegionError

    layer = raster_layer(make_raster("a.tif", 32632, 500000, 5600000, 10))
    with pytest.raises(RegionError) as caught:
        plan(layer, "POLYGON((5e5 5.5e6,6e5 5.5e6,6e5 5.6e6,5e5 5.6e6,5e5 5.5e6))", 32632, 1.0)
    assert caught.value.hint


def test_cancelling_leaves_no_file(make_raster, plan):
    from scene_search.engine.errors import CancelledError
    from scene_search.layers.snapshot import render_snapshot

    layer = raster_layer(make_raster("a.tif", 32632, 500000, 5600000, 10))
    wanted = plan(layer, "POINT(500300 5599800)", 32632, 2.0, 100.0)
    with pytest.raises(CancelledError):
        render_snapshot(wanted, is_cancelled=lambda: True)
    assert not wanted.path.exists()


def test_a_place_that_cannot_be_written_is_named(make_raster, plan, tmp_path):
    from dataclasses import replace

    from scene_search.engine.errors import StorageError
    from scene_search.layers.snapshot import render_snapshot

    layer = raster_layer(make_raster("a.tif", 32632, 500000, 5600000, 10))
    wanted = plan(layer, "POINT(500300 5599800)", 32632, 2.0, 100.0)
    with pytest.raises(StorageError, match="nowhere"):
        render_snapshot(replace(wanted, path=tmp_path / "nowhere" / "a.tif"))


def test_the_task_renders_in_the_background(make_raster, plan, wait_until):
    from qgis.core import QgsApplication
    from scene_search.layers.snapshot_task import SnapshotTask

    layer = raster_layer(make_raster("a.tif", 32632, 500000, 5600000, 10))
    wanted = plan(layer, "POINT(500300 5599800)", 32632, 2.0, 100.0)
    done = []
    task = SnapshotTask(wanted)
    task.succeeded.connect(done.append)
    QgsApplication.taskManager().addTask(task)
    wait_until(lambda: bool(done))
    assert done == [str(wanted.path)]
    assert max(max(row) for row in pixels(wanted.path, 1)) > 100
    assert layer.isValid()  # the analyst's own layer was not touched
