"""Supervised contrast between codes or features of one batch (Khosla et al. 2020).

Equation (2), L_out, of "Supervised Contrastive Learning", arXiv:2004.11362, with one addition:
pairs of two datasets are left out, because their classes overlap without being the same.
"""

from __future__ import annotations

import torch
from torch import Tensor


def class_contrast(
    vectors: Tensor, labels: Tensor, domains: Tensor, temperature: float = 0.2
) -> Tensor:
    """Return the mean loss over the anchors that have a positive.

    Args:
        vectors: unit-length vectors (N, D).
        labels: class numbers (N,).
        domains: dataset numbers (N,); pairs of different domains are left out.
        temperature: τ.
    """
    logits = vectors @ vectors.T / temperature
    own = torch.eye(len(logits), dtype=torch.bool, device=logits.device)
    comparable = (domains[:, None] == domains[None, :]) & ~own
    positive = (labels[:, None] == labels[None, :]) & comparable
    count = positive.sum(1)
    anchors = count > 0
    if not bool(anchors.any()):
        return vectors.sum() * 0.0
    # anchors only: a vector that is alone in its dataset has no denominator, and its logarithm's
    # gradient would be NaN
    logits, positive = logits[anchors], positive[anchors]
    log_probability = logits - torch.logsumexp(
        logits.masked_fill(~comparable[anchors], float("-inf")), dim=1, keepdim=True
    )
    summed = torch.where(positive, log_probability, torch.zeros_like(log_probability)).sum(1)
    return -(summed / count[anchors]).mean()
