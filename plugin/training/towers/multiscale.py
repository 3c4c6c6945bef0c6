"""An image seen at three footprints: the whole tile, its middle half, its middle quarter.

Of CCLS2T (Zhu et al., IEEE TGRS 2024, doi 10.1109/TGRS.2024.3417421), whose "vision encoder
operates on multiscale visual inputs". A reconstruction: the footprints {1, ½, ¼}, one backbone
for all of them, the sizes that the middles are resampled to, and how the scales are combined.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 (torch's own custom)
from torch.nn.modules.batchnorm import _BatchNorm

#: Share of the tile's side that each scale shows, and its input's side as a share of the whole's:
#: pixels are enlarged, but all three together cost 1.7 times the whole tile alone.
FOOTPRINTS = (1.0, 0.5, 0.25)
SIDES = (1.0, 2 / 3, 0.5)
#: Input sides are multiples of it, so that few columns are lost to strides.
_STEP = 16


def footprints(pixels: Tensor) -> list[Tensor]:
    """Return the views of all scales of square pixels (N, 3, S, S), the whole tile first.

    Sides are 1, ⅔ and ½ of S, rounded to multiples of 16: (192, 128, 96), (160, 112, 80).
    """
    size = int(pixels.shape[-1])  # fixed in a traced graph, as the sides made from it are
    views = [pixels]
    for footprint, share in zip(FOOTPRINTS[1:], SIDES[1:], strict=True):
        shown = round(size * footprint)
        edge = (size - shown) // 2
        middle = pixels[:, :, edge : edge + shown, edge : edge + shown]
        side = max(_STEP, _STEP * int(size * share / _STEP + 0.5))
        views.append(F.interpolate(middle, (side, side), mode="bilinear", align_corners=False))
    return views


@contextmanager
def statistics_kept(backbone: nn.Module) -> Iterator[None]:
    """Run batch normalisation on its running statistics, and leave them as they are.

    Enlarged middles have other statistics than whole tiles. Were each scale normalised by its
    own batch in training, evaluation, which has one set of statistics, would differ from it.
    """
    norms = [m for m in backbone.modules() if isinstance(m, _BatchNorm) and m.training]
    for norm in norms:
        norm.eval()
    try:
        yield
    finally:
        for norm in norms:
            norm.train()


class ScaleCombination(nn.Module):
    """Adds to the whole tile's embedding what the middles have to say.

    e = e₀ + Σ_k a_k · U_k p_k over the middles, a = softmax over all scales, so that weight on
    the whole tile is weight on adding nothing. U starts at zero: a trained tower's embeddings are
    what training begins with, to the bit.

    Args:
        width: C of pooled features.
        embedding_size: D.
        dropout: on the pooled features, in training only.
    """

    def __init__(self, width: int, embedding_size: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.logits = nn.Parameter(torch.zeros(len(FOOTPRINTS)))
        self.dropout = nn.Dropout(dropout)
        additions = [nn.Linear(width, embedding_size, bias=False) for _ in FOOTPRINTS[1:]]
        for addition in additions:
            nn.init.zeros_(addition.weight)
        self.additions = nn.ModuleList(additions)

    def forward(self, whole: Tensor, middles: Sequence[Tensor]) -> Tensor:
        """Return embeddings (N, D), not yet of unit length.

        Args:
            whole: the whole tile's embeddings e₀ (N, D).
            middles: pooled features (N, C) of each further scale.
        """
        share = torch.softmax(self.logits, dim=0)
        for k, (addition, pooled) in enumerate(zip(self.additions, middles, strict=True), start=1):
            whole = whole + share[k] * addition(self.dropout(pooled))
        return whole
