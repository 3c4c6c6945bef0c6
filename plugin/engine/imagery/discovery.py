"""Finding rasters in the folders that an analyst points at."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ...file_checks import is_folder
from ...same_path import PathKeys

#: Suffixes taken for rasters when a folder is searched. Formats that mostly hold something else
#: (.gpkg, .pdf, .xml, .dat) are read when named directly.
RASTER_SUFFIXES = frozenset(
    {
        *(".tif", ".tiff", ".gtiff", ".vrt", ".jp2", ".j2k", ".img", ".ecw", ".sid", ".ntf"),
        *(".nitf", ".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".asc", ".bil", ".bip"),
        *(".bsq", ".hgt", ".dem", ".dt0", ".dt1", ".dt2", ".grd", ".rst", ".mrf", ".pix"),
        *(".ers", ".kea", ".mbtiles", ".nc", ".hdf", ".h5", ".he5", ".grb", ".grb2"),
    }
)


def find_rasters(
    paths: Sequence[Path | str],
    on_closed: Callable[[OSError], None] | None = None,
    keys: PathKeys | None = None,
) -> Iterator[Path]:
    """Yield the rasters under some paths, each once, in an order that does not change.

    Files are yielded as given, whatever their suffix and even if missing, so that opening them
    says what is wrong. Folders are searched with everything below them for known suffixes;
    side files (``.ovr``, ``.msk``, ``.aux.xml``) and hidden files and folders are left out.
    Links to folders are not followed, so that a loop cannot trap the search.

    Args:
        paths: files and folders.
        on_closed: told of each folder that cannot be listed, by an error with its ``filename``;
            without it such folders are passed over.
        keys: tells which paths are of one file.
    """
    keys = keys or PathKeys()
    seen: set[str] = set()
    for given in map(Path, paths):
        found = _search(given, on_closed) if is_folder(given) else iter([given])
        for path in found:
            key = keys.of(path)
            if key not in seen:
                seen.add(key)
                yield path


def _search(folder: Path, on_closed: Callable[[OSError], None] | None) -> Iterator[Path]:
    for here, folders, files in os.walk(folder, onerror=on_closed):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith(".") and Path(name).suffix.lower() in RASTER_SUFFIXES:
                yield Path(here, name)
