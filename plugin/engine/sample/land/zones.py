"""Sets of polygons that other shapes are cut by, quickly even when there are thousands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import shapely


def polygons(geometry: shapely.Geometry) -> Iterator[shapely.Polygon]:
    """Yield the polygons in a geometry, without slivers."""
    for part in getattr(geometry, "geoms", [geometry]):
        if part.geom_type == "Polygon" and part.area > 1.0:
            yield part


class Zone:
    """An area made of many parts.

    Only the parts near a shape are looked at; the union of all of them would have tens of
    thousands of corners in a large landscape, and every cut would walk along them.

    Args:
        parts: polygons, which may overlap.
    """

    def __init__(self, parts: Sequence[shapely.Geometry]) -> None:
        self.parts = list(parts)
        self._tree = shapely.STRtree(self.parts)

    def touches(self, shape: shapely.Geometry) -> bool:
        """Return whether the shape meets the area."""
        return len(self._tree.query(shape, predicate="intersects")) > 0

    def near(self, shape: shapely.Geometry) -> shapely.Geometry:
        """Return the parts of the area that meet the shape, as one geometry."""
        found = self._tree.query(shape, predicate="intersects")
        return shapely.union_all([self.parts[int(k)] for k in sorted(found)])

    def cut(self, shape: shapely.Geometry) -> shapely.Geometry:
        """Return what is left of the shape outside the area."""
        return shape.difference(self.near(shape)) if self.touches(shape) else shape
