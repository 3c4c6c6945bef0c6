"""Training of heads on features that are there: they learn, fold, and repeat."""

from __future__ import annotations

import dataclasses

import numpy as np
import torch
from scene_search.training.two_parts.heads import Lessons, Settings, train_heads

_SETTINGS = Settings((16, 8), epochs=30, batch_size=32, rate=5e-3, dropout=0.1, text=1.0, seed=3)


def _lessons(random: np.random.Generator) -> Lessons:
    """Return two datasets of four classes whose features are noisy, and captions of most."""
    label = np.repeat(np.arange(8), 24)
    centres = random.normal(size=(8, 20))
    features = centres[label] + 1.6 * random.normal(size=(192, 20)) + 5
    directions = np.linalg.qr(random.normal(size=(12, 12)))[0]
    owner = np.arange(0, 192, 2)
    captions = directions[label[owner]] + 0.05 * random.normal(size=(96, 12))
    captions /= np.linalg.norm(captions, axis=1, keepdims=True)
    return Lessons(
        features.astype(np.float32),
        label,
        label // 4,
        captions.astype(np.float32),
        owner,
        np.arange(96) // 2,
    )


def _precision(rows: np.ndarray, label: np.ndarray) -> float:
    likeness = rows @ rows.T
    # the two datasets are told apart by nobody
    likeness[label[:, None] // 4 != label // 4] = -np.inf
    np.fill_diagonal(likeness, -np.inf)
    first = np.argsort(-likeness, axis=1)[:, :10]
    return float((label[first] == label[:, None]).mean())


def test_meaning_and_bits_follow_classes_and_captions() -> None:
    lessons = _lessons(np.random.default_rng(1))
    told: list[tuple[int, float]] = []
    heads = train_heads(lessons, _SETTINGS, lambda epoch, loss: told.append((epoch, loss)))
    assert [epoch for epoch, _ in told] == list(range(1, 31))
    assert told[-1][1] < told[0][1]
    meaning = heads.image(lessons.features)
    meaning /= np.linalg.norm(meaning, axis=1, keepdims=True)
    raw = lessons.features - lessons.features.mean(axis=0)
    raw /= np.linalg.norm(raw, axis=1, keepdims=True)
    assert _precision(meaning, lessons.label) > _precision(raw, lessons.label) + 0.05
    for bits in (16, 8):
        signs = np.where(heads.codes[bits](meaning) >= 0, 1.0, -1.0)
        assert signs.shape == (192, bits)
        assert _precision(signs, lessons.label) > _precision(raw, lessons.label)
    text = heads.text(lessons.captions)
    text /= np.linalg.norm(text, axis=1, keepdims=True)
    # a caption is nearest to an image of its class far more often than by chance, 1 of 8
    nearest = lessons.label[(text @ meaning.T).argmax(axis=1)]
    assert (nearest == lessons.label[lessons.owner]).mean() > 0.6


def test_the_same_seed_gives_the_same_heads() -> None:
    lessons = _lessons(np.random.default_rng(2))
    short = dataclasses.replace(_SETTINGS, epochs=2)
    first, second = (train_heads(lessons, short, lambda *_: None) for _ in range(2))
    np.testing.assert_array_equal(first.image.weight, second.image.weight)
    torch.manual_seed(99)  # whatever was drawn before
    third = train_heads(lessons, short, lambda *_: None)
    np.testing.assert_array_equal(first.codes[8].weight, third.codes[8].weight)
