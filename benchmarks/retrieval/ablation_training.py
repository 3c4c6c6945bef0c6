"""Trains one variant and measures it in torch, without exporting it."""

from __future__ import annotations

import contextlib
import hashlib
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
import torch
from scene_search.training.captions.measure import measure_captions, read_measured
from scene_search.training.captions.recipe import caption_recipe, read_caption_recipe
from scene_search.training.captions.run import train_captions
from scene_search.training.data.captioned_images import read_captioned
from scene_search.training.data.pixels import cached_pixels
from scene_search.training.hashing.recipe import hashing_recipe, read_hashing_recipe
from scene_search.training.recipe import RECIPES
from scene_search.training.running.machine import machine
from scene_search.training.systems.caption_system import CaptionSystem

from .ablation_plan import PlanError, Study
from .ablation_work import Job, Start, TimeUp, Trainer, digest
from .frozen_hashing import FrozenHashing
from .runs import HASHING, TOWERS, Run

#: Items that a fusion part ranks anew for each query. Fewer than the 128 of the table, so that a
#: variant is measured in a minute; all variants of a system alike.
SHORTLIST = 32


class Deadline(pl.Callback):
    """Ends a training when the time is up."""

    def __init__(self, at: float | None) -> None:
        self.at = at

    def on_train_batch_end(self, *_: object) -> None:
        """Look at the clock."""
        if self.at is not None and time.monotonic() >= self.at:
            raise TimeUp


class Kept(pl.Callback):
    """Keeps the trained system, so that no checkpoint has to be read."""

    system: CaptionSystem | None = None

    def on_fit_end(self, _trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Keep it."""
        if isinstance(pl_module, CaptionSystem):
            self.system = pl_module


@dataclass
class AblationTraining:
    """Does the jobs of a plan.

    Attributes:
        data: the data folder.
        runs: folder of the runs, where the towers lie.
        cache: of decoded pixels and of what frozen backbones saw, shared by all jobs.
    """

    data: Path
    runs: Path
    cache: Path
    towers: dict[str, tuple[Path, str]] = field(default_factory=dict)

    def trainer(self) -> Trainer:
        """Return what the work is done with."""
        return Trainer(self.start, self.run, machine())

    def start(self, job: Job) -> Start:
        """Return the recipe of a job, and what all variants of its study share."""
        study, variant = job.study, job.variant
        file = RECIPES / f"{study.system}.yaml"
        shared = _as_dict(study.system, file) | dict(study.budget)
        shared.pop("seed")
        base: list[Any] = [shared]
        if study.system == HASHING:
            base.append("frozen features")
        else:
            base += [self.tower(study)[1], SHORTLIST]
        changed = dict(shared) | {"seed": job.seed}
        if variant.system:
            changed |= {"system": variant.system, "weights": {}, "settings": {}}
        changed["weights"] = {**changed["weights"], **variant.weights}
        if variant.settings:
            changed["settings"] = {**changed["settings"], **variant.settings}
        return Start(changed, digest(base))

    def tower(self, study: Study) -> tuple[Path, str]:
        """Return the towers that a study's variants begin with, and their digest.

        Raises:
            PlanError: if they are not trained.
        """
        if study.benchmark not in self.towers:
            run = Run(TOWERS, study.benchmark, self.runs / TOWERS / study.benchmark)
            if not run.exists:
                raise PlanError(f"{run.folder} holds no towers: train {TOWERS} first")
            content = hashlib.sha256(run.checkpoint.read_bytes()).hexdigest()[:16]
            self.towers[study.benchmark] = (run.checkpoint, content)
        return self.towers[study.benchmark]

    def run(self, job: Job, start: Start, deadline: float | None) -> dict[str, dict[str, Any]]:
        """Train and measure; see ``Trainer``."""
        if job.study.system == HASHING:
            recipe = hashing_recipe(start.recipe, job.name)
            frozen = FrozenHashing(job.study.benchmark, self.data, self.cache, recipe)
            found = frozen.train_and_measure(recipe, deadline)
            return {name: found[name] for name in job.study.metrics}
        return self._captions(job, start, deadline)

    def _captions(
        self, job: Job, start: Start, deadline: float | None
    ) -> dict[str, dict[str, Any]]:
        recipe = caption_recipe(start.recipe, job.name)
        kept = Kept()
        # progress bars write to standard output, which is for the results alone
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(sys.stderr):
            train_captions(
                recipe,
                read_captioned(job.study.benchmark, self.data),
                None,
                self.data,
                Path(folder),
                towers=self.tower(job.study)[0],
                callbacks=[kept, Deadline(deadline)],
                cache=self.cache,
            )
        if kept.system is None:
            raise RuntimeError(f"{job.name} trained nothing")
        if torch.cuda.is_available():
            kept.system.cuda()
        images = read_measured(job.study.benchmark, self.data)
        pixels = cached_pixels(images.paths, recipe.image.input_size, self.cache)
        shortlist = SHORTLIST if "reranked" in job.study.metrics else 0
        found = measure_captions(kept.system, images, pixels, shortlist=shortlist)
        return {name: found[name] for name in job.study.metrics if name in found}


def _as_dict(system: str, file: Path) -> dict[str, Any]:
    if system == HASHING:
        return read_hashing_recipe(file).as_dict()
    return read_caption_recipe(file).as_dict()
