"""The layout of an index file, written with fudgeo so that GIS programs open it as it is.

========================  =====================================================================
``tiles``                 layer of multipolygons in EPSG:4326 with an R-tree: one row a tile
``sources``               table: one row a raster
``index_info``            table of one row: schema version, encoder, tile parameters
``code_segments``         derived: the codes of runs of consecutive tiles as one blob each, so
                          that a million load in hundredths of a second; see ``code_segments``
``context_segments``      derived: the same for the codes with context, where there is one
========================  =====================================================================

What earlier layouts lacked, and how their files are brought along, is in ``layout``.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from dataclasses import fields
from pathlib import Path

from fudgeo import Field, MemoryGeoPackage, SpatialReferenceSystem
from fudgeo.enumeration import FieldType, GPKGFlavors, ShapeType
from fudgeo.sql import EPSG_4326

from ...file_checks import exists, is_folder
from ...strict_json import decode
from ..errors import IndexFileError, StorageError
from ..staging import staging_folder
from . import code_segments, stored
from .connection import damaged_error, drop_log, translated_errors
from .file_name import check_new_name
from .footprints import SRS_ID
from .schema import SCHEMA_VERSION, IndexInfo

_TILE_FIELDS = (
    Field("source_id", FieldType.integer, is_nullable=False),
    Field("col_off", FieldType.integer, is_nullable=False),
    Field("row_off", FieldType.integer, is_nullable=False),
    Field("width", FieldType.integer, is_nullable=False),
    Field("height", FieldType.integer, is_nullable=False),
    Field("scale", FieldType.double, is_nullable=False),
    Field("valid", FieldType.double, is_nullable=False),
    Field("acquired", FieldType.datetime),
    Field("code", FieldType.blob, is_nullable=False),
    Field("embedding", FieldType.blob, is_nullable=False),
)
_CONTEXT_TILE_FIELDS = (
    Field("context_code", FieldType.blob, is_nullable=False),
    Field("context_embedding", FieldType.blob, is_nullable=False),
)
_SOURCE_FIELDS = (
    Field("path", FieldType.text, is_nullable=False),
    Field("fingerprint", FieldType.text, is_nullable=False),
    Field("crs", FieldType.text, is_nullable=False),
    Field("resolution_m", FieldType.double),
    Field("tile_size_m", FieldType.double),
    Field("width", FieldType.integer, is_nullable=False),
    Field("height", FieldType.integer, is_nullable=False),
    Field("stretch", FieldType.text, is_nullable=False),
    Field("acquisition", FieldType.text, is_nullable=False),
    Field("acquired", FieldType.datetime),
    Field("state", FieldType.text, is_nullable=False),
    Field("error", FieldType.text),
    Field("windows_done", FieldType.integer, is_nullable=False),
    Field("content", FieldType.text),
    Field("damage", FieldType.text),
)
_INFO_FIELDS = (
    Field("schema_version", FieldType.integer, is_nullable=False),
    Field("encoder_id", FieldType.text, is_nullable=False),
    Field("encoder_sha256", FieldType.text, is_nullable=False),
    Field("encoder_name", FieldType.text, is_nullable=False),
    Field("encoder_path", FieldType.text, is_nullable=False),
    Field("embedding_size", FieldType.integer, is_nullable=False),
    Field("code_bits", FieldType.integer, is_nullable=False),
    Field("tile_size_m", FieldType.double),
    Field("scales", FieldType.text, is_nullable=False),
    Field("overlap", FieldType.double, is_nullable=False),
    Field("created", FieldType.text, is_nullable=False),
    Field("context", FieldType.boolean, is_nullable=False),
)

_INFO_NAMES = [field.name for field in fields(IndexInfo)]

# code_segments is not listed in gpkg_contents: a GIS has no use for it, and GDAL then leaves it
# out. The unique index finds a source's tiles and stops two runs from writing the same tile.
_SEGMENTS = """
CREATE TABLE {table} (
    first_tile INTEGER PRIMARY KEY,
    tiles      INTEGER NOT NULL,
    source_id  INTEGER NOT NULL,
    codes      BLOB NOT NULL,
    scales     BLOB NOT NULL
);
CREATE INDEX {table}_source ON {table} (source_id);
"""
_OWN_INDEXES = """
CREATE UNIQUE INDEX tiles_window ON tiles (source_id, scale, row_off, col_off, width, height);
CREATE UNIQUE INDEX sources_path ON sources (path);
"""


def create_geopackage(path: Path, info: IndexInfo) -> None:
    """Write an empty index; it appears under its name only when it is complete.

    Raises:
        IndexFileError: the file exists, or its name is none for an index.
        StorageError: the folder is missing or cannot be written.
    """
    check_new_name(path)
    if exists(path):
        raise IndexFileError(f"{path} exists already", hint="Open it, or choose another name")
    if not is_folder(path.parent):
        raise StorageError(
            f"The folder {path.parent} does not exist", hint="Create it or choose another"
        )
    try:
        with staging_folder(path.parent) as folder:
            partial = folder / "index.gpkg"
            _write(partial, info)
            drop_log(path)
            partial.replace(path)
    except (OSError, sqlite3.Error) as error:
        raise StorageError(
            f"{path} cannot be written: {error}",
            hint="Check that you may write to its folder and that its disk has space",
        ) from error


def _write(path: Path, info: IndexInfo) -> None:
    # built in memory and copied at once: each of fudgeo's steps would wait for the disk
    package = MemoryGeoPackage.create(flavor=GPKGFlavors.epsg, ogr_contents=True)
    connection = package.connection
    try:
        wgs84 = SpatialReferenceSystem("WGS 84", "EPSG", SRS_ID, EPSG_4326)
        package.create_feature_class(
            "tiles",
            wgs84,
            shape_type=ShapeType.multi_polygon,
            fields=_TILE_FIELDS + (_CONTEXT_TILE_FIELDS if info.context else ()),
            description="Tiles with their hash codes and embeddings",
            geom_name="geom",
        )
        package.create_table("sources", fields=_SOURCE_FIELDS, description="Indexed rasters")
        package.create_table("index_info", fields=_INFO_FIELDS, description="Encoder and tiles")
        for family in code_segments.families(info.context):
            connection.executescript(_SEGMENTS.format(table=family.table))
            code_segments.watch(connection, family)
        connection.executescript(_OWN_INDEXES)
        values = {name: getattr(info, name) for name in _INFO_NAMES}
        values["scales"] = json.dumps(list(info.scales))
        values["schema_version"] = SCHEMA_VERSION
        with connection:
            connection.execute(
                f"INSERT INTO index_info ({', '.join(values)}) "  # nosec B608
                f"VALUES ({', '.join('?' * len(values))})",
                tuple(values.values()),
            )
        with contextlib.closing(sqlite3.connect(path)) as file:
            connection.backup(file)
            file.execute("PRAGMA journal_mode = WAL")
    finally:
        connection.close()


def read_info(connection: sqlite3.Connection, path: Path) -> IndexInfo:
    """Read what the file says of itself; it must have been prepared (``layout.prepare``).

    Raises:
        IndexFileError: it is damaged.
    """
    with translated_errors(path):
        statement = f"SELECT {', '.join(_INFO_NAMES)} FROM index_info"  # nosec B608
        row = connection.execute(statement).fetchone()
    values = dict(zip(_INFO_NAMES, row, strict=True))
    try:
        for name in ("encoder_id", "encoder_sha256", "encoder_name", "encoder_path", "created"):
            stored.text(values[name], name)
        for name in ("embedding_size", "code_bits"):
            stored.whole(values[name], name)
        stored.number(values["overlap"], "overlap")
        if values["tile_size_m"] is not None:
            stored.number(values["tile_size_m"], "tile_size_m")
        scales = decode(stored.text(values["scales"], "scales"))
        values["scales"] = tuple(stored.number(scale, "scales") for scale in scales)
        values["context"] = bool(values["context"])
        return IndexInfo(**values)
    except (TypeError, ValueError, stored.StoredValueError) as error:
        raise damaged_error(path, f"index_info: {error}") from error
