"""The label supervision of semantic decoupling: cross-entropy over the classes' logits."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F  # noqa: N812 (torch's own custom)


def semantic_classes(logits: Tensor, labels: Tensor, smoothing: float = 0.0) -> Tensor:
    """Return the mean cross-entropy of the items that have a class.

    Args:
        logits: (N, C).
        labels: int64 (N,); below 0 where the class is not known, which costs nothing.
        smoothing: share of the target spread over all classes (Szegedy et al. 2016).
    """
    total = F.cross_entropy(
        logits,
        labels.where(labels >= 0, -100),
        ignore_index=-100,
        label_smoothing=smoothing,
        reduction="sum",
    )
    return total / (labels >= 0).sum().clamp_min(1)
