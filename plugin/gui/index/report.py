"""What became of the imagery that was to be indexed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qgis.PyQt.QtCore import QCoreApplication

from ..widgets.text import count, duration_text, images_text, tiles_text

#: Kinds of problems, and the lists of the engine's report that name them.
_LISTS = (("failed", "failed"), ("skipped", "skipped"), ("damaged", "damaged"), ("note", "notes"))

#: Kinds of what the report says of images that are in the index.
REMARKS = ("damaged", "note")

#: Counts in the engine's report that say that something was done.
_CHANGES = ("added", "updated", "resumed", "moved", "removed", "tiles_added")


@dataclass(frozen=True, slots=True)
class Problem:
    """A raster that is not, or not wholly, in the index.

    Attributes:
        path: the file.
        kind: "skipped" (nothing in it to index), "failed", "missing", "damaged" (some of its tiles
            are left out), or "note" (no fault, but worth knowing).
        reason: why.
    """

    path: str
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class IndexReport:
    """The outcome of an indexing run.

    Attributes:
        tiles: tiles in the index.
        sources: rasters in the index.
        seconds: how long the run took.
        tiles_per_second: measured rate.
        provider: what the encoder ran on, such as ``"cpu"``.
        problems: rasters left out, and why.
        provider_note: why it did not run on the GPU although there is one; empty otherwise.
        changed: whether the index is another than before the run.
    """

    tiles: int
    sources: int
    seconds: float
    tiles_per_second: float
    provider: str
    problems: tuple[Problem, ...]
    provider_note: str = ""
    changed: bool = True

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> IndexReport:
        """Return the answer to ``index.build``."""
        problems = [
            Problem(str(entry.get("path", "")), kind, str(entry.get("reason", "")))
            for kind, key in _LISTS
            for entry in message.get(key) or []
        ]
        return cls(
            tiles=int(message.get("tiles", 0)),
            sources=int(message.get("sources", 0)),
            seconds=float(message.get("seconds") or 0),
            tiles_per_second=float(message.get("tiles_per_second") or 0),
            provider=str(message.get("provider") or ""),
            problems=tuple(problems),
            provider_note=str(message.get("provider_note") or ""),
            changed=any(message.get(kind, kind == "added") for kind in _CHANGES),
        )

    def summary(self) -> str:
        """Return one line for the dock."""
        text = _tr("{tiles} from {images} in {time}").format(
            tiles=tiles_text(self.tiles),
            images=images_text(self.sources),
            time=duration_text(self.seconds),
        )
        if self.tiles_per_second >= 1:
            text += " · " + _tr("{0} tiles/s").format(count(self.tiles_per_second))
        provider = self.provider.removesuffix("ExecutionProvider")
        return f"{text} · {provider.upper()}" if provider else text


def problems_of_sources(message: Mapping[str, Any]) -> list[Problem]:
    """Return the rasters that are not whole in the index, from the answer to ``index.sources``."""
    problems = []
    for source in message.get("sources") or []:
        path, state = str(source.get("path", "")), str(source.get("state", ""))
        if state in ("failed", "skipped", "missing"):
            problems.append(Problem(path, state, str(source.get("error") or "")))
        elif source.get("damage"):
            problems.append(Problem(path, "damaged", str(source["damage"])))
    return problems


def complete_sources(message: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the paths that are whole in the index, from the answer to ``index.sources``."""
    return tuple(
        str(source["path"])
        for source in message.get("sources") or []
        if source.get("state") == "complete"
    )


def problems_text(problems: list[Problem]) -> str:
    """Return problems as lines of tab-separated text, to paste into a mail or a table."""
    return "\n".join(f"{problem.path}\t{problem.kind}\t{problem.reason}" for problem in problems)


def _tr(text: str) -> str:
    return str(QCoreApplication.translate("IndexReport", text))
