"""A raster file as the rest of the engine sees it: one north-related grid with a CRS."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt
from affine import Affine
from rasterio.crs import CRS
from rasterio.enums import ColorInterp, MaskFlags, Resampling
from rasterio.errors import RasterioError
from rasterio.io import DatasetReader
from rasterio.vrt import WarpedVRT
from shapely.geometry import MultiPolygon, Polygon

from ...source_files import names
from ..errors import RasterError
from .files import gdal
from .files.dataset import open_dataset
from .ground.footprint import lonlat_polygon, plain_polygons
from .ground.ground import Floats, Ground

#: Points on each edge of a raster's footprint.
_EDGE_POINTS = 24

#: Latitude from which on outlines in projected CRSs are drawn finer, with so many points on an
#: edge and drawn in by a small part of a pixel.
_NEAR_POLE = 85.0
_POLAR_EDGE_POINTS = 16
_POLAR_INSET = 1e-3


class Raster:
    """An open raster with a position on the Earth. Use it as a context manager.

    Opened with ``open_raster``. A raster belongs to one thread at a time; open another one for
    another thread.

    Attributes:
        name: what it was opened by: a file, or a part of one (see ``source_files.names``).
        path: its file.
        width: columns of the readable grid.
        height: rows of the readable grid.
        crs: CRS of the grid.
        transform: from (column, row) to coordinates in ``crs``; may be rotated or south-up.
        dataset: what to read from: the file, or, for a file located by ground control points,
            a warped view of it.
        ground: pixel positions in longitude, latitude and metres.
    """

    def __init__(
        self, name: Path | str, file: DatasetReader, view: WarpedVRT | None, ground: Ground
    ) -> None:
        self.name = os.fspath(name)
        self.path = Path(names.file_of(name))
        self.dataset: DatasetReader | WarpedVRT = view if view is not None else file
        self.width: int = self.dataset.width
        self.height: int = self.dataset.height
        self.crs: CRS = self.dataset.crs
        self.transform: Affine = self.dataset.transform
        self.ground = ground
        self._file = file

    def __enter__(self) -> Raster:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; may be called twice."""
        if self.dataset is not self._file:
            self.dataset.close()
        self._file.close()

    @property
    def label(self) -> str:
        """The name without its folders, for messages."""
        return names.shown(self.name)

    def pixel_size_m(self, column: float, row: float) -> tuple[float, float]:
        """Return width and height in metres of the pixel at a position in pixels."""
        return self.ground.pixel_size(column, row)

    def gsd_m(self) -> float:
        """Return the ground sampling distance at the centre in metres, the mean of both axes."""
        return sum(self.pixel_size_m(self.width / 2, self.height / 2)) / 2

    def footprint(self) -> Polygon | MultiPolygon:
        """Return the raster's outline in WGS 84 longitude and latitude, edges densified."""
        return self.window_footprint(0, 0, self.width, self.height, _EDGE_POINTS)

    def window_footprint(
        self, column: float, row: float, width: float, height: float, edge_points: int = 1
    ) -> Polygon | MultiPolygon:
        """Return the outline of a window, given in pixels, in longitude and latitude.

        Args:
            column: left edge.
            row: upper edge.
            width: columns.
            height: rows.
            edge_points: points computed on each edge; 1 gives a four-cornered outline.
        """
        lon, lat = self._outline(column, row, width, height, edge_points)
        near_pole = np.abs(lat[np.isfinite(lat)]).max(initial=0.0) > _NEAR_POLE
        if near_pole and not self.ground.crs.is_geographic:
            # Longitudes turn quickly there, and have no meaning on an edge through the pole.
            points = max(edge_points, _POLAR_EDGE_POINTS)
            column, row = column + _POLAR_INSET, row + _POLAR_INSET
            width, height = width - 2 * _POLAR_INSET, height - 2 * _POLAR_INSET
            lon, lat = self._outline(column, row, width, height, points)
        return lonlat_polygon(lon, lat)

    def window_footprints(
        self, windows: npt.NDArray[np.int64], edge_points: int = 1
    ) -> list[Polygon | MultiPolygon]:
        """Return what ``window_footprint`` does for windows (n, 4), many times as fast.

        Args:
            windows: left edge, upper edge, columns and rows of each.
            edge_points: points computed on each edge.
        """
        left, upper, columns, rows = windows.T[:, :, None]
        lon, lat = self._outline(left, upper, columns, rows, edge_points)
        polygons = plain_polygons(lon, lat)
        if not self.ground.crs.is_geographic:
            polygons[np.abs(lat).max(axis=1) > _NEAR_POLE] = None
        return [
            self.window_footprint(c, r, width, height, edge_points) if polygon is None else polygon
            for polygon, (c, r, width, height) in zip(polygons, windows.tolist(), strict=True)
        ]

    def _outline(
        self,
        column: float | npt.NDArray[np.int64],
        row: float | npt.NDArray[np.int64],
        width: float | npt.NDArray[np.int64],
        height: float | npt.NDArray[np.int64],
        edge_points: int,
    ) -> tuple[Floats, Floats]:
        """Return longitudes and latitudes around a window, not closed.

        Numbers give arrays (points,), columns (n, 1) of numbers give arrays (n, points).
        """
        along = np.arange(edge_points) / edge_points
        zero, one = np.zeros(edge_points), np.ones(edge_points)
        u = np.concatenate([along, one, 1 - along, zero])
        v = np.concatenate([zero, along, one, 1 - along])
        return self.ground.lonlat(column + u * width, row + v * height)


