"""Cars, boats and aircraft as seen from above, many at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..canvas.drawing import Drawing, Points, placed
from ..canvas.palette import CARS

_CAR = np.array([(-2.2, -0.7), (-1.9, -0.9), (1.8, -0.9), (2.25, -0.55), (2.25, 0.55), (1.8, 0.9),
                 (-1.9, 0.9), (-2.2, 0.7)])  # fmt: skip
_GLASS = np.array([(0.35, -0.75), (1.0, -0.7), (1.0, 0.7), (0.35, 0.75)])
_REAR = np.array([(-1.75, -0.7), (-1.3, -0.75), (-1.3, 0.75), (-1.75, 0.7)])
_HULL = np.array([(-0.5, -0.15), (0.1, -0.165), (0.34, -0.11), (0.5, 0.0), (0.34, 0.11),
                  (0.1, 0.165), (-0.5, 0.15)])  # fmt: skip


def cars(
    d: Drawing,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    angle: npt.ArrayLike,
    rng: np.random.Generator,
    length: float = 4.5,
) -> None:
    """Draw cars with their shadows; ``angle`` is where they head, in radians."""
    xs, ys = np.atleast_1d(np.asarray(x)), np.atleast_1d(np.asarray(y))
    if not len(xs):
        return
    paint = np.asarray(CARS)[rng.integers(0, len(CARS), len(xs))]
    size = length / 4.5 * np.ones(2)
    body = placed(_CAR * size, xs, ys, angle)
    d.polygons(body + np.asarray(d.light.shadow) * 1.2, kind="shadow")
    d.polygons(body, paint)
    d.polygons(placed(_GLASS * size, xs, ys, angle), (44, 50, 58))
    d.polygons(placed(_REAR * size, xs, ys, angle), (58, 62, 68))


def lorries(
    d: Drawing, x: npt.ArrayLike, y: npt.ArrayLike, angle: npt.ArrayLike, rng: np.random.Generator
) -> None:
    """Draw lorries: a cab and a long box."""
    xs, ys = np.atleast_1d(np.asarray(x)), np.atleast_1d(np.asarray(y))
    if not len(xs):
        return
    box = placed([(-6, -1.25), (3.6, -1.25), (3.6, 1.25), (-6, 1.25)], xs, ys, angle)
    cab = placed([(4.0, -1.15), (6, -1.0), (6, 1.0), (4.0, 1.15)], xs, ys, angle)
    d.shadows(box, 3.4)
    d.polygons(cab, np.asarray(CARS)[rng.integers(0, len(CARS), len(xs))])
    d.polygons(box, rng.choice((232, 220, 196, 150), (len(xs), 1)) * np.ones((1, 3)))


def boats(
    d: Drawing,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    angle: npt.ArrayLike,
    length: npt.ArrayLike,
    rng: np.random.Generator,
) -> None:
    """Draw moored motor and sailing boats of given lengths in metres."""
    xs, ys = np.atleast_1d(np.asarray(x)), np.atleast_1d(np.asarray(y))
    if not len(xs):
        return
    sizes = np.broadcast_to(np.asarray(length, dtype=np.float64), xs.shape)
    turn = np.broadcast_to(np.asarray(angle, dtype=np.float64), xs.shape)

    def part(
        shape: npt.NDArray[np.float64], which: npt.NDArray[np.bool_]
    ) -> npt.NDArray[np.float64]:
        n = int(which.sum())
        unit = placed(shape, np.zeros(n), np.zeros(n), turn[which])
        centre = np.stack([xs[which], ys[which]], axis=1)
        result: npt.NDArray[np.float64] = unit * sizes[which][:, None, None] + centre[:, None, :]
        return result

    every = np.ones(len(xs), dtype=bool)
    hulls = part(_HULL, every)
    d.polygons(hulls + np.asarray(d.light.shadow) * 1.6, kind="shadow")
    white = rng.uniform(205, 246, (len(xs), 1)) * np.array([[1.0, 1.0, 0.98]])
    d.polygons(hulls, white)
    d.polygons(part(_HULL * (0.86, 0.74), every), white * 0.86)
    covered = rng.random(len(xs)) < 0.35
    covers = np.array([(32, 60, 122), (40, 82, 150), (60, 66, 78), (168, 160, 140), (120, 40, 40)])
    cover = np.array([(-0.45, -0.12), (-0.05, -0.13), (-0.05, 0.13), (-0.45, 0.12)])
    d.polygons(part(cover, covered), covers[rng.integers(0, len(covers), int(covered.sum()))])
    cabin = np.array([(-0.2, -0.10), (0.12, -0.09), (0.2, -0.04), (0.2, 0.04), (0.12, 0.09),
                      (-0.2, 0.10)])  # fmt: skip
    d.polygons(part(cabin, every), np.full((len(xs), 3), 240.0))
    glass = np.array([(0.10, -0.085), (0.17, -0.05), (0.17, 0.05), (0.10, 0.085)])
    d.polygons(part(glass, every), (52, 62, 74))


def _swept(tip_x: float, tip_y: float, root_front: float, root_back: float, chord: float) -> Points:
    """Return a pair of swept wings as one outline about the fuselage axis."""
    side = [(root_front, 0.0), (tip_x, tip_y), (tip_x - chord, tip_y), (root_back, 0.0)]
    mirror = [(px, -py) for px, py in reversed(side[1:3])]
    return np.array([side[0], side[1], side[2], side[3], *mirror])


def aircraft(
    d: Drawing,
    x: float,
    y: float,
    angle: float,
    length: float,
    livery: tuple[float, float, float],
    engines: str,
) -> None:
    """Draw an aircraft heading along ``angle``.

    Args:
        d: where to.
        x: middle, metres.
        y: middle, metres.
        angle: radians.
        length: metres from nose to tail; about 12 (propeller) to 55 (wide body).
        livery: colour of the tail fin and a band on the fuselage.
        engines: ``wing`` (under the wings), ``tail`` (at the tail) or ``propeller``.
    """
    straight = engines == "propeller"
    if straight:
        wings = _swept(0.16, 0.56, 0.2, 0.02, 0.13)
        tail = _swept(-0.4, 0.2, -0.36, -0.48, 0.09)
    else:
        wings = _swept(-0.13, 0.48, 0.16, -0.1, 0.06)
        tail = _swept(-0.46, 0.19, -0.34, -0.45, 0.05)
    t = np.linspace(0, np.pi, 7)
    half = 0.045 if straight else 0.05
    nose = np.stack([0.42 + 0.08 * np.sin(t), -half * np.cos(t)], axis=1)
    body = np.concatenate([nose, [(-0.3, half), (-0.5, 0.012), (-0.5, -0.012), (-0.3, -half)]])
    fin = np.array([(-0.33, -0.008), (-0.33, 0.008), (-0.52, 0.014), (-0.52, -0.014)])
    band = np.array(
        [(0.3, -half * 0.35), (0.3, half * 0.35), (-0.36, half * 0.3), (-0.36, -half * 0.3)]
    )

    def put(shape: Points) -> Points:
        return placed(shape * length, x, y, angle)

    fall = np.asarray(d.light.shadow)
    for shape, height in ((wings, 0.085), (body, 0.10), (tail, 0.13)):
        d.polygons(put(shape) + fall * height * length, kind="shadow")
    # The fin is upright: its shadow is a triangle behind the tail.
    root, tip = placed([(-0.33, 0), (-0.5, 0)], 0, 0, angle)[0] * length + (x, y)
    d.polygons(
        np.array(
            [root + fall * 0.1 * length, tip + fall * 0.1 * length, tip + fall * 0.27 * length]
        ),
        kind="shadow",
    )
    if engines == "wing":
        pods = [(0.1, 0.17), (0.1, -0.17)]
        pods += [(-0.01, 0.31), (-0.01, -0.31)] if length > 48 else []
        for px, py in pods:
            pod = np.array([(px + 0.05, py - 0.02), (px + 0.05, py + 0.02), (px - 0.06, py + 0.018),
                            (px - 0.06, py - 0.018)])  # fmt: skip
            d.polygons(put(pod), (168, 170, 174))
    d.polygons(put(wings), (206, 208, 212))
    d.polygons(put(tail), (212, 214, 218))
    if engines == "tail":
        for py in (0.075, -0.075):
            pod = np.array([(-0.22, py - 0.024), (-0.22, py + 0.024), (-0.36, py + 0.02),
                            (-0.36, py - 0.02)])  # fmt: skip
            d.polygons(put(pod), (186, 188, 192))
    d.polygons(put(body), (238, 239, 242))
    d.polygons(put(band), tuple(0.5 * c + 120 for c in livery))
    cockpit = np.array([(0.455, -0.025), (0.475, -0.012), (0.475, 0.012), (0.455, 0.025)])
    d.polygons(put(cockpit), (50, 56, 66))
    d.polygons(put(fin), livery)
    if straight:
        blade = np.array([(0.51, -0.11), (0.52, -0.11), (0.52, 0.11), (0.51, 0.11)])
        d.polygons(put(blade), (70, 70, 74))
