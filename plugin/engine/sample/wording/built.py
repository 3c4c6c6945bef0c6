"""Sentences about scenes of buildings and housing."""

from __future__ import annotations

from ..chip_view import ChipView, is_are, roof_colour


def buildings(v: ChipView) -> list[str]:
    """Return sentences for a scene of buildings."""
    roof = roof_colour(v)
    cars = v.cars()
    some = v.some("building", "building", "buildings") or "some buildings"
    return [
        f"There {is_are(some)} {some} pressed together"
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


def housing(v: ChipView, area: str) -> list[str]:
    """Return sentences for a scene of housing."""
    roof = roof_colour(v)
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


def sparseresidential(v: ChipView) -> list[str]:
    """Return sentences for a scene of sparseresidential."""
    roof = roof_colour(v)
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


def mobilehomepark(v: ChipView) -> list[str]:
    """Return sentences for a scene of mobilehomepark."""
    slant = v.fact("rows") == "slanted"
    return [
        "Many mobile homes are close to each other in the mobile home park",
        "Lots of mobile homes are close to each other and some roads go through this area",
        "Many mobile homes arranged in lines in the mobile home park",
        "This is a mobile home park with rows of long narrow homes",
        f"Mobile homes stand {'at an angle' if slant else 'in straight rows'} along the road",
        f"A mobile home park with light roofs on {v.fact('ground')}",
    ]


def storagetanks(v: ChipView) -> list[str]:
    """Return sentences for a scene of storagetanks."""
    colour = v.fact("tank")
    size = "big " if v.fact("size") == "big" else ""
    one = f"{size}round storage tank"
    tanks = v.some("tank", one, f"{one}s") or "a storage tank"
    plain = v.some("tank", "storage tank", "storage tanks") or "a storage tank"
    houses = v.count("house")[0]
    return [
        f"There {is_are(plain)} {plain} on the ground",
        f"{tanks.capitalize()} {is_are(tanks)} on the {v.fact('ground')}",
        f"{plain.capitalize()} with {colour} paint {is_are(plain)} on the ground",
        f"{tanks.capitalize()} with dark shadow beside",
        "Round storage tanks in an industrial area"
        if v.count("tank")[0] != 1
        else "A round storage tank in an industrial area",
        f"{plain.capitalize()} {is_are(plain)} on the ground and a building beside"
        if houses
        else f"{plain.capitalize()} surrounded by low walls",
    ]
