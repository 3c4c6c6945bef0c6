"""Prunes a WordPiece vocabulary to what captions and plain English queries need.

More than half of a small sentence encoder is its embedding table. BERT's vocabulary lists its
word pieces roughly by frequency, so its beginning covers plain English; single characters stay,
so that every other word is still spelt rather than unknown.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

#: The first ids of every pruned vocabulary, in this order.
SPECIAL_TOKENS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


@dataclass(frozen=True, slots=True)
class PrunedVocabulary:
    """A smaller tokenizer and the rows of the old embedding table that it keeps.

    Attributes:
        tokenizer: JSON of the tokenizer, as ``tokenizers`` reads it.
        kept_ids: old token id of each new one, in the new order.
    """

    tokenizer: dict[str, Any]
    kept_ids: tuple[int, ...]

    def load(self, max_length: int) -> Tokenizer:
        """Return the tokenizer with truncation and padding set."""
        tokenizer = Tokenizer.from_str(json.dumps(self.tokenizer))
        tokenizer.enable_truncation(max_length)
        tokenizer.enable_padding(pad_id=0, pad_token="[PAD]")  # nosec B106 - no password
        return tokenizer


def prune_vocabulary(tokenizer_file: Path, texts: Iterable[str], frequent: int) -> PrunedVocabulary:
    """Return the vocabulary that ``texts`` use, single characters, and the most frequent pieces.

    Args:
        tokenizer_file: ``tokenizer.json`` of a WordPiece model.
        texts: sentences whose pieces must stay.
        frequent: how many Latin word pieces to keep, in the vocabulary's own order.
    """
    source = json.loads(tokenizer_file.read_text(encoding="utf-8"))
    vocabulary: dict[str, int] = source["model"]["vocab"]
    full = Tokenizer.from_str(json.dumps(source))
    full.no_truncation()
    full.no_padding()
    used = {i for encoding in full.encode_batch(sorted(set(texts))) for i in encoding.ids}
    by_id = sorted(vocabulary.items(), key=lambda pair: pair[1])
    latin = [
        number
        for piece, number in by_id
        if (bare := piece.removeprefix("##")).isascii() and bare.isalpha()
    ]
    # printable ASCII only: single characters of other scripts are a third of the vocabulary
    characters = {
        number
        for piece, number in by_id
        if len(bare := piece.removeprefix("##")) == 1 and bare.isascii() and bare.isprintable()
    }
    special = [vocabulary[name] for name in SPECIAL_TOKENS]
    kept = [*special, *sorted((used | characters | set(latin[:frequent])) - set(special))]
    names = {number: piece for piece, number in vocabulary.items()}
    new = {names[number]: row for row, number in enumerate(kept)}
    source["model"]["vocab"] = new
    for token in source.get("added_tokens", []):
        token["id"] = new[token["content"]]
    _renumber(source.get("post_processor"), new)
    source["truncation"] = source["padding"] = None
    return PrunedVocabulary(source, tuple(kept))


def _renumber(processor: dict[str, Any] | None, new: dict[str, int]) -> None:
    """Give the post-processor's special tokens their new ids, in place."""
    if processor is None:
        return
    for name, token in processor.get("special_tokens", {}).items():
        token["ids"] = [new[name]]
    for key in ("sep", "cls"):
        if key in processor:
            processor[key] = [processor[key][0], new[processor[key][0]]]
