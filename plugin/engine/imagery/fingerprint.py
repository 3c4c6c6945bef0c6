"""Recognising a changed file without reading all of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from .acquisition.product_metadata import product_names
from .acquisition.stac_sidecar import stac_names

#: Bytes hashed at either end of the file.
_PROBE = 65_536

#: Files beside a raster that change what is read from it: appended to or put in place of the
#: suffix.
_SIDE_SUFFIXES = (".aux.xml", ".msk", ".ovr", ".aux", ".tfw", ".wld", ".jgw", ".pgw", ".prj")

_VRT_SOURCE = re.compile(r"<SourceFilename([^>]*)>([^<]*)</SourceFilename>")


def fingerprint(path: Path) -> str:
    """Return a text that changes when a raster or a side file of it changes.

    It covers the size, modification time and both ends of the file, and size and time of side
    files (mask, overviews, world file, ``.aux.xml``), of the files that say when and by what it
    was acquired (STAC item, a product's metadata), and of what a VRT is made of.

    Raises:
        OSError: if the file cannot be read.
    """
    digest = hashlib.sha256()
    status = path.stat()
    digest.update(f"{status.st_size} {status.st_mtime_ns}".encode())
    with path.open("rb") as file:
        digest.update(file.read(_PROBE))
        if status.st_size > 2 * _PROBE:
            file.seek(-_PROBE, 2)
        digest.update(file.read(_PROBE))
    others = (*_side_files(path), *stac_names(path), *product_names(path), *_vrt_sources(path))
    for other in others:
        try:
            status = other.stat()
        except OSError:
            continue
        digest.update(f"{other.name} {status.st_size} {status.st_mtime_ns}".encode())
    return digest.hexdigest()[:32]


def _side_files(path: Path) -> Iterator[Path]:
    for suffix in _SIDE_SUFFIXES:
        yield path.with_name(path.name + suffix)
        yield path.with_suffix(suffix)


def _vrt_sources(path: Path) -> Iterator[Path]:
    if path.suffix.lower() != ".vrt":
        return
    text = path.read_text(encoding="utf-8", errors="replace")
    for attributes, name in _VRT_SOURCE.findall(text):
        relative = 'relativeToVRT="1"' in attributes
        yield path.parent / name if relative else Path(name)
