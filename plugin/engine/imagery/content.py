"""Recognising a raster wherever it lies and whatever it is called: by what is in its files.

A fingerprint tells whether a file is as it was; it holds times, which copying may change. This
tells whether another file is the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from ...source_files import names
from ...source_files.bounded import is_special
from .files.listing import other_files
from .files.pam import significant_part_of

#: A raster of up to so many bytes is read whole, a larger one at as many places as make them up.
_WHOLE = 8 << 20
_PROBE = 128 << 10

#: Of the files beside it, and of those that a virtual raster is made of, both ends are read.
_OTHER_PROBE = 64 << 10
#: Of more files than these (a mosaic of thousands) only the sizes count.
_MOST_READ = 200


def content_mark(name: Path | str, check: Callable[[], None] = lambda: None) -> str | None:
    """Return a text that two rasters share if they show the same at the same place.

    It begins with the size of the file and a hyphen, so that most files need not be read to be
    told apart. Names and times play no part.

    Args:
        name: a file, or a part of one.
        check: called now and then; raises to stop.

    Returns:
        The text; None for a raster that is a folder.

    Raises:
        OSError: the file cannot be read.
    """
    split = names.split(name)
    path = Path(split.file)
    if path.is_dir():
        return None
    if is_special(path):
        raise OSError(f"{path} is a pipe or a device")
    digest = hashlib.sha256(f"{split.before}|{split.after}|".encode("utf-8", "surrogateescape"))
    digest.update(_sampled(path, _WHOLE, _PROBE, check))
    others = other_files(name, check)
    describe = _other if len(others) <= _MOST_READ else _size
    for other in sorted(filter(None, (describe(file, check) for file in others))):
        digest.update(other)
    return f"{path.stat().st_size}-{digest.hexdigest()[:40]}"


def size_of(mark: str) -> int:
    """Return the size in bytes of the file that a mark is of."""
    return int(mark.partition("-")[0])


def _sampled(path: Path, whole: int, probe: int, check: Callable[[], None]) -> bytes:
    """Return a digest of a file, or of pieces of it from its start to its end."""
    digest = hashlib.sha256()
    size = path.stat().st_size
    digest.update(str(size).encode())
    places = range(0, size, probe)
    if size > whole:
        pieces = whole // probe
        places = [(size - probe) * piece // (pieces - 1) for piece in range(pieces)]  # type: ignore[assignment]
    with path.open("rb") as file:
        for place in places:
            check()
            file.seek(place)
            digest.update(file.read(probe))
    return digest.digest()


def _other(path: Path, check: Callable[[], None]) -> bytes:
    """Return a digest of another file of a raster; nothing where it does not matter."""
    part = significant_part_of(path)
    if part is not None:
        return hashlib.sha256(part.encode()).digest() if part else b""
    try:
        if not path.is_file():
            return b""
        return _sampled(path, 2 * _OTHER_PROBE, _OTHER_PROBE, check)
    except OSError:
        return b""


def _size(path: Path, check: Callable[[], None]) -> bytes:
    """Return the size of one of many other files; nothing where it is not there."""
    check()
    try:
        return str(path.stat().st_size).encode()
    except OSError:
        return b""
