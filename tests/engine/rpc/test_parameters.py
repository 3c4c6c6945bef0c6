from pathlib import Path

import pytest
from scene_search.engine.rpc.parameters import Parameters
from scene_search.engine.rpc.protocol import InvalidParamsError


def test_values_are_read_by_type():
    params = Parameters(
        {"index": "é x.gpkg", "limit": 5, "tile_size": 64, "scales": [1, 2], "gsd": [0.5, 2]}
    )
    assert params.path("index") == Path("é x.gpkg")
    assert params.integer("limit") == 5
    assert params.number("tile_size") == 64.0
    assert params.integers("scales") == [1, 2]
    assert params.range("gsd") == (0.5, 2.0)
    params.finish()


def test_left_out_and_null_give_the_default():
    params = Parameters({"encoder": None})
    assert params.path("encoder", None) is None
    assert params.boolean("remove_missing", True) is True
    assert params.objects("regions") == []


@pytest.mark.parametrize(
    ("reader", "value"),
    [
        ("text", 3),
        ("path", ""),
        ("path", 3),
        ("boolean", 1),
        ("integer", True),
        ("integer", 1.5),
        ("number", "3"),
        ("number", float("inf")),
        ("texts", "field"),
        ("texts", ["a", 1]),
        ("paths", [""]),
        ("integers", [1, None]),
        ("range", [2, 1]),
        ("range", [1]),
        ("object", []),
        ("objects", {"a": 1}),
    ],
)
def test_a_wrong_type_names_the_parameter(reader, value):
    with pytest.raises(InvalidParamsError, match="'given' is"):
        getattr(Parameters({"given": value}), reader)("given")


def test_a_missing_one_is_named():
    with pytest.raises(InvalidParamsError, match="'index' is missing"):
        Parameters({}).path("index")


def test_one_inside_a_list_is_named_with_its_place():
    regions = Parameters({"regions": [{"wkt": "POINT (0 0)"}, {"wkt": 3}]}).objects("regions")
    with pytest.raises(InvalidParamsError, match=r"'regions\[1\]\.wkt'"):
        regions[1].text("wkt")


def test_a_misspelt_one_is_refused():
    params = Parameters({"limt": 5})
    with pytest.raises(InvalidParamsError, match="'limt'"):
        params.finish()
