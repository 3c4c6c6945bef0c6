"""Acquisition metadata, read as text, added to what an image or a query shows.

Of CCLS2T (Zhu et al., IEEE TGRS 2024, doi 10.1109/TGRS.2024.3417421): "a hash layer transforms
the deep fusion features into compact hash index codes". A reconstruction: the fusion
f = v + gate · CrossAttn(v ← t), with the tokens t of the R2STFT text from the captions' own
text tower, and the head that reads place, time and resolution back.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 (torch's own custom)

#: A text of no more tokens says nothing: those that begin and end every sentence.
EMPTY_TOKENS = 2
#: Added to the scores of padding; unlike −∞ it leaves a text of nothing but padding finite.
_HIDDEN = -1e4


class ContextFusion(nn.Module):
    """One vector asks the tokens of a metadata text what they add to it.

    Args:
        embedding_size: D of the vectors.
        token_width: W of the tokens.
        heads: attention heads, a divisor of D.
        gate: what the attention's result is multiplied by at the start; small, so that trained
            towers keep what they know.
    """

    def __init__(
        self, embedding_size: int, token_width: int, heads: int = 4, gate: float = 0.1
    ) -> None:
        super().__init__()
        if embedding_size % heads:
            raise ValueError(f"{embedding_size} is not a multiple of {heads} heads")
        self.heads = heads
        self.norm = nn.LayerNorm(token_width)
        self.query = nn.Linear(embedding_size, embedding_size)
        self.key = nn.Linear(token_width, embedding_size)
        self.value = nn.Linear(token_width, embedding_size)
        self.out = nn.Linear(embedding_size, embedding_size)
        self.gate = nn.Parameter(torch.tensor(gate))

    def forward(self, features: Tensor, tokens: Tensor, mask: Tensor) -> Tensor:
        """Return unit-length features (N, D); where the text is empty, ``features`` to the bit.

        Args:
            features: unit-length features v (N, D) of images or queries.
            tokens: last hidden states t (N, L, W) of the metadata's text.
            mask: int64 (N, L), 1 at its tokens, 0 at padding; all 0 without metadata. Sentences
                of two tokens, which only begin and end, count as without metadata too.
        """
        count, length, _ = tokens.shape
        states = self.norm(tokens)

        def split(vectors: Tensor, places: int) -> Tensor:
            return vectors.reshape(count, places, self.heads, -1).transpose(1, 2)

        query = split(self.query(features), 1)
        key, value = split(self.key(states), length), split(self.value(states), length)
        scores = (query * query.shape[-1] ** -0.5) @ key.transpose(2, 3)
        scores = scores + (1 - mask).to(scores.dtype)[:, None, None, :] * _HIDDEN
        said = (torch.softmax(scores, dim=-1) @ value).transpose(1, 2).reshape(count, -1)
        fused = F.normalize(features + self.gate * self.out(said), dim=1)
        return torch.where((mask.sum(1) > EMPTY_TOKENS)[:, None], fused, features)


class SpatiotemporalHead(nn.Sequential):
    """Reads place, time and resolution (N, 9) from the first token (N, W) of a text.

    Args:
        token_width: W.
        numbers: how many there are.
    """

    def __init__(self, token_width: int, numbers: int) -> None:
        super().__init__(
            nn.Linear(token_width, token_width), nn.GELU(), nn.Linear(token_width, numbers)
        )
