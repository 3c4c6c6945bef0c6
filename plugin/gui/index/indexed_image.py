"""An image of an index, as the engine lists it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class IndexedImage:
    """One image of an index.

    Attributes:
        id: number in the index.
        path: the file.
        state: "complete", "indexing", "failed", "skipped" or "missing".
        tiles: number of its tiles.
        acquired: when it was taken, ISO 8601, or empty.
        error: why it is not complete, or empty.
    """

    id: int
    path: str
    state: str
    tiles: int
    acquired: str
    error: str

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> IndexedImage:
        """Return one entry of the answer to ``index.sources``."""
        return cls(
            id=int(message["id"]),
            path=str(message.get("path") or ""),
            state=str(message.get("state") or ""),
            tiles=int(message.get("tiles") or 0),
            acquired=str(message.get("acquired") or ""),
            error=str(message.get("error") or ""),
        )

    @property
    def is_missing(self) -> bool:
        """Whether it was not found when the index was last updated."""
        return self.state == "missing"
