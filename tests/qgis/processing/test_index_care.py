"""Locating and removing imagery and checking an index, as Processing asks the engine."""

import pytest


@pytest.fixture
def algorithm(qgis_app):
    from scene_search.processing.check_index import CheckIndexAlgorithm
    from scene_search.processing.locate_imagery import LocateImageryAlgorithm
    from scene_search.processing.remove_imagery import RemoveImageryAlgorithm

    classes = (CheckIndexAlgorithm, LocateImageryAlgorithm, RemoveImageryAlgorithm)
    made = {cls.NAME: cls() for cls in classes}
    for one in made.values():
        one.initAlgorithm()
    return made


def test_imagery_is_removed_by_path_or_because_it_is_missing(
    algorithm, worker, run, index_file, listener
):
    remove = algorithm["remove_imagery"]
    worker.answers["index.remove"] = {"removed": 1, "tiles": 64, "paths": ["/imagery/a.tif"]}
    lines = "/imagery/a.tif\n\n  /imagery/alte Bilder  \n"
    results, ok = run(remove, {"INDEX": str(index_file), "PATHS": lines})
    assert ok
    assert worker.params_of("index.remove") == {
        "index": str(index_file),
        "paths": ["/imagery/a.tif", "/imagery/alte Bilder"],
        "missing": False,
    }
    assert results == {"REMOVED": 1, "TILES": 64}
    assert "Removed /imagery/a.tif" in listener.messages
    worker.calls.clear()
    worker.answers["index.remove"] = {"removed": 0, "tiles": 0, "paths": []}
    run(remove, {"INDEX": str(index_file), "MISSING": True})
    assert worker.params_of("index.remove")["missing"] is True
    assert any("marked as missing" in message for message in listener.messages)


def test_nothing_to_remove_is_said_before_anything_runs(algorithm, index_file):
    from qgis.core import QgsProcessingContext

    valid, message = algorithm["remove_imagery"].checkParameterValues(
        {"INDEX": str(index_file), "PATHS": "  "}, QgsProcessingContext()
    )
    assert not valid
    assert "Nothing to remove" in message


def test_moved_imagery_is_located(algorithm, worker, run, index_file, listener, tmp_path):
    worker.answers["index.locate"] = {
        "moved": [{"from": "/old/a.tif", "to": "/new/a.tif"}],
        "missing": ["/old/b.tif"],
    }
    parameters = {"INDEX": str(index_file), "FOLDER": str(tmp_path)}
    results, ok = run(algorithm["locate_imagery"], parameters)
    assert ok
    assert worker.params_of("index.locate") == {
        "index": str(index_file),
        "folders": [str(tmp_path)],
    }
    assert results == {"MOVED": 1, "MISSING": 1}
    assert listener.warnings == ["Still not found: /old/b.tif"]


@pytest.mark.parametrize("repair", [False, True])
def test_faults_are_told_and_repaired_where_asked(
    algorithm, worker, run, index_file, listener, repair
):
    fault = {"kind": "orphans", "number": 4, "problem": "4 tiles", "repair": "They are removed"}
    worker.answers["index.check"] = {"faults": [fault], "repaired": repair}
    parameters = {"INDEX": str(index_file), "REPAIR": repair}
    results, ok = run(algorithm["check_index"], parameters)
    assert ok
    assert worker.params_of("index.check") == {"index": str(index_file), "repair": repair}
    assert results == {"FAULTS": 1, "REPAIRED": repair}
    assert listener.warnings == ["4 tiles. They are removed."]
    assert ("All of this was put right." in listener.messages) is repair
