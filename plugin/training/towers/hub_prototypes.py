"""How near an item lies to everything of the other modality, so that hubs can be ranked lower.

In a space of many dimensions some items are near to very many others, and stand among the first
answers to queries that they have nothing to do with (Radovanović, Nanopoulos and Ivanović,
"Hubs in Space", JMLR 11, 2010). The inverted softmax (Smith et al., "Offline bilingual word
vectors, orthogonal transformations and the inverted softmax", ICLR 2017) takes from an item's
score what it scores with a bank of other queries; querybank normalisation (Bogolin et al., "Cross
Modal Retrieval with Querybank Normalisation", CVPR 2022) does so with training captions as the
bank. Here the bank is the means of its clusters, so that it fits into a small graph.
"""

from __future__ import annotations

import warnings

import numpy as np
import torch
from scipy.cluster.vq import kmeans2
from torch import Tensor, nn

#: Of the unused places among the prototypes: their share of the bank is nothing.
_EMPTY = -1e4
_ROUNDS = 20


class HubPrototypes(nn.Module):
    """The means of a query bank's clusters; before ``learn``, no item is a hub.

    Args:
        count: K, clusters at most.
        width: D of the embeddings.
        temperature: τ, the softer the higher. That of contrastive training, some 0.065, tells
            mostly how near the one nearest query is; twice that does better.
        share: of the hubness that is given back. Where items are few the whole of it costs more
            than it gains.
    """

    # Buffers, which Module types as "Tensor | Module".
    vectors: Tensor
    log_share: Tensor

    def __init__(
        self, count: int, width: int, temperature: float = 0.13, share: float = 0.75
    ) -> None:
        super().__init__()
        self.temperature, self.share = temperature, share
        self.register_buffer("vectors", torch.zeros(count, width))
        self.register_buffer("log_share", torch.full((count,), -float(np.log(count))))

    def forward(self, features: Tensor) -> Tensor:
        """Return the hubness (N,) of unit-length embeddings (N, D), in units of the cosine.

        It is share · τ · log Σ w exp(cosine / τ), the sum over the prototypes and w their shares
        of the bank: a soft maximum of the cosines with the queries in the bank.
        """
        logits = features @ self.vectors.T / self.temperature + self.log_share
        return self.share * self.temperature * torch.logsumexp(logits, dim=1)

    @torch.no_grad()
    def learn(self, bank: Tensor, seed: int = 0) -> None:
        """Take the cluster means of a bank as prototypes, in place.

        Args:
            bank: unit-length embeddings (M, D) of typical queries, of the modality that the items
                are not of; M at least 1.
            seed: of the clusters' beginnings.
        """
        values = bank.float().cpu().numpy()
        count = min(len(self.vectors), len(np.unique(values, axis=0)))
        with warnings.catch_warnings():
            # an empty cluster keeps its last mean and has no share
            warnings.filterwarnings("ignore", "One of the clusters is empty")
            means, own = kmeans2(values, count, iter=_ROUNDS, minit="++", seed=seed)
        sizes = np.bincount(own, minlength=count)
        self.vectors.zero_()
        self.vectors[:count] = torch.from_numpy(means).to(self.vectors)
        log_share = torch.full((len(self.vectors),), _EMPTY)
        used = torch.from_numpy(np.flatnonzero(sizes))
        log_share[used] = torch.from_numpy(np.log(sizes[sizes > 0] / len(values))).float()
        self.log_share.copy_(log_share)
