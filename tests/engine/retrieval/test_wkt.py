import pytest
from hypothesis import given
from hypothesis import strategies as st
from scene_search.engine.errors import RegionError
from scene_search.engine.retrieval.wkt import parse_wkt
from shapely.geometry import MultiPolygon


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("CURVEPOLYGON(CIRCULARSTRING(0 0,1 1,2 0,1 -1,0 0))", "curves"),
        ("COMPOUNDCURVE((0 0,1 1),CIRCULARSTRING(1 1,2 2,3 1))", "curves"),
        ("MULTISURFACE(CURVEPOLYGON(CIRCULARSTRING(0 0,1 1,2 0,1 -1,0 0)))", "curves"),
        ("TIN(((0 0,0 1,1 1,0 0)))", "not WKT"),
        ("LINESTRING(0 0,1 1)", "LineString"),
        ("GEOMETRYCOLLECTION(POINT(1 1))", "GeometryCollection"),
        ("POINT(1 2)\0 and more", "NUL"),
        ("POINT(1 2)\ud800", "surrogate"),
        ("POINT(nan 1)", "no numbers"),
        ("POINT(1e400 1)", "no numbers"),
        ("POINT EMPTY", "empty"),
        ("", "not WKT"),
        ("POLYGON((0 0,1 1))", "not WKT"),
        ("GEOMETRYCOLLECTION(" * 100_000 + "POINT(1 1)" + ")" * 100_000, "nests"),
        ("POLYGON" + "(" * 1_000_000, "nests"),
        ("MULTIPOLYGON(((" * 50_000, "nests"),
    ],
)
def test_what_is_no_region_is_told_with_what_to_do(text, told):
    with pytest.raises(RegionError, match=told) as caught:
        parse_wkt(text)
    assert caught.value.hint
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("POLYGON((0 0,2 0,2 2,0 2,0 0))", 4),
        ("SRID=4326;POLYGON Z ((0 0 7,2 0 7,2 2 7,0 2 7,0 0 7))", 4),
        ("MULTIPOLYGON(((0 0,2 0,2 2,0 2,0 0)),((1 1,3 1,3 3,1 3,1 1)))", 7),
        ("POLYGON((0 0,2 2,0 2,2 0,0 0))", 2),
        ("POINT M (1 2 3)", 0),
    ],
)
def test_regions_are_read_flat_and_repaired(text, area):
    geometry = parse_wkt(text)
    assert geometry.is_valid
    assert not geometry.has_z
    assert geometry.area == area


def test_deep_brackets_are_refused_only_where_they_are_deep():
    flat = "MULTIPOLYGON(" + ",".join(["((0 0,1 0,1 1,0 0))"] * 2000) + ")"
    assert isinstance(parse_wkt(flat), MultiPolygon) or parse_wkt(flat).area == 0.5


@given(st.text(st.sampled_from("POINTLYGEMZ()0123456789.,- eEnaN\0"), max_size=60))
def test_no_text_raises_anything_else(text):
    try:
        assert parse_wkt(text).is_valid
    except RegionError as error:
        assert error.hint  # noqa: PT017
