"""Recognising a changed raster without reading all of it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from ...source_files import names
from ...source_files.bounded import is_special
from .acquisition.product_metadata import product_names
from .acquisition.stac_sidecar import stac_names
from .files.listing import other_files
from .files.pam import significant_part_of
from .legacy_fingerprint import legacy_fingerprint

#: Bytes hashed at either end of the file.
_PROBE = 65_536

#: Fingerprints of this kind begin so; those of earlier versions are plain hexadecimal numbers.
_KIND = "2-"


def fingerprint(name: Path | str, check: Callable[[], None] = lambda: None) -> str:
    """Return a text that changes when a raster changes in its pixels or its place.

    It covers the size, modification time and both ends of the file; size and time of all other
    files that GDAL reads for it (world files, headers, masks, overviews, and what a virtual
    raster is made of, to the end of the chain) and of the files that say when and by what it was
    acquired (STAC item, a product's metadata); and what of ``.aux.xml`` files matters to pixels
    and place, so that looking at a raster in QGIS does not change it.

    Args:
        name: a file, or a part of one.
        check: called now and then; raises to stop.

    Raises:
        OSError: if the file cannot be read.
    """
    parts = names.split(name)
    path = Path(parts.file)
    digest = hashlib.sha256()
    if parts.is_part:
        digest.update(f"{parts.before}|{parts.after}|".encode("utf-8", "surrogateescape"))
    status = path.stat()
    digest.update(f"{status.st_size} {status.st_mtime_ns}".encode())
    if is_special(path):
        raise OSError(f"{path} is a pipe or a device")
    with path.open("rb") as file:
        digest.update(file.read(_PROBE))
        if status.st_size > 2 * _PROBE:
            file.seek(-_PROBE, 2)
        digest.update(file.read(_PROBE))
    others = {os.path.realpath(other): other for other in _others(path, name, check)}
    for mark in sorted(filter(None, map(_mark, others.values()))):
        digest.update(mark)
    return _KIND + digest.hexdigest()[:32]


def is_unchanged(name: Path | str, mark: str) -> bool:
    """Whether a raster is as it was when it got a fingerprint, perhaps by an earlier version.

    Raises:
        OSError: if the file cannot be read.
    """
    if mark.startswith(_KIND):
        return fingerprint(name) == mark
    return legacy_fingerprint(Path(names.file_of(name))) == mark


def is_legacy(mark: str) -> bool:
    """Whether a fingerprint is of an earlier version's kind, which saw fewer changes."""
    return bool(mark) and not mark.startswith(_KIND)


def _others(path: Path, name: Path | str, check: Callable[[], None]) -> Iterator[Path]:
    yield from other_files(name, check)
    yield from stac_names(path)
    yield from product_names(path)


def _mark(other: Path) -> bytes:
    """Return what to remember of another file; nothing if it does not matter."""
    part = significant_part_of(other)
    if part is not None:
        return f"{other.name} {part}".encode() if part else b""
    try:
        status = other.stat()
    except OSError:
        return b""
    text = f"{other.name} {status.st_size} {status.st_mtime_ns}"
    return text.encode("utf-8", "surrogateescape")
