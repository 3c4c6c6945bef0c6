"""Finding rasters in the folders that an analyst points at."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ...file_checks import is_folder
from ...same_path import PathKeys
from ...source_files import names
from .products import choose_among_bands, choose_pictures, is_product

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

_ARCHIVES = (".zip", ".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz", ".7z", ".rar")


def _nothing(*_: object) -> None:
    return None


def find_rasters(
    paths: Sequence[Path | str],
    on_closed: Callable[[OSError], None] = _nothing,
    keys: PathKeys | None = None,
    on_left_out: Callable[[Path, str], None] = _nothing,
    check: Callable[[], None] = _nothing,
) -> Iterator[Path | str]:
    """Yield the rasters under some paths, each once, in an order that does not change.

    Files are yielded as given, whatever their suffix and even if missing, so that opening them
    says what is wrong. Folders are searched with everything below them for known suffixes;
    side files (``.ovr``, ``.msk``, ``.aux.xml``) and hidden files and folders are left out. Of a
    product that comes as a folder only what shows the scene is yielded (see ``products``).
    Links to folders are followed after what lies in the folder itself; no folder is searched
    twice, and none above a link, so that a loop cannot trap the search.

    Args:
        paths: files and folders, and parts of files, which are yielded as they are.
        on_closed: told of each folder that cannot be listed, by an error with its ``filename``.
        keys: tells which paths are of one file.
        on_left_out: told of each folder of which rasters are left out on purpose, and why.
        check: called for each folder; raises to stop.
    """
    keys = keys or PathKeys()
    search = _Search(on_closed, on_left_out, check)
    seen: set[str] = set()
    for given in paths:
        found: Iterator[Path | str]
        if names.split(given).is_part:
            found = iter([str(given)])
        elif is_folder(given):
            found = search.below(Path(given))
        else:
            found = iter([Path(given)])
        for path in found:
            key = keys.of(path)
            if key not in seen:
                seen.add(key)
                yield path


class _Search:
    """A search through folders that remembers where it has been."""

    def __init__(
        self,
        on_closed: Callable[[OSError], None],
        on_left_out: Callable[[Path, str], None],
        check: Callable[[], None],
    ) -> None:
        self._on_closed = on_closed
        self._on_left_out = on_left_out
        self._check = check
        self._visited: set[tuple[int, int]] = set()

    def below(self, root: Path) -> Iterator[Path]:
        """Yield the rasters below a folder, those behind links last."""
        waiting = deque([root])
        while waiting:
            top = waiting.popleft()
            if self._is_new(top):
                yield from self._walk(top, waiting)

    def _walk(self, top: Path, waiting: deque[Path]) -> Iterator[Path]:
        for name, folders, files in os.walk(top, onerror=self._on_closed):
            self._check()
            here = Path(name)
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            if is_product(here, folders):
                yield from self._product(here)
                folders.clear()
                continue
            links = [name for name in folders if _is_link(here / name)]
            waiting.extend(here / name for name in links if not _leads_up(here / name))
            folders[:] = [
                name for name in folders if name not in links and self._is_new(here / name)
            ]
            kept, left_out = choose_among_bands(sorted(filter(_is_raster, files)))
            if left_out:
                self._on_left_out(
                    here, f"{left_out} bands of scenes that have a true-colour image are left out"
                )
            archives = sum(name.lower().endswith(_ARCHIVES) for name in files)
            if archives:
                self._on_left_out(
                    here, f"Archives are not looked into ({archives} here): unpack them"
                )
            yield from (here / name for name in kept)

    def _product(self, folder: Path) -> Iterator[Path]:
        rasters = []
        for name, folders, files in os.walk(folder, onerror=self._on_closed):
            self._check()
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            rasters += [Path(name, file) for file in sorted(filter(_is_raster, files))]
        choice = choose_pictures(folder, rasters)
        if choice.left_out:
            self._on_left_out(folder, choice.note)
        yield from choice.pictures

    def _is_new(self, folder: Path) -> bool:
        """Whether a folder was not searched yet, under whatever name."""
        try:
            status = folder.stat()
        except OSError:
            return True  # listing it says what is wrong
        key = status.st_dev, status.st_ino
        if key in self._visited:
            return False
        self._visited.add(key)
        return True


def _is_raster(name: str) -> bool:
    return not name.startswith(".") and Path(name).suffix.lower() in RASTER_SUFFIXES


def _is_link(path: Path) -> bool:
    """Whether a folder is a link, or what Windows calls a junction."""
    is_junction = getattr(os.path, "isjunction", None)  # from Python 3.12 on
    return path.is_symlink() or bool(is_junction and is_junction(path))


def _leads_up(link: Path) -> bool:
    """Whether a link leads to a folder above itself: all that is there would be searched."""
    target = Path(os.path.realpath(link))
    here = Path(os.path.realpath(link.parent))
    return target == here or target in here.parents
