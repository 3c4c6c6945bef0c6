"""The semantic tree of scene classes: written by hand where known, else clustered."""

import numpy as np
import pytest
from scene_search.engine.sample import SCENE_CLASSES
from scene_search.training.data.scene_tree import LEVELS, clustered_tree, scene_tree

AID = [
    *("Airport", "BareLand", "BaseballField", "Beach", "Bridge", "Center", "Church", "Commercial"),
    *("DenseResidential", "Desert", "Farmland", "Forest", "Industrial", "Meadow"),
    *("MediumResidential", "Mountain", "Park", "Parking", "Playground", "Pond", "Port"),
    *("RailwayStation", "Resort", "River", "School", "SparseResidential", "Square", "Stadium"),
    *("StorageTanks", "Viaduct"),
]


def no_vectors(_names):
    raise AssertionError("the classes are known, nothing needs to be clustered")


@pytest.mark.parametrize("classes", [SCENE_CLASSES, AID, [f"ucmd/{c}" for c in SCENE_CLASSES]])
def test_the_benchmarks_have_a_tree_by_hand(classes):
    tree = scene_tree(classes, no_vectors)
    assert tree.levels == LEVELS == 3
    assert [path[-1] for path in tree.paths] == list(classes)
    depth = tree.lca_depth()
    assert (np.diag(depth) == LEVELS).all()
    assert (depth[~np.eye(len(depth), dtype=bool)] < LEVELS).all()
    assert set(np.unique(depth)) == {0, 1, 2, 3}


def test_like_classes_meet_low_and_unlike_ones_at_the_root():
    names = ["DenseResidential", "SparseResidential", "Church", "Forest"]
    tree = scene_tree(names, no_vectors)
    assert tree.paths[0] == ("built-up", "residential", "DenseResidential")
    assert tree.lca_depth()[0].tolist() == [3, 2, 1, 0]


def test_the_depth_is_what_a_walk_down_both_paths_finds():
    tree = scene_tree(AID, no_vectors)
    depth = tree.lca_depth()
    for i, one in enumerate(tree.paths):
        for j, other in enumerate(tree.paths):
            walked = 0
            while walked < LEVELS and one[walked] == other[walked]:
                walked += 1
            assert depth[i, j] == walked


def vectors(names):
    """Two kinds of two groups of two: directions that split in this order."""
    rng = np.random.default_rng(0)
    kinds, groups = rng.normal(size=(2, 12)), rng.normal(size=(4, 12))
    return np.stack(
        [
            5 * kinds[i // 4] + 1.5 * groups[i // 2] + 0.2 * rng.normal(size=12)
            for i in range(len(names))
        ]
    )


def test_unknown_classes_are_clustered():
    names = ["Quay", *"bcdefgh"]
    asked = []
    tree = scene_tree(names, lambda words: asked.extend(words) or vectors(words))
    assert asked[0] == "quay"
    expected = [
        [3 if i == j else 2 if i // 2 == j // 2 else 1 if i // 4 == j // 4 else 0 for j in range(8)]
        for i in range(8)
    ]
    assert tree.lca_depth().tolist() == expected


@pytest.mark.parametrize("count", [0, 1, 2, 3, 17])
def test_branches_never_cross_and_classes_stay_apart(count):
    names = [f"class {i}" for i in range(count)]
    rng = np.random.default_rng(count)
    tree = clustered_tree(names, rng.normal(size=(count, 6)))
    assert len(set(tree.paths)) == count
    assert tree.lca_depth().shape == (count, count)
    parents = {}
    for path in tree.paths:
        assert parents.setdefault(path[1], path[0]) == path[0]


def test_names_are_asked_for_as_words():
    asked = []
    scene_tree(["rsicd/DenseWoods", "wind_farm"], lambda words: asked.extend(words) or np.eye(2))
    assert asked == ["dense woods", "wind farm"]
