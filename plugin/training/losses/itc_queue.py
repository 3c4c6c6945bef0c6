"""Image–text contrast against momentum features of the batch and of a queue.

Equations (1), (2) and (6) of ALBEF, "Align before Fuse" (Li et al. 2021, arXiv:2107.07651), in
the form of its retrieval fine-tuning: every candidate that belongs to the anchor shares the
target equally. MTGFE's abstract does not name this loss; that its unimodal encoders are aligned
by it, for the retrieval filter to have a score, is a reconstruction.
"""

from __future__ import annotations

import torch
from torch import Tensor

from .pair_queue import Pairs, describes


def shared_contrast(
    anchors: Tensor,
    candidates: Tensor,
    positive: Tensor,
    temperature: Tensor | float,
    teachers: Tensor | None = None,
    distillation: float = 0.0,
) -> Tensor:
    """Return the mean cross-entropy of the anchors with targets shared by their positives.

    Args:
        anchors: unit-length features (N, D).
        candidates: unit-length features (M, D), without gradient.
        positive: bool (N, M), at least one True in every row.
        temperature: τ.
        teachers: momentum features (N, D) of the anchors.
        distillation: α, the share of the target that the teachers' own softmax over the
            candidates takes (momentum distillation).
    """
    logits = anchors @ candidates.T / temperature
    target = positive.to(logits.dtype)
    target = target / target.sum(1, keepdim=True)
    if teachers is not None and distillation > 0:
        with torch.no_grad():
            soft = torch.softmax(teachers @ candidates.T / temperature, dim=1)
        target = distillation * soft + (1 - distillation) * target
    return -(target * torch.log_softmax(logits, dim=1)).sum(1).mean()


def itc_queue(
    image: Tensor,
    text: Tensor,
    batch: Pairs,
    queue: Pairs,
    temperature: Tensor | float,
    distillation: float = 0.0,
) -> Tensor:
    """Return the mean of both directions' contrasts.

    Args:
        image: unit-length image features (N, D) of the batch, with gradient.
        text: unit-length text features (N, D), row i describing image i.
        batch: the momentum encoder's features of the same pairs, and what they are.
        queue: earlier pairs.
        temperature: τ.
        distillation: α of momentum distillation; 0 is without.
    """
    texts, images, to_text, to_image = [], [], [], []
    for pairs in (batch, queue):
        texts.append(pairs.text_features)
        images.append(pairs.image_features)
        to_text.append(describes(batch.image, batch.owned, pairs.image, pairs.caption))
        to_image.append(describes(pairs.image, pairs.owned, batch.image, batch.caption).T)
    losses = [
        shared_contrast(
            anchors,
            torch.cat(candidates),
            torch.cat(positive, 1),
            temperature,
            teachers,
            distillation,
        )
        for anchors, candidates, positive, teachers in (
            (image, texts, to_text, batch.image_features),
            (text, images, to_image, batch.text_features),
        )
    ]
    return torch.stack(losses).mean()
