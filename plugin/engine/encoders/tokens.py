"""Texts to token ids, with the tokenizer of the encoder package."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from ..errors import EncoderPackageError

#: No language needs more characters for the tokens that fit; the rest is not worth tokenizing.
_CHARACTERS_PER_TOKEN = 64


def normalise_text(text: str) -> str:
    """Return text with compatibility forms folded, control characters and extra space gone."""
    folded = unicodedata.normalize("NFKC", text)
    plain = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in folded)
    return " ".join(plain.split())


@dataclass(frozen=True, slots=True)
class TokenBatch:
    """Token ids of several texts, padded to the longest.

    Attributes:
        input_ids: int64 (N, L).
        attention_mask: int64 (N, L), 1 for tokens and 0 for padding.
        truncated: whether each text had more tokens than the encoder takes.
        unknown: share of each text's words that the vocabulary does not know, 0..1.
    """

    input_ids: npt.NDArray[np.int64]
    attention_mask: npt.NDArray[np.int64]
    truncated: tuple[bool, ...]
    unknown: tuple[float, ...]


class TextTokenizer:
    """A ``tokenizer.json`` with truncation and padding set.

    Args:
        content: bytes of the file.
        max_length: tokens in a text at most, special ones included.

    Raises:
        EncoderPackageError: if the file is not a tokenizer that this version reads.
    """

    def __init__(self, content: bytes, max_length: int) -> None:
        try:
            self._tokenizer = Tokenizer.from_str(content.decode("utf-8"))
            self._tokenizer.enable_truncation(max_length)
            self._pad()
        except Exception as error:
            raise EncoderPackageError(
                f"The encoder's tokenizer cannot be read: {error}",
                hint="Update Scene Search, or get the package again.",
            ) from error
        self._max_length = max_length
        self._unknown = _unknown_id(self._tokenizer)

    def __call__(self, texts: Sequence[str]) -> TokenBatch:
        """Return the token ids of texts that ``normalise_text`` has been through.

        Raises:
            EncoderPackageError: if the tokenizer cannot read a text, such as for want of a token
                for words that it does not know.
        """
        limit = self._max_length * _CHARACTERS_PER_TOKEN
        try:
            encodings = self._tokenizer.encode_batch([text[:limit] for text in texts])
        except Exception as error:  # what tokenizers raises has no class of its own
            raise EncoderPackageError(
                f"The encoder's tokenizer cannot read this text: {error}",
                hint="Get the encoder package again from its maker, or search by an example.",
            ) from error
        ids = np.array([e.ids for e in encodings], np.int64)
        mask = np.array([e.attention_mask for e in encodings], np.int64)
        special = np.array([e.special_tokens_mask for e in encodings], np.int64)
        # the unknown token may count as a special one
        words = (mask == 1) & ((special == 0) | (ids == self._unknown))
        unknown = (ids == self._unknown) & words
        return TokenBatch(
            ids,
            mask,
            tuple(
                bool(e.overflowing) or len(t) > limit for e, t in zip(encodings, texts, strict=True)
            ),
            tuple((unknown.sum(1) / np.maximum(words.sum(1), 1)).tolist()),
        )

    def _pad(self) -> None:
        """Pad as the tokenizer says, else with its ``[PAD]`` or ``<pad>``."""
        padding = self._tokenizer.padding or {}
        token = padding.get("pad_token")
        if token is None:
            known = (t for t in ("[PAD]", "<pad>") if self._tokenizer.token_to_id(t) is not None)
            token = next(known, "[PAD]")
        pad_id = self._tokenizer.token_to_id(token) or 0
        self._tokenizer.enable_padding(pad_id=pad_id, pad_token=token)


def _unknown_id(tokenizer: Tokenizer) -> int:
    """Return the id of the unknown token, -1 where the vocabulary spells every text."""
    for token in ("[UNK]", "<unk>"):
        number = tokenizer.token_to_id(token)
        if number is not None:
            return int(number)
    return -1
