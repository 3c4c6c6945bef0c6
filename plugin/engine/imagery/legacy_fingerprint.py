"""The fingerprints of earlier versions, so that their indexes need not be made anew."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from ...source_files.bounded import is_special, read_small
from .acquisition.product_metadata import product_names
from .acquisition.stac_sidecar import stac_names

_PROBE = 65_536
_SIDE_SUFFIXES = (".aux.xml", ".msk", ".ovr", ".aux", ".tfw", ".wld", ".jgw", ".pgw", ".prj")
_VRT_SOURCE = re.compile(r"<SourceFilename([^>]*)>([^<]*)</SourceFilename>")
_MOST_VRT = 100_000_000


def legacy_fingerprint(path: Path) -> str:
    """Return the fingerprint that versions up to 0.1 gave a file.

    Raises:
        OSError: if the file cannot be read.
    """
    if is_special(path):
        raise OSError(f"{path} is a pipe or a device")
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
    xml = read_small(path, _MOST_VRT) if path.suffix.lower() == ".vrt" else None
    for attributes, name in _VRT_SOURCE.findall((xml or b"").decode("utf-8", "replace")):
        relative = 'relativeToVRT="1"' in attributes
        yield path.parent / name if relative else Path(name)
