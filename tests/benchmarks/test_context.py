"""The benchmark of context, with the tiny encoder, whose words of seasons and sensors do work."""

import json

import numpy as np
import pytest
from scene_search.engine.sample.scene import scene_drawing

from benchmarks.retrieval import context
from benchmarks.retrieval.context_gallery import MONTHS, SENSORS, gallery


@pytest.fixture(scope="module")
def scenes():
    return [s for s in gallery(1) if s.scene_class in ("forest", "beach", "runway")]


def test_the_gallery_has_every_combination_and_its_metadata_is_true(scenes):
    assert len({(s.scene_class, s.season, s.sensor) for s in scenes}) == len(scenes) == 12
    for scene in scenes:
        assert scene_drawing(scene.scene_class, scene.seed, 50.0)[1].season == scene.season
        assert int(scene.properties["datetime"][5:7]) in MONTHS[scene.season]
        assert scene.properties["gsd"] == SENSORS[scene.sensor]
    assert len({s.seed for s in scenes if s.scene_class == "forest"}) == 4
    picture = scenes[0].picture(64)
    assert picture.shape == (64, 64, 3)
    assert picture.std() > 3


def test_average_precision_leaves_the_query_itself_out(scenes):
    exact = np.array([[s.scene_class == t.scene_class for t in scenes] for s in scenes], float)
    mean = context._mean_average_precision
    assert mean(exact, scenes, context.CLASS, itself=False) == pytest.approx(1)
    assert mean(exact, scenes, context.CLASS, itself=True) == pytest.approx(1)
    # of its own class, season and sensor there is nothing but itself
    assert mean(exact, scenes, context.ALIKE, itself=False) == 0
    assert 0 < mean(exact, scenes, context.ALIKE, itself=True) < 1


def test_a_package_is_measured_and_the_page_renewed(tiny_context_encoder, tmp_path, capsys):
    (tmp_path / "README.md").write_text(f"a {context.BEGIN} old {context.END} b")
    arguments = ["--encoder", str(tiny_context_encoder), "--each", "1", "--threads", "1"]
    assert context.main([*arguments, "--output", str(tmp_path)]) == 0
    result = json.loads((tmp_path / "context.json").read_text())
    assert result["scenes"] == 84
    rows = {(r["queries"], r["ranking"], r["wanted"]): r for r in result["rows"]}
    assert len(rows) == 8
    assert all(0 < r["without"] <= 1 for k, r in rows.items() if k[2] == context.CLASS)
    # words of season and sensor tell apart what was taken alike
    found = rows["descriptions", "embedding", context.ALIKE]
    assert found["with"] > found["without"]
    page = (tmp_path / "README.md").read_text()
    assert "old" not in page
    assert "descriptions | embedding | class, season and sensor" in page
    assert page.endswith(" b")
    assert capsys.readouterr().out.startswith("Tiny context encoder")


def test_an_encoder_without_context_cannot_be_measured(tiny_encoder, tmp_path, capsys):
    arguments = ["--encoder", str(tiny_encoder), "--output", str(tmp_path)]
    assert context.main(arguments) == 1
    assert "does not know when, where" in capsys.readouterr().err
    assert not (tmp_path / "context.json").exists()


def test_the_repository_s_page_has_a_place_for_the_table():
    page = (context.HERE / "README.md").read_text()
    assert page.count(context.BEGIN) == page.count(context.END) == 1
