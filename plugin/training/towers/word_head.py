"""Scores of every word for a fused state, by the text tower's own word vectors."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 (torch's own custom)


class WordHead(nn.Module):
    """A small transform to the width of the word vectors, which are frozen and not kept here.

    BERT's head for masked words (Devlin et al. 2019, arXiv:1810.04805), tied to the embedding
    table: words that mean the like share what is learnt, and the head stays small.

    Args:
        width: W of the fused states.
        word_width: of the word vectors.
        vocabulary: V, number of word vectors.
    """

    def __init__(self, width: int, word_width: int, vocabulary: int) -> None:
        super().__init__()
        self.transform = nn.Sequential(
            nn.Linear(width, word_width), nn.GELU(), nn.LayerNorm(word_width)
        )
        self.bias = nn.Parameter(torch.zeros(vocabulary))

    def forward(self, states: Tensor, words: Tensor) -> Tensor:
        """Return scores (M, V) of states (M, W) by word vectors (V, word width)."""
        return F.linear(self.transform(states), words, self.bias)
