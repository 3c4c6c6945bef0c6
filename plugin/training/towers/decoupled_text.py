"""The text side of SSJDN above the text tower: a GRU, then meanings, then the embedding."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .decoupled_image import Described
from .gru_text import GruText, masked_mean
from .residual import Residual
from .semantic_decoupling import SemanticDecoupling, Semantics


class DecoupledText(nn.Module):
    """Adds to a tower's embedding the GRU's pooled states and the classes' vector.

    Args:
        token_width: of the tower's last hidden states.
        embedding_size: D.
        width: of the GRU's states, both directions together; 0 leaves the GRU out, and meanings
            are read from the tower's tokens.
        word_width: of the classes' word vectors.
        classes: C; 0 leaves semantic decoupling out.
        hidden: of the space in which it compares tokens with words.
        dropout: on what is added.
    """

    def __init__(
        self,
        token_width: int,
        embedding_size: int,
        *,
        width: int,
        word_width: int,
        classes: int,
        hidden: int,
        dropout: float,
    ) -> None:
        super().__init__()
        self.gru = GruText(token_width, width // 2) if width else None
        read = 2 * (width // 2) if width else token_width
        self.semantics = SemanticDecoupling(read, word_width, classes, hidden) if classes else None
        added = [read] * ((self.gru is not None) + (self.semantics is not None))
        self.residual = Residual(added, embedding_size, dropout)

    def forward(self, embedding: Tensor, tokens: Tensor, mask: Tensor, words: Tensor) -> Described:
        """Return the texts' embeddings and classes.

        Args:
            embedding: the tower's (N, D).
            tokens: its last hidden states (N, L, token width).
            mask: int64 (N, L), 0 at padding.
            words: word vectors of the classes (C, word width).
        """
        added: list[Tensor] = []
        places = tokens
        if self.gru is not None:
            # its state passes through many steps: bfloat16's 8 bits would add up
            with torch.autocast(tokens.device.type, enabled=False):
                places = self.gru(tokens.float(), mask)
            added.append(masked_mean(places, mask))
        found: Semantics | None = None
        if self.semantics is not None:
            found = self.semantics(places, words, mask)
            added.append(found.vector)
        return Described(self.residual(embedding, added), found)
