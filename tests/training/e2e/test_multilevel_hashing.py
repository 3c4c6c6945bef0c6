"""Multi-level hashing: train a few steps, export, index, search by example, better than chance."""

import numpy as np

from tests.support.scene_folder import CHANCE, SCENES, TILES, class_of


def test_scenes_like_a_tile_are_found(train, package, index, scene_search):
    folder, _ = package(train("multilevel-hashing"))
    tiles = index(folder)

    def like(tile, limit):
        return scene_search(
            *("search", "--index", tiles, "--encoder", folder),
            *("--tile", tile, "--limit", limit),
        )["hits"]

    # a tile is no hit of its own
    everything = TILES * len(SCENES)
    scene = {hit["tile"]: class_of(hit) for tile in (1, 2) for hit in like(tile, everything)}
    assert len(scene) == everything
    right = [
        scene[hit["tile"]] == own for tile, own in scene.items() for hit in like(tile, TILES - 1)
    ]
    assert np.mean(right) > 2 * CHANCE
