"""The files that decide what is read from a raster, as GDAL lists them, to the end of the chain."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from rasterio.errors import RasterioError

from ....file_checks import is_file
from ....source_files import names
from ....source_files.chain import chain_of
from ....source_files.references import NotLocalError, resolve
from ...errors import RasterError
from . import gdal
from .dataset import open_container


def other_files(name: Path | str, check: Callable[[], None] = lambda: None) -> list[Path]:
    """Return the files that belong to a raster besides the one of its name, each once.

    They are those that GDAL lists for it (world files, headers, masks, overviews, ``.aux.xml``),
    those that a virtual raster is made of, through any number of others, and what GDAL lists for
    each of these. Some may not be there.

    Args:
        name: a file, or a part of one.
        check: called for each file; raises to stop.
    """
    path = Path(names.file_of(name))
    try:
        made_of = chain_of(name).files
    except (OSError, RasterError):
        made_of = ()
    found: dict[str, Path] = {}
    for file in (*_listed(name), *made_of):
        found.setdefault(os.path.realpath(file), file)
    for file in made_of:
        check()
        for listed in _listed(file):
            found.setdefault(os.path.realpath(listed), listed)
    found.pop(os.path.realpath(path), None)
    return list(found.values())


def _listed(name: Path | str) -> Iterator[Path]:
    """Yield the files that GDAL lists for a raster; none where it cannot be opened."""
    path = Path(names.file_of(name))
    if path.is_dir():  # a raster that is a folder
        return
    try:
        with open_container(name) as dataset, gdal.environment():
            files = dataset.files
            if dataset.driver != "GTiff":  # which lists the one it uses
                files = [*files, *map(str, _world_files(path))]
    except (RasterError, RasterioError, OSError):
        return
    for file in files:
        try:
            reference = resolve(file, Path.cwd(), path)
        except NotLocalError:
            continue
        if reference.file is not None:
            yield reference.file


def _world_files(path: Path) -> Iterator[Path]:
    """Yield the world files beside a raster, which some drivers read and do not list."""
    suffix = path.suffix.lstrip(".").lower()
    if not suffix:
        return
    for ending in {f"{suffix[0]}{suffix[-1]}w", f"{suffix}w", "wld"}:
        for spelling in (ending, ending.upper()):
            candidate = path.with_suffix(f".{spelling}")
            if is_file(candidate):
                yield candidate
