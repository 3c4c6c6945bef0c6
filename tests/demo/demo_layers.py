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
    QgsReferencedRectangle,
    QgsVectorLayer,
)
from scene_search.layers.ground_units import metric_crs
from scene_search.layers.hits_style import style_hits_layer
from scene_search.layers.region_layer import build_region_layer

WGS84 = QgsCoordinateReferenceSystem("EPSG:4326")


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
        region.setRenderer(build_region_layer(geometry, WGS84, "").renderer().clone())
        hits = _hits(order["region_hits"], "Similar tiles")
        text_hits = [
            _hits(f"{order['text_hits']}|layername={text['layer']}", text["text"])
            for text in order["texts"]
        ]
        crs = metric_crs(WGS84, geometry.centroid().asPoint(), project.transformContext())
        own = [*images.values(), *reversed(text_hits), hits, region]
        project.addMapLayers(own, False)
        project.setCrs(crs)
        return cls(images, region, hits, text_hits, crs)

    def to_map(self, geometry: QgsGeometry) -> QgsGeometry:
        """Return a geometry in longitude and latitude in the map's CRS."""
        moved = QgsGeometry(geometry)
        moved.transform(QgsCoordinateTransform(WGS84, self.crs, QgsProject.instance()))
        return moved

    def image_box(self, layer: QgsRasterLayer) -> QgsGeometry:
        """Return the extent of an image in the map's CRS."""
        transform = QgsCoordinateTransform(layer.crs(), self.crs, QgsProject.instance())
        return QgsGeometry.fromRect(transform.transformBoundingBox(layer.extent()))

    def region_geometry(self) -> QgsGeometry:
        """Return the query region in the map's CRS."""
        return self.to_map(next(self.region.getFeatures()).geometry())

    def best(self, hits: QgsVectorLayer, count: int) -> list[QgsFeature]:
        """Return the first ``count`` hits, those that lie on the query region left out."""
        region = next(self.region.getFeatures()).geometry()
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
        view = self.region_geometry().boundingBox()
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
