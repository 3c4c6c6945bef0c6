"""The layers of the demo's map, loaded and styled."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsFeature,
    QgsGeometry,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsReferencedRectangle,
    QgsVectorLayer,
)
from scene_search.layers.ground_units import metric_crs
from scene_search.layers.hits_style import style_hits_layer
from scene_search.layers.region_layer import build_region_layer


def wgs84() -> QgsCoordinateReferenceSystem:
    """Return longitude and latitude; QGIS must be running, so this is no constant."""
    return QgsCoordinateReferenceSystem("EPSG:4326")


@dataclass
class DemoLayers:
    """What is drawn.

    Attributes:
        images: raster layers by the path that the index knows.
        region: the query region.
        region_hits: hits of the region, styled.
        text_hits: hits of each text, styled.
        crs: a metric CRS at the region.
    """

    images: dict[str, QgsRasterLayer]
    region: QgsVectorLayer
    region_hits: QgsVectorLayer
    text_hits: list[QgsVectorLayer]
    crs: QgsCoordinateReferenceSystem

    @classmethod
    def load(cls, order: dict[str, Any], project: QgsProject) -> DemoLayers:
        """Load everything that ``order`` names and add it to ``project``."""
        images = {}
        for path in _indexed_images(order["index"]):
            layer = QgsRasterLayer(path, Path(path).stem)
            if layer.isValid():
                images[path] = layer
        region = _vector(order["region"], "Query region")
        geometry = next(region.getFeatures()).geometry()
        styled = build_region_layer(geometry, wgs84(), "")
        region.setRenderer(styled.renderer().clone())
        hits = _hits(order["region_hits"], "Similar tiles")
        text_hits = [
            _hits(f"{order['text_hits']}|layername={text['layer']}", text["text"])
            for text in order["texts"]
        ]
        crs = metric_crs(wgs84(), geometry.centroid().asPoint(), project.transformContext())
        own = [*images.values(), *reversed(text_hits), hits, region]
        project.addMapLayers(own, False)
        project.setCrs(crs)
        return cls(images, region, hits, text_hits, crs)

    def moved(self, place: QgsGeometry, crs: QgsCoordinateReferenceSystem) -> QgsGeometry:
        """Return a geometry in longitude and latitude in ``crs``."""
        moved = QgsGeometry(place)
        moved.transform(QgsCoordinateTransform(wgs84(), crs, QgsProject.instance()))
        return moved

    def crs_at(self, place: QgsGeometry) -> QgsCoordinateReferenceSystem:
        """Return a metric CRS at a geometry in longitude and latitude."""
        point = place.centroid().asPoint()
        return metric_crs(wgs84(), point, QgsProject.instance().transformContext())

    def image_box(self, layer: QgsRasterLayer) -> QgsRectangle:
        """Return the extent of an image in the map's CRS."""
        transform = QgsCoordinateTransform(layer.crs(), self.crs, QgsProject.instance())
        return transform.transformBoundingBox(layer.extent())

    def images_at(self, place: QgsGeometry) -> list[QgsRasterLayer]:
        """Return the images under a geometry in longitude and latitude."""
        found = []
        for layer in self.images.values():
            transform = QgsCoordinateTransform(layer.crs(), wgs84(), QgsProject.instance())
            if transform.transformBoundingBox(layer.extent()).intersects(place.boundingBox()):
                found.append(layer)
        return found

    def region_place(self) -> QgsGeometry:
        """Return the query region in longitude and latitude."""
        return next(self.region.getFeatures()).geometry()

    def best(self, hits: QgsVectorLayer, count: int) -> list[QgsFeature]:
        """Return the first ``count`` hits, those that lie on the query region left out."""
        region = self.region_place()
        features = sorted(hits.getFeatures(), key=lambda feature: feature["rank"])
        if hits is self.region_hits:
            features = [hit for hit in features if not hit.geometry().intersects(region)]
        return features[:count]

    def arrange(self, project: QgsProject) -> None:
        """Put the layers into the tree of the project that is saved for ``make run``."""
        root = project.layerTreeRoot()
        root.addLayer(self.region)
        for number, layer in enumerate([self.region_hits, *self.text_hits]):
            root.addLayer(layer).setItemVisibilityChecked(number == 0)
        group = root.addGroup("Imagery")
        for layer in self.images.values():
            group.addLayer(layer)
        view = self.moved(self.region_place(), self.crs).boundingBox()
        view.scale(12)
        project.viewSettings().setDefaultViewExtent(QgsReferencedRectangle(view, self.crs))


def _indexed_images(index: str) -> list[str]:
    sources = QgsVectorLayer(f"{index}|layername=sources", "sources", "ogr")
    return [str(row["path"]) for row in sources.getFeatures() if row["state"] == "complete"]


def _vector(source: str, name: str) -> QgsVectorLayer:
    layer = QgsVectorLayer(source, name, "ogr")
    if not layer.isValid():
        raise RuntimeError(f"QGIS cannot open {source}")
    return layer


def _hits(source: str, name: str) -> QgsVectorLayer:
    layer = _vector(source, name)
    style_hits_layer(layer)
    return layer
