"""Measures retrieval on held-out images after every epoch, so that a run can be judged early."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path

import lightning.pytorch as pl
import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer

from ..data.whole_images import whole_batches
from ..running.mean_recall import mean_recall
from ..systems.dual_hashing import DualHashing


class HeldOutRetrieval(pl.Callback):
    """Writes mean recall of held-out captions to a JSON-lines file after every epoch."""

    def __init__(
        self,
        name: str,
        pixels: npt.NDArray[np.uint8],
        captions: Sequence[Sequence[str]],
        tokenizer: Tokenizer,
        size: int,
        file: Path,
    ) -> None:
        self.name, self.pixels, self.size, self.file = name, pixels, size, file
        self.sentences = [sentence for own in captions for sentence in own]
        self.owner = np.array([i for i, own in enumerate(captions) for _ in own])
        self.tokenizer = tokenizer

    @torch.inference_mode()
    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Measure and write one line."""
        if not isinstance(pl_module, DualHashing):
            raise TypeError("this callback measures DualHashing systems")
        started = time.monotonic()
        pl_module.eval()
        device = pl_module.device
        images, texts = [], []
        with torch.autocast(device.type, torch.bfloat16):
            for view in whole_batches(self.pixels, self.size, device):
                images.append(pl_module.encode_images(view)[0].float().cpu())
            for start in range(0, len(self.sentences), 256):
                encodings = self.tokenizer.encode_batch(self.sentences[start : start + 256])
                ids = torch.tensor([e.ids for e in encodings], device=device)
                mask = torch.tensor([e.attention_mask for e in encodings], device=device)
                texts.append(pl_module.encode_texts(ids, mask)[0].float().cpu())
        pl_module.train()
        line = {
            "epoch": trainer.current_epoch + 1,
            "held_out": self.name,
            **mean_recall(torch.cat(images).numpy(), torch.cat(texts).numpy(), self.owner),
            "seconds": time.monotonic() - started,
        }
        with self.file.open("a", encoding="utf-8") as out:
            out.write(json.dumps(line) + "\n")
