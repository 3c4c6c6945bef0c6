"""What a user asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ...hit_limits import DEFAULT_HITS, MAX_HITS
from ..errors import QueryError, UsageError
from ..given_text import unwritable_part
from ..index.timestamps import to_utc

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

#: Databases count with 64 bits.
_LAST_ID = 2**63 - 1

#: Longest description in characters; encoders read a few dozen words.
MAX_TEXT = 1_000


@dataclass(frozen=True, slots=True)
class Region:
    """A place on the map whose picture is the example.

    Attributes:
        geometry: point or polygon in ``crs``, x (longitude, easting) first.
        crs: authority code such as ``EPSG:3857``, or WKT.
        source: raster to look at; None takes the indexed one that shows the place best.
    """

    geometry: BaseGeometry
    crs: str
    source: Path | str | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """One search: what to look for, and where among the tiles.

    Examples (regions, tiles, images) and descriptions may be combined; at least one is needed.

    Attributes:
        texts: descriptions.
        regions: places on the map.
        tiles: ids of tiles that are examples.
        images: image files that are examples.
        not_tiles: ids of tiles that the hits should be unlike; never hits themselves.
        limit: most hits, 1 to 10,000.
        within: area in WGS 84 (longitude, latitude) that hits must lie in for the most part.
        after: earliest acquisition; without a time zone it is UTC.
        before: acquisitions at this moment and later are left out.
        sensor: part of the name of platform, constellation or instrument, in any case.
        gsd: smallest and largest ground sampling distance in metres; either may be None.
        text_weight: share of the descriptions beside the examples, 0 to 1.
        likeness: weight of the meaning beside the look in the likeness of examples, 0 to 1, for
            encoders that have both parts; the encoder's own balance if left out.
        max_overlap: how much of the smaller of two tiles of one source may lie in the other
            before the one with the lower score is left out; 1 keeps all.
        include_query: whether the tiles of the examples themselves may be hits.
        include_missing: whether tiles of sources that were not found any more when the index was
            last updated may be hits.
        context: whether hits should be alike in season, sensor, resolution and place as well, by
            the encoder's context part. Examples bring their own acquisition, descriptions what
            the filters say. It helps queries that are bound to a place or time and hurts others.
        rerank: whether the best by cosine are read again and ordered anew by the encoder's fusion
            part, by the descriptions only: examples beside them decide which tiles are the best
            by cosine.
    """

    texts: tuple[str, ...] = ()
    regions: tuple[Region, ...] = ()
    tiles: tuple[int, ...] = ()
    images: tuple[Path, ...] = ()
    not_tiles: tuple[int, ...] = ()
    limit: int = DEFAULT_HITS
    within: BaseGeometry | None = None
    after: datetime | None = None
    before: datetime | None = None
    sensor: str | None = None
    gsd: tuple[float | None, float | None] | None = None
    text_weight: float = 0.5
    likeness: float | None = None
    max_overlap: float = 0.3
    include_query: bool = False
    include_missing: bool = False
    context: bool = False
    rerank: bool = False

    def check(self) -> None:
        """Raise unless the query can be answered.

        Raises:
            QueryError: nothing to look for, or an empty or too long description.
            UsageError: a number or a range is out of order.
        """
        if not (self.texts or self.regions or self.tiles or self.images):
            raise QueryError(
                "There is nothing to look for",
                hint="Draw a region, describe the scene, or choose tiles or images as examples",
            )
        for text in self.texts:
            _check_text(text)
        for tile in (*self.tiles, *self.not_tiles):
            if abs(tile) > _LAST_ID:
                raise QueryError(
                    f"Tile {str(tile)[:20]}… is not in the index",
                    hint="Search the index anew to see the tiles that it holds",
                )
        if self.sensor and (unwritable := unwritable_part(self.sensor)):
            raise UsageError(f"The sensor's name has {unwritable} in it", hint="Write it anew")
        if self.rerank and not self.texts:
            raise QueryError(
                "Re-ranking compares tiles with a description, and there is none",
                hint="Describe the scene as well, or search without re-ranking",
            )
        if not 1 <= self.limit <= MAX_HITS:
            raise UsageError(
                f"{self.limit} hits cannot be asked for", hint=f"Ask for 1 to {MAX_HITS:,}"
            )
        for name in ("text_weight", "likeness", "max_overlap"):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= 1:
                raise UsageError(f"{name} is {value}", hint="Give a number from 0 to 1")
        if self.after and self.before and to_utc(self.after) >= to_utc(self.before):
            raise UsageError(
                "No date is after "
                f"{to_utc(self.after):%Y-%m-%d} and before {to_utc(self.before):%Y-%m-%d}",
                hint="Exchange the two dates",
            )
        low, high = self.gsd or (None, None)
        if low is not None and high is not None and low > high:
            raise UsageError(
                f"No ground resolution is from {low:g} to {high:g} m",
                hint="Give the smaller number first",
            )


def _check_text(text: str) -> None:
    if unwritable := unwritable_part(text):
        raise QueryError(f"The description has {unwritable} in it", hint="Write it anew")
    if not text.strip():
        raise QueryError(
            "The description is empty", hint="Describe the scene, such as: ships in a harbour"
        )
    if len(text) > MAX_TEXT:
        raise QueryError(
            f"The description has {len(text):,} characters, at most {MAX_TEXT:,} are read",
            hint="Describe the scene in one or two sentences",
        )
