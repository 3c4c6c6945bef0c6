"""A connected landscape that can be read window by window, at any size."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import shapely

from ..errors import UsageError
from .canvas import surfaces
from .canvas.drawing import Drawing
from .canvas.light import Light
from .canvas.noise import FloatArray, Patch
from .canvas.palette import Palette, make_palette, scale
from .canvas.render import render, to_bytes
from .land.layout import Layout, Piece
from .land.site import Site
from .painters.nature import scatter_trees, wild_grass
from .painters.roads import paint_motorway_bridge
from .scene import PAINTERS
from .things.roads import Road

#: Edge of the blocks that a landscape is rendered in. A window is put together from whole
#: blocks, so its pixels do not depend on where it begins.
BLOCK = 512
#: Metres that things may reach out of their piece: shadows, crowns.
_REACH = 30.0
#: Drawings and blocks that are kept; they bound the memory.
_KEPT_DRAWINGS, _KEPT_BLOCKS = 256, 16
MAX_SIZE = 40_000


class Landscape:
    """An aerial photograph of an invented place.

    Args:
        seed: chooses the place.
        width: pixels, up to 40,000.
        height: pixels, up to 40,000.
        gsd_m: ground size of a pixel in metres.
        light: the acquisition.
        visit: number of the acquisition; cars, boats, aircraft and crops differ between visits.
        coast: whether the sea lies in the west.

    Raises:
        UsageError: for a size out of range or a negative seed.
    """

    def __init__(
        self,
        seed: int,
        width: int,
        height: int,
        gsd_m: float = 0.4,
        *,
        light: Light | None = None,
        visit: int = 0,
        coast: bool = True,
    ) -> None:
        if not (0 < width <= MAX_SIZE and 0 < height <= MAX_SIZE):
            raise UsageError(
                f"A landscape of {width} × {height} pixels cannot be drawn",
                hint=f"Use up to {MAX_SIZE:,} pixels each way",
            )
        if seed < 0 or visit < 0:
            raise UsageError("A seed is negative", hint="Use 0 or a larger whole number")
        self.width, self.height, self.gsd_m = width, height, gsd_m
        self._light = light or Light()
        self._seed, self._visit = seed, visit
        self._layout = Layout(seed, width * gsd_m, height * gsd_m, coast=coast)
        self._pieces = self._layout.pieces
        self._tree = shapely.STRtree([piece.area.buffer(_REACH) for piece in self._pieces])
        self._base = make_palette(self._light, np.random.default_rng((seed, 4007)))
        self._drawings: OrderedDict[int, Drawing] = OrderedDict()
        self._blocks: OrderedDict[tuple[int, int], FloatArray] = OrderedDict()

    def truth(self) -> Iterator[tuple[str, shapely.Polygon]]:
        """Yield (scene class, outline) of what is painted; columns and rows in pixels."""
        for piece in self._pieces:
            if piece.truth is not None:
                yield piece.kind, shapely.transform(piece.truth, lambda xy: xy / self.gsd_m)

    def class_at(self, col: float, row: float) -> str | None:
        """Return the scene class painted at a pixel, None between the classes."""
        point = shapely.Point(col * self.gsd_m, row * self.gsd_m)
        found = None
        for index in np.sort(self._tree.query(point, predicate="intersects")):
            piece = self._pieces[int(index)]
            if piece.truth is not None and piece.truth.covers(point):
                found = piece.kind
        return found

    def read_float(self, col: int, row: int, width: int, height: int) -> FloatArray:
        """Return grey values from 0 to 255 of a window, float32 (height, width, 3).

        Raises:
            UsageError: if the window is empty or reaches outside.
        """
        if width <= 0 or height <= 0 or col < 0 or row < 0:
            raise UsageError("The window is empty or begins outside the landscape")
        if col + width > self.width or row + height > self.height:
            raise UsageError("The window reaches outside the landscape")
        result = np.empty((height, width, 3), dtype=np.float32)
        for j in range(row // BLOCK, (row + height - 1) // BLOCK + 1):
            for i in range(col // BLOCK, (col + width - 1) // BLOCK + 1):
                block = self._block(i, j)
                x0, y0 = max(col, i * BLOCK), max(row, j * BLOCK)
                x1, y1 = min(col + width, (i + 1) * BLOCK), min(row + height, (j + 1) * BLOCK)
                result[y0 - row : y1 - row, x0 - col : x1 - col] = block[
                    y0 - j * BLOCK : y1 - j * BLOCK, x0 - i * BLOCK : x1 - i * BLOCK
                ]
        return result

    def read(self, col: int, row: int, width: int, height: int) -> npt.NDArray[np.uint8]:
        """Return a window as RGB, uint8 (height, width, 3)."""
        return to_bytes(self.read_float(col, row, width, height))

    def _block(self, i: int, j: int) -> FloatArray:
        if (i, j) in self._blocks:
            self._blocks.move_to_end((i, j))
            return self._blocks[(i, j)]
        patch = Patch(i * BLOCK, j * BLOCK, BLOCK, BLOCK, self.gsd_m)
        edge = BLOCK * self.gsd_m
        window = shapely.box(i * edge - 2, j * edge - 2, (i + 1) * edge + 2, (j + 1) * edge + 2)
        found = np.sort(self._tree.query(window, predicate="intersects"))
        drawings = [self._drawing(int(index)) for index in found]
        block = render(drawings, patch, self._light, self._seed % 65521 + self._visit * 131)
        self._blocks[(i, j)] = block
        if len(self._blocks) > _KEPT_BLOCKS:
            self._blocks.popitem(last=False)
        return block

    def _drawing(self, index: int) -> Drawing:
        if index in self._drawings:
            self._drawings.move_to_end(index)
            return self._drawings[index]
        piece = self._pieces[index]
        drawing = Drawing(self._light)
        painter = PAINTERS.get(piece.kind) or _OTHERS[piece.kind]
        painter(drawing, self._site(piece))
        self._drawings[index] = drawing
        if len(self._drawings) > _KEPT_DRAWINGS:
            self._drawings.popitem(last=False)
        return drawing

    def _site(self, piece: Piece) -> Site:
        # All parts of one line share its colours, or their borders would show.
        own = piece.seed
        if piece.course is not None and piece.kind != "road":
            own = piece.course.key
        palette = self._base
        if piece.kind in PAINTERS:
            palette = make_palette(self._light, np.random.default_rng((self._seed, own)))
            shade = float(np.random.default_rng((self._seed, own, 1)).uniform(0.88, 1.12))
            palette = _settle(palette, self._base, shade, wild=piece.course is not None)
        middle = shapely.maximum_inscribed_circle(piece.area, tolerance=2.0).coords[0]
        return Site(
            area=piece.area,
            angle=piece.angle,
            anchor=(float(middle[0]), float(middle[1])),
            seed=piece.seed,
            visit=self._visit,
            light=self._light,
            palette=palette,
            course=piece.course,
            region=self._seed % 65521,
        )


def _settle(own: Palette, base: Palette, shade: float, *, wild: bool) -> Palette:
    """Return a place's colours with what hardly varies in a region: roads and wild grass."""
    asphalt = scale(base.asphalt, shade)
    if wild:
        return replace(base, asphalt=asphalt, concrete=own.concrete, trees=own.trees)
    return replace(own, asphalt=asphalt)


