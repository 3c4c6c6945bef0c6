"""AdamW with a rate for each part of a system, on a one-cycle schedule a step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import lightning.pytorch as pl
import torch
from torch import nn


@dataclass(frozen=True, slots=True)
class Schedule:
    """Highest learning rates of the one-cycle schedule, and the weight decay of AdamW.

    ``cycle_epochs`` lays the cycle out for more epochs than are trained, so that a stage which
    another one follows ends before its rates have fallen to nothing.
    """

    backbone: float = 6e-4
    text: float = 1e-4
    heads: float = 2e-3
    weight_decay: float = 0.02
    warm_up: float = 0.15
    cycle_epochs: int | None = None


def one_cycle(
    system: pl.LightningModule,
    backbones: Iterable[tuple[nn.Module, float]],
    schedule: Schedule,
) -> Any:
    """Return what ``configure_optimizers`` returns.

    Args:
        system: the system in training; what is in no backbone gets the rate of the heads.
        backbones: pretrained parts with their highest rate each.
        schedule: the rates.
    """
    groups: list[tuple[Sequence[nn.Parameter], float]] = [
        ([p for p in module.parameters() if p.requires_grad], rate) for module, rate in backbones
    ]
    taken = {id(p) for parameters, _ in groups for p in parameters}
    heads = [p for p in system.parameters() if p.requires_grad and id(p) not in taken]
    groups.append((heads, schedule.heads))
    groups = [(parameters, rate) for parameters, rate in groups if parameters]
    optimizer = torch.optim.AdamW(
        [{"params": parameters, "lr": rate} for parameters, rate in groups],
        weight_decay=schedule.weight_decay,
    )
    steps = int(system.trainer.estimated_stepping_batches)
    if schedule.cycle_epochs and system.trainer.max_epochs:
        steps = steps * schedule.cycle_epochs // system.trainer.max_epochs
    scheduler = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        max_lr=[rate for _, rate in groups],
        total_steps=steps,
        pct_start=schedule.warm_up,
    )
    return {
        "optimizer": optimizer,
        "lr_scheduler": {"scheduler": scheduler, "interval": "step"},
    }
