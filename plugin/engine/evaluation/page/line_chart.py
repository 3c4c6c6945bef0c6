"""Line charts as SVG. Two lines differ in dash as well as in colour, and carry their names."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from .markup import Markup, join, tag

_WIDTH, _HEIGHT = 460, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 14, 30, 48
_DASHES = (None, "7 4")
_COLOURS = ("var(--first)", "var(--second)")
#: More points than pixels make a file large and a line no finer.
_MOST_POINTS = 400


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its name, and its points, from left to right, y in 0..1."""

    name: str
    x: Sequence[float]
    y: Sequence[float]


@dataclass(frozen=True, slots=True)
class XAxis:
    """The horizontal axis.

    Attributes:
        title: below it.
        ticks: values with a label.
        percent: show values of 0..1 in per cent.
        logarithmic: spread small values.
    """

    title: str
    ticks: Sequence[float]
    percent: bool = False
    logarithmic: bool = False

    def place(self, value: float) -> float:
        """Return where a value lies, pixels from the left."""
        low, high, own = self.ticks[0], self.ticks[-1], value
        if self.logarithmic:
            low, high, own = math.log(low), math.log(high), math.log(own)
        return _LEFT + (own - low) / ((high - low) or 1) * (_WIDTH - _LEFT - _RIGHT)

    def label(self, value: float) -> str:
        """Return the text of a tick."""
        return f"{100 * value:.0f}" if self.percent else f"{value:g}"


def line_chart(
    title: str, x_axis: XAxis, y_title: str, lines: Sequence[Line], level: float | None = None
) -> Markup:
    """Return a chart with y from 0 to 100 %.

    Args:
        title: for those who do not see it, and above it.
        x_axis: the horizontal axis.
        y_title: above the vertical one.
        lines: at most two.
        level: draws a thin line at this height, 0..1, named chance.
    """
    drawn = [_line(x_axis, line, number) for number, line in enumerate(lines)]
    chance = [] if level is None else [_level(level)]
    names = " and ".join(line.name for line in lines)
    return tag(
        "svg",
        tag("title", f"{title}: {names}"),
        *_frame(x_axis, y_title),
        *chance,
        *drawn,
        _legend(lines),
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        width=_WIDTH,
        height=_HEIGHT,
        role="img",
    )


def _y(value: float) -> float:
    return _TOP + (1 - value) * (_HEIGHT - _TOP - _BOTTOM)


def _frame(x_axis: XAxis, y_title: str) -> list[Markup]:
    parts = []
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = round(_y(tick), 1)
        parts.append(tag("line", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=y, y2=y, stroke="var(--line)"))
        parts.append(tag("text", f"{100 * tick:.0f}", x=_LEFT - 8, y=y + 4, text_anchor="end"))
    for tick in x_axis.ticks:
        x = round(x_axis.place(tick), 1)
        foot = _HEIGHT - _BOTTOM
        parts.append(tag("line", x1=x, x2=x, y1=foot, y2=foot + 5, stroke="var(--soft)"))
        parts.append(tag("text", x_axis.label(tick), x=x, y=foot + 19, text_anchor="middle"))
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    parts.append(tag("text", x_axis.title, x=middle, y=_HEIGHT - 8, text_anchor="middle"))
    parts.append(tag("text", y_title, x=4, y=14))
    return parts


def _line(x_axis: XAxis, line: Line, number: int) -> Markup:
    count = len(line.x)
    step = max(count / _MOST_POINTS, 1.0)
    rows = sorted({min(round(i * step), count - 1) for i in range(math.ceil(count / step) + 1)})
    points = " ".join(f"{x_axis.place(line.x[i]):.1f},{_y(line.y[i]):.1f}" for i in rows)
    return tag(
        "polyline",
        points=points,
        fill="none",
        stroke=_COLOURS[number],
        stroke_width=2,
        stroke_dasharray=_DASHES[number],
        stroke_linejoin="round",
    )


def _level(value: float) -> Markup:
    y = round(_y(value), 1)
    line = tag(
        "line",
        x1=_LEFT,
        x2=_WIDTH - _RIGHT,
        y1=y,
        y2=y,
        stroke="var(--soft)",
        stroke_dasharray="2 3",
    )
    name = tag("text", "chance", x=_WIDTH - _RIGHT, y=y - 4, text_anchor="end", fill="var(--soft)")
    return join([line, name])


def _legend(lines: Sequence[Line]) -> Markup:
    parts, x = [], float(_WIDTH - _RIGHT)
    for number, line in reversed(list(enumerate(lines))):
        x -= 7.0 * len(line.name)
        parts.append(tag("text", line.name, x=round(x), y=14))
        x -= 34
        parts.append(
            tag(
                "line",
                x1=round(x),
                x2=round(x) + 28,
                y1=10,
                y2=10,
                stroke=_COLOURS[number],
                stroke_width=2,
                stroke_dasharray=_DASHES[number],
            )
        )
        x -= 14
    return join(parts)
