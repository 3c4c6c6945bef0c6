"""A query and its first hits in a row. Right and wrong differ in sign and border, not only hue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .markup import Markup, tag
from .pictures import Pictures

_SIGNS = {"right": ("✓", "right"), "wrong": ("✗", "wrong"), "also": ("≈", "has this caption too")}


@dataclass(frozen=True, slots=True)
class Shown:
    """One hit: an image file, its verdict (``right``, ``wrong`` or ``also``), what it is."""

    name: str
    verdict: str
    note: str = ""


def mark(verdict: str) -> Markup:
    """Return the sign of a verdict."""
    sign, meaning = _SIGNS[verdict]
    return tag("span", sign, class_="mark", title=meaning, role="img", aria_label=meaning)


def query_picture(pictures: Pictures, name: str, note: str = "query") -> Markup:
    """Return the image that is searched with, or the one that a caption belongs to."""
    picture = pictures.picture(name, f"{note}: {name}")
    return tag("figure", picture, tag("figcaption", note), class_="query")


def hit_strip(pictures: Pictures, hits: Iterable[Shown], query: Sequence[Markup] = ()) -> Markup:
    """Return hits in a row, the best first, after the picture of the query if there is one."""
    figures = [
        tag(
            "figure",
            pictures.picture(hit.name, f"hit {rank}, {_SIGNS[hit.verdict][1]}: {hit.name}"),
            tag("figcaption", mark(hit.verdict), f" {rank} {hit.note}".rstrip()),
            class_=hit.verdict,
        )
        for rank, hit in enumerate(hits, start=1)
    ]
    return tag("div", *query, *figures, class_="strip")
