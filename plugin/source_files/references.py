"""What a name inside a dataset stands for: a file on this machine, or something elsewhere.

A virtual raster may name its sources in the notation of any driver, so that a network address
can hide in ``NETCDF:"http://…"``, ``/vsizip/vsicurl/…`` or a description written out in place of
a file name. Only what is known to be local passes.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from ..file_checks import exists, is_file
from . import names

#: GDAL's views into local files; every other ``/vsi…/`` reaches elsewhere or nowhere.
_ARCHIVES = ("zip", "tar", "gzip", "7z", "rar")
_VSI = re.compile(r"[\\/]vsi([a-z0-9_]+)([\\/?]|$)", re.IGNORECASE)
_ADDRESS = re.compile(r"://")
#: An address inside a notation; in ``HDF5:/data/a.h5://band`` the same signs mean a path in a file.
_SCHEME = re.compile(r"(?<![A-Za-z0-9_.\\/-])[A-Za-z][A-Za-z0-9+-]*://")
_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9_+.-]+:")
_SERVER = re.compile(r"[\\/]{2}(?![?.][\\/])[^\\/]")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_DEEPEST = 16


class NotLocalError(ValueError):
    """A name does not stand for a file on this machine; the text says what it is."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What a name stands for.

    Attributes:
        file: the file or folder whose bytes are read; None for a description in place.
        description: XML written in place of a file name; empty for a file.
    """

    file: Path | None
    description: str = ""


def resolve(text: str, folder: Path, owner: Path, depth: int = 0) -> Reference:
    """Return what a name stands for; the file need not be there.

    Args:
        text: the name, in any notation of GDAL.
        folder: where relative names start.
        owner: the file that holds the name.
        depth: how many notations it was already wrapped in.

    Raises:
        NotLocalError: it stands for something that is not known to be on this machine.
    """
    if depth > _DEEPEST:
        raise NotLocalError("a name wrapped in too many others")
    text = text.strip()
    if text.startswith("<"):
        return Reference(None, text)
    if text[:6].lower() == "vrt://":
        inner, _, options = text[6:].partition("?")
        if looks_remote(unquote(options)):
            raise NotLocalError("a network address")
        return resolve(inner, folder, owner, depth + 1)
    if _VSI.match(text):
        return _inside(text, folder, owner, depth)
    if _SCHEME.search(text):
        raise NotLocalError("a network address")
    parts = names.split(text)
    if parts.is_part and parts.file != text:
        return resolve(parts.file, folder, owner, depth + 1)
    if _ADDRESS.search(text):
        raise NotLocalError("a network address")
    return Reference(_plain(text, folder, owner))


def looks_remote(text: str) -> bool:
    """Whether a text that should be no file name holds an address all the same."""
    if _ADDRESS.search(text):
        return True
    return any(kind.lower() not in _ARCHIVES for kind, _ in _VSI.findall(text))


def _plain(text: str, folder: Path, owner: Path) -> Path:
    if os.name == "nt" and _SERVER.match(text):
        # Opening it sends the user's name to that server, so it must be the owner's own.
        if _server(text) != _server(str(owner)):
            raise NotLocalError("on another computer")
        return Path(text)
    path = folder / text
    is_absolute = text.startswith("/") or bool(_DRIVE.match(text))
    if not is_absolute and _PREFIX.match(text) and not exists(path):
        raise NotLocalError("in a notation that is not known to be local")
    return path


def _server(text: str) -> str:
    return re.split(r"[\\/]", text.lstrip("\\/"))[0].lower() if _SERVER.match(text) else ""


def _inside(text: str, folder: Path, owner: Path, depth: int) -> Reference:
    """Resolve ``/vsizip/…`` and its like to the archive."""
    found = _VSI.match(text)
    kind = found[1].lower() if found else ""
    rest = text[found.end() :] if found else ""
    if kind == "subfile":
        place, comma, rest = rest.partition(",")
        if not comma or not re.fullmatch(r"[\d_]+", place):
            raise NotLocalError("in a notation that is not known to be local")
        return resolve(rest, folder, owner, depth + 1)
    if kind in ("stdin", "mem"):
        raise NotLocalError("no file")
    if kind not in _ARCHIVES:
        raise NotLocalError(f"on the network (/vsi{kind}/)" if kind else "on the network")
    if rest.startswith("{"):
        return resolve(_braced(rest), folder, owner, depth + 1)
    if re.match(r"vsi[a-z0-9_]+[\\/]", rest, re.IGNORECASE):
        return resolve(f"/{rest}", folder, owner, depth + 1)
    if _VSI.match(rest):
        return resolve(rest, folder, owner, depth + 1)
    if _ADDRESS.search(rest):
        raise NotLocalError("a network address")
    path = _plain(rest, folder, owner)
    return Reference(next((part for part in (path, *path.parents) if is_file(part)), path))


def _braced(text: str) -> str:
    level = 0
    for place, letter in enumerate(text):
        level += {"{": 1, "}": -1}.get(letter, 0)
        if level == 0:
            return text[1:place]
    raise NotLocalError("in a notation that is not known to be local")
