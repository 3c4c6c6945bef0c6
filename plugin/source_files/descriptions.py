"""The names in the XML of virtual rasters, and of other descriptions that GDAL opens as rasters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.parsers import expat

from .references import NotLocalError, looks_remote
from .xml_elements import Element, read_elements

#: Marks, near the start of a file, of descriptions whose pixels lie in other files.
_FOLLOWED = (b"<VRTDataset", b"<MRF_META", b"<PAMDataset")
#: Marks of descriptions of services, and of tables of files, which are not followed.
_SERVICES = {
    b"<GDAL_WMS": "a web map service (WMS, TMS)",
    b"<GDAL_WMTS": "a web map service (WMTS)",
    b"<WCS_GDAL": "a web coverage service (WCS)",
    b"<GDAL_WCS": "a web coverage service (WCS)",
    b"<WMT_MS_Capabilities": "a web map service (WMS)",
    b"<WMS_Capabilities": "a web map service (WMS)",
    b"<OGRWFSDataSource": "a web feature service (WFS)",
    b"<GDALTileIndexDataset": "a tile index",
    b"<eedai": "Google Earth Engine",
}
#: Elements and attributes, in lower case, that GDAL takes for names of files.
_FILE_FIELDS = frozenset({"sourcefilename", "sourcedataset", "indexdataset", "source", "datafile"})
#: Elements whose text is for people, or is a formula or a CRS: addresses there mean nothing.
_FREE_TEXT = frozenset(
    {
        *("mdi", "description", "srs", "geolocsrs", "targetsrs", "sourcesrs", "wkt", "cutline"),
        *("category", "expression", "pixelfunctioncode", "pixelfunctionarguments", "unittype"),
        *("gcp", "gcplist", "projection", "attribute", "value", "name", "string", "f"),
    }
)
#: Keys of metadata, and of options, that name files all the same.
_FILE_KEYS = frozenset({"x_dataset", "y_dataset", "overview_file", "rpc_dem", "dem"})
_LONE_AMPERSAND = re.compile(rb"&(?!(?:#\d+|#x[0-9A-Fa-f]+|\w+);)")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a description.

    Attributes:
        text: the name.
        relative: whether it starts at the description's folder rather than the working folder.
    """

    text: str
    relative: bool


def service_in(head: bytes) -> str:
    """Return what service the start of a file describes, empty if none."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start.startswith(b"<"):
        return ""
    return next((name for mark, name in _SERVICES.items() if mark in head), "")


def is_followed(head: bytes) -> bool:
    """Whether the start of a file is that of a description whose names must be followed."""
    text = head.split(b"\0", 1)[0]  # GDAL looks no further either
    return any(mark in text for mark in _FOLLOWED)


def mentions(xml: bytes) -> list[Mention]:
    """Return the names of files in a description, each once.

    Raises:
        NotLocalError: it holds an address where GDAL might look for a file.
        ValueError: it cannot be read for certain: GDAL's own parser forgives more, and might
            find names that were not seen here.
    """
    try:
        return _parse(xml, None)
    except expat.ExpatError:
        # Written by hand: & left as it is, or names of files in an encoding that is not declared.
        try:
            return _parse(_LONE_AMPERSAND.sub(b"&amp;", xml), "iso-8859-1")
        except expat.ExpatError as error:
            raise ValueError(f"its XML is broken: {error}") from error


def _parse(xml: bytes, encoding: str | None) -> list[Mention]:
    found: dict[Mention, None] = {}

    def end(elements: Sequence[Element]) -> None:
        element = elements[-1]
        # GDAL takes upper and lower case as one
        fields = {name.lower(): value for name, value in element.attributes.items()}
        found.update(dict.fromkeys(_mentions_of(element.tag.lower(), fields, element.text)))

    read_elements(xml, end, encoding)
    return list(found)


def _mentions_of(tag: str, fields: dict[str, str], text: str) -> Iterator[Mention]:
    relative = fields.get("relativetovrt", "0").strip() in ("1", "true", "yes", "on")
    if tag in _FILE_FIELDS and text:
        yield Mention(text, relative)
    # GDAL takes an attribute for an element of that name
    yield from (Mention(value, relative) for name, value in fields.items() if name in _FILE_FIELDS)
    key = (fields.get("key") or fields.get("name") or "").lower()
    is_checked = tag not in _FREE_TEXT | _FILE_FIELDS or key in _FILE_KEYS
    if is_checked and looks_remote(text):
        raise NotLocalError("a network address")
