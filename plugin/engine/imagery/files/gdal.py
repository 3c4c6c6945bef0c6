"""How GDAL is set up for reading users' imagery: no network, no side files, bounded cache.

Two options that are often set are left alone on purpose:

* ``GDAL_DISABLE_READDIR_ON_OPEN=EMPTY_DIR`` would hide external ``.ovr`` and ``.msk`` files.
* ``GDAL_PAM_ENABLED=NO`` would hide the CRS, nodata and GCPs that QGIS, ArcGIS and GDAL keep in
  ``.aux.xml`` files. Such files are read but never written, because nothing here computes
  statistics through GDAL or changes a dataset's metadata; a test watches over that.
"""

from __future__ import annotations

from functools import lru_cache

import pyproj.network
import rasterio
import rasterio.env

from ....offline import go_offline

#: Decoded blocks that GDAL keeps for the whole process, in bytes (rasterio takes it so, not in MB).
CACHE_BYTES = 384 * 1024 * 1024

#: Drivers that fetch, and those that open a directory, database or service in place of a file.
NETWORK_DRIVERS = (
    *("HTTP", "WMS", "WMTS", "WCS", "EEDA", "EEDAI", "DAAS", "PLMOSAIC", "PLSCENES", "STACIT"),
    *("STACTA", "OGCAPI", "NGW", "WFS", "OAPIF", "CSW", "Carto", "AmigoCloud", "Elasticsearch"),
    # databases, which a name could send a user's password to
    *("PostGISRaster", "PostgreSQL", "MySQL", "MSSQLSpatial", "MongoDBv3", "OCI", "GeoRaster"),
    *("HANA", "ODBC", "TileDB", "Rasdaman", "ADBC"),
    # a table of files that may name anything, and is not followed (see ``source_files``)
    "GTI",
)

_OPTIONS: dict[str, object] = {
    "GDAL_CACHEMAX": CACHE_BYTES,
    # The one file name that curl may fetch: none is called so.
    "CPL_VSIL_CURL_ALLOWED_FILENAME": "/network-is-off",
    # Drivers that fetch by themselves (a VRT may name them) meet a proxy that is not there.
    "GDAL_HTTP_PROXY": "127.0.0.1:1",
    "GDAL_HTTPS_PROXY": "127.0.0.1:1",
    "GDAL_HTTP_MAX_RETRY": 0,
    "GDAL_SKIP": ",".join(NETWORK_DRIVERS),
    # A read error in one block must be an error, not a black square.
    "GTIFF_IGNORE_READ_ERRORS": "NO",
    "PROJ_NETWORK": "OFF",
    # An analyst's VRT runs no code of its own.
    "GDAL_VRT_ENABLE_PYTHON": "NO",
}

go_offline()
pyproj.network.set_network_enabled(active=False)  # type: ignore[attr-defined]


def environment() -> rasterio.Env:
    """Return a fresh GDAL environment, to be entered around every open and every read.

    Options set by rasterio belong to a thread, so each thread enters its own; that costs about
    30 microseconds.
    """
    return rasterio.Env(**_OPTIONS)


@lru_cache(maxsize=1)
def file_drivers() -> tuple[str, ...]:
    """Return the names of the drivers that may open a user's file."""
    with environment() as env:
        return tuple(sorted(set(env.drivers()) - set(NETWORK_DRIVERS)))


# GDAL registers its drivers once for a process, when the first environment is entered, and only
# then leaves out those of GDAL_SKIP: be the first.
with environment():
    pass
