"""Why a file cannot be opened: what it is instead of a raster, or which driver is missing.

``details["kind"]`` of the errors is ``"format"`` where QGIS may well open the file, its GDAL having
drivers that this one has not: QGIS's side then renders the layer.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from ....source_files.bounded import read_start
from ...errors import RasterError
from . import gdal

_HEAD = 512

#: Where a format shows itself in the first bytes, what it is called, and GDAL's drivers for it.
_FORMATS: tuple[tuple[int, bytes, str, tuple[str, ...]], ...] = (
    (0, b"\x0e\x03\x13\x01", "HDF4", ("HDF4", "HDF4Image")),
    (0, b"\x89HDF\r\n\x1a\n", "HDF5", ("HDF5", "HDF5Image", "netCDF", "KEA")),
    (0, b"CDF\x01", "netCDF", ("netCDF",)),
    (0, b"CDF\x02", "netCDF", ("netCDF",)),
    (0, b"CDF\x05", "netCDF", ("netCDF",)),
    (0, b"msid", "MrSID", ("MrSID",)),
    (0, b"ecw", "ECW", ("ECW",)),
    (0, b"%PDF", "PDF", ("PDF",)),
    (0, b"SIMPLE  =", "FITS", ("FITS",)),
    (0, b"GRIB", "GRIB", ("GRIB",)),
    (0, b"NITF", "NITF", ("NITF",)),
    (0, b"\xff\x4f\xff\x51", "JPEG 2000", ("JP2OpenJPEG", "JP2KAK", "JP2ECW", "JP2MrSID")),
    (4, b"jP  \r\n\x87\n", "JPEG 2000", ("JP2OpenJPEG", "JP2KAK", "JP2ECW", "JP2MrSID")),
    (0, b"\xff\x0a", "JPEG XL", ("JPEGXL",)),
    (4, b"JXL \r\n\x87\n", "JPEG XL", ("JPEGXL",)),
    (4, b"ftypavif", "AVIF", ("AVIF", "HEIF")),
    (4, b"ftypheic", "HEIF", ("HEIF",)),
    (4, b"ftypmif1", "HEIF", ("HEIF",)),
    (8, b"WEBP", "WebP", ("WEBP",)),
    (0, b"II\xbc\x01", "JPEG XR", ("JPEGXR",)),
)
#: Drivers that, as built for the package index, write and do not read.
_WRITE_ONLY = frozenset({"PDF"})
#: The same by suffix, for formats without a sign of their own.
_SUFFIXES = {".ecw": ("ECW", ("ECW",)), ".sid": ("MrSID", ("MrSID",)), ".kea": ("KEA", ("KEA",))}
_ARCHIVES: tuple[tuple[int, bytes], ...] = (
    (0, b"PK\x03\x04"),
    (0, b"PK\x05\x06"),
    (0, b"\x1f\x8b"),
    (0, b"BZh"),
    (0, b"\xfd7zXZ\x00"),
    (0, b"7z\xbc\xaf\x27\x1c"),
    (0, b"Rar!\x1a\x07"),
    (0, b"\x28\xb5\x2f\xfd"),
    (257, b"ustar"),
)
_VECTORS: tuple[tuple[int, bytes], ...] = (
    (0, b"\x00\x00\x27\x0a"),  # shapefile
    (0, b"fgb\x03"),
    (0, b"PAR1"),
)
_VECTOR_TEXT = re.compile(
    rb"^\s*(?:\{\s*\"type\"\s*:\s*\"Feature|(?:<[?!].*>\s*)*<(?:\w+:)?(?:kml|gpx|FeatureColl))"
)
_CODEC = re.compile(r"missing codec (?:of code )?(\w+)")
_CODECS = {
    "50002": "JPEG XL",
    "JXL": "JPEG XL",
    "JXL_DNG_1_7": "JPEG XL",
    "52546": "JPEG XL",
    "34887": "LERC",
    "34925": "LZMA",
    "50000": "Zstandard",
    "50001": "WebP",
    "34712": "JPEG 2000",
}
_CONVERT = (
    "Convert it to GeoTIFF in QGIS (Raster > Conversion > Translate), or add it to QGIS as a "
    "layer and let Processing's Index imagery render it"
)


def unreadable(path: Path, reason: str) -> RasterError:
    """Return the error for a file that GDAL does not open.

    Args:
        path: the file.
        reason: what GDAL said.
    """
    try:
        head = read_start(path, _HEAD)
    except OSError:
        head = b""
    return (
        _archive(path, head)
        or _no_driver(path, head)
        or _no_codec(path, reason)
        or _no_picture(path, head)
        or RasterError(
            f"{path.name} is not a raster that can be read",
            hint="Open it in QGIS to see whether the file is damaged, then copy it again",
            path=str(path),
            reason=reason,
        )
    )


def _archive(path: Path, head: bytes) -> RasterError | None:
    if not _shows(_ARCHIVES, head):
        return None
    return RasterError(
        f"{path.name} is an archive, not a raster",
        hint="Unpack it, then index the folder",
        path=str(path),
        kind="format",
    )


def _no_driver(path: Path, head: bytes) -> RasterError | None:
    there = set(gdal.file_drivers()) - _WRITE_ONLY
    by_name = _SUFFIXES.get(path.suffix.lower())
    for name, drivers in (
        *((name, drivers) for at, sign, name, drivers in _FORMATS if head[at:].startswith(sign)),
        *((by_name,) if by_name else ()),
    ):
        if not there.intersection(drivers):
            return RasterError(
                f"{path.name} cannot be read: the search engine has no driver for {name}",
                hint=_CONVERT,
                path=str(path),
                kind="format",
                driver=drivers[0],
            )
    return None


def _no_codec(path: Path, reason: str) -> RasterError | None:
    found = _CODEC.search(reason)
    if not found:
        return None
    codec = _CODECS.get(found[1], found[1])
    return RasterError(
        f"{path.name} cannot be read: the search engine has no codec for {codec} compression",
        hint=_CONVERT,
        path=str(path),
        kind="format",
        codec=codec,
    )


def _no_picture(path: Path, head: bytes) -> RasterError | None:
    if head.startswith(b"SQLite format 3\0"):
        what = _in_database(path)
    elif _shows(_VECTORS, head) or _VECTOR_TEXT.match(head):
        what = "vector data"
    else:
        what = ""
    if not what:
        return None
    return RasterError(
        f"{path.name} holds {what}, no picture", hint="Leave it out of the index", path=str(path)
    )


def _in_database(path: Path) -> str:
    """Return what a GeoPackage or MBTiles file holds in place of pictures."""
    address = f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True, timeout=1)) as connection:
            tables = {
                row[0].lower() for row in connection.execute("SELECT name FROM sqlite_master")
            }
            if "gpkg_contents" in tables:
                return "vector layers or tables"
            if "metadata" in tables:
                facts = dict(connection.execute("SELECT name, value FROM metadata").fetchall())
                if str(facts.get("format", "")).lower() in ("pbf", "mvt"):
                    return "vector tiles"
            return "" if "tiles" in tables else "a database"
    except sqlite3.Error:
        return ""


def _shows(signs: tuple[tuple[int, bytes], ...], head: bytes) -> bool:
    return any(head[at:].startswith(sign) for at, sign in signs)
