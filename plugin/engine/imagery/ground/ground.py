"""Where pixels lie on the Earth, and how many metres they measure there.

Everything goes through longitude and latitude and is measured on the WGS 84 ellipsoid, so that
metres are metres in any CRS: degrees, feet, Mercator, polar.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyproj
from affine import Affine
from pyproj.exceptions import CRSError, ProjError
from rasterio.crs import CRS

from ...errors import RasterError

Floats = npt.NDArray[np.float64]

GEOD = pyproj.Geod(ellps="WGS84")
WGS84 = pyproj.CRS.from_epsg(4326)

#: Nodes of the grid on which pixel sizes are computed; between them they are interpolated.
_ROW_NODES = 129
_COLUMN_NODES = 33

#: How many times larger than the median a pixel at the limb of a disc is taken to be at most.
_OBLIQUE = 4.0


class Ground:
    """Converts a raster's pixel positions to longitude, latitude and metres.

    Args:
        crs: the CRS of the pixel grid.
        transform: from (column, row) to coordinates in it; may be rotated or south-up.
        width: columns.
        height: rows.

    Raises:
        RasterError: if the CRS has no relation to the Earth, or the grid lies outside the area
            where its projection is defined.
    """

    def __init__(self, crs: CRS, transform: Affine, width: int, height: int) -> None:
        self._transform = transform
        self._width = width
        self._height = height
        try:
            self.crs = pyproj.CRS.from_wkt(crs.to_wkt())
            self._to_lonlat = pyproj.Transformer.from_crs(self.crs, WGS84, always_xy=True)
        except (CRSError, ProjError) as error:
            raise RasterError(
                "its CRS cannot be related to longitude and latitude",
                hint="Assign the right CRS to the raster, such as EPSG:32633",
                crs=crs.to_wkt(),
            ) from error
        if self.crs.is_geocentric:
            raise RasterError(
                "its CRS is geocentric, which has no map plane",
                hint="Warp the raster to a projected CRS",
            )
        self._columns = _nodes(width, _COLUMN_NODES)
        self._rows = _nodes(height, _ROW_NODES)
        columns, rows = np.meshgrid(self._columns, self._rows)
        self._sizes = self._measure(columns, rows)
        finite = np.all(np.isfinite(self._sizes) & (self._sizes > 0), axis=0)
        #: Whether every pixel of the raster is somewhere on the Earth (not so for full-disc
        #: geostationary images or the corners of world maps).
        self.whole_on_earth = bool(finite.all())
        if not finite.any():
            raise RasterError(
                "its position is outside the area of its CRS",
                hint="Check the raster's CRS and extent in QGIS",
            )
        if not self.whole_on_earth:
            self._fill(finite)
            # Towards the limb of an image of the whole disc, pixels grow beyond use.
            most = _OBLIQUE * np.median(self._sizes, axis=(1, 2))
            self._sizes = np.minimum(self._sizes, most[:, None, None])

    def lonlat(self, columns: npt.ArrayLike, rows: npt.ArrayLike) -> tuple[Floats, Floats]:
        """Return longitude and latitude of pixel positions; infinite where off the Earth.

        Args:
            columns: positions in pixels, 0 at the left edge of the first column.
            rows: positions in pixels, 0 at the upper edge of the first row.
        """
        t = self._transform
        c, r = np.asarray(columns, np.float64), np.asarray(rows, np.float64)
        x = t.a * c + t.b * r + t.c
        y = t.d * c + t.e * r + t.f
        lon, lat = self._to_lonlat.transform(x, y)
        return np.asarray(lon, np.float64), np.asarray(lat, np.float64)

    def pixel_size(self, column: float, row: float) -> tuple[float, float]:
        """Return a pixel's width and height in metres at a position in pixels."""
        i, u = _locate(self._rows, row)
        j, v = _locate(self._columns, column)
        corners = self._sizes[:, i : i + 2, j : j + 2]
        width, height = (1 - u) * ((1 - v) * corners[:, 0, 0] + v * corners[:, 0, -1]) + u * (
            (1 - v) * corners[:, -1, 0] + v * corners[:, -1, -1]
        )
        return float(width), float(height)

    def row_sizes(self, row: float) -> tuple[Floats, Floats, Floats]:
        """Return pixel sizes along a row: positions of columns, widths and heights in metres."""
        i, u = _locate(self._rows, row)
        upper, lower = self._sizes[:, i], self._sizes[:, min(i + 1, len(self._rows) - 1)]
        widths, heights = (1 - u) * upper + u * lower
        return self._columns, widths, heights

    def up_and_right(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return the directions of the grid at its centre, as (east, north) unit vectors.

        Returns:
            The direction from a row to the one before it, and from a column to the next.
        """
        column, row = self._width / 2, self._height / 2
        lon, lat = self.lonlat([column, column, column + 0.5], [row, row - 0.5, row])
        if not (np.isfinite(lon).all() and np.isfinite(lat).all()):
            return (0.0, 1.0), (1.0, 0.0)
        lat = np.clip(lat, -90.0, 90.0)
        azimuth, _, _ = GEOD.inv(np.repeat(lon[0], 2), np.repeat(lat[0], 2), lon[1:], lat[1:])
        up, right = ((float(np.sin(np.radians(a))), float(np.cos(np.radians(a)))) for a in azimuth)
        return up, right

    def _measure(self, columns: Floats, rows: Floats) -> Floats:
        """Return sizes in metres (2, *shape): pixel width and height at positions in pixels."""
        size = []
        for half_column, half_row in ((0.5, 0.0), (0.0, 0.5)):
            lon0, lat0 = self.lonlat(columns - half_column, rows - half_row)
            lon1, lat1 = self.lonlat(columns + half_column, rows + half_row)
            known = np.isfinite([lon0, lat0, lon1, lat1]).all(axis=0)
            length = np.full(columns.shape, np.nan)
            clip = (np.clip(lat, -90.0, 90.0) for lat in (lat0[known], lat1[known]))
            start, end = clip
            _, _, length[known] = GEOD.inv(lon0[known], start, lon1[known], end)
            size.append(length)
        return np.stack(size)

    def _fill(self, finite: npt.NDArray[np.bool_]) -> None:
        """Give nodes off the Earth the sizes of the node nearest to the middle of the raster."""
        rows, columns = np.nonzero(finite)
        middle = np.argmin(
            np.abs(rows - len(self._rows) // 2) + np.abs(columns - len(self._columns) // 2)
        )
        self._sizes[:, ~finite] = self._sizes[:, rows[middle], columns[middle]][:, None]


def _nodes(length: int, count: int) -> Floats:
    """Return positions of pixel centres spread over an axis, both ends included."""
    return np.linspace(0.5, length - 0.5, min(count, length))


def _locate(nodes: Floats, position: float) -> tuple[int, float]:
    """Return the node before a position and the share of the way to the next one."""
    if len(nodes) == 1:
        return 0, 0.0
    step = (nodes[-1] - nodes[0]) / (len(nodes) - 1)
    along = min(max((position - nodes[0]) / step, 0.0), float(len(nodes) - 1))
    node = min(int(along), len(nodes) - 2)
    return node, along - node
