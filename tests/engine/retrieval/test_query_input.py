from datetime import datetime, timezone

import pytest
import shapely
from scene_search.engine.errors import RegionError, UsageError
from scene_search.engine.retrieval.query_input import parse_area, parse_date, parse_region


def test_a_region_keeps_its_geometry_and_crs():
    region = parse_region("POINT (500000 5600000)", "EPSG:32632")
    assert (region.geometry, region.crs) == (shapely.Point(500_000, 5_600_000), "EPSG:32632")


def test_degrees_are_taken_where_no_crs_is_named():
    assert parse_region("POINT (10 50)").crs == "EPSG:4326"


def test_the_crs_in_front_of_ewkt_is_no_part_of_the_geometry():
    assert parse_region("SRID=4326;POINT (10 50)").geometry == shapely.Point(10, 50)


@pytest.mark.parametrize(
    ("wkt", "crs", "message"),
    [
        ("here", None, "'here' is not WKT"),
        ("", None, "is not WKT"),
        ("POLYGON ((0 0, 1 1", None, "is not WKT"),
        ("POINT EMPTY", None, "is empty"),
        ("POLYGON ((0 0, 1 1, 2 2, 0 0))", None, "no area"),
        ("POINT (NaN 3)", None, "is empty|no numbers"),
        ("POINT (500000 5600000)", None, "no degrees"),
        ("POINT (10 50)", "EPSG:999999", "no known CRS"),
        ("POINT (10 50)", "nonsense", "no known CRS"),
    ],
)
def test_a_bad_region_says_what_is_wrong_and_what_to_do(wkt, crs, message):
    with pytest.raises(RegionError, match=message) as caught:
        parse_region(wkt, crs)
    assert caught.value.hint


def test_an_area_comes_in_degrees_with_its_long_edges_bent():
    corners = "4000000 3000000, 5000000 3000000, 5000000 4000000, 4000000 4000000, 4000000 3000000"
    area = parse_area(f"POLYGON (({corners}))", "EPSG:3035")
    assert len(area.exterior.coords) > 64
    berlin, paris = shapely.Point(13.4, 52.5), shapely.Point(2.35, 48.86)
    assert area.contains(berlin)
    assert not area.intersects(paris)


def test_an_area_needs_an_area():
    with pytest.raises(RegionError, match="encloses no ground"):
        parse_area("POINT (0 0)")
    with pytest.raises(RegionError, match="LineString"):
        parse_area("LINESTRING (0 0, 1 1)")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024", datetime(2024, 1, 1)),
        ("2024-05", datetime(2024, 5, 1)),
        (" 2024-05-31 ", datetime(2024, 5, 31)),
        ("2024-05-31T12:30:00Z", datetime(2024, 5, 31, 12, 30)),
        ("2024-05-31T12:30:00+02:00", datetime(2024, 5, 31, 10, 30)),
    ],
)
def test_dates_are_read_as_their_beginning_in_utc(text, moment):
    assert parse_date(text) == moment.replace(tzinfo=timezone.utc)


@pytest.mark.parametrize("text", ["", "yesterday", "31.05.2024", "2024-13", "2024-02-30"])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(UsageError, match="no date") as caught:
        parse_date(text)
    assert "2024-05-31" in caught.value.hint
