"""Following what a raster is made of, from file to file, to the end of the chain."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from ..engine.errors import RasterError
from ..file_checks import exists
from . import names
from .beside import special_beside
from .bounded import is_special, read_small, read_start
from .descriptions import Mention, is_followed, mentions, service_in
from .references import NotLocalError, resolve

#: Bytes at the start of a file in which GDAL recognises a description.
_HEAD = 4096
#: A description of a mosaic of some hundred thousand files has tens of megabytes.
MOST_BYTES = 100_000_000
_DEEPEST = 32
_MOST_KEPT = 256
_KEPT_SECONDS = 30.0

_Signature: TypeAlias = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """The files behind a raster.

    Attributes:
        files: every file that it names, directly or through others, without its own.
    """

    files: tuple[Path, ...] = ()

    def missing(self) -> list[Path]:
        """Return those that are not there now."""
        return [path for path in self.files if not exists(path)]


class SourceFilesError(RasterError):
    """A raster is made of something that is not used.

    ``details["kind"]`` is ``"remote"`` where that is not on this machine.
    """


def chain_of(name: str | Path) -> Chain:
    """Return the files behind a raster, for most rasters none.

    Only descriptions (VRT, MRF, ``.aux.xml``) are read; nothing is opened with GDAL.

    Args:
        name: a file, or a part of one.

    Raises:
        OSError: the file itself cannot be read.
        SourceFilesError: something in the chain is not a file on this machine, names itself, or
            cannot be followed for certain.
    """
    path = Path(names.file_of(name))
    if path.is_dir():
        return Chain()
    key = os.path.abspath(path)  # noqa: PTH100 - links stay as they are: names are relative to them
    with _lock:
        kept = _kept.get(key)
    if kept is not None and kept.is_fresh():
        return kept.chain
    walk = _Walk(path)
    walk.follow(path, 0)
    chain = Chain(tuple(walk.files))
    if chain.files:
        with _lock:
            _kept[key] = _Kept(time.monotonic(), _signature(walk.descriptions), chain)
            while len(_kept) > _MOST_KEPT:
                _kept.popitem(last=False)
    return chain


@dataclass(frozen=True, slots=True)
class _Kept:
    """A chain that was followed lately: a mosaic is opened many times in a run."""

    followed: float
    signature: _Signature
    chain: Chain

    def is_fresh(self) -> bool:
        if time.monotonic() - self.followed > _KEPT_SECONDS:
            return False
        return _signature(path for path, _, _ in self.signature) == self.signature


_lock = threading.Lock()
_kept: OrderedDict[str, _Kept] = OrderedDict()


def _signature(paths: Iterable[str]) -> _Signature:
    """Return what changes when one of the descriptions does."""
    return tuple((path, *_stamp(path)) for path in paths)


def _stamp(path: str) -> tuple[int, int]:
    try:
        status = os.stat(path)  # noqa: PTH116 - a text is as good
    except OSError:
        return -1, -1
    return status.st_mtime_ns, status.st_size


class _Walk:
    """One walk along a chain, which notes what it meets."""

    def __init__(self, root: Path) -> None:
        self.files: list[Path] = []
        self.descriptions: list[str] = []
        self._root = root
        self._seen = {os.path.realpath(root)}

    def follow(self, path: Path, depth: int) -> None:
        """Look into a file, and into those that it names."""
        side = path.with_name(path.name + ".aux.xml")
        if exists(side):
            self._look_aside(side)
        head = read_start(path, _HEAD)
        service = service_in(head)
        if service:
            named = "" if depth == 0 else f"is made of {path.name}, which "
            raise self._remote(f"{named}describes {service}")
        if is_followed(head):
            self.descriptions.append(str(path))
            self._follow_text(self._whole(path), path, depth)

    def _follow_text(self, xml: bytes, owner: Path, depth: int) -> None:
        if depth > _DEEPEST:
            raise self._error("leads through too many virtual rasters", "Make a simpler one")
        for mention in self._mentions(xml):
            folder = owner.parent if mention.relative else Path.cwd()
            try:
                reference = resolve(mention.text, folder, owner)
            except NotLocalError as error:
                name = _short(mention.text)
                raise self._remote(f"is made of {name}, which is {error}") from error
            if reference.file is None:
                self._follow_in_place(reference.description, owner, depth)
            else:
                self._note(reference.file, depth)

    def _follow_in_place(self, description: str, owner: Path, depth: int) -> None:
        xml = description.encode("utf-8", "surrogateescape")
        service = service_in(xml)
        if service:
            raise self._remote(f"is made of {service}")
        self._follow_text(xml, owner, depth + 1)

    def _note(self, path: Path, depth: int) -> None:
        real = os.path.realpath(path)
        if real in self._seen:
            return
        self._seen.add(real)
        self.files.append(path)
        beside = special_beside(path)
        if beside:
            raise self._error(
                f"is made of {path.name}, which has a pipe or device beside it, {beside}",
                "Remove it, or put the image into another folder",
            )
        if is_special(path):
            raise self._error(
                f"is made of {path.name}, which is a pipe or a device", "Take it out of the raster"
            )
        if path.is_file():
            with contextlib.suppress(OSError):  # what may not be read holds no names for us
                self.follow(path, depth + 1)

    def _look_aside(self, side: Path) -> None:
        """Refuse a side file that names an address; what is wrong with it besides is GDAL's."""
        xml = read_small(side, MOST_BYTES)
        if xml is None:
            raise self._error(
                f"has a side file {side.name} that is no file of a sensible size",
                "Remove the side file: QGIS makes it again",
            )
        try:
            mentions(xml)
        except NotLocalError as error:
            raise self._remote(f"has a side file {side.name} that names {error}") from error
        except ValueError:
            return

    def _mentions(self, xml: bytes) -> list[Mention]:
        try:
            return mentions(xml)
        except NotLocalError as error:
            raise self._remote(f"is made of {error}") from error
        except ValueError as error:
            hint = "Make the virtual raster again"
            raise self._error(f"cannot be followed: {error}", hint) from error

    def _whole(self, path: Path) -> bytes:
        xml = read_small(path, MOST_BYTES)
        if xml is None:
            size = f"{MOST_BYTES // 1_000_000} MB"
            raise self._error(f"is a description of more than {size}", "Split the virtual raster")
        return xml

    def _remote(self, what: str) -> SourceFilesError:
        return SourceFilesError(
            f"{self._root.name} {what}: only what is on this machine is read",
            hint="Add it to QGIS as a layer, or download the imagery and index that",
            path=str(self._root),
            kind="remote",
        )

    def _error(self, what: str, hint: str) -> SourceFilesError:
        return SourceFilesError(f"{self._root.name} {what}", hint=hint, path=str(self._root))


def _short(text: str) -> str:
    return text if len(text) <= 100 else f"{text[:97]}..."
