"""Where tiles of several dates lie on one another, the selected one is the one to be read."""

from __future__ import annotations

from dataclasses import replace

import pytest


@pytest.fixture
def dates(make_hits):
    """Five hits: three dates of one place, and two places beside it."""
    hits = make_hits(5)
    place = hits[0].geometry
    return [
        replace(hits[0], acquired="2021-05-06T10:00:00Z"),
        replace(hits[1], geometry=place, acquired="2022-07-08T10:00:00Z"),
        replace(hits[2], geometry=place, acquired=""),
        hits[3],
        hits[4],
    ]


@pytest.fixture
def draw(qgis_app):
    """Draw a layer so that ranks are written; returns the labels and the picture."""
    from qgis.core import QgsCoordinateReferenceSystem, QgsMapRendererParallelJob, QgsMapSettings
    from qgis.PyQt.QtCore import QSize
    from qgis.PyQt.QtGui import QColor

    def make(layer):
        settings = QgsMapSettings()
        settings.setLayers([layer])
        settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
        extent = layer.extent()
        extent.scale(1.2)
        settings.setExtent(extent)
        settings.setOutputSize(QSize(1600, 400))
        settings.setBackgroundColor(QColor("gray"))
        job = QgsMapRendererParallelJob(settings)
        job.start()
        job.waitForFinished()
        labels = sorted(label.labelText for label in job.takeLabelingResults().allLabels())
        corner = settings.mapToPixel().transform(10.0, 50.005)
        return labels, job.renderedImage().pixelColor(round(corner.x()), round(corner.y()))

    return make


def test_the_selected_date_bears_its_own_rank_and_day(dates, draw):
    from scene_search.layers.hits_layer import build_hits_layer
    from scene_search.layers.results.selected_hit import label_selected

    layer = build_hits_layer(dates, "harbor")
    labels, _ = draw(layer)
    assert len(labels) == 3  # one for the three dates
    assert labels[-2:] == ["4", "5"]
    for hit, label in ((dates[1], "2 · 2022-07-08"), (dates[2], "3"), (dates[0], "1 · 2021-05-06")):
        layer.selectByIds([hit.rank])
        label_selected(layer, hit, dates)
        labels, edge = draw(layer)
        assert labels == [label, "4", "5"]
        assert edge.name() == "#ffffff"  # nothing is drawn over the selected box
    layer.removeSelection()
    label_selected(layer, None, dates)
    labels, edge = draw(layer)
    assert labels[0] in ("1", "2", "3")
    assert edge.name() != "#ffffff"


def test_a_larger_tile_around_the_selected_one_keeps_silent_only_inside(dates, draw):
    """At twice the scale, the middle may lie in the selected tile or beside it."""
    from qgis.core import QgsGeometry, QgsRectangle
    from scene_search.layers.hits_layer import build_hits_layer
    from scene_search.layers.results.selected_hit import label_selected

    around = QgsGeometry.fromRect(QgsRectangle(9.996, 49.996, 10.016, 50.016))
    beside = QgsGeometry.fromRect(QgsRectangle(9.98, 49.99, 10.003, 50.02))
    hits = [
        dates[0],
        replace(dates[1], geometry=around, scale=2.0),
        replace(dates[2], geometry=beside, scale=2.0),
    ]
    for hit in hits:
        hit.geometry.convertToMultiType()
    layer = build_hits_layer(hits, "harbor")
    label_selected(layer, hits[0], hits)
    labels, _ = draw(layer)
    assert labels == ["1 · 2021-05-06", "3"]


def test_selecting_does_not_change_the_project(dates, qgis_app):
    from qgis.core import QgsProject
    from scene_search.layers.hits_layer import build_hits_layer
    from scene_search.layers.results.selected_hit import label_selected

    project = QgsProject()
    layer = build_hits_layer(dates, "harbor")
    project.addMapLayer(layer)
    project.setDirty(False)
    label_selected(layer, dates[1], dates)
    assert not project.isDirty()
    project.clear()
