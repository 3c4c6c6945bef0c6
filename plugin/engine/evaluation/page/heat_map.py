"""A confusion as a picture: rows asked for, columns found, shares as colour and as number."""

from __future__ import annotations

from ..hashing.confusion import Confusion
from .markup import Markup, tag

_WIDTH = 760
_LABEL = 7.0
#: Above this share the cell's colour is so strong that its number needs the other ink.
_STRONG = 0.55


def heat_map(confusion: Confusion) -> Markup:
    """Return the picture; cells show whole per cents, and nothing below half a per cent."""
    names = confusion.classes
    cell = min(34.0, max(_WIDTH / len(names), 9.0))
    margin = round(_LABEL * max(map(len, names))) + 10
    size = round(margin + cell * len(names)) + 2
    parts = []
    for row, name in enumerate(names):
        middle = margin + (row + 0.5) * cell
        parts.append(tag("text", name, x=margin - 6, y=round(middle + 4, 1), text_anchor="end"))
        turn = f"translate({middle + 4:.1f},{margin - 6}) rotate(-90)"
        parts.append(tag("text", name, transform=turn))
        for column in range(len(names)):
            share = float(confusion.shares[row, column])
            parts.append(_cell(share, margin + column * cell, margin + row * cell, cell))
            if share >= 0.005 and cell >= 16:
                parts.append(_number(share, margin + column * cell, margin + row * cell, cell))
    title = tag("title", f"Classes of the first {confusion.k} hits for queries of each class")
    return tag(
        "svg",
        title,
        *parts,
        viewBox=f"0 0 {size} {size}",
        width=size,
        height=size,
        role="img",
    )


def _cell(share: float, x: float, y: float, side: float) -> Markup:
    return tag(
        "rect",
        x=round(x, 1),
        y=round(y, 1),
        width=round(side, 1),
        height=round(side, 1),
        fill="var(--heat)",
        fill_opacity=round(share, 3),
        stroke="var(--line)",
        stroke_width=0.5,
    )


def _number(share: float, x: float, y: float, side: float) -> Markup:
    return tag(
        "text",
        f"{100 * share:.0f}",
        x=round(x + side / 2, 1),
        y=round(y + side / 2 + 4, 1),
        text_anchor="middle",
        font_size=min(12, round(side * 0.42)),
        fill="var(--on-heat)" if share > _STRONG else None,
    )
