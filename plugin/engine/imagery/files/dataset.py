"""Opening a file with GDAL, and telling in an analyst's words why it cannot be opened."""

from __future__ import annotations

import warnings
from pathlib import Path

from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.io import DatasetReader

from ...errors import RasterError
from . import gdal
from .truncation import check_complete

# Whether a file has a place is judged, and said, by the callers. A filter set and taken back
# around each opening would not hold in reader threads, which share one list of filters.
warnings.filterwarnings("ignore", category=NotGeoreferencedWarning)

_COMPLEX = ("complex", "complex64", "complex128", "complex_int16")


def open_dataset(path: Path | str) -> DatasetReader:
    """Open any raster file, georeferenced or not, read-only and without network access.

    Args:
        path: a file; a ``.vrt`` counts as one.

    Raises:
        RasterError: missing, empty, unreadable, not a raster, a container of several rasters,
            truncated, complex numbers.
    """
    path = Path(path)
    _check_file(path)
    with gdal.environment():
        try:
            # Not rasterio.open: it takes one driver only, and reads ! and : in names as zip paths.
            dataset = DatasetReader(str(path), driver=list(gdal.file_drivers()))
        except (RasterioError, UnicodeError, ValueError, SystemError) as error:
            raise RasterError(
                f"{path.name} is not a raster that can be read",
                hint="Open it in QGIS to see whether the file is damaged, then copy it again",
                path=str(path),
                reason=str(error),
            ) from error
        try:
            _check_content(dataset, path)
        except BaseException:
            dataset.close()
            raise
    return dataset


def _check_file(path: Path) -> None:
    try:
        if path.is_dir():
            raise RasterError(
                f"{path.name} is a folder, not a raster", hint="Index the folder", path=str(path)
            )
        size = path.stat().st_size
        with path.open("rb"):
            pass
    except FileNotFoundError as error:
        raise RasterError(
            f"{path.name} does not exist", hint="Check the path", path=str(path)
        ) from error
    except (PermissionError, OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise RasterError(
            f"{path.name} cannot be read: {reason.lower()}",
            hint="Check the file's permissions and that its drive is connected",
            path=str(path),
        ) from error
    if size == 0:
        raise RasterError(
            f"{path.name} is empty (0 bytes)", hint="Copy or download it again", path=str(path)
        )


def _check_content(dataset: DatasetReader, path: Path) -> None:
    if dataset.count == 0 or dataset.width == 0 or dataset.height == 0:
        parts = dataset.subdatasets
        if parts:
            names = ", ".join(part.rsplit(":", 1)[-1] for part in parts[:3])
            more = f" and {len(parts) - 3} more" if len(parts) > 3 else ""
            raise RasterError(
                f"{path.name} is a container of {len(parts)} rasters ({names}{more})",
                hint="Export the one you want to a GeoTIFF, then index that",
                path=str(path),
                subdatasets=list(parts[:50]),
            )
        raise RasterError(f"{path.name} holds no raster bands", path=str(path))
    if any(dtype in _COMPLEX for dtype in dataset.dtypes):
        raise RasterError(
            f"{path.name} holds complex numbers (unprocessed radar), which show no picture",
            hint="Compute the amplitude or intensity first and index that",
            path=str(path),
        )
    if dataset.driver == "GTiff":
        check_complete(dataset, path.stat().st_size)
