"""Sentences about scenes of roads, airfields and harbours."""

from __future__ import annotations

from ..chip_view import NUMBERS, ChipView, is_are


def airplane(v: ChipView) -> list[str]:
    """Return sentences for a scene of airplane."""
    planes = v.some("airplane", "airplane", "airplanes") or "an airplane"
    small = v.fact("size") == "small"
    kind = "small airplane" if small else "large airplane"
    kinds = v.some("airplane", kind, f"{kind}s") or f"a {kind}"
    result = [
        f"There {is_are(planes)} {planes} at the airport",
        f"{planes.capitalize()} {is_are(planes)} stopped on the concrete apron",
        f"{kinds.capitalize()} {is_are(kinds)} parked at the airport",
        f"{planes.capitalize()} with white fuselage {is_are(planes)} on the tarmac",
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


def freeway(v: ChipView) -> list[str]:
    """Return sentences for a scene of freeway."""
    cars = v.cars()
    grass = v.fact("median") == "grass"
    on = f" with {cars} on the roads" if cars else ""
    return [
        f"There are two straight freeways close to each other{on}",
        "There are two straight freeways with some plants beside them",
        f"A freeway with {NUMBERS[int(v.fact('lanes'))]} lanes in each direction",
        "A wide freeway passes through the grassland",
        f"{cars.capitalize()} {is_are(cars)} on the freeway"
        if cars
        else "An empty freeway with lane markings",
        f"A freeway divided by {'a strip of grass' if grass else 'a barrier'}",
    ]


def intersection(v: ChipView) -> list[str]:
    """Return sentences for a scene of intersection."""
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


def overpass(v: ChipView) -> list[str]:
    """Return sentences for a scene of overpass."""
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


def parkinglot(v: ChipView) -> list[str]:
    """Return sentences for a scene of parkinglot."""
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


def runway(v: ChipView) -> list[str]:
    """Return sentences for a scene of runway."""
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


def harbor(v: ChipView) -> list[str]:
    """Return sentences for a scene of harbor."""
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
