"""The dock's switch for results that were taken alike: season, sensor, place."""

from __future__ import annotations


def asked(fake_engine):
    return fake_engine.of("search")[-1].params["context"]


def test_no_switch_for_an_index_without_context(open_index, dock, fake_engine):
    query = open_index()
    assert not query.context.isVisible()
    query.context.setChecked(True)
    dock.searching.ask_text("boats")
    assert asked(fake_engine) is False
    query.context.setChecked(False)


def test_off_at_first_and_for_every_kind_of_question(open_index, dock, fake_engine, iface):
    from qgis.core import QgsGeometry

    query = open_index(context=True)
    assert query.context.isVisible()
    assert not query.context.isChecked()
    crs = iface.mapCanvas().mapSettings().destinationCrs()
    for wanted in (False, True):
        query.context.setChecked(wanted)
        dock.searching.ask_text("boats")
        assert asked(fake_engine) is wanted
        dock.searching.ask_region(QgsGeometry.fromWkt("POINT(10.1 50.1)"), crs)
        assert asked(fake_engine) is wanted
    query.context.setChecked(False)


def test_the_choice_is_remembered(open_index):
    from scene_search.gui.search.query_section import QuerySection

    query = open_index(context=True)
    query.context.click()
    assert QuerySection().context.isChecked()
    query.context.click()
    assert not QuerySection().context.isChecked()
