"""Writing hits to a file that a GIS or a notebook opens."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from shapely.geometry import MultiPolygon, shape

from ...file_checks import is_folder, is_link
from ...output_file import has_content, hits_layer, is_geopackage, refuse_index
from ..errors import StorageError, UsageError
from ..staging import staging_folder
from .hit import Hit

#: Columns of every format, in order; the geometry follows.
FIELDS = (
    "rank",
    "score",
    "hamming",
    "match",
    "tile",
    "source",
    "acquired",
    "scale",
    "crs",
    "col_off",
    "row_off",
    "width",
    "height",
)


def check_output(path: Path, *, index: Path | None = None, layer: str | None = None) -> None:
    """Raise what :func:`write_hits` would, as far as it is known before there are hits.

    Args:
        path: the file to write.
        index: the index that is to be searched.
        layer: name of the layer in a GeoPackage.

    Raises:
        UsageError: another ending, a layer of a file that has none, the file is an index, or it is
            a GeoPackage that has something else under that name.
        StorageError: the folder is missing, or what is there cannot be read.
    """
    if path.suffix.lower() not in _WRITERS:
        raise UsageError(
            f"Hits cannot be written as {path.suffix or path.name or path}",
            hint=f"End the file in {', '.join(_WRITERS)}",
        )
    if not is_folder(path.parent):
        raise StorageError(
            f"The folder {path.parent} does not exist", hint="Create it or choose another"
        )
    if is_folder(path):
        raise StorageError(f"{path} cannot be written: it is a folder", hint="Name a file in it")
    refuse_index(path, index)
    linked = Path(os.path.realpath(path))
    if is_geopackage(linked) and not is_geopackage(path) and has_content(linked):
        raise UsageError(f"{path} is a link to {linked}", hint="Choose another file")
    if is_geopackage(path):
        hits_layer(path, layer)
    elif layer is not None:
        raise UsageError(
            f"{path.name} has no layers to name", hint="End the file in .gpkg, or name no layer"
        )


def write_hits(hits: Sequence[Hit], path: Path | str, *, layer: str | None = None) -> str | None:
    """Write hits as GeoPackage, GeoJSON, CSV (with WKT) or GeoParquet, by the file's ending.

    Geometry is in WGS 84. A file of that name is replaced, and only by a complete one; a link is
    followed. A GeoPackage that is there keeps its other layers: the hits become one more, or
    take the place of earlier hits of that name (see :func:`~scene_search.output_file.hits_layer`).

    Returns:
        The layer written where the file is a GeoPackage that was there before.

    Raises:
        UsageError: see :func:`check_output`; or GeoParquet without GeoPandas and PyArrow.
        StorageError: the place cannot be written, the file is in use, or the disk is full.

    Examples:
        >>> from scene_search.engine.index.tile_index import TileIndex
        >>> from scene_search.engine.retrieval.query import Query
        >>> from scene_search.engine.retrieval.search import search
        >>> with TileIndex.open(index_file, read_only=True) as index:
        ...     hits = search(index, encoder, Query(texts=("a forest",), limit=5)).hits
        >>> write_hits(hits, folder / "forests.csv")
        >>> (folder / "forests.csv").read_text(encoding="utf-8")
        'rank,score,hamming,match,tile,source,acquired,...
    """
    path = Path(path)
    check_output(path, layer=layer)
    ending = path.suffix.lower()
    writer = _WRITERS[ending]
    name = hits_layer(path, layer).name if is_geopackage(path) else path.stem
    grows = is_geopackage(path) and has_content(path)
    if is_link(path):
        path = Path(os.path.realpath(path))
    try:
        if grows:
            writer(hits, path, name)  # GDAL leaves the other layers as they are
            return name
        with staging_folder(path.parent) as folder:
            partial = folder / f"hits{ending}"
            writer(hits, partial, name)
            partial.replace(path)
    except (OSError, pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise StorageError(
            f"{path} cannot be written: {getattr(error, 'strerror', None) or error}",
            hint="Check that you may write there, that no program holds the file open, "
            "and that the disk has space",
        ) from error
    return None


def _columns(hits: Sequence[Hit]) -> dict[str, np.ndarray]:
    windows = np.array([hit.window for hit in hits], dtype=np.int64).reshape(-1, 4)
    acquired = [hit.acquired.rstrip("Z") if hit.acquired else "NaT" for hit in hits]
    return {
        "rank": np.array([hit.rank for hit in hits], dtype=np.int32),
        "score": np.array([hit.score for hit in hits], dtype=np.float64),
        "hamming": np.array([hit.hamming for hit in hits], dtype=np.int32),
        "match": np.array(
            [np.nan if hit.match is None else hit.match for hit in hits], dtype=np.float64
        ),
        "tile": np.array([hit.tile for hit in hits], dtype=np.int64),
        "source": np.array([hit.source for hit in hits], dtype=object),
        "acquired": np.array(acquired, dtype="datetime64[ms]"),
        "scale": np.array([hit.scale for hit in hits], dtype=np.float64),
        "crs": np.array([hit.crs for hit in hits], dtype=object),
        **dict(zip(FIELDS[-4:], windows.T, strict=True)),
    }


def _geometries(hits: Sequence[Hit]) -> list[MultiPolygon]:
    """Return multipolygons throughout: a tile on the date line has two parts."""
    shapes = [shape(hit.geometry) for hit in hits]
    return [s if isinstance(s, MultiPolygon) else MultiPolygon([s]) for s in shapes]


def _write_with_gdal(driver: str, **options: Any) -> Callable[[Sequence[Hit], Path, str], None]:
    def write(hits: Sequence[Hit], path: Path, name: str) -> None:
        columns = _columns(hits)
        missing = [
            np.isnat(values)
            if values.dtype.kind == "M"
            else (np.isnan(values) if name == "match" else None)
            for name, values in columns.items()
        ]
        pyogrio.raw.write(
            path,
            geometry=np.array(shapely.to_wkb(_geometries(hits)), dtype=object),
            field_data=list(columns.values()),
            fields=list(columns),
            field_mask=missing,
            layer=name,
            driver=driver,
            geometry_type="MultiPolygon",
            crs="EPSG:4326",
            gdal_tz_offsets={"acquired": np.full(len(hits), 100)},
            **options,
        )

    return write


def _write_csv(hits: Sequence[Hit], path: Path, _name: str) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow([*FIELDS, "wkt"])
        for hit, geometry in zip(hits, _geometries(hits), strict=True):
            values = hit.as_dict() | dict(zip(FIELDS[-4:], hit.window, strict=True))
            rows.writerow([*(values[name] for name in FIELDS), geometry.wkt])


def _write_parquet(hits: Sequence[Hit], path: Path, _name: str) -> None:
    try:
        import geopandas
        import pyarrow  # noqa: F401
    except ImportError as error:
        raise UsageError(
            f"Writing GeoParquet needs {error.name}, which is not installed",
            hint="Install geopandas and pyarrow into the engine's environment, or write .gpkg",
        ) from error
    columns = _columns(hits)
    frame = geopandas.GeoDataFrame(
        {**columns, "acquired": columns["acquired"].astype("datetime64[ms]")},
        geometry=_geometries(hits),
        crs="EPSG:4326",
    )
    frame["acquired"] = frame["acquired"].dt.tz_localize("UTC")
    frame.to_parquet(path, index=False)


_WRITERS: dict[str, Callable[[Sequence[Hit], Path, str], None]] = {
    ".gpkg": _write_with_gdal("GPKG"),
    ".geojson": _write_with_gdal("GeoJSON"),
    ".csv": _write_csv,
    ".parquet": _write_parquet,
}
