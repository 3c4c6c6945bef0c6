import re

import pytest

NAMES = {
    *("index", "locate_imagery", "remove_imagery", "check_index", "index_facts"),
    *("search_by_region", "search_by_text", "search_by_image", "train_encoder"),
}


@pytest.fixture
def provider(qgis_app):
    from scene_search.processing.provider import SceneSearchProvider

    provider = SceneSearchProvider()
    provider.refreshAlgorithms()
    return provider


def test_offers_its_algorithms(provider):
    assert {algorithm.id() for algorithm in provider.algorithms()} == {
        f"scene_search:{name}" for name in NAMES
    }


def test_every_algorithm_explains_itself(provider):
    for algorithm in provider.algorithms():
        assert algorithm.displayName()
        assert algorithm.shortDescription().endswith(".")
        assert len(re.sub("<[^>]+>", "", algorithm.shortHelpString())) > 150
        assert algorithm.helpUrl().startswith("file:")
        assert "imagery" in algorithm.tags()
        assert algorithm.create().name() == algorithm.name()


def test_parameters_have_descriptions_and_fixed_names(provider):
    for algorithm in provider.algorithms():
        for parameter in algorithm.parameterDefinitions():
            assert parameter.description()
            assert parameter.name() == parameter.name().upper()
            assert parameter.description() != parameter.name()


def test_can_be_run_in_the_background_and_in_models(provider):
    from qgis.core import Qgis

    flags = Qgis.ProcessingAlgorithmFlag
    for algorithm in provider.algorithms():
        assert not algorithm.flags() & flags.NoThreading
        assert not algorithm.flags() & flags.HideFromModeler
        assert algorithm.flags() & flags.CanCancel


def test_registers_and_leaves(provider):
    from qgis.core import QgsApplication
    from scene_search.processing.provider import SceneSearchProvider

    registry = QgsApplication.processingRegistry()
    own = SceneSearchProvider()
    assert registry.addProvider(own)
    try:
        assert registry.algorithmById("scene_search:index") is not None
    finally:
        registry.removeProvider(own)
    assert registry.algorithmById("scene_search:index") is None