def open_raster(name: Path | str) -> Raster:
    """Open a raster that can be indexed.

    Args:
        name: a file, or a part of one.

    Raises:
        RasterError: with the reason, as shown in the indexing report: missing, empty, not a
            raster, truncated, a container of rasters, complex numbers, no CRS, no position,
            located by RPCs only, CRS unrelated to the Earth.

    Examples:
        >>> with open_raster(imagery / "coast_utm_2023-06-14.tif") as raster:
        ...     print(raster.width, raster.height, raster.crs)
        512 512 EPSG:32629
    """
    with contextlib.ExitStack() as stack, gdal.environment():
        file = stack.enter_context(open_dataset(name))
        if all(interpretation == ColorInterp.alpha for interpretation in file.colorinterp):
            raise RasterError(
                f"{names.shown(name)} has no band but a mask",
                hint="Choose another file",
                path=str(name),
            )
        view = _locate(file, name)
        if view is not None:
            stack.enter_context(view)
        grid = view if view is not None else file
        try:
            ground = Ground(grid.crs, grid.transform, grid.width, grid.height)
        except RasterError as error:
            raise RasterError(
                f"{names.shown(name)} cannot be placed on the map: {error.message}",
                hint=error.hint,
                path=str(name),
                **error.details,
            ) from error
        raster = Raster(name, file, view, ground)
        stack.pop_all()
    return raster


def _locate(file: DatasetReader, name: Path | str) -> WarpedVRT | None:
    """Return a warped view if the file needs one, None if its own grid has a position."""
    has_transform = not is_identity(file.transform)
    points, points_crs = file.gcps
    if has_transform:
        if file.crs is None:
            raise _unplaced(name, "has no CRS", "Assign one (Raster > Projections > Assign)")
        if not np.isfinite(list(file.transform)).all() or file.transform.is_degenerate:
            raise _unplaced(name, "has a broken geotransform", "Georeference it again")
        return None
    if points:
        if points_crs is None:
            raise _unplaced(
                name,
                f"has {len(points)} ground control points but no CRS for them",
                "Assign the CRS of the points (gdal_translate -a_srs)",
            )
        return _warp_by_points(file, name)
    if file.rpcs is not None:
        raise _unplaced(
            name,
            "is located by rational polynomial coefficients only",
            "Orthorectify it first (Raster > Projections > Warp, or gdalwarp -rpc)",
        )
    if file.crs is None:
        raise _unplaced(name, "has no CRS and no position", "Georeference it first")
    raise _unplaced(name, "has a CRS but no position", "Georeference it, or restore its world file")


def _unplaced(name: Path | str, reason: str, hint: str) -> RasterError:
    return RasterError(f"{names.shown(name)} {reason}", hint=hint, path=str(name))


def is_identity(transform: Affine) -> bool:
    """Whether a file has no geotransform, which GDAL tells by giving the identity."""
    return bool(transform.almost_equals(Affine.identity(), precision=1e-12))


def _warp_by_points(file: DatasetReader, name: Path | str) -> WarpedVRT:
    masked = MaskFlags.all_valid not in file.mask_flag_enums[0]
    try:
        # The corners outside the image get an alpha of 0, unless the file brings its own mask.
        return WarpedVRT(file, resampling=Resampling.bilinear, add_alpha=not masked)
    except (RasterioError, ValueError) as error:
        raise _unplaced(
            name, "has ground control points that do not fit together", "Georeference it again"
        ) from error
