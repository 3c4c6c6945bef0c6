from scene_search.engine.context.tile_context import located, tile_texts
from shapely.geometry import MultiPolygon, Point, Polygon, box

ACQUISITION = {"datetime": "2023-07-14T10:10:31Z", "platform": "landsat-8", "gsd": 30}


def test_neighbouring_tiles_share_their_text_and_distant_ones_do_not():
    near, next_to_it, far = (
        box(8.5, 47.3, 8.51, 47.31),
        box(8.51, 47.3, 8.52, 47.31),
        box(8.5, -47.3, 8.51, -47.2),
    )
    texts = tile_texts(ACQUISITION, [near, next_to_it, far])
    assert (
        texts[0]
        == texts[1]
        == (
            "sensor landsat-8 | gsd 30 m | lat 47.3 N, lon 8.5 E, geohash u0qj | "
            "summer, July, 2023, local hour 10"
        )
    )
    assert "lat 47.2 S" in texts[2]
    assert "winter" in texts[2]


def test_a_tile_on_the_date_line_lies_in_its_larger_part():
    parts = MultiPolygon([box(179.9, 10, 180, 10.1), box(-180, 10, -179.99, 10.1)])
    assert located({}, parts)["proj:centroid"]["lon"] > 179


def test_points_have_a_place_and_nothing_has_none():
    assert located({"gsd": 1}, Point(5, 6)) == {"gsd": 1, "proj:centroid": {"lat": 6, "lon": 5}}
    assert located({"gsd": 1}, Polygon()) == {"gsd": 1}
