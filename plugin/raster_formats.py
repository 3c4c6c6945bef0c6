"""Formats that QGIS's GDAL may read and the engine's does not, with names for people.

The engine's GDAL comes with rasterio from the package index, built for every system alike; it
has the drivers and codecs whose libraries are free to pass on and small. This is a list, and not
asked of the engine, so that the dock can tell before the engine has started; tests hold it
against the engine's GDAL.
"""

from __future__ import annotations

#: GDAL's drivers that the engine lacks.
MISSING_DRIVERS = {
    "AVIF": "AVIF",
    "BASISU": "Basis Universal",
    "ECW": "ECW",
    "FITS": "FITS",
    "GeoRaster": "Oracle GeoRaster",
    "HDF4": "HDF4",
    "HDF4Image": "HDF4",
    "HEIF": "HEIF",
    "JP2ECW": "JPEG 2000 (ECW)",
    "JPEGXL": "JPEG XL",
    "JPIPKAK": "JPIP",
    "KEA": "KEA",
    "MrSID": "MrSID",
    "PDF": "PDF",
    "TileDB": "TileDB",
}

#: Compressions inside TIFF files that the engine lacks, as GDAL calls them.
MISSING_CODECS = {"JXL": "JPEG XL", "JXL_DNG_1_7": "JPEG XL"}
