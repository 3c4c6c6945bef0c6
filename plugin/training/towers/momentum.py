"""A slowly following copy of trained modules, whose features stay comparable for many steps."""

from __future__ import annotations

import copy
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

M = TypeVar("M", bound=nn.Module)


class Momentum(nn.Module):
    """An exponential moving average of a module's parameters.

    The momentum encoder of MoCo (He et al. 2020, arXiv:1911.05722) and ALBEF (Li et al. 2021,
    arXiv:2107.07651). Frozen layers are shared with the original rather than copied. The first
    update copies the parameters as they are: weights are often loaded after the system was made.

    The copy is never in training mode, so it has no dropout; batch normalisation alone follows
    the original's mode, because features normalised by other statistics are not comparable.

    Args:
        online: the module to follow. It is not kept.
        decay: share of the average that one step leaves.
    """

    updates: Tensor  # a buffer, which Module types as "Tensor | Module"

    def __init__(self, online: nn.Module, decay: float = 0.995) -> None:
        super().__init__()
        self.decay = decay
        shared = {
            id(module): module
            for module in online.modules()
            if (own := list(module.parameters()))
            and not any(p.requires_grad for p in own)
            and not any(True for _ in module.children())
            and not isinstance(module, _BatchNorm)
        }
        self.copy = copy.deepcopy(online, dict(shared))
        for mine, theirs in zip(self.copy.parameters(), online.parameters(), strict=True):
            if mine is not theirs:
                mine.requires_grad_(False)
        self.register_buffer("updates", torch.zeros((), dtype=torch.int64))
        self.train(False)

    def train(self, mode: bool = True) -> Momentum:  # noqa: ARG002 (overrides Module's)
        """Stay in evaluation mode."""
        return super().train(False)

    @torch.no_grad()
    def update(self, online: nn.Module) -> None:
        """Move the average towards the parameters of the module it follows."""
        step = 1.0 - self.decay
        if int(self.updates) == 0:
            step = 1.0
            for mine, theirs in zip(self.copy.buffers(), online.buffers(), strict=True):
                mine.copy_(theirs)
        for mine, theirs in zip(self.copy.parameters(), online.parameters(), strict=True):
            if mine is not theirs:
                mine.lerp_(theirs, step)
        for my_module, their_module in zip(self.copy.modules(), online.modules(), strict=True):
            if isinstance(my_module, _BatchNorm):
                my_module.train(their_module.training)
        self.updates += 1
