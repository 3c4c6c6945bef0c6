"""The algorithms with the real engine: what an analyst does, and what goes wrong for one."""

import json
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def imagery(engine_interpreter, tmp_path_factory):
    """A small sample in a folder with an odd name, with files that are no imagery."""
    folder = tmp_path_factory.mktemp("Luftbilder äöü 北京")
    command = [engine_interpreter, "-m", "scene_search.engine.cli", "sample", folder]
    subprocess.run([str(part) for part in [*command, "--size", 512]], check=True, timeout=300)
    (folder / "notes.tif").write_text("not a picture", encoding="utf-8")
    whole = next(folder.glob("town*.tif")).read_bytes()
    (folder / "cut off.tif").write_bytes(whole[: len(whole) // 3])
    (folder / "empty.tif").write_bytes(b"")
    return folder


@pytest.fixture(scope="module", autouse=True)
def provider(qgis_app):
    """The provider, registered as the plugin does it."""
    from qgis.core import QgsApplication
    from scene_search.processing.provider import SceneSearchProvider

    own = SceneSearchProvider()
    assert QgsApplication.processingRegistry().addProvider(own)
    yield own
    QgsApplication.processingRegistry().removeProvider(own)


@pytest.fixture(scope="module")
def index(imagery, tiny_encoder, qgis_app, engine_interpreter, tmp_path_factory):
    """An index of the sample, made by the algorithm."""
    from scene_search.engine_link import session

    path = tmp_path_factory.mktemp("index ß") / "bücher.gpkg"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCENE_SEARCH_ENGINE_PYTHON", str(engine_interpreter))
        session.stop()
        results = run_quietly(
            "index", {"FOLDER": str(imagery), "INDEX": str(path), "ENCODER": str(tiny_encoder)}
        )
        assert results["TILES"] > 10
        assert results["SKIPPED"] == 3
        yield path
        session.stop()  # later tests begin without an engine


def algorithm_of(name):
    from qgis.core import QgsApplication

    return QgsApplication.processingRegistry().createAlgorithmById(f"scene_search:{name}")


def run_quietly(name, parameters):
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback, QgsProject

    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    feedback = QgsProcessingFeedback(False)
    results, ok = algorithm_of(name).run(parameters, context, feedback)
    assert ok, feedback.textLog()
    return results


def error_of(name, parameters):
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback, QgsProject

    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    feedback = QgsProcessingFeedback(False)
    _, ok = algorithm_of(name).run(parameters, context, feedback)
    assert not ok
    return feedback.textLog()


def hits_of(path):
    from qgis.core import QgsVectorLayer

    layer = QgsVectorLayer(str(path), "hits", "ogr")
    assert layer.isValid()
    return sorted(layer.getFeatures(), key=lambda feature: feature["rank"])


def test_a_second_run_changes_nothing(index, imagery):
    before = run_quietly("index", {"FOLDER": str(imagery), "INDEX": str(index)})
    assert before["SKIPPED"] == 3
    assert before["SECONDS"] < 30


def test_the_facts_are_those_of_the_index(index, tmp_path):
    from qgis.core import QgsVectorLayer

    tiles = QgsVectorLayer(f"{index}|layername=tiles", "tiles", "ogr")
    rasters = len(tiles.uniqueValues(tiles.fields().indexOf("source_id")))
    output = tmp_path / "facts ä.json"
    results = run_quietly("index_facts", {"INDEX": str(index), "OUTPUT": str(output)})
    facts = json.loads(output.read_text(encoding="utf-8"))
    assert results["TILES"] == facts["tiles"] == tiles.featureCount()
    assert results["SOURCES"] == facts["sources"] == rasters
    assert facts["path"] == str(index)
    assert facts["encoder"]["matches"]
    page = tmp_path / "facts.html"
    run_quietly("index_facts", {"INDEX": str(index), "OUTPUT": str(page)})
    assert f"<td>{index}</td>" in page.read_text(encoding="utf-8")


def test_text_finds_tiles_on_the_images(index, imagery, tmp_path):
    output = tmp_path / "hits.gpkg"
    results = run_quietly(
        "search_by_text",
        {"INDEX": str(index), "TEXT": "blue water", "LIMIT": 5, "OUTPUT": str(output)},
    )
    hits = hits_of(output)
    assert results["HITS"] == len(hits) == 5
    assert [hit["rank"] for hit in hits] == [1, 2, 3, 4, 5]
    scores = [hit["score"] for hit in hits]
    assert scores == sorted(scores, reverse=True)
    for hit in hits:
        assert Path(hit["source"]).parent == imagery
        assert hit["acquired"].isValid()


def test_a_region_finds_its_like(index, imagery, tmp_path):
    from qgis.core import QgsRasterLayer

    image = QgsRasterLayer(str(next(imagery.glob("town*.tif"))), "town")
    middle = image.extent().center()
    output = tmp_path / "hits.gpkg"
    point = f"{middle.x()},{middle.y()} [{image.crs().authid()}]"
    parameters = {"INDEX": str(index), "POINT": point, "LIMIT": 3, "OUTPUT": str(output)}
    run_quietly("search_by_region", parameters)
    from_index = hits_of(output)
    assert from_index[0]["score"] > 0.5
    # the same on the layer itself, named instead of found under the point
    run_quietly("search_by_region", {**parameters, "IMAGE_LAYER": image})
    assert [hit["tile"] for hit in hits_of(output)] == [hit["tile"] for hit in from_index]


def test_an_image_finds_its_like(index, imagery, tmp_path):
    from osgeo import gdal

    source = next(imagery.glob("town*.tif"))
    picture = tmp_path / "example é.png"
    gdal.Translate(str(picture), str(source), format="PNG", srcWin=[0, 0, 256, 256])
    output = tmp_path / "hits.gpkg"
    parameters = {"INDEX": str(index), "IMAGE": str(picture), "LIMIT": 3, "OUTPUT": str(output)}
    run_quietly("search_by_image", parameters)
    best = hits_of(output)[0]
    assert best["source"] == str(source)
    assert best["score"] > 0.98  # the tile that the picture was cut from


def test_bad_input_says_what_to_do(index, tiny_encoder, tmp_path):
    nowhere = tmp_path / "no.gpkg"
    nowhere.write_bytes(b"not an index")
    assert "index" in error_of(
        "search_by_text", {"INDEX": str(nowhere), "TEXT": "x", "OUTPUT": "memory:"}
    )
    assert "empty" in error_of(
        "search_by_text", {"INDEX": str(index), "TEXT": "   ", "OUTPUT": "memory:"}
    )
    long = error_of(
        "search_by_text", {"INDEX": str(index), "TEXT": "water " * 2000, "OUTPUT": "memory:"}
    )
    assert "Describe the scene in one or two sentences" in long
    outside = {"INDEX": str(index), "POINT": "100,10 [EPSG:4326]", "OUTPUT": "memory:"}
    assert "region" in error_of("search_by_region", outside).lower()
    bare = tmp_path / "bare"
    bare.mkdir()
    nothing = {"FOLDER": str(bare), "INDEX": str(tmp_path / "x.gpkg"), "ENCODER": str(tiny_encoder)}
    assert str(bare) in error_of("index", nothing)


def test_works_in_the_background_like_the_toolbox(index, qgis_app, wait_until):
    from qgis.core import (
        QgsApplication,
        QgsProcessingAlgRunnerTask,
        QgsProcessingContext,
        QgsProcessingFeedback,
        QgsProject,
    )

    algorithm = algorithm_of("search_by_text")
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    feedback = QgsProcessingFeedback(False)
    done = []
    parameters = {"INDEX": str(index), "TEXT": "forest", "OUTPUT": "memory:"}
    task = QgsProcessingAlgRunnerTask(algorithm, parameters, context, feedback)
    task.executed.connect(lambda ok, results: done.append((ok, results)))
    QgsApplication.taskManager().addTask(task)
    wait_until(lambda: done, seconds=30)
    ok, results = done[0]
    assert ok
    assert results["HITS"] > 0


def test_works_in_a_model(imagery, tiny_encoder, tmp_path):
    from qgis.core import (
        QgsProcessingContext,
        QgsProcessingFeedback,
        QgsProcessingModelAlgorithm,
        QgsProcessingModelChildAlgorithm,
        QgsProcessingModelChildParameterSource,
        QgsProcessingModelOutput,
    )

    source = QgsProcessingModelChildParameterSource
    model = QgsProcessingModelAlgorithm("find", "find")
    first = QgsProcessingModelChildAlgorithm("scene_search:index")
    first.setChildId("index")
    for name, value in {
        "FOLDER": str(imagery),
        "ENCODER": str(tiny_encoder),
        "INDEX": str(tmp_path / "model.gpkg"),
    }.items():
        first.addParameterSources(name, [source.fromStaticValue(value)])
    model.addChildAlgorithm(first)
    second = QgsProcessingModelChildAlgorithm("scene_search:search_by_text")
    second.setChildId("search")
    second.addParameterSources("INDEX", [source.fromChildOutput("index", "INDEX")])
    second.addParameterSources("TEXT", [source.fromStaticValue("a beach")])
    output = QgsProcessingModelOutput("found", "found")
    output.setChildId("search")
    output.setChildOutputName("OUTPUT")
    second.setModelOutputs({"found": output})
    model.addChildAlgorithm(second)
    model.initAlgorithm()
    name = next(p.name() for p in model.parameterDefinitions() if "found" in p.name())
    feedback = QgsProcessingFeedback(False)
    found = str(tmp_path / "found.gpkg")
    _, ok = model.run({name: found}, QgsProcessingContext(), feedback)
    assert ok, feedback.textLog()
    assert hits_of(found)
