"""Measures retrieval on the validation split after every epoch, so that a run can be judged."""

from __future__ import annotations

import json
import time
from pathlib import Path

import lightning.pytorch as pl
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ..data.caption_batches import distinct_sentences
from ..data.captioned_images import CaptionedImages
from ..data.whole_images import whole_batches
from ..running.mean_recall import mean_recall
from ..systems.caption_system import CaptionSystem
from .measure import measure_captions

#: Of a system with a fusion part, images that are re-ranked, and how many of each query's best.
_RERANKED, _SHORTLIST = 256, 32


class HeldOutCaptions(pl.Callback):
    """Writes mean recall to a JSON-lines file after every epoch, and logs it.

    A system with a fusion part is judged by what its users get, the re-ranked order. That takes
    long, so that it is of some of the images only.

    Args:
        images: the validation split.
        pixels: uint8 (N, S, S, 3) of its images.
        file: where the lines go.
        name: under which mean recall is logged.
    """

    def __init__(
        self, images: CaptionedImages, pixels: npt.NDArray[np.uint8], file: Path, name: str
    ) -> None:
        self.images, self.pixels, self.file, self.name = images, pixels, file, name
        self.kept: list[tuple[Tensor, ...]] = []

    @torch.no_grad()
    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Measure."""
        if not isinstance(pl_module, CaptionSystem):
            raise TypeError(f"{type(pl_module).__name__} is no text ↔ image system")
        started = time.monotonic()
        pl_module.eval()
        with torch.autocast(pl_module.device.type, torch.bfloat16):
            visual = self.kept or self._visual(pl_module)
            if pl_module.frozen_backbone:
                self.kept = visual  # it will be the same after every epoch
            image = torch.cat([pl_module.encode_visual(part).float().cpu() for part in visual])
            sentences = distinct_sentences(self.images)
            text = pl_module.encode_sentences(sentences)
        row = {sentence: i for i, sentence in enumerate(sentences)}
        owner = np.array([i for i, own in enumerate(self.images.captions) for _ in own])
        rows = [row[sentence] for own in self.images.captions for sentence in own]
        found = mean_recall(image.numpy(), text[rows].numpy(), owner)
        judged = found["mr"]
        if hasattr(pl_module, "fusion_outputs"):
            judged = self._reranked(pl_module)
            found["reranked_mr"] = judged
        pl_module.train()
        pl_module.log(self.name, judged, prog_bar=True)
        line = {
            "epoch": trainer.current_epoch + 1,
            "held_out": self.images.name,
            **found,
            "seconds": time.monotonic() - started,
        }
        with self.file.open("a", encoding="utf-8") as out:
            out.write(json.dumps(line) + "\n")

    def _reranked(self, system: CaptionSystem) -> float:
        rows = range(0, len(self.pixels), -(-len(self.pixels) // _RERANKED))  # of every class
        seen = np.stack([self.pixels[row] for row in rows])
        found = measure_captions(system, self.images.part(rows), seen, shortlist=_SHORTLIST)
        return float(found["reranked"]["mr"])

    def _visual(self, system: CaptionSystem) -> list[tuple[Tensor, ...]]:
        return [
            system.visual(system.normalised(view))
            for view in whole_batches(self.pixels, system.image_size, system.device)
        ]
