"""The dock's filters: what they send, and that their title says how many are set."""

from __future__ import annotations

import pytest


@pytest.fixture
def box(qgis_app):
    from scene_search.gui.search.filter_box import FilterBox

    made = FilterBox()
    yield made
    made.deleteLater()


def sent(box):
    from scene_search.layers.search_options import SearchOptions

    params = box.filtered(SearchOptions(limit=7)).params()
    assert params["limit"] == 7
    return {name: params[name] for name in ("after", "before", "sensor", "gsd")}


NOTHING = {"after": None, "before": None, "sensor": None, "gsd": None}


def test_nothing_is_set_at_first(box):
    assert sent(box) == NOTHING
    assert box.button.toolTip() == "Filters: dates, sensor, size of pixels"
    assert box.isHidden()
    box.button.click()
    assert not box.isHidden()


def test_both_days_count(box):
    """The engine leaves the day out before which hits lie; the analyst means the last one."""
    from qgis.PyQt.QtCore import QDate

    box.first.setDate(QDate(2024, 2, 28))
    box.last.setDate(QDate(2024, 2, 29))
    assert sent(box) == NOTHING | {"after": "2024-02-28", "before": "2024-03-01"}
    assert box.button.text() == "2"
    box.first.clear()
    assert sent(box)["after"] is None
    assert box.button.accessibleName() == "Filters: 1 set"


@pytest.mark.parametrize(
    ("finest", "coarsest", "gsd"),
    [(0.5, 0, [0.5, None]), (0, 10, [None, 10]), (0.3, 1, [0.3, 1]), (5, 1, [1, 5])],
)
def test_pixel_sizes(box, finest, coarsest, gsd):
    box.finest.setValue(finest)
    box.coarsest.setValue(coarsest)
    assert sent(box) == NOTHING | {"gsd": gsd}


def test_the_sensor(box):
    box.sensor.setText("  ")
    assert sent(box) == NOTHING
    box.sensor.setText(" Sentinel-2 ")
    assert sent(box) == NOTHING | {"sensor": "Sentinel-2"}


def test_they_reach_the_engine_with_every_question(open_dock, fake_engine, iface):
    from qgis.core import QgsGeometry

    open_dock.page.query.filters.sensor.setText("sentinel")
    open_dock.searching.ask_text("boats")
    assert fake_engine.of("search")[-1].params["sensor"] == "sentinel"
    crs = iface.mapCanvas().mapSettings().destinationCrs()
    open_dock.searching.ask_region(QgsGeometry.fromWkt("POINT (10.1 50.1)"), crs)
    assert fake_engine.of("search")[-1].params["sensor"] == "sentinel"


def test_no_results_name_what_kept_them_out(open_dock, fake_engine):
    page = open_dock.page
    nothing = {"hits": [], "milliseconds": 1.0, "notes": []}
    expected = {
        (False, False): ["resembles"],
        (True, False): ["zoom out"],
        (False, True): ["widen"],
        (True, True): ["zoom out", "widen"],
    }
    for (in_view, filtered), words in expected.items():
        page.query.in_view.setChecked(in_view)
        page.query.filters.sensor.setText("sentinel" if filtered else "")
        open_dock.searching.ask_text("boats")
        fake_engine.answer("search", nothing)
        said = page.results.state.text
        assert [word for word in ("resembles", "zoom out", "widen") if word in said] == words
