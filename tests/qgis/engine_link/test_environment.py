from __future__ import annotations

import json
import os
import shutil

import pytest
from scene_search import paths
from scene_search.engine_link import environment as module
from scene_search.engine_link.environment import (
    LAUNCHER,
    EngineEnvironment,
    EnvironmentState,
    engine_command,
    engine_environment,
    find_engine_python,
    profile_environment,
    requirements,
)
from scene_search.engine_link.errors import EngineNotInstalledError
from scene_search.engine_link.settings import EngineSettings
from scene_search.engine_link.worker import EngineWorker


@pytest.fixture(autouse=True)
def no_override(monkeypatch, profile):
    monkeypatch.delenv(module.OVERRIDE, raising=False)


def make_ready(environment):
    environment.python.parent.mkdir(parents=True)
    environment.python.write_text("")
    environment.mark_ready(engine={"python": "3.11.2"})


def test_nothing_there_is_told_with_what_to_do():
    with pytest.raises(EngineNotInstalledError) as caught:
        find_engine_python()
    assert "not set up" in caught.value.message
    assert "Set up the engine" in caught.value.hint


def test_lies_in_the_profile_with_the_version_in_its_name(profile):
    environment = profile_environment()
    assert environment.directory == profile / f"engine-{paths.version()}"
    make_ready(environment)
    assert find_engine_python() == environment.python


def test_an_interrupted_setup_is_told_apart():
    environment = profile_environment()
    make_ready(environment)
    environment.marker.unlink()
    with pytest.raises(EngineNotInstalledError, match="interrupted"):
        find_engine_python()


def test_a_marker_cut_short_counts_as_interrupted():
    environment = profile_environment()
    make_ready(environment)
    environment.marker.write_text('{"requirements": "')
    assert environment.state() is EnvironmentState.PARTIAL


def test_other_requirements_are_told_apart(monkeypatch):
    make_ready(profile_environment())
    monkeypatch.setattr(module, "requirements", lambda: ["something-else"])
    with pytest.raises(EngineNotInstalledError, match="another version"):
        find_engine_python()


def test_one_that_was_copied_with_its_profile_is_told_apart(profile, tmp_path):
    """QGIS 4 copies the profile of QGIS 3 once, with the engine's environment in it."""
    made = profile_environment()
    make_ready(made)
    copied = EngineEnvironment(tmp_path / "QGIS4" / made.directory.name)
    shutil.copytree(made.directory, copied.directory)
    assert made.state() is EnvironmentState.READY
    assert copied.state() is EnvironmentState.COPIED
    shutil.rmtree(made.directory)  # the old QGIS is gone, too
    assert copied.state() is EnvironmentState.COPIED
    EngineSettings(location=str(copied.directory.parent)).save()
    with pytest.raises(EngineNotInstalledError, match="copied here") as caught:
        find_engine_python()
    assert "Set up the engine" in caught.value.hint
    copied.mark_ready()  # set up again, here
    assert find_engine_python() == copied.python


def test_one_that_says_not_where_it_was_made_is_made_anew(profile):
    environment = profile_environment()
    make_ready(environment)
    facts = environment.facts()
    del facts["place"]
    environment.marker.write_text(json.dumps(facts))
    assert environment.state() is EnvironmentState.COPIED


@pytest.mark.skipif(os.name != "posix", reason="links")
def test_a_link_to_the_profile_leads_to_the_same_engine(profile, tmp_path):
    make_ready(profile_environment())
    (tmp_path / "link").symlink_to(profile)
    EngineSettings(location=str(tmp_path / "link")).save()
    assert profile_environment().state() is EnvironmentState.READY


def test_the_variable_wins(monkeypatch, tmp_path):
    make_ready(profile_environment())
    python = tmp_path / "python"
    python.write_text("")
    monkeypatch.setenv(module.OVERRIDE, str(python))
    assert find_engine_python() == python


def test_a_wrong_variable_is_an_error_not_ignored(monkeypatch, tmp_path):
    make_ready(profile_environment())
    monkeypatch.setenv(module.OVERRIDE, str(tmp_path / "nothing"))
    with pytest.raises(EngineNotInstalledError, match="SCENE_SEARCH_ENGINE_PYTHON"):
        find_engine_python()


def test_the_chosen_location_is_used(tmp_path):
    EngineSettings(location=str(tmp_path / "große Platte")).save()
    directory = profile_environment().directory
    assert directory.parent == tmp_path / "große Platte"


def test_settings_come_back_as_saved_and_defaults_are_not_stored(qgis_app):
    from qgis.core import QgsSettings

    settings = EngineSettings(threads=3, provider="cpu", use_gpu=False, wheel_folder="/räder")
    settings.save()
    assert EngineSettings.load() == settings
    EngineSettings().save()
    assert EngineSettings.load() == EngineSettings()
    stored = QgsSettings()
    stored.beginGroup("scene_search/engine")
    assert stored.allKeys() == []


def test_an_unknown_provider_in_the_settings_falls_back(qgis_app):
    from qgis.core import QgsSettings

    QgsSettings().setValue("scene_search/engine/provider", "quantum")
    assert EngineSettings.load().provider == "auto"


def test_threads_and_provider_reach_the_engine():
    env = engine_environment(EngineSettings(threads=2, provider="cpu"))
    assert env["SCENE_SEARCH_THREADS"] == "2"
    assert env["SCENE_SEARCH_PROVIDER"] == "cpu"
    plain = engine_environment(EngineSettings())
    assert plain["http_proxy"] == plain["HTTPS_PROXY"] == "http://127.0.0.1:1"
    assert plain["no_proxy"] == plain["NO_PROXY"] == ""
    assert not plain.keys() & {"SCENE_SEARCH_THREADS", "SCENE_SEARCH_PROVIDER"}


def test_requirements_are_the_list_of_the_project():
    assert "numpy>=2.0" in requirements()
    assert not [line for line in requirements() if line.startswith("#")]


def test_the_command_starts_the_real_engine(engine_interpreter):
    command = engine_command(engine_interpreter)
    assert command[-2:] == [str(LAUNCHER), "serve"]
    worker = EngineWorker(command, engine_environment())
    try:
        facts = worker.call("engine.info")
    finally:
        worker.stop()
    assert facts["version"] == paths.version()
    assert worker.log.tail().count("Traceback") == 0
