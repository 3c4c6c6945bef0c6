"""Adds further features to a trained tower's embedding, beginning with nothing added."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 (torch's own custom)


class Residual(nn.Module):
    """e = normalise(normalise(e₀) + Σ_k L_k norm(f_k)), L starting at zero.

    Args:
        widths: of the features f_k; none adds nothing.
        embedding_size: D.
        dropout: on the normalised features, in training only.
    """

    def __init__(self, widths: Sequence[int], embedding_size: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.parts = nn.ModuleList()
        for width in widths:
            last = nn.Linear(width, embedding_size, bias=False)
            nn.init.zeros_(last.weight)
            self.parts.append(nn.Sequential(nn.LayerNorm(width), nn.Dropout(dropout), last))

    def forward(self, embedding: Tensor, features: Sequence[Tensor]) -> Tensor:
        """Return unit-length embeddings (N, D).

        Args:
            embedding: e₀ (N, D), of any length.
            features: f_k (N, W_k).
        """
        total = F.normalize(embedding.float(), dim=1)
        for part, feature in zip(self.parts, features, strict=True):
            total = total + part(feature).float()
        return F.normalize(total, dim=1)
