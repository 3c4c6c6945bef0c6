import pytest
from hypothesis import given
from hypothesis import strategies as st
from scene_search.engine.context.r2stft import SLOTS, join_slots, r2stft, r2stft_slots

FULL = {
    "datetime": "2023-07-14T10:10:31Z",
    "platform": "Sentinel-2B",
    "constellation": "sentinel-2",
    "instruments": ["msi"],
    "gsd": 10.0,
    "eo:cloud_cover": 4.6,
    "proj:centroid": {"lat": 48.21, "lon": 16.37},
    "processing:level": "L2A",
    "place": "Vienna",
}


def test_all_slots_in_order():
    assert r2stft(FULL, tree_path=("transport", "airport", "runway")) == (
        "sensor sentinel-2b msi | gsd 10 m | place Vienna, lat 48.2 N, lon 16.4 E, geohash u2ed | "
        "summer, July, 2023, local hour 11 | cloud 5 % | level L2A | "
        "tree transport > airport > runway"
    )


@pytest.mark.parametrize(
    ("key", "gone"),
    [("gsd", "gsd"), ("eo:cloud_cover", "cloud"), ("processing:level", "level"),
     ("place", "place"), ("datetime", "July")],
)  # fmt: skip
def test_absent_slots_are_left_out(key, gone):
    text = r2stft({name: value for name, value in FULL.items() if name != key})
    assert gone not in text
    assert "| |" not in text


def test_nothing_known_is_an_empty_text():
    assert r2stft({}) == ""
    assert r2stft({"datetime": None}) == ""


@pytest.mark.parametrize(
    ("lat", "season"), [(48, "summer"), (-34, "winter"), (10, None), (0, None), (None, None)]
)
def test_season_depends_on_the_hemisphere(lat, season):
    properties = {"datetime": "2023-07-14T10:10:31Z"}
    if lat is not None:
        properties["proj:centroid"] = {"lat": lat, "lon": 0}
    time = r2stft_slots(properties)["time"]
    assert "July, 2023" in time
    named = [word for word in ("winter", "spring", "summer", "autumn") if word in time]
    assert named == ([season] if season else [])


@pytest.mark.parametrize(
    ("month", "north"),
    [(12, "winter"), (1, "winter"), (2, "winter"), (3, "spring"), (5, "spring"), (6, "summer"),
     (8, "summer"), (9, "autumn"), (11, "autumn")],
)  # fmt: skip
def test_meteorological_seasons(month, north):
    properties = {"datetime": f"2022-{month:02}-15", "proj:centroid": {"lat": 50, "lon": 0}}
    assert r2stft(properties).split(" | ")[1].startswith(north + ", ")


def test_a_span_tells_only_what_all_of_it_shares():
    def time(start, end):
        properties = {
            "datetime": None,
            "start_datetime": start,
            "end_datetime": end,
            "proj:centroid": {"lat": 50, "lon": 8},
        }
        return r2stft_slots(properties).get("time")

    assert time("2023-06-01", "2023-06-30T23:59:59Z") == "summer, June, 2023"
    assert time("2023-06-01", "2023-08-31T23:59:59Z") == "summer, 2023"
    assert time("2022-12-01", "2023-02-28T23:59:59Z") == "winter"
    assert time("2023-01-01", "2023-12-31T23:59:59Z") == "2023"
    assert time("2021-01-01", "2023-12-31T23:59:59Z") is None
    assert time("2021-07-01", "2023-07-31") is None


def test_local_hour_follows_the_sun_and_needs_time_and_place():
    def hour(moment, lon):
        properties = {"datetime": moment}
        if lon is not None:
            properties["proj:centroid"] = {"lat": 0, "lon": lon}
        return r2stft_slots(properties)["time"].partition("local hour ")[2]

    assert hour("2023-07-14T23:30:00Z", 15) == "0"
    assert hour("2023-07-14T23:30:00+02:00", 0) == "21"
    assert hour("2023-07-14T12:00:00Z", -75) == "7"
    assert hour("2023-07-14T12:00:00Z", None) == ""
    assert hour("2023-07-14T00:00:00Z", 15) == ""
    assert hour("2023-07-14", 15) == ""


@pytest.mark.parametrize(
    ("gsd", "text"),
    [(0.3, "gsd 0.3 m"), (0.25, "gsd 0.25 m"), (10.0000001, "gsd 10 m"), ("30", "gsd 30 m"),
     (0.298, "gsd 0.3 m"), (1113.2, "gsd 1100 m"), (0, ""), (-1, ""), ("x", ""), (True, ""),
     (float("nan"), ""), (1e-4, "gsd 0.0001 m")],
)  # fmt: skip
def test_resolution_has_two_digits(gsd, text):
    assert r2stft({"gsd": gsd}) == text


def test_values_cannot_break_the_slots():
    text = r2stft(
        {"platform": "a | b, c > d\n", "place": "x|y", "instruments": ["e|f", 5, None]},
        tree_path=("g > h", ""),
    )
    assert text == "sensor a b c d e f | place x y | tree g h"


_json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(
    st.dictionaries(
        st.sampled_from([*FULL, "start_datetime", "end_datetime"]),
        _json
        | st.fixed_dictionaries({"lat": st.floats(), "lon": st.floats()})
        | st.datetimes().map(lambda moment: moment.isoformat()),
    ),
    st.lists(st.text(max_size=10), max_size=4),
)
def test_any_metadata_gives_one_line_with_known_slots(properties, path):
    text = r2stft(properties, tree_path=path)
    assert text == r2stft(dict(reversed(properties.items())), tree_path=tuple(path))
    assert "\n" not in text
    slots = r2stft_slots(properties, tree_path=path)
    assert [name for name in SLOTS if name in slots] == list(slots)
    assert (text.split(" | ") if text else []) == list(slots.values())
    assert join_slots(slots) == text
