"""Sentences about scenes of land, water and sports grounds."""

from __future__ import annotations

from ..chip_view import ChipView, is_are


def agricultural(v: ChipView) -> list[str]:
    """Return sentences for a scene of agricultural."""
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


def beach(v: ChipView) -> list[str]:
    """Return sentences for a scene of beach."""
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


def chaparral(v: ChipView) -> list[str]:
    """Return sentences for a scene of chaparral."""
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


def forest(v: ChipView) -> list[str]:
    """Return sentences for a scene of forest."""
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


def golfcourse(v: ChipView) -> list[str]:
    """Return sentences for a scene of golfcourse."""
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


def river(v: ChipView) -> list[str]:
    """Return sentences for a scene of river."""
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


def baseballdiamond(v: ChipView) -> list[str]:
    """Return sentences for a scene of baseballdiamond."""
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


def tenniscourt(v: ChipView) -> list[str]:
    """Return sentences for a scene of tenniscourt."""
    courts = v.some("court", "tennis court", "tennis courts") or "a tennis court"
    name = v.fact("court")
    trees = v.trees()
    beside = f"surrounded by {trees}" if trees else "on the lawn"
    one = v.count("court") == (1, False)
    return [
        f"There {is_are(courts)} {courts} {beside}",
        f"{courts.capitalize()} {'stands alone' if one else 'arranged neatly'}",
        f"{courts.capitalize()} with {name} ground and white lines",
        f"{courts.capitalize()} {'and some buildings beside' if v.count('house')[0] else beside}",
        f"{'A' if one else 'Some'} {name} tennis court{'' if one else 's'} with white lines",
        f"This is {'a tennis court' if one else 'a place to play tennis'} {beside}",
    ]
