"""Bidirectional Scale Decoupling (BSD): each scale says what the scales before it did not.

After Zheng et al., "Scale-Semantic Joint Decoupling Network for Image-Text Retrieval in Remote
Sensing" (ACM TOMM): salience extraction maps (SEM) and salience suppression maps (SSM) between
the stages of a backbone, in both directions. A reconstruction: the abstract names the parts; the
formulas follow feature boosting and suppression (Song et al. 2021, arXiv:2103.02782), with grid
cells in the place of its stripes. Common width, scale weights and the joint map are ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from .grid import resample


class Decoupled(NamedTuple):
    """What the scales say together.

    Attributes:
        vector: v (N, W), the weighted sum of every scale's pooled SEM.
        joint: (N, W, h, w), the same sum before pooling, on the coarsest grid; its mean is v.
        weights: (N, directions · scales), which sum to one.
    """

    vector: Tensor
    joint: Tensor
    weights: Tensor


def extracted(maps: Tensor, salience: Tensor, alpha: float) -> Tensor:
    """Return SEM(F) = F + α m ⊙ F of maps F (N, C, h, w) and salience m (N, 1, h, w)."""
    return maps + alpha * salience * maps


def suppressed(maps: Tensor, salience: Tensor, beta: float) -> Tensor:
    """Return SSM(F) = F ⊙ (1 − (1 − β) m / max m), which leaves β of the most salient cell."""
    return maps * (1.0 - (1.0 - beta) * salience / salience.amax((2, 3), keepdim=True))


class Salience(nn.Module):
    """m = softmax over cells of GAP(ReLU(BN(conv1×1 F))).

    Args:
        width: channels of the maps.
        channels: of the convolution; GAP is their mean, as a cell has nothing else to average.
    """

    def __init__(self, width: int, channels: int = 4) -> None:
        super().__init__()
        self.score = nn.Sequential(
            nn.Conv2d(width, channels, 1, bias=False), nn.BatchNorm2d(channels), nn.ReLU()
        )

    def forward(self, maps: Tensor) -> Tensor:
        """Return m (N, 1, h, w), which sums to one over the cells of maps (N, C, h, w)."""
        scores: Tensor = self.score(maps).mean(1, keepdim=True)
        return scores.flatten(2).softmax(2).reshape(scores.shape)


def pointwise(inputs: int, outputs: int) -> nn.Sequential:
    """Return a 1×1 convolution to another number of channels, normalised and rectified."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()
    )


class ScalePass(nn.Module):
    """One direction: every stage keeps its SEM and hands its SSM to the next.

    Args:
        scales: number of stages.
        width: channels of every stage.
        alpha: weight of the extracted salience, in units of the mean salience: a softmax over
            64 cells has a mean of 1/64, where the sibling's four stripes have 1/4, and α m must
            not fade with the number of cells.
        beta: what suppression leaves of the most salient cell.
        extraction: False keeps the maps as they are.
        suppression: False hands on the maps as they are.
    """

    def __init__(
        self,
        scales: int,
        width: int,
        alpha: float = 0.5,
        beta: float = 0.5,
        extraction: bool = True,
        suppression: bool = True,
    ) -> None:
        super().__init__()
        self.alpha, self.beta = alpha, beta
        self.extraction, self.suppression = extraction, suppression
        salient = extraction or suppression
        # the last stage hands nothing on: it needs a salience to extract only
        count = 0 if not salient else scales if extraction else scales - 1
        self.salience = nn.ModuleList(Salience(width) for _ in range(count))
        self.hand_on = nn.ModuleList(pointwise(width, width) for _ in range(scales - 1))

    def forward(self, stages: Sequence[Tensor]) -> list[Tensor]:
        """Return a map (N, W, h, w) of each stage, given in this direction's order."""
        kept: list[Tensor] = []
        handed: Tensor | None = None
        for number, maps in enumerate(stages):
            if handed is not None:
                height, width = int(maps.shape[2]), int(maps.shape[3])
                maps = maps + self.hand_on[number - 1](resample(handed, height, width))
            handed = maps
            out = maps
            if number < len(self.salience):
                salience = self.salience[number](maps)
                if self.extraction:
                    cells = int(maps.shape[2]) * int(maps.shape[3])
                    out = extracted(maps, salience, self.alpha * cells)
                if self.suppression:
                    handed = suppressed(maps, salience, self.beta)
            kept.append(out)
        return kept


class ScaleDecoupling(nn.Module):
    """Both directions over the stages of a backbone, and their weighted sum.

    Args:
        channels: of each stage's map, fine first.
        width: W, which every stage is projected to.
        forwards: fine → coarse (stages 2 → 4).
        backwards: coarse → fine (4 → 2).
        alpha, beta, extraction, suppression: as in :class:`ScalePass`.

    Raises:
        ValueError: without any direction.
    """

    def __init__(
        self,
        channels: Sequence[int],
        width: int,
        *,
        forwards: bool = True,
        backwards: bool = True,
        alpha: float = 0.5,
        beta: float = 0.5,
        extraction: bool = True,
        suppression: bool = True,
    ) -> None:
        super().__init__()
        if not (forwards or backwards):
            raise ValueError("scale decoupling needs at least one direction")
        self.lateral = nn.ModuleList(pointwise(count, width) for count in channels)
        settings = (len(channels), width, alpha, beta, extraction, suppression)
        self.forwards = ScalePass(*settings) if forwards else None
        self.backwards = ScalePass(*settings) if backwards else None
        self.weigh = nn.Linear(width, 1, bias=False)
        nn.init.zeros_(self.weigh.weight)  # every scale counts alike until training says otherwise

    def forward(self, stages: Sequence[Tensor]) -> Decoupled:
        """Return the scales' vector and joint map of the stages' maps (N, C_s, h_s, w_s)."""
        maps = [lateral(stage) for lateral, stage in zip(self.lateral, stages, strict=True)]
        kept: list[Tensor] = []
        if self.forwards is not None:
            kept += self.forwards(maps)
        if self.backwards is not None:
            kept += self.backwards(maps[::-1])
        # all on the grid of the coarsest stage; resampling keeps each map's mean
        grid = int(maps[-1].shape[2]), int(maps[-1].shape[3])
        scales = torch.stack([resample(one, *grid) for one in kept], dim=1)
        weights = self.weigh(scales.mean((3, 4))).squeeze(2).softmax(1)
        joint = (weights[:, :, None, None, None] * scales).sum(1)
        return Decoupled(joint.mean((2, 3)), joint, weights)
