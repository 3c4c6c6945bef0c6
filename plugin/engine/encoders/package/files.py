"""Reads the files of an encoder package, be it a folder or a zip, and checks their digests."""

from __future__ import annotations

import hashlib
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from ...errors import EncoderPackageError
from .card_format import CARD_NAME

_CHUNK = 1 << 20
#: A card is text written by people and tools; a larger one is no card.
_CARD_LIMIT = 4 << 20

#: Weights shrink by a quarter and text to a tenth. A member packed more tightly is refused above
#: a size that does no harm.
_MOST_PACKED = 100
_PLAIN_SIZE = 32 << 20

#: What reading a damaged zip can raise.
_DAMAGED_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    ValueError,  # negative offsets, names that are no UTF-8
    struct.error,
)

#: Digests found in this process, by (file, member, size, modification time in ns).
_verified: dict[tuple[str, str, int, int], str] = {}


class PackageFiles:
    """The files of a package, read by name.

    A zip is read in place: nothing is extracted, so no member can land outside a folder. Names
    that point out of the package are refused for folders too.

    Args:
        path: folder with ``model.json``, or a zip with it at the top or in its one folder.

    Raises:
        EncoderPackageError: if there is no package at ``path``.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._prefix = ""
        if path.is_dir():
            if not (path / CARD_NAME).is_file():
                raise _no_package(path, f"the folder has no {CARD_NAME}")
        elif path.is_file():
            self._prefix = _zip_prefix(path)
        else:
            raise _no_package(path, "there is no such file or folder")

    @property
    def is_zip(self) -> bool:
        """Whether the files are members of a zip."""
        return not self.path.is_dir()

    def read_card(self) -> bytes:
        """Return the bytes of ``model.json``."""
        return self.read(CARD_NAME, _CARD_LIMIT)

    def read(self, name: str, limit: int) -> bytes:
        """Return a file's bytes.

        Args:
            name: file name inside the package.
            limit: bytes that it may have at most; the card records the size.

        Raises:
            EncoderPackageError: missing, unreadable, or larger than ``limit``.
        """
        with self._open(name) as stream:
            content = stream.read(limit + 1)
        if len(content) > limit:
            raise changed(self.path, name)
        return content

    def digest(self, name: str, limit: int) -> str:
        """Return a file's SHA-256, computed once while its size and time stay the same.

        Raises:
            EncoderPackageError: missing, unreadable, or larger than ``limit``.
        """
        status = (self.path if self.is_zip else self._file(name)).stat()
        key = (str(self.path.resolve()), name, status.st_size, status.st_mtime_ns)
        if key not in _verified:
            sha256 = hashlib.sha256()
            read = 0
            with self._open(name) as stream:
                while chunk := stream.read(_CHUNK):
                    read += len(chunk)
                    if read > limit:
                        raise changed(self.path, name)
                    sha256.update(chunk)
            _verified[key] = sha256.hexdigest()
        return _verified[key]

    def _refuse_bomb(self, entry: zipfile.ZipInfo, name: str) -> None:
        """Refuse a member that was made to fill disk or memory, whatever its card says of it."""
        if entry.file_size > _PLAIN_SIZE and entry.file_size > _MOST_PACKED * entry.compress_size:
            raise EncoderPackageError(
                f"{name} of the encoder {self.path.name} is packed so tightly that it cannot be "
                "weights",
                hint="Do not use this package: it was made to fill the memory.",
                package=str(self.path),
            )

    def _file(self, name: str) -> Path:
        """Return the path of a file of a folder."""
        file = self.path / plain_name(name, self.path)
        if not file.is_file():
            raise missing(self.path, name)
        return file

    @contextmanager
    def _open(self, name: str) -> Iterator[IO[bytes]]:
        """Open a file for reading, with every failure as an ``EncoderPackageError``."""
        try:
            if self.is_zip:
                member = self._prefix + plain_name(name, self.path)
                with zipfile.ZipFile(self.path) as archive:
                    if member not in archive.namelist():
                        raise missing(self.path, name)
                    self._refuse_bomb(archive.getinfo(member), name)
                    with archive.open(member) as stream:
                        yield stream
            else:
                with self._file(name).open("rb") as stream:
                    yield stream
        except _DAMAGED_ZIP as error:
            raise changed(self.path, name) from error
        except (OSError, RuntimeError, NotImplementedError) as error:  # encrypted, odd compression
            raise EncoderPackageError(
                f"{name} of the encoder {self.path.name} cannot be read: {error}",
                hint="Check the permissions of the file, or import the encoder again.",
            ) from error


def plain_name(name: str, package: Path) -> str:
    """Return ``name`` if it is a relative path inside the package.

    Raises:
        EncoderPackageError: for absolute names, drive letters and names with ``..``.
    """
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts or any(c in name for c in "\\:\0"):
        raise EncoderPackageError(
            f"The encoder {package.name} names a file outside itself: {name!r}",
            hint="Do not use this package: it was made to read other files.",
        )
    return "/".join(parts)


def missing(package: Path, name: str) -> EncoderPackageError:
    """Return the error for a file that the card names and the package lacks."""
    return EncoderPackageError(
        f"The encoder {package.name} is incomplete: {name} is missing",
        hint="Copy or import the whole package again.",
        package=str(package),
        file=name,
    )


def changed(package: Path, name: str) -> EncoderPackageError:
    """Return the error for a file whose bytes are not those that the card records."""
    return EncoderPackageError(
        f"{name} of the encoder {package.name} was changed or damaged: its checksum differs",
        hint="Copy or import the package again; do not use it as it is.",
        package=str(package),
        file=name,
    )


def _no_package(path: Path, reason: str) -> EncoderPackageError:
    return EncoderPackageError(
        f"{path} is not an encoder package: {reason}",
        hint="Choose a folder or zip that holds a model.json.",
        package=str(path),
    )


def _zip_prefix(path: Path) -> str:
    """Return the folder inside a zip that holds the card, with its slash; "" for the top."""
    try:
        with zipfile.ZipFile(path) as archive:
            cards = [n for n in archive.namelist() if n.rpartition("/")[2] == CARD_NAME]
    except (*_DAMAGED_ZIP, OSError, NotImplementedError) as error:
        raise _no_package(path, "it is neither a folder nor a readable zip") from error
    if not cards:
        raise _no_package(path, f"the zip has no {CARD_NAME}")
    top = min(cards, key=lambda name: name.count("/"))
    if top.count("/") > 1:
        raise _no_package(path, f"{CARD_NAME} is too deep in the zip")
    return top[: -len(CARD_NAME)]
