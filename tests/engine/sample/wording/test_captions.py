"""Captions: five, varied, and true."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scene_search.engine.errors import UsageError
from scene_search.engine.sample import SCENE_CLASSES, captions
from scene_search.engine.sample.scene import scene_drawing
from scene_search.engine.sample.wording.captions import scene_counts

WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
NUMBERS = {word: n for n, word in enumerate(WORDS)}
#: The noun in a caption and the kind of thing it counts.
NOUNS = {
    "airplanes": "airplane",
    "tennis courts": "court",
    "storage tanks": "tank",
    "bunkers": "bunker",
    "swimming pools": "pool",
    "boats": "boat",
}


@pytest.mark.parametrize("scene_class", SCENE_CLASSES)
def test_five_different_sentences(scene_class):
    for seed in range(8):
        sentences = captions(scene_class, seed)
        assert len(set(sentences)) == len(sentences) == 5
        for sentence in sentences:
            assert sentence[0].isupper()
            assert len(sentence.split()) >= 3
            assert "  " not in sentence
            assert not re.search(r"\b(\w+) \1\b", sentence), sentence
            assert "{" not in sentence


@pytest.mark.parametrize("scene_class", SCENE_CLASSES)
def test_sentences_vary_between_scenes(scene_class):
    everything = {s for seed in range(12) for s in captions(scene_class, seed)}
    assert len(everything) >= 6


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["airplane", "tenniscourt", "storagetanks", "golfcourse", "sparseresidential"]),
    st.integers(0, 10_000),
)
def test_numbers_are_those_of_the_picture(scene_class, seed):
    counts = scene_counts(scene_class, seed)
    for sentence in captions(scene_class, seed):
        for noun, kind in NOUNS.items():
            match = re.search(rf"\b({'|'.join(NUMBERS)}) (?:\w+ )*?{noun}", sentence.lower())
            if match:
                assert NUMBERS[match.group(1)] == counts[kind], sentence


def test_numbers_are_said_at_all():
    """Else the test above would hold of sentences that tell none."""
    said = [
        sentence
        for scene_class in ("airplane", "tenniscourt", "storagetanks")
        for seed in range(5)
        for sentence in captions(scene_class, seed)
        if re.search(rf"\b({'|'.join(NUMBERS)})\b", sentence.lower())
    ]
    assert len(said) > 15


def test_counts_follow_the_marks():
    drawing, _ = scene_drawing("tenniscourt", 3, 256 * 0.3)
    expected = sum(0 <= x < 76.8 and 0 <= y < 76.8 for x, y, _ in drawing.marks["court"])
    assert scene_counts("tenniscourt", 3)["court"] == expected > 0


def test_every_kind_of_object_scene_shows_its_object():
    """A picture of an airplane has an airplane in it, whatever the seed."""
    wanted = {
        "airplane": "airplane",
        "tenniscourt": "court",
        "storagetanks": "tank",
        "baseballdiamond": "diamond",
        "harbor": "boat",
        "parkinglot": "car",
        "overpass": "overpass",
        "intersection": "intersection",
        "sparseresidential": "house",
        "mobilehomepark": "home",
        "buildings": "building",
    }
    for scene_class, kind in wanted.items():
        for seed in range(8):
            assert scene_counts(scene_class, seed).get(kind, 0) > 0, (scene_class, seed)


def test_colour_of_the_court_is_that_of_the_pixels():
    """Oracle: the mean colour of a small patch inside the court."""
    from scene_search.engine.sample import paint_scene

    seen = set()
    for seed in range(40):
        drawing, light = scene_drawing("tenniscourt", seed, 256 * 0.3)
        name = drawing.facts["court"]
        if name not in ("blue", "red") or abs(light.warmth) > 0.6:
            continue
        inside = [m for m in drawing.marks["court"] if 5 < m[0] < 70 and 5 < m[1] < 70]
        if not inside:
            continue
        x, y, _ = inside[0]
        chip = paint_scene("tenniscourt", seed).astype(float)
        col, row = int(x / 0.3), int(y / 0.3)
        red, _, blue = chip[row - 4 : row + 5, col - 4 : col + 5].mean(axis=(0, 1))
        if name == "blue":
            assert blue > red
        seen.add(name)
    assert "blue" in seen


def test_unknown_class():
    with pytest.raises(UsageError, match="castle"):
        captions("castle", 0)
