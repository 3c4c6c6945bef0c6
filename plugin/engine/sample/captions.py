"""Sentences that describe a painted scene, in the manner of UCM-captions and RSICD."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .classes import DEFAULT_GSD_M, SCENE_CLASSES
from .drawing import Drawing
from .scene import scene_drawing

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


class _View:
    """What a chip shows, in words."""

    def __init__(self, drawing: Drawing, extent_m: float) -> None:
        self._drawing = drawing
        self._extent = extent_m
        self.light = drawing.light

    def fact(self, key: str, default: str = "") -> str:
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
        if n < len(_NUMBERS):
            return f"{_NUMBERS[n]} {many}"
        return f"many {many}" if n < 25 else f"lots of {many}"

    def cars(self) -> str:
        """Return a phrase for the cars, without a number since roofs and trees may hide some."""
        n, _ = self.count("car")
        return "" if n < 2 else ("some cars" if n < 15 else "many cars")

    def trees(self) -> str:
        n, _ = self.count("tree")
        return (
            ""
            if n == 0
            else ("a few trees" if n < 5 else ("some trees" if n < 25 else "many trees"))
        )


def _is_are(phrase: str) -> str:
    return "is" if phrase.startswith(("a ", "an ", "one ")) else "are"


def _roof(view: _View) -> str:
    return {"dark": "dark grey"}.get(view.fact("roof"), view.fact("roof", "grey"))


def _agricultural(v: _View) -> list[str]:
    looks = {
        "crops": ["green crops in neat rows", "rows of green plants", "green stripes of crops"],
        "soil": [
            "bare brown furrows",
            "ploughed soil in straight furrows",
            "parallel brown furrows",
        ],
        "ripe": ["ripe yellow crops", "pale yellow stripes of grain", "rows of dry yellow plants"],
        "pivot": [
            "green crops in circular rows",
            "curved rows of crops",
            "rows that bend in circles",
        ],
    }[v.fact("field")]
    ground = {"crops": "green", "soil": "ploughed", "ripe": "yellow", "pivot": "irrigated"}[
        v.fact("field")
    ]
    return [
        "There is a piece of farmland",
        "It is a piece of cropland",
        f"This is a {ground} field" if ground[0] not in "aeiou" else f"This is an {ground} field",
        *(f"A piece of farmland with {look}" for look in looks),
        f"Here is an agricultural field with {looks[0]}",
        f"{looks[1].capitalize()} cover the farmland",
        *(["Two fields are separated by a narrow track"] if v.fact("second_seen") else []),
    ]


def _airplane(v: _View) -> list[str]:
    planes = v.some("airplane", "airplane", "airplanes") or "an airplane"
    small = v.fact("size") == "small"
    kind = "small airplane" if small else "large airplane"
    kinds = v.some("airplane", kind, f"{kind}s") or f"a {kind}"
    result = [
        f"There {_is_are(planes)} {planes} at the airport",
        f"{planes.capitalize()} {_is_are(planes)} stopped on the concrete apron",
        f"{kinds.capitalize()} {_is_are(kinds)} parked at the airport",
        f"{planes.capitalize()} with white fuselage {_is_are(planes)} on the tarmac",
        f"{kinds.capitalize()} and the shadow of the wings on the grey ground"
        if v.count("airplane") == (1, False)
        else f"The airport apron with {kinds}",
        "This is a part of an airport with parked aircraft"
        if v.count("airplane") != (1, False)
        else "This is a part of an airport with a parked aircraft",
    ]
    if v.fact("engines") == "propeller":
        result.append(
            f"{planes.capitalize()} with straight wings and propellers at the airfield"
            if v.count("airplane") != (1, False)
            else "A propeller airplane at the airfield"
        )
    return result


def _baseballdiamond(v: _View) -> list[str]:
    grass = v.fact("infield") == "grass"
    infield = "a grass infield" if grass else "a sand infield"
    trees = v.trees()
    return [
        "This is a baseball diamond",
        f"This is a baseball diamond with {infield}",
        "It is a regular baseball diamond composed of lawn and sand",
        f"A baseball field with {infield} and white lines",
        "There is a baseball diamond on the lawn",
        "A baseball diamond with brown sand and green turf",
        f"A baseball field surrounded by {trees}" if trees else "A baseball field on a wide lawn",
    ]


def _beach(v: _View) -> list[str]:
    sea = {"blue": "blue sea", "green": "green sea", "dark": "dark sea"}[v.fact("water")]
    sand = "white sand" if v.fact("sand") == "white" else "brown sand"
    foam = v.fact("waves") == "foam"
    return [
        f"This is a beach with {sea} and {sand}",
        f"Waves slapping a {sand} beach throw up white foam"
        if foam
        else f"Small waves run up the {sand} beach",
        f"The {sea} meets a {sand} beach",
        "There is a beach beside the sea",
        f"White waves roll towards the {sand} beach"
        if foam
        else f"A calm {sea} beside a sandy beach",
        f"A piece of {sand} beach is next to the {sea}",
    ]


def _buildings(v: _View) -> list[str]:
    roof = _roof(v)
    cars = v.cars()
    some = v.some("building", "building", "buildings") or "some buildings"
    return [
        f"There {_is_are(some)} {some} pressed together"
        if not some.startswith("a ")
        else "There is a large building",
        f"Some buildings with {roof} roofs",
        "Buildings and roads",
        "Many large buildings stand close together",
        f"Large buildings with {roof} roofs and dark shadows",
        f"Some buildings with {cars} beside them"
        if cars
        else "Some buildings with paved ground between them",
        "There are some tall buildings and their shadows in the commercial area",
    ]


def _chaparral(v: _View) -> list[str]:
    ground = {"soil": "bare soil", "dry grass": "dry ground"}[v.fact("ground")]
    dense = "Lots of" if v.fact("density") == "dense" else "Some"
    return [
        "This is a chaparral",
        f"{dense} bushes are scattered on the {ground}",
        "Lots of plants scattered on the ground",
        f"A chaparral with green bushes on the {ground}",
        f"Small round shrubs dot the {ground}",
        "It is a dry land covered with scattered shrubs",
        *(["A narrow path goes through the chaparral"] if v.fact("path") else []),
    ]


def _housing(v: _View, area: str) -> list[str]:
    roof = _roof(v)
    cars = v.cars()
    pools = v.some("pool", "swimming pool", "swimming pools")
    neat = "arranged neatly" if area != "dense" else "close to each other"
    result = [
        f"This is a {area} residential area",
        f"This is a {area} residential area with houses and plants",
        f"It is a {area} residential area with lots of houses {neat}"
        if area == "dense"
        else f"A {area} residential area with houses {neat}",
        f"A {area} residential area with {roof} roofs and roads between the houses",
        f"Many houses with {roof} roofs in the {area} residential area"
        if area == "dense"
        else f"Houses with {roof} roofs, lawns and trees in the {area} residential area",
        f"Houses along a street in a {area} residential area",
    ]
    if cars:
        result.append(f"A {area} residential area with {cars} on the road")
    if pools:
        result.append(f"A {area} residential area with {pools}")
    return result


def _sparseresidential(v: _View) -> list[str]:
    roof = _roof(v)
    around = {"trees": "trees", "lawn": "lawn", "bare ground": "bare ground"}[v.fact("garden")]
    homes = v.some("house", "house", "houses") or "a house"
    pools = v.some("pool", "swimming pool", "swimming pools")
    result = [
        "This is a sparse residential area",
        f"{homes.capitalize()} surrounded by {around} in the sparse residential area",
        f"This is a sparse residential area with a villa surrounded by {around}",
        f"A villa with {roof} roofs is in the sparse residential area",
        f"A house with a {roof} roof and a driveway stands alone",
        f"A sparse residential area with {homes} and {around}",
    ]
    if pools:
        result.append(f"A villa with {pools} in the sparse residential area")
    return result


def _mobilehomepark(v: _View) -> list[str]:
    slant = v.fact("rows") == "slanted"
    return [
        "Many mobile homes are close to each other in the mobile home park",
        "Lots of mobile homes are close to each other and some roads go through this area",
        "Many mobile homes arranged in lines in the mobile home park",
        "This is a mobile home park with rows of long narrow homes",
        f"Mobile homes stand {'at an angle' if slant else 'in straight rows'} along the road",
        f"A mobile home park with light roofs on {v.fact('ground')}",
    ]


def _forest(v: _View) -> list[str]:
    crowns = v.fact("crowns")
    tree = {
        "green": "dark green trees",
        "autumn": "brown and orange trees",
        "bare": "grey bare trees",
    }[crowns]
    return [
        "This is a dense forest",
        f"Lots of {tree} constitute a dense forest",
        f"There are lots of {tree} in the dense forest",
        f"A dense forest with lots of {tree}",
        "Many trees grow close together",
        f"The ground is covered by {tree}",
        *(["A forest of conifers seen from above"] if v.fact("forest") == "conifer" else []),
        *(["A forest in autumn colours"] if crowns == "autumn" else []),
    ]


def _freeway(v: _View) -> list[str]:
    cars = v.cars()
    grass = v.fact("median") == "grass"
    on = f" with {cars} on the roads" if cars else ""
    return [
        f"There are two straight freeways close to each other{on}",
        "There are two straight freeways with some plants beside them",
        f"A freeway with {_NUMBERS[int(v.fact('lanes'))]} lanes in each direction",
        "A wide freeway passes through the grassland",
        f"{cars.capitalize()} {_is_are(cars)} on the freeway"
        if cars
        else "An empty freeway with lane markings",
        f"A freeway divided by {'a strip of grass' if grass else 'a barrier'}",
    ]


def _golfcourse(v: _View) -> list[str]:
    bunkers = v.some("bunker", "bunker", "bunkers")
    trees = v.trees() or "some trees"
    withered = "withered " if v.light.season == "winter" else ""
    holes = f"{bunkers} and {trees}" if bunkers else trees
    return [
        "This is a part of a golf course",
        f"This is a part of a golf course with green turfs and {holes}",
        f"There are turfs, {holes} in the golf course"
        if bunkers
        else "There are turfs in the golf course",
        f"A part of a golf course with green turfs and some {withered}trees",
        f"A fairway with {bunkers} of white sand" if bunkers else "A mown fairway among trees",
        "A golf green surrounded by a mown fairway"
        if v.count("green")[0]
        else "A golf fairway and rough",
    ]


def _harbor(v: _View) -> list[str]:
    boats = v.some("boat", "boat", "boats") or "some boats"
    water = {"dark": "dark", "blue": "deep blue", "green": "green"}[v.fact("water")]
    full = v.fact("full") == "yes"
    return [
        f"{boats.capitalize()} docked in lines at the harbor",
        f"{boats.capitalize()} docked neatly at the harbor and the water is {water}",
        "Lots of white boats moored along the piers"
        if v.count("boat")[0] > 24
        else "White boats moored along the piers",
        f"A harbor with {boats} on {water} water",
        "The boats are close to each other at the harbor"
        if full
        else "There are boats and some empty berths at the harbor",
        "Boats lie on both sides of the long piers in the marina",
    ]


def _intersection(v: _View) -> list[str]:
    cars = v.cars()
    houses = v.count("house")[0]
    vertical = (
        "vertical to each other" if v.fact("angle") == "square" else "not vertical to each other"
    )
    return [
        f"An intersection with two roads {vertical}",
        "This is an intersection of two roads",
        f"An intersection with {cars} on the road"
        if cars
        else "A quiet intersection with lane markings",
        "A crossroads with white crosswalks",
        "An intersection with some houses and plants at the corners"
        if houses > 1
        else "An intersection with plants at the corners",
        "Two roads cross each other in the town",
    ]


def _overpass(v: _View) -> list[str]:
    how = "diagonally" if v.fact("crossing") == "diagonal" else "vertically"
    cars = v.cars()
    on = f" with {cars} on the roads" if cars else ""
    return [
        f"An overpass with a road going across another road {how}",
        f"An overpass crosses the roads {how}{on}",
        "There is an overpass above the freeway",
        "A bridge carries a road over the freeway",
        f"An overpass with its shadow on the freeway{on}",
        "An overpass with a road go across another roads with some plants beside",
    ]


def _parkinglot(v: _View) -> list[str]:
    full = v.fact("full")
    cars = v.some("car", "car", "cars") or "a few cars"
    result = [
        f"{cars.capitalize()} parked in lines in the parking lot",
        "This is a parking lot",
        f"There is a parking lot with {cars}",
        f"{cars.capitalize()} parked neatly in the parking lot",
    ]
    if full == "dense":
        result += [
            "It is a parking lot with many cars densely arranged",
            "The parking lot is almost full of cars",
        ]
    else:
        result += [
            "Cars parked neatly with many empty parking spaces in the parking lot",
            "The parking lot has many free spots",
        ]
    if v.fact("islands") == "trees":
        result.append("A parking lot with some trees between the cars")
    return result


def _river(v: _View) -> list[str]:
    wooded = v.fact("banks") == "wooded"
    water = {"dark": "dark", "green": "green", "brown": "brown", "blue": "blue"}[v.fact("water")]
    return [
        f"A {water} river goes through {'a dense forest' if wooded else 'open land'}",
        "It is a river with dense forest on both banks"
        if wooded
        else "It is a river with open banks",
        "Lots of plants grow on both banks of the river"
        if wooded
        else "Grass and few trees beside the river",
        f"A river with {water} water",
        f"The {water} water of the river flows between its banks",
        "A winding river with trees on both sides"
        if wooded
        else "A river goes through a desolate land",
    ]


def _runway(v: _View) -> list[str]:
    verge = v.fact("verge")
    tone = "light grey" if v.fact("surface") == "light" else "dark grey"
    return [
        "It is a straight runway with some mark lines on it",
        "A straight runway with some white mark lines on it",
        f"A {tone} runway beside {verge}",
        "This is a part of a runway at the airport",
        "There are white lines on the straight runway",
        "A wide runway with white bars and rubber marks"
        if v.fact("marks") == "touchdown"
        else "A wide runway with a dashed centre line",
    ]


def _storagetanks(v: _View) -> list[str]:
    colour = v.fact("tank")
    size = "big " if v.fact("size") == "big" else ""
    one = f"{size}round storage tank"
    tanks = v.some("tank", one, f"{one}s") or "a storage tank"
    plain = v.some("tank", "storage tank", "storage tanks") or "a storage tank"
    houses = v.count("house")[0]
    return [
        f"There {_is_are(plain)} {plain} on the ground",
        f"{tanks.capitalize()} {_is_are(tanks)} on the {v.fact('ground')}",
        f"{plain.capitalize()} with {colour} paint {_is_are(plain)} on the ground",
        f"{tanks.capitalize()} with dark shadow beside",
        "Round storage tanks in an industrial area"
        if v.count("tank")[0] != 1
        else "A round storage tank in an industrial area",
        f"{plain.capitalize()} {_is_are(plain)} on the ground and a building beside"
        if houses
        else f"{plain.capitalize()} surrounded by low walls",
    ]


def _tenniscourt(v: _View) -> list[str]:
    courts = v.some("court", "tennis court", "tennis courts") or "a tennis court"
    name = v.fact("court")
    trees = v.trees()
    beside = f"surrounded by {trees}" if trees else "on the lawn"
    one = v.count("court") == (1, False)
    return [
        f"There {_is_are(courts)} {courts} {beside}",
        f"{courts.capitalize()} {'stands alone' if one else 'arranged neatly'}",
        f"{courts.capitalize()} with {name} ground and white lines",
        f"{courts.capitalize()} {'and some buildings beside' if v.count('house')[0] else beside}",
        f"{'A' if one else 'Some'} {name} tennis court{'' if one else 's'} with white lines",
        f"This is {'a tennis court' if one else 'a place to play tennis'} {beside}",
    ]


_WRITERS: dict[str, Callable[[_View], list[str]]] = {
    "agricultural": _agricultural,
    "airplane": _airplane,
    "baseballdiamond": _baseballdiamond,
    "beach": _beach,
    "buildings": _buildings,
    "chaparral": _chaparral,
    "denseresidential": lambda v: _housing(v, "dense"),
    "forest": _forest,
    "freeway": _freeway,
    "golfcourse": _golfcourse,
    "harbor": _harbor,
    "intersection": _intersection,
    "mediumresidential": lambda v: _housing(v, "medium"),
    "mobilehomepark": _mobilehomepark,
    "overpass": _overpass,
    "parkinglot": _parkinglot,
    "river": _river,
    "runway": _runway,
    "sparseresidential": _sparseresidential,
    "storagetanks": _storagetanks,
    "tenniscourt": _tenniscourt,
}


def scene_counts(
    scene_class: str, seed: int, size: int = 256, gsd_m: float = DEFAULT_GSD_M
) -> dict[str, int]:
    """Return how many things of each kind have their middle in the picture."""
    drawing, _ = scene_drawing(scene_class, seed, size * gsd_m)
    view = _View(drawing, size * gsd_m)
    return {kind: view.count(kind)[0] for kind in drawing.marks}


def captions(
    scene_class: str, seed: int, size: int = 256, gsd_m: float = DEFAULT_GSD_M
) -> list[str]:
    """Describe the scene that ``paint_scene`` draws for the same arguments.

    Args:
        scene_class: one of ``SCENE_CLASSES``.
        seed: chooses the scene.
        size: edge of the picture in pixels.
        gsd_m: ground size of a pixel in metres.

    Returns:
        Five different English sentences. Numbers and colours are those of the picture.

    Raises:
        UsageError: for an unknown class or a negative seed.
    """
    drawing, _ = scene_drawing(scene_class, seed, size * gsd_m)
    sentences = list(dict.fromkeys(_WRITERS[scene_class](_View(drawing, size * gsd_m))))
    rng = np.random.default_rng((seed, SCENE_CLASSES.index(scene_class), 3))
    chosen = rng.permutation(len(sentences))[:5]
    return [sentences[i] for i in chosen]
