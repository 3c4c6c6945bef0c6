"""Word vectors of scene classes, from the text tower that reads the captions."""

from __future__ import annotations

import re
from collections.abc import Sequence

import torch
from tokenizers import Tokenizer
from torch import Tensor

from .gru_text import masked_mean
from .text_tower import TextTower


def readable(name: str) -> str:
    """Return a class's name as words: ``"BareLand"`` and ``"bare_land"`` are ``"bare land"``."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", re.sub(r"[_\-]+", " ", name))
    return " ".join(apart.lower().split())


@torch.no_grad()
def class_vectors(tower: TextTower, tokenizer: Tokenizer, classes: Sequence[str]) -> Tensor:
    """Return x (C, W), the mean of the last hidden states of each class's name.

    Args:
        tower: whose backbone reads; in evaluation mode, so that the vectors are always the same.
        tokenizer: with padding set.
        classes: names, as the folders of a benchmark have them.
    """
    encodings = tokenizer.encode_batch([readable(name) for name in classes])
    device = next(tower.parameters()).device
    ids = torch.tensor([encoding.ids for encoding in encodings], device=device)
    mask = torch.tensor([encoding.attention_mask for encoding in encodings], device=device)
    return masked_mean(tower.tokens(ids, mask), mask)
