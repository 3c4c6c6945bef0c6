"""What of a raster cannot be read, as the report says it and the index keeps it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_COUNT = re.compile(r"([\d,]+) of [\d,]+ tiles")


@dataclass(frozen=True, slots=True)
class Damage:
    """Windows that were left out because a part of the file under them cannot be read.

    Attributes:
        windows: how many.
        first: why, at the first of them, as one line that names the place.
    """

    windows: int = 0
    first: str = ""

    def __bool__(self) -> bool:
        return self.windows > 0

    def __add__(self, other: Damage) -> Damage:
        """Return both, this one being the earlier."""
        return Damage(self.windows + other.windows, self.first or other.first)

    def text(self, total: int) -> str:
        """Return a line for people, out of ``total`` windows."""
        return f"{self.windows:,} of {total:,} tiles cannot be read and are left out: {self.first}"

    @classmethod
    def from_text(cls, text: str | None) -> Damage:
        """Return what ``text`` gave, after which an interrupted run goes on counting."""
        found = _COUNT.match(text or "")
        if not found or text is None:
            return cls()
        return cls(int(found[1].replace(",", "")), text.partition(": ")[2])
