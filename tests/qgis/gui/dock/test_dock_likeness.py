"""The dock's slider between look and meaning, for encoders that tell the two apart."""

from __future__ import annotations

from pathlib import Path


def asked(fake_engine):
    return fake_engine.of("search")[-1].params["likeness"]


def test_no_slider_for_an_encoder_of_one_part(open_index, dock, fake_engine):
    query = open_index()
    assert not query.likeness.isVisible()
    query.likeness.slider.setValue(20)
    dock.searching.ask_image(Path("/a.png"))
    assert asked(fake_engine) is None


def test_the_encoders_own_balance_until_it_is_moved(open_index, dock, fake_engine):
    query = open_index(likeness=0.6)
    assert query.likeness.isVisible()
    dock.searching.ask_image(Path("/a.png"))
    assert asked(fake_engine) is None
    for value, wanted in ((0, 0.0), (5, 0.25), (20, 1.0), (12, None)):
        query.likeness.slider.setValue(value)
        dock.searching.ask_image(Path("/a.png"))
        assert asked(fake_engine) == wanted


def test_another_index_begins_with_its_own_balance(open_index, dock, fake_engine):
    query = open_index(likeness=0.5)
    query.likeness.slider.setValue(20)
    open_index(likeness=0.5)  # the same one, told again
    assert query.likeness.likeness == 1.0
    open_index(path="/data/other.gpkg", likeness=0.5)
    assert query.likeness.likeness is None
