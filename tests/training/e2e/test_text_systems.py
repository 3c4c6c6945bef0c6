"""Each text–image system: train a few steps, export, index, search, better than chance."""

import numpy as np
import pytest
from scene_search.engine.encoders.package.package import EncoderPackage

from tests.support.scene_folder import CHANCE, SCENES, TILES, precision

#: A system trained for seconds has to be twice as good as a hit at random.
GOOD = 2 * CHANCE


@pytest.fixture
def found_by_text(scene_search):
    """Returns the mean precision of the hits of a query for each class, and all hits."""

    def searched(index, package, *options):
        answers = {
            scene: scene_search(
                *("search", "--index", index, "--encoder", package),
                *("--text", words, "--limit", TILES, *options),
            )["hits"]
            for scene, words in SCENES.items()
        }
        assert all(len(hits) == TILES for hits in answers.values())
        return (
            np.mean([precision(hits, scene) for scene, hits in answers.items()]),
            [hit for hits in answers.values() for hit in hits],
        )

    return searched


HUBNESS = (("hubness", "image_hubness"), ("hubness", "text_hubness"))


def check_parity(report, *expected):
    """Every output of every graph was compared, and is that of torch."""
    compared = {(entry["role"], entry["output"]): entry for entry in report["parity"]}
    assert set(compared) == {("image", "features"), ("text", "features"), ("hash", "code")} | {
        *expected
    }
    for entry in compared.values():
        assert entry.get("largest_difference", 0.0) <= 1e-4
        assert entry.get("equal_bits", 1.0) >= 0.99


def test_plain_contrast(towers, package, index, found_by_text):
    folder, report = package(towers)
    check_parity(report)
    assert EncoderPackage.load(folder).roles == {"image", "text", "hash"}
    assert found_by_text(index(folder), folder)[0] > GOOD


def test_codes_of_another_length_serve_an_index(
    train, towers, training, scenes, recipes, package, index, found_by_text, tmp_path
):
    """Of CCLS2T, whose levels share the bits of any length."""
    whole = train("ccls2t", "--towers", towers)
    found = training(
        *("train", "ccls2t", "--data", recipes, "--benchmark", scenes, "--output", tmp_path),
        *("--code-of", whole, "--bits", 16),
    )
    folder, report = package(found["checkpoint"])
    check_parity(report, ("text", "tokens"), ("context", "features"))
    made = EncoderPackage.load(folder)
    assert made.code_bits == 16
    assert made.card["properties"]["scene_search:code_levels"] == [2, 4, 10]
    assert found_by_text(index(folder), folder)[0] > GOOD


def test_ssjdn(train, towers, package, index, found_by_text):
    folder, report = package(train("ssjdn", "--towers", towers))
    check_parity(report)
    assert EncoderPackage.load(folder).roles == {"image", "text", "hash"}
    assert found_by_text(index(folder), folder)[0] > GOOD


def test_mtgfe_finds_and_ranks_anew(train, towers, package, index, found_by_text):
    folder, report = package(train("mtgfe", "--towers", towers))
    check_parity(report, ("image", "tokens"), ("text", "tokens"), ("fusion", "match"), *HUBNESS)
    made = EncoderPackage.load(folder)
    assert made.roles == {"image", "text", "hash", "hubness", "fusion"}
    assert made.card["properties"]["scene_search:rerank_weight"] > 1
    tiles = index(folder)
    assert found_by_text(tiles, folder)[0] > GOOD
    ranked, hits = found_by_text(tiles, folder, "--rerank")
    assert ranked > GOOD
    assert all(0 <= hit["match"] <= 1 for hit in hits)


def test_ccls2t_takes_the_acquisition_into_account(train, towers, package, index, found_by_text):
    folder, report = package(train("ccls2t", "--towers", towers))
    check_parity(report, ("text", "tokens"), ("context", "features"))
    made = EncoderPackage.load(folder)
    assert made.roles == {"image", "text", "hash", "context"}
    assert made.card["properties"]["scene_search:code_levels"] == [4, 8, 20]
    tiles = index(folder)
    plain, hits = found_by_text(tiles, folder)
    assert plain > GOOD
    # the raster says when it was taken; a query asks for that month
    taken = ("--after", "2024-07-01", "--before", "2024-07-31")
    placed, near = found_by_text(tiles, folder, "--context", *taken)
    assert placed > GOOD
    assert [hit["score"] for hit in near] != [hit["score"] for hit in hits]
