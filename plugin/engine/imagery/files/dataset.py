"""Opening a file with GDAL, and telling in an analyst's words why it cannot be opened."""

from __future__ import annotations

import warnings
from pathlib import Path

from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.io import DatasetReader

from ....source_files import names
from ....source_files.beside import special_beside
from ....source_files.chain import Chain, chain_of
from ....source_files.references import looks_remote
from ...errors import RasterError
from . import gdal
from .truncation import check_complete, check_complete_jpeg
from .unreadable import unreadable

# Whether a file has a place is judged, and said, by the callers. A filter set and taken back
# around each opening would not hold in reader threads, which share one list of filters.
warnings.filterwarnings("ignore", category=NotGeoreferencedWarning)

_COMPLEX = ("complex", "complex64", "complex128", "complex_int16")


def open_dataset(name: Path | str) -> DatasetReader:
    """Open any raster, georeferenced or not, read-only and without network access.

    Args:
        name: a file, or a part of one in GDAL's notation (see ``source_files.names``).

    Raises:
        RasterError: missing, empty, unreadable, not a raster, a container of several rasters,
            truncated, complex numbers, made of something that is missing or not on this
            machine.
    """
    dataset = open_container(name)
    missing = missing_files(name)
    if missing:
        # GDAL reads black, without a word, from the second time on
        dataset.close()
        raise names_missing(Path(names.file_of(name)), missing)
    try:
        _check_content(dataset, str(name))
    except BaseException:
        dataset.close()
        raise
    return dataset


def open_container(name: Path | str) -> DatasetReader:
    """Open a raster as ``open_dataset`` does, whatever it holds: perhaps only other rasters.

    Raises:
        RasterError: missing, empty, unreadable, not a raster, made of something that is not on
            this machine.
    """
    path = Path(names.file_of(name))
    _check_file(path)
    chain = _follow(path)
    with gdal.environment():
        try:
            # Not rasterio.open: it takes one driver only, and reads ! and : in names as zip paths.
            dataset = DatasetReader(str(name), driver=list(gdal.file_drivers()))
        except (RasterioError, UnicodeError, ValueError, SystemError) as error:
            missing = chain.missing()
            if missing:
                raise names_missing(path, missing) from error
            if names.split(name).is_part:
                raise RasterError(
                    f"{names.shown(name)} is not a raster that can be read",
                    hint="See in QGIS what the file holds",
                    path=str(name),
                    reason=str(error),
                ) from error
            raise unreadable(path, str(error)) from error
        remote = [] if dataset.driver == "VRT" else list(filter(looks_remote, dataset.files))
    if remote:
        # a header in a notation of its own, which is not followed beforehand
        dataset.close()
        raise RasterError(
            f"{path.name} is made of {remote[0]}: only what is on this machine is read",
            hint="Add it to QGIS as a layer, or download the imagery and index that",
            path=str(path),
            kind="remote",
        )
    return dataset


def subdatasets(dataset: DatasetReader) -> list[str]:
    """Return the names of the rasters in an open one, as GDAL gives them.

    ``dataset.subdatasets`` would take quotes and capitals out of them.
    """
    tags = dataset.tags(ns="SUBDATASETS")
    found = [tags.get(f"SUBDATASET_{number}_NAME", "") for number in range(1, len(tags) + 1)]
    return [name for name in found if name]


def missing_files(name: Path | str) -> list[Path]:
    """Return the files that a raster is made of and that are not there."""
    try:
        return chain_of(name).missing()
    except (OSError, RasterError):
        return []


def names_missing(path: Path, missing: list[Path]) -> RasterError:
    """Return the error for a virtual raster whose sources are not there."""
    more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
    return RasterError(
        f"{path.name} is made of {missing[0].name}{more}, which cannot be found at"
        f" {missing[0].parent}",
        hint="Bring the missing files back, connect their drive, or make the virtual raster again",
        path=str(path),
        kind="missing",
        missing=[str(file) for file in missing[:50]],
    )


def _follow(path: Path) -> Chain:
    beside = special_beside(path)
    if beside:
        raise RasterError(
            f"{path.name} has a pipe or device beside it, {beside}, which would be read with it",
            hint="Remove it, or put the image into another folder",
            path=str(path),
        )
    try:
        return chain_of(path)
    except OSError as error:
        raise _unreadable_file(path, error) from error


def _check_file(path: Path) -> None:
    try:
        if path.is_dir():
            raise RasterError(
                f"{path.name} is a folder, not a raster", hint="Index the folder", path=str(path)
            )
        size = path.stat().st_size
        if not path.is_file():
            # opening a pipe would wait for ever
            raise RasterError(
                f"{path.name} is a pipe or a device, no file",
                hint="Choose an image file",
                path=str(path),
            )
        with path.open("rb"):
            pass
    except FileNotFoundError as error:
        raise RasterError(
            f"{path.name} does not exist", hint="Check the path", path=str(path)
        ) from error
    except (PermissionError, OSError, ValueError) as error:
        raise _unreadable_file(path, error) from error
    if size == 0:
        raise RasterError(
            f"{path.name} is empty (0 bytes)", hint="Copy or download it again", path=str(path)
        )


def _unreadable_file(path: Path, error: Exception) -> RasterError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return RasterError(
        f"{path.name} cannot be read: {reason.lower()}",
        hint="Check the file's permissions and that its drive is connected",
        path=str(path),
    )


def _check_content(dataset: DatasetReader, name: str) -> None:
    shown = names.shown(name)
    if dataset.count == 0 or dataset.width == 0 or dataset.height == 0:
        parts = subdatasets(dataset)
        if parts:
            labels = ", ".join(names.split(part).part for part in parts[:3])
            more = f" and {len(parts) - 3} more" if len(parts) > 3 else ""
            raise RasterError(
                f"{shown} is a container of {len(parts)} rasters ({labels}{more})",
                hint=f"Name one of them, such as {parts[0]}",
                path=name,
                subdatasets=list(parts[:50]),
            )
        raise RasterError(
            f"{shown} holds no raster bands", hint="See in QGIS what the file holds", path=name
        )
    if any(dtype in _COMPLEX for dtype in dataset.dtypes):
        raise RasterError(
            f"{shown} holds complex numbers (unprocessed radar), which show no picture",
            hint="Compute the amplitude or intensity first and index that",
            path=name,
        )
    if dataset.driver == "GTiff":
        check_complete(dataset, Path(names.file_of(name)).stat().st_size)
    if dataset.driver == "JPEG":
        check_complete_jpeg(Path(names.file_of(name)))
