from __future__ import annotations

import pytest


@pytest.fixture
def project(qgis_app):
    from qgis.core import QgsProject

    made = QgsProject()
    yield made
    made.clear()


@pytest.fixture
def layer(make_hits):
    from scene_search.layers.hits_layer import build_hits_layer

    return lambda name: build_hits_layer(make_hits(2), name)


def test_the_newest_answer_is_on_top_and_alone_visible(project, layer):
    from scene_search.layers.results_group import ResultsGroup

    group = ResultsGroup(project)
    group.add([layer("“first”")])
    group.add([layer("example"), layer("Region 1")])
    names = [node.name() for node in group.group().children()]
    shown = [node.name() for node in group.group().children() if node.isVisible()]
    assert names == ["example", "Region 1", "“first”"]
    assert shown == ["example", "Region 1"]
    assert project.layerTreeRoot().children()[0].name() == "Scene Search"


def test_the_group_is_found_again_when_renamed_and_moved(project, layer):
    from scene_search.layers.results_group import ResultsGroup

    ResultsGroup(project).add([layer("a")])
    ResultsGroup(project).group().setName("Fundstellen")
    ResultsGroup(project).add([layer("b")])
    assert [layer.name() for layer in ResultsGroup(project).layers()] == ["b", "a"]
    assert len(project.layerTreeRoot().findGroups(True)) == 1


def test_clearing_takes_group_and_layers_and_is_harmless_twice(project, layer):
    from scene_search.layers.results_group import ResultsGroup

    group = ResultsGroup(project)
    group.add([layer("a"), layer("b")])
    group.clear()
    group.clear()
    assert project.mapLayers() == {}
    assert project.layerTreeRoot().children() == []


def test_a_group_deleted_by_hand_is_made_anew(project, layer):
    from scene_search.layers.results_group import ResultsGroup

    group = ResultsGroup(project)
    group.add([layer("a")])
    project.layerTreeRoot().removeAllChildren()
    group.add([layer("b")])
    assert [layer.name() for layer in group.layers()] == ["b"]