def _background(d: Drawing, site: Site) -> None:
    d.fill(wild_grass(site))


def _meadow(d: Drawing, site: Site) -> None:
    d.fill(wild_grass(site), site.outline)
    trees = site.scatter(8.0, 3.0)
    scatter_trees(d, site, trees[site.rng(2).random(len(trees)) < 0.5], 1.2, 3.6)


def _road(d: Drawing, site: Site) -> None:
    course = site.course
    if course is None:
        return
    corners = np.asarray(site.area.exterior.coords, dtype=np.float32)
    u, _ = course.frame(corners[:, 0], corners[:, 1])
    road = Road(course, lanes=1, lane=3.0, shoulder=0.6)
    texture = road.surface(site.palette.asphalt, None, 77)
    d.fill(texture, np.asarray(site.area.exterior.coords)[:-1])
    road.traffic(d, float(u.min()) + 5, float(u.max()) - 5, 110.0, site.moving())


def _quay(d: Drawing, site: Site) -> None:
    texture = surfaces.concrete(site.palette.concrete, site.seed, site.angle, 5.0)
    d.fill(texture, site.outline)


_OTHERS: dict[str, Callable[[Drawing, Site], None]] = {
    "background": _background,
    "meadow": _meadow,
    "road": _road,
    "quay": _quay,
    "bridge": paint_motorway_bridge,
}
