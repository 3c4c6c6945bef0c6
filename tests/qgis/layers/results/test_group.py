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
    from scene_search.layers.results.group import ResultsGroup

    group = ResultsGroup(project)
    group.add([layer("“first”")])
    group.add([layer("example"), layer("Region 1")])
    names = [node.name() for node in group.group().children()]
    shown = [node.name() for node in group.group().children() if node.isVisible()]
    assert names == ["example", "Region 1", "“first”"]
    assert shown == ["example", "Region 1"]
    assert project.layerTreeRoot().children()[0].name() == "Scene Search"


def test_the_group_is_found_again_when_renamed_and_moved(project, layer):
    from scene_search.layers.results.group import ResultsGroup

    ResultsGroup(project).add([layer("a")])
    ResultsGroup(project).group().setName("Fundstellen")
    ResultsGroup(project).add([layer("b")])
    assert [layer.name() for layer in ResultsGroup(project).layers()] == ["b", "a"]
    assert len(project.layerTreeRoot().findGroups(True)) == 1


def test_clearing_takes_group_and_layers_and_is_harmless_twice(project, layer):
    from scene_search.layers.results.group import ResultsGroup

    group = ResultsGroup(project)
    group.add([layer("a"), layer("b")])
    group.clear()
    group.clear()
    assert project.mapLayers() == {}
    assert project.layerTreeRoot().children() == []


def test_a_group_deleted_by_hand_is_made_anew(project, layer):
    from scene_search.layers.results.group import ResultsGroup

    group = ResultsGroup(project)
    group.add([layer("a")])
    project.layerTreeRoot().removeAllChildren()
    group.add([layer("b")])
    assert [layer.name() for layer in group.layers()] == ["b"]


@pytest.fixture
def own(qgis_app):
    """Make a layer as an analyst has it."""
    from qgis.core import QgsVectorLayer

    return lambda name: QgsVectorLayer("Point?field=a:int", name, "memory")


def put(project, group, layer):
    project.addMapLayer(layer, False)
    return group.addLayer(layer)


def test_clearing_spares_what_the_analyst_put_into_the_group(project, layer, own):
    from scene_search.layers.results.group import ResultsGroup

    group = ResultsGroup(project)
    group.add([layer("“first”")])
    tree = group.group()
    put(project, tree, own("roads"))
    inner = tree.addGroup("mine")
    put(project, inner, own("houses"))
    group.add([layer("“second”")])
    # A result in the analyst's own subgroup is still a result.
    node = tree.findLayer(project.mapLayersByName("“first”")[0].id())
    inner.addChildNode(node.clone())
    tree.removeChildNode(node)
    assert {entry.name() for entry in group.layers()} == {"“first”", "“second”"}
    group.clear()
    assert {entry.name() for entry in project.mapLayers().values()} == {"roads", "houses"}
    assert [node.name() for node in tree.children()] == ["roads", "mine"]
    assert [node.name() for node in inner.children()] == ["houses"]


def test_a_copy_and_what_was_moved_out_are_the_analysts(project, layer):
    from scene_search.layers.results.group import ResultsGroup

    group = ResultsGroup(project)
    group.add([layer("kept")])
    group.add([layer("copied")])
    copied = project.mapLayersByName("copied")[0]
    copy = copied.clone()  # what "Duplicate layer" does
    copy.setName("copied copy")
    put(project, group.group(), copy)
    root, tree = project.layerTreeRoot(), group.group()
    node = tree.findLayer(project.mapLayersByName("kept")[0].id())
    root.addChildNode(node.clone())
    tree.removeChildNode(node)
    group.clear()
    assert {entry.name() for entry in project.mapLayers().values()} == {"kept", "copied copy"}


def test_edited_results_stay_and_are_counted(project, layer):
    from scene_search.layers.results.group import ResultsGroup
    from scene_search.layers.results.own_layers import note_edit

    group = ResultsGroup(project)
    edited, editing, plain = layer("edited"), layer("editing"), layer("plain")
    for entry in (edited, editing, plain):
        group.add([entry])
    note_edit(edited)
    editing.startEditing()
    editing.deleteFeature(1)
    removal = group.clear()
    assert removal.kept == 2
    assert [taken.layer.name() for taken in removal.layers] == ["plain"]
    assert {entry.name() for entry in project.mapLayers().values()} == {"edited", "editing"}
    editing.rollBack()


def test_a_search_unticks_only_results(project, layer, own):
    from scene_search.layers.results.group import ResultsGroup

    group = ResultsGroup(project)
    group.add([layer("“first”")])
    put(project, group.group(), own("roads"))
    inner = group.group().addGroup("mine")
    put(project, inner, own("houses"))
    group.add_below(own("coverage"))
    group.add([layer("“second”")])
    shown = {node.name() for node in group.group().findLayers() if node.isVisible()}
    assert shown == {"“second”", "roads", "houses", "coverage"}
    assert inner.itemVisibilityChecked()


def test_what_was_cleared_comes_back_to_its_place(project, layer, own):
    from scene_search.layers.results.group import ResultsGroup

    group = ResultsGroup(project)
    group.add([layer("“first”")])
    group.add([layer("example"), layer("“second”")])
    tree = group.group()
    tree.insertLayer(1, project.addMapLayer(own("roads"), False))
    before = [(node.name(), node.isVisible()) for node in tree.children()]
    ids = set(project.mapLayers())
    removal = group.clear()
    assert [node.name() for node in tree.children()] == ["roads"]
    group.restore(removal)
    assert [(node.name(), node.isVisible()) for node in group.group().children()] == before
    assert set(project.mapLayers()) == ids
    # … also where nothing was left of the group
    project.removeMapLayer(project.mapLayersByName("roads")[0])
    group.restore(group.clear())
    assert [node.name() for node in group.group().children()] == ["example", "“second”", "“first”"]


def test_results_of_a_project_that_was_opened_again_can_be_cleared(project, layer, own, tmp_path):
    from scene_search.layers.results.group import ResultsGroup

    group = ResultsGroup(project)
    group.add([layer("a")])
    put(project, group.group(), own("roads"))
    project.write(str(tmp_path / "ä.qgz"))
    project.read(str(tmp_path / "ä.qgz"))
    group.clear()
    assert [entry.name() for entry in project.mapLayers().values()] == ["roads"]
