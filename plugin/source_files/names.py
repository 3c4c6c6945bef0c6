"""Names of rasters: a file, or a part of a file in GDAL's notation.

``GTIFF_DIR:2:/data/scan.tif`` is the second page of a TIFF, ``NETCDF:"/data/sea.nc":sst`` one
variable of a netCDF file. GDAL and QGIS open such names as they are, which is why an index keeps
them so. They are texts, never ``Path``: that would take one slash out of
``HDF5:"/data/a.h5"://group/band``.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from ..file_checks import exists as file_exists
from ..same_path import PathKeys, same_path

_WORD = r"[A-Za-z0-9_+-]+:"

#: Notations of parts of a local file: what stands before the file's name, and what behind it
#: where the name is not in quotes.
_NOTATIONS: dict[str, tuple[str, str]] = {
    "GTIFF_DIR": (r"(?:off:)?\d+:", ""),
    "NETCDF": ("", r":[^:\\/]+(?:/[^:]*)?"),
    "HDF5": ("", r"://.*"),
    "BAG": ("", r":[^\\/].*"),
    "S102": ("", r":[^\\/].*"),
    "S104": ("", r":[^\\/].*"),
    "S111": ("", r":[^\\/].*"),
    "HDF4_SDS": (_WORD, r":\d+"),
    "HDF4_GR": (_WORD, r":\d+"),
    "HDF4_EOS": (_WORD, r":[^:]+:[^:]+"),
    "GPKG": ("", r":[^:\\/]+"),
    "RASTERLITE": ("", ",.*"),
    "ZARR": ("", r":/.*"),
    "FITS": ("", r":\d+"),
    "NITF_IM": (r"\d+:", ""),
    "PDF": (r"\d+:", ""),
    "PDF_IMAGE": (r"\d+:\d+:", ""),
    "SENTINEL2_L1B": ("", r":\d+m"),
    "SENTINEL2_L1B_WITH_GEOLOC": ("", r":.+:\d+m"),
    "SENTINEL2_L1C": ("", r":\w+:EPSG_\d+"),
    "SENTINEL2_L1C_TILE": ("", r":\w+"),
    "SENTINEL2_L2A": ("", r":\w+:EPSG_\d+"),
    "SENTINEL1_CALIB": (_WORD, r":[A-Za-z0-9_]+:[A-Z]+"),
    "RADARSAT_2_CALIB": (_WORD, ""),
    "RCM_CALIB": (_WORD, ""),
    "DERIVED_SUBDATASET": (_WORD, ""),
    "KEA": ("", ""),
}
_PREFIX = re.compile(r"([A-Za-z][A-Za-z0-9_]*):")
_QUOTED = re.compile(r'"([^"]*)"')


@dataclass(frozen=True, slots=True)
class SourceName:
    """A name taken apart; ``before + file + after`` is the name again.

    Attributes:
        before: notation in front of the file's name, empty for a plain file.
        file: the file.
        after: notation behind it.
    """

    before: str
    file: str
    after: str

    def __str__(self) -> str:
        return self.before + self.file + self.after

    @property
    def is_part(self) -> bool:
        """Whether the name stands for a part of its file."""
        return bool(self.before)

    @property
    def part(self) -> str:
        """What tells the part from others of its file, such as ``2`` or ``sst``."""
        inner = self.before.partition(":")[2].strip(':"')
        outer = self.after.strip('":/')
        return " ".join(text for text in (inner, outer) if text)


def split(name: str | Path) -> SourceName:
    """Take a raster's name apart. What is in no known notation is a plain file."""
    text = os.fspath(name)
    found = _PREFIX.match(text)
    notation = _NOTATIONS.get(found[1].upper()) if found else None
    if found is None or notation is None:
        return SourceName("", text, "")
    front, behind = notation
    head = re.compile(front).match(text, found.end())
    start = head.end() if head else found.end()
    quoted = _QUOTED.match(text, start)
    if quoted:
        return SourceName(text[: start + 1], quoted[1], text[quoted.end() - 1 :])
    rest = text[start:]
    tail = re.search(f"(?:{behind})$", rest) if behind else None
    if tail:
        return SourceName(text[:start], rest[: tail.start()], rest[tail.start() :])
    return SourceName(text[:start], rest, "")


def file_of(name: str | Path) -> str:
    """Return the file of a raster's name."""
    return split(name).file


def with_file(name: str | Path, file: str | Path) -> str:
    """Return the name of the same part in another file, as after a move."""
    parts = split(name)
    return f"{parts.before}{os.fspath(file)}{parts.after}"


def key(name: str | Path, keys: PathKeys) -> str:
    """Return a text that names of the same raster share, however its file is spelled."""
    return with_file(name, keys.of(file_of(name)))


def shown(name: str | Path) -> str:
    """Return the name without its folders, as people read it: ``scan.tif [2]``."""
    parts = split(name)
    base = re.split(r"[\\/]", parts.file.rstrip("\\/"))[-1] or parts.file
    return f"{base} [{parts.part}]" if parts.is_part and parts.part else base


def same(one: str | Path, other: str | Path) -> bool:
    """Whether two names stand for the same part of the same file, however notation is spelled."""
    first, second = split(one), split(other)
    return (
        first.before.upper().strip('"') == second.before.upper().strip('"')
        and first.after.strip('"') == second.after.strip('"')
        and same_path(first.file, second.file)
    )


def absolute(name: str | Path) -> str:
    """Return the name with the absolute path of its file, links left as they are."""
    return with_file(name, os.path.abspath(file_of(name)))  # noqa: PTH100 (resolve follows links)


def given(text: str) -> Path | str:
    """Return what a user named: a path, or the name of a part as it was written."""
    return text if split(text).is_part else Path(text)


def exists(name: str | Path) -> bool:
    """Whether the file of a raster's name can be seen; its part is not looked for."""
    return file_exists(file_of(name))
