from pathlib import Path

from scene_search.engine.service import doctor

from tests.support.tiny_encoder import write_tiny_encoder


def test_the_home_folder_is_scrubbed_wherever_it_stands(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", "/home/anna")
    facts = {"a": ["/home/anna/x", {"b": "in /home/anna/.cache and /home/anna"}], "n": 3}
    assert doctor.scrub(facts) == {"a": ["~/x", {"b": "in ~/.cache and ~"}], "n": 3}


def test_encoders_are_verified_and_measured(monkeypatch, tmp_path):
    sound = write_tiny_encoder(tmp_path / "sound")
    spoilt = write_tiny_encoder(tmp_path / "spoilt")
    graph = spoilt / "image.onnx"
    graph.write_bytes(graph.read_bytes()[:-1])
    monkeypatch.setattr(doctor, "shipped_encoders", lambda: [sound, spoilt])
    facts = doctor.examine()
    first, second = facts["encoders"]
    assert first["files"] == "all checksums agree"
    assert first["tiles_per_second"] > 0
    assert "image.onnx" in second["problem"]
    assert any("image.onnx" in problem for problem in facts["problems"])
    text = doctor.report(facts)
    assert "Tiny test encoder" in text
    assert second["problem"] in text


def test_a_copy_without_encoders_is_a_problem(monkeypatch):
    monkeypatch.setattr(doctor, "shipped_encoders", list)
    assert any("install the plugin again" in p for p in doctor.examine()["problems"])


def test_a_folder_that_is_not_there():
    assert "cannot be read" in doctor._folder_state(Path("/no/such/folder"))
