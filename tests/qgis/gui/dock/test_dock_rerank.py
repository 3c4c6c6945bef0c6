"""The dock's switch for comparing the best results with the description once more."""

from __future__ import annotations

import pytest


def asked(fake_engine):
    return fake_engine.of("search")[-1].params["rerank"]


def test_no_switch_without_a_fusion_part(open_index, dock, fake_engine):
    query = open_index()
    assert not query.rerank.isVisible()
    dock.searching.ask_text("boats")
    assert asked(fake_engine) is False


def test_no_switch_for_an_encoder_that_knows_no_words(open_index):
    assert not open_index(rerank=True, text=False).rerank.isVisible()


def test_on_where_there_is_one_and_for_descriptions_only(open_index, dock, fake_engine, iface):
    from qgis.core import QgsGeometry

    query = open_index(rerank=True)
    assert query.rerank.isVisible()
    assert query.rerank.isChecked()
    assert "128" in query.rerank.toolTip()
    dock.searching.ask_text("boats")
    assert asked(fake_engine) is True
    crs = iface.mapCanvas().mapSettings().destinationCrs()
    dock.searching.ask_region(QgsGeometry.fromWkt("POINT(10.1 50.1)"), crs)
    assert asked(fake_engine) is False


def test_switching_off_is_remembered(open_index, dock, fake_engine):
    from scene_search.gui.search.query_section import QuerySection

    open_index(rerank=True).rerank.click()
    dock.searching.ask_text("boats")
    assert asked(fake_engine) is False
    assert not QuerySection().rerank.isChecked()
    dock.page.query.rerank.click()
    assert QuerySection().rerank.isChecked()


def test_progress_is_told(open_index, dock, fake_engine, search_answer):
    open_index(rerank=True)
    dock.searching.ask_text("boats")
    fake_engine.of("search")[-1].progressed.emit({"done": 40, "total": 128, "unit": "tiles"})
    assert dock.page.results.state.text.endswith("40 of 128")
    assert dock.page.results.state.title == "Searching…"
    fake_engine.answer("search", search_answer())
    dock.searching.ask_text("ships")
    fake_engine.of("search")[-1].progressed.emit({"done": 64, "total": 128, "unit": "tiles"})
    assert "64 of 128" in dock.page.results._facts.text()
    late = fake_engine.of("search")[-1]
    dock.searching.ask_text("cars")
    late.progressed.emit({"done": 99, "total": 128, "unit": "tiles"})
    assert "99" not in dock.page.results._facts.text()


def test_the_match_is_shown(open_index, dock, fake_engine, search_answer):
    from qgis.PyQt.QtCore import Qt

    open_index(rerank=True)
    dock.searching.ask_text("boats")
    answer = search_answer(3)
    answer["hits"][0]["match"], answer["hits"][1]["match"] = 0.873, None
    fake_engine.answer("search", answer)
    model = dock.page.results.model
    tips = [model.index(row).data(Qt.ItemDataRole.ToolTipRole) for row in range(3)]
    assert "Match 87 %, read word by word against look-alikes" in tips[0]
    assert "Match" not in tips[1]
    assert "Match" not in tips[2]
    layer = dock.searching.results_map.layer
    features = sorted(layer.getFeatures(), key=lambda feature: feature["rank"])
    assert features[0]["match"] == pytest.approx(0.873)
    assert not features[1]["match"]
    assert layer.attributeDisplayName(layer.fields().indexOf("match")) == "Match"
    dock.grab()  # the cards can be drawn, with and without a match
