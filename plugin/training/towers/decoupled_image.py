"""The image side of SSJDN above the backbone: scales, then meanings, then the embedding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from torch import Tensor, nn

from .residual import Residual
from .scale_decoupling import ScaleDecoupling, pointwise
from .semantic_decoupling import SemanticDecoupling, Semantics


class Described(NamedTuple):
    """One modality of N items.

    Attributes:
        features: unit-length embeddings (N, D).
        semantics: what it says about the classes, where that is decoupled.
    """

    features: Tensor
    semantics: Semantics | None


class DecoupledImage(nn.Module):
    """Adds to a tower's embedding the scales' vector and the classes' vector.

    Args:
        channels: of the last resolutions' maps, fine first.
        embedding_size: D.
        width: W of the decoupled features.
        word_width: of the classes' word vectors.
        classes: C; 0 leaves semantic decoupling out.
        hidden: of the space in which it compares cells with words.
        dropout: on what is added.
        forwards: scale decoupling fine → coarse.
        backwards: coarse → fine; without both, meanings are read from the coarsest map alone.
        extraction: SEM; suppression: SSM; alpha, beta: theirs.
    """

    def __init__(
        self,
        channels: Sequence[int],
        embedding_size: int,
        *,
        width: int,
        word_width: int,
        classes: int,
        hidden: int,
        dropout: float,
        forwards: bool,
        backwards: bool,
        extraction: bool,
        suppression: bool,
        alpha: float,
        beta: float,
    ) -> None:
        super().__init__()
        self.scales = self.coarse = self.semantics = None
        if forwards or backwards:
            self.scales = ScaleDecoupling(
                channels,
                width,
                forwards=forwards,
                backwards=backwards,
                extraction=extraction,
                suppression=suppression,
                alpha=alpha,
                beta=beta,
            )
        elif classes:
            self.coarse = pointwise(channels[-1], width)
        if classes:
            self.semantics = SemanticDecoupling(width, word_width, classes, hidden)
        added = [width] * ((self.scales is not None) + (self.semantics is not None))
        self.residual = Residual(added, embedding_size, dropout)

    def forward(self, embedding: Tensor, maps: Sequence[Tensor], words: Tensor) -> Described:
        """Return the images' embeddings and classes.

        Args:
            embedding: the tower's (N, D).
            maps: (N, C_s, h_s, w_s) of each resolution, fine first.
            words: word vectors of the classes (C, word width).
        """
        added: list[Tensor] = []
        places = None
        if self.scales is not None:
            decoupled = self.scales(maps)
            added.append(decoupled.vector)
            places = decoupled.joint
        elif self.coarse is not None:
            places = self.coarse(maps[-1])
        found: Semantics | None = None
        if self.semantics is not None and places is not None:
            found = self.semantics(places.flatten(2).transpose(1, 2), words)
            added.append(found.vector)
        return Described(self.residual(embedding, added), found)
