"""Which file shows a product that comes as a folder of bands, masks and previews.

A Sentinel product (``….SAFE``) holds one picture as a dozen files or more: every band at up to
three resolutions, masks, previews. Indexed one by one they would answer a search with eight
greys of the same place. Until bands of several files are read as one picture, the file that looks
most like it stands for the product: its true-colour image, the finest there is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

#: Folders in products whose files are no pictures of the ground.
_ASIDE = frozenset({"qi_data", "aux_data", "html", "preview", "support", "rep_info", "annotation"})

#: A band of Sentinel-2: granule, kind of file, resolution; in the names of all processing years.
_SENTINEL2 = re.compile(
    r"(?P<granule>.*T\d{2}[C-HJ-NP-X][A-Z]{2}(?:_\d{8}T\d{6})?)"
    r"_(?P<kind>B\d[\dA]|TCI|AOT|WVP|SCL|CLD|SNW|PVI)(?:_(?P<metres>\d{2})m)?$",
    re.IGNORECASE,
)
#: Where there is no true-colour image, the band that stands for it: red first, as it looks.
_ORDER = ("TCI", "B04", "B03", "B02", "B08", "B8A", "B05", "B06", "B07", "B11", "B12")
_SENTINEL1 = re.compile(r"^s1[a-d]-.*-(?P<polarisation>vv|hh|vh|hv)-", re.IGNORECASE)
_POLARISATIONS = ("vv", "hh", "vh", "hv")
_SAFE_NAME = re.compile(r"\.SAFE$|^S2[A-D]_MSIL(?:1C|2A)_", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Choice:
    """What stands for a product.

    Attributes:
        pictures: one file for each granule.
        left_out: how many other rasters the product has.
    """

    pictures: tuple[Path, ...]
    left_out: int

    @property
    def note(self) -> str:
        """What was left out and why, as one line for the report."""
        names = ", ".join(path.name for path in self.pictures[:3])
        more = " and others" if len(self.pictures) > 3 else ""
        return (
            f"{self.left_out} bands, masks and previews of it are left out, {names}{more} standing "
            "for the scene. To index others, name their files"
        )


def is_product(folder: Path, subfolders: Iterable[str]) -> bool:
    """Whether a folder is that of one product, whole or with parts taken out."""
    inside = {name.upper() for name in subfolders}
    return bool(_SAFE_NAME.search(folder.name)) or bool(inside & {"GRANULE", "IMG_DATA"})


def choose_pictures(folder: Path, rasters: Sequence[Path]) -> Choice:
    """Return which of a product's rasters stand for it.

    Args:
        folder: of the product.
        rasters: all below it.
    """
    shown = [path for path in rasters if not _is_aside(path, folder)]
    best: dict[str, Path] = {}
    for path in sorted(shown or rasters, key=_rank):
        best.setdefault(_granule(path), path)
    return Choice(tuple(sorted(best.values())), len(rasters) - len(best))


def choose_among_bands(files: Sequence[str]) -> tuple[list[str], int]:
    """Leave out of one folder's files the bands of scenes that have a true-colour image there.

    Args:
        files: names.

    Returns:
        the other names in their order, and how many were left out.
    """
    found = {name: _SENTINEL2.match(Path(name).stem) for name in files}
    coloured = {
        match["granule"].upper()
        for match in found.values()
        if match and match["kind"].upper() == "TCI"
    }
    kept = [
        name
        for name, match in found.items()
        if not match or match["kind"].upper() == "TCI" or match["granule"].upper() not in coloured
    ]
    return kept, len(files) - len(kept)


def _is_aside(path: Path, folder: Path) -> bool:
    return any(part.lower() in _ASIDE for part in path.relative_to(folder).parts[:-1])


def _granule(path: Path) -> str:
    match = _SENTINEL2.match(path.stem)
    return match["granule"].upper().split("_T")[-1] if match else ""


def _rank(path: Path) -> tuple[int, int, str]:
    """Return what sorts the file first that looks most like its scene."""
    match = _SENTINEL2.match(path.stem)
    if match:
        kind = match["kind"].upper()
        order = _ORDER.index(kind) if kind in _ORDER else len(_ORDER)
        return order, int(match["metres"] or 10), path.name
    radar = _SENTINEL1.match(path.stem)
    if radar:
        return _POLARISATIONS.index(radar["polarisation"].lower()), 0, path.name
    return len(_ORDER) + 1, 0, path.name
