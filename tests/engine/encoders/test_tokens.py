"""Texts become token ids, cut and padded, whatever is typed."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scene_search.engine.encoders.tokens import TextTokenizer, normalise_text
from scene_search.engine.errors import EncoderPackageError

from tests.support.spoilt_json import spoil


@pytest.fixture(scope="session")
def tokenizer(tiny_encoder: Path) -> TextTokenizer:
    return TextTokenizer((tiny_encoder / "tokenizer.json").read_bytes(), 16)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  ships \t in\na  harbour ", "ships in a harbour"),
        ("ﬁeld\u00a0 ①", "field 1"),
        ("a\u2028b\x00c\x7f", "a b c"),
        (" \n\t\u3000", ""),
        ("Häfen und Straßen 港口", "Häfen und Straßen 港口"),
    ],
)
def test_normalisation(text: str, expected: str) -> None:
    assert normalise_text(text) == expected


@given(st.text(max_size=200))
def test_normalisation_is_stable(text: str) -> None:
    once = normalise_text(text)
    assert normalise_text(once) == once
    assert once == once.strip()


def test_padding_and_mask(tokenizer: TextTokenizer) -> None:
    batch = tokenizer(["forest", "a dark forest next to a river"])
    assert batch.input_ids.shape == batch.attention_mask.shape == (2, 7)
    assert batch.attention_mask.sum(1).tolist() == [1, 7]
    assert (batch.input_ids[0, 1:] == 0).all()
    assert batch.input_ids[0, 0] == batch.input_ids[1, 2]
    assert batch.truncated == (False, False)


def test_truncation_and_unknown_words(tokenizer: TextTokenizer) -> None:
    batch = tokenizer(["forest " * 17, "forest " * 16, "zyx forest", "zyx wvu"])
    assert batch.truncated == (True, False, False, False)
    assert batch.unknown == (0.0, 0.0, 0.5, 1.0)
    assert batch.input_ids.shape == (4, 16)


def test_ten_thousand_characters(tokenizer: TextTokenizer) -> None:
    batch = tokenizer(["x" * 10_000, "forest river " * 800])
    assert batch.input_ids.shape[1] <= 16
    assert batch.truncated == (True, True)


@settings(max_examples=50)
@given(st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=5))
def test_any_text_gives_a_batch(tokenizer: TextTokenizer, texts: list[str]) -> None:
    batch = tokenizer(texts)
    assert batch.input_ids.shape == batch.attention_mask.shape
    assert batch.input_ids.shape[0] == len(texts) == len(batch.truncated) == len(batch.unknown)


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b'{"model": 1}'])
def test_damaged_tokenizer(content: bytes) -> None:
    with pytest.raises(EncoderPackageError, match="tokenizer"):
        TextTokenizer(content, 16)


def test_a_tokenizer_that_lacks_what_it_needs_is_told(tiny_encoder: Path) -> None:
    content = (tiny_encoder / "tokenizer.json").read_bytes()
    tokenizer = TextTokenizer(content.replace(b'"[UNK]":', b'"[none]":'), 16)
    with pytest.raises(EncoderPackageError, match="cannot read this text") as caught:
        tokenizer(["a word that is not known: zzz"])
    assert caught.value.hint


@pytest.mark.parametrize("content", [b"[" * 500_000, b'{"a":' * 300_000, b"{}", b"\xff"])
def test_what_is_no_tokenizer_or_too_deep_is_told(content: bytes) -> None:
    with pytest.raises(EncoderPackageError, match="cannot be read"):
        TextTokenizer(content, 16)


def test_tokenizers_with_anything_in_them_are_told_or_work(tiny_encoder: Path) -> None:
    content = (tiny_encoder / "tokenizer.json").read_text("utf-8")
    chance = random.Random(1)
    worked = 0
    for _ in range(300):
        changed = json.loads(content)
        spoil(changed, chance)
        try:
            TextTokenizer(json.dumps(changed).encode(), 16)(["forest and zzz"])
            worked += 1
        except EncoderPackageError as error:
            assert error.hint  # noqa: PT017
    assert worked < 300
