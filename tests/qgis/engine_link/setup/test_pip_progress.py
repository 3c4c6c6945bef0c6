"""The bar of the setup goes on while pip installs and prints nothing."""

from __future__ import annotations

import pytest


@pytest.fixture
def said():
    return []


@pytest.fixture
def progress(tmp_path, said):
    from scene_search.engine_link.setup.pip_progress import PipProgress

    install(tmp_path, "pip")
    return PipProgress(tmp_path, 100.0, lambda share, text: said.append((share, text)))


def install(folder, name, place="lib/python3.12/site-packages"):
    package = folder / place / f"{name}-1.0.dist-info"
    package.mkdir(parents=True)
    (package / "RECORD").touch()


def test_fetching_goes_by_megabytes(progress, said):
    for line in (
        "Collecting numpy",
        "  Downloading numpy-2.0-cp312.whl (50.0 MB)",
        "  Using cached tokenizers-0.2.whl (500 kB)",
        "  Downloading onnxruntime-1.20.whl (1.0 GB)",
    ):
        progress.follow(line)
    assert [share for share, _ in said] == pytest.approx([0.4, 0.404, 0.8])
    assert said[0][1] == "Downloading numpy-2.0-cp312.whl (50.0 MB)"


@pytest.mark.parametrize("place", ["lib/python3.12/site-packages", "Lib/site-packages"])
def test_installing_goes_by_packages(progress, said, tmp_path, monkeypatch, place):
    from scene_search.engine_link.setup import pip_progress

    monkeypatch.setattr(pip_progress, "_EVERY", 0.0)
    progress.tick()
    assert said == []  # pip itself is there before, and nothing is being installed yet
    progress.follow("Installing collected packages: a, b, c, d")
    for name in "abcd":
        install(tmp_path, name, place)
        progress.tick()
    assert [share for share, _ in said] == pytest.approx([0.8, 0.85, 0.9, 0.95, 1.0])
    assert said[1][1] == "Installing packages (1 of 4)"


def test_it_does_not_look_all_the_time(progress, said, tmp_path):
    progress.follow("Installing collected packages: a")
    install(tmp_path, "a")
    progress.tick()
    assert len(said) == 1
