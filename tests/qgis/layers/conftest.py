"""Rasters and hits for the tests of the layers."""

from __future__ import annotations

import pytest


@pytest.fixture
def make_raster(tmp_path, qgis_app):
    """Write an RGB GeoTIFF of known pixels: ``make_raster("a.tif", epsg, left, top, pixel, …)``."""
    from osgeo import gdal, osr

    def make(name, epsg, left, top, pixel, width=64, height=48, value=None):
        path = tmp_path / name
        dataset = gdal.GetDriverByName("GTiff").Create(str(path), width, height, 3, gdal.GDT_Byte)
        dataset.SetGeoTransform((left, pixel, 0, top, 0, -pixel))
        if epsg:
            srs = osr.SpatialReference()
            srs.ImportFromEPSG(epsg)
            dataset.SetProjection(srs.ExportToWkt())
        value = value or (lambda column, row, band: (column * 3 + row * 5 + band * 60) % 256)
        for band in range(3):
            data = bytes(value(c, r, band) for r in range(height) for c in range(width))
            dataset.GetRasterBand(band + 1).WriteRaster(0, 0, width, height, data)
        dataset = None
        return path

    return make


@pytest.fixture
def make_hits(qgis_app):
    """Make hits in a row of squares: ``make_hits(3)``."""
    from scene_search.layers.hit import Hit

    def make(number, side=0.01, west=10.0, south=50.0, top_score=0.9, step=0.05):
        hits = []
        for place in range(number):
            x = west + 2 * side * place
            ring = [
                [x, south],
                [x + side, south],
                [x + side, south + side],
                [x, south + side],
                [x, south],
            ]
            hits.append(
                Hit.from_message(
                    {
                        "rank": place + 1,
                        "score": top_score - step * place,
                        "hamming": place,
                        "tile": 100 + place,
                        "source": f"/imagery/ä folder/scene {place}.tif",
                        "geometry": {"type": "Polygon", "coordinates": [ring]},
                        "crs": "EPSG:32632",
                        "acquired": "2024-05-06T10:20:30Z" if place % 2 == 0 else None,
                        "scale": 1.0,
                    }
                )
            )
        return hits

    return make
