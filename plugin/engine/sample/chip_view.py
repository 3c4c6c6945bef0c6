"""What a picture of a painted scene shows, in words: counts, colours, phrases."""

from __future__ import annotations

from .canvas.drawing import Drawing

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


class ChipView:
    """What a chip shows, in words."""

    def __init__(self, drawing: Drawing, extent_m: float) -> None:
        self._drawing = drawing
        self._extent = extent_m
        self.light = drawing.light

    def fact(self, key: str, default: str = "") -> str:
        """Return what the painter noted under ``key``, such as a colour."""
        return self._drawing.facts.get(key, default)

    def count(self, kind: str) -> tuple[int, bool]:
        """Return how many have their middle in view and whether others are cut by the edge."""
        whole, cut = 0, False
        for x, y, radius in self._drawing.marks.get(kind, []):
            if 0 <= x < self._extent and 0 <= y < self._extent:
                whole += 1
            elif -radius < x < self._extent + radius and -radius < y < self._extent + radius:
                cut = True
        return whole, cut

    def some(self, kind: str, one: str, many: str) -> str:
        """Return a phrase such as "two boats" or "lots of boats"; "" if there are none.

        A number is named only where nothing is cut by the edge, so that it is true.
        """
        n, cut = self.count(kind)
        if n == 0:
            return ""
        if cut:
            return f"some {many}" if n < 9 else (f"many {many}" if n < 25 else f"lots of {many}")
        if n == 1:
            return f"{'an' if one[0] in 'aeio' else 'a'} {one}"
        if n < len(NUMBERS):
            return f"{NUMBERS[n]} {many}"
        return f"many {many}" if n < 25 else f"lots of {many}"

    def cars(self) -> str:
        """Return a phrase for the cars, without a number since roofs and trees may hide some."""
        n, _ = self.count("car")
        return "" if n < 2 else ("some cars" if n < 15 else "many cars")

    def trees(self) -> str:
        """Return a phrase for the trees, without a number since crowns merge; "" if none."""
        n, _ = self.count("tree")
        return (
            ""
            if n == 0
            else ("a few trees" if n < 5 else ("some trees" if n < 25 else "many trees"))
        )


def is_are(phrase: str) -> str:
    """Return the verb that goes with a phrase as subject."""
    return "is" if phrase.startswith(("a ", "an ", "one ")) else "are"


def roof_colour(view: ChipView) -> str:
    """Return the colour of most roofs."""
    return {"dark": "dark grey"}.get(view.fact("roof"), view.fact("roof", "grey"))
