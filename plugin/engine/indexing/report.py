"""What a run of indexing did."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True)
class IndexReport:
    """The object that ``scene-search index --json`` prints.

    Attributes:
        index: path of the index file.
        tiles: tiles in the index now.
        sources: rasters whose tiles are all in the index now.
        tiles_added: tiles that this run encoded.
        tiles_damaged: windows that this run left out because they cannot be read.
        tiles_empty: windows that this run left out because most of their pixels are nodata.
        added: rasters new in the index.
        updated: rasters that had changed; their old tiles were replaced.
        resumed: rasters that an earlier run had not finished.
        unchanged: rasters that needed nothing.
        moved: rasters that were found under another path; counted above as well, most of them as
            unchanged.
        removed: rasters that are not there any more and were removed, with what tiles they had.
        missing: rasters that are not there any more and were kept with their tiles.
        skipped: rasters that are no usable imagery, with the reason.
        failed: rasters of which reading broke off, with the reason; their tiles so far are kept.
        damaged: rasters in the index of which some tiles cannot be read, with the number and the
            first place.
        notes: what else was left out, or done otherwise than may be expected, and why.
        seconds: time the run took.
        tiles_per_second: rate of this run's encoding, 0 if it had nothing to encode.
        provider: where the encoder ran.
        provider_note: why it did not run on a graphics card that is there.
        encoder: name of the encoder.
    """

    index: str
    tiles: int = 0
    sources: int = 0
    tiles_added: int = 0
    tiles_empty: int = 0
    tiles_damaged: int = 0
    added: int = 0
    updated: int = 0
    resumed: int = 0
    unchanged: int = 0
    moved: int = 0
    removed: int = 0
    missing: int = 0
    skipped: list[dict[str, str]] = field(default_factory=list)
    failed: list[dict[str, str]] = field(default_factory=list)
    damaged: list[dict[str, str]] = field(default_factory=list)
    notes: list[dict[str, str]] = field(default_factory=list)
    seconds: float = 0.0
    tiles_per_second: float = 0.0
    provider: str = ""
    provider_note: str = ""
    encoder: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON object, times and rates rounded."""
        values = asdict(self)
        values["seconds"] = round(self.seconds, 3)
        values["tiles_per_second"] = round(self.tiles_per_second, 2)
        return values
