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

from ...engine.evaluation.recall import recall_both_ways
from ...engine.evaluation.report import percent
from ..data.whole_images import whole_batches
from ..systems.dual_hashing import DualHashing

_KS = (1, 5, 10)


def mean_recall(
    image: npt.NDArray[np.float32], text: npt.NDArray[np.float32], owner: npt.NDArray[np.int64]
) -> dict[str, float]:
    """Return R@1, 5, 10 both ways and their mean, in per cent, ties by expectation.

    Args:
        image: unit-length embeddings (N, D).
        text: unit-length embeddings (M, D).
        owner: image of every text (M,).
    """
    image_row, text_row = _rows(image), _rows(text)
    images, texts = (
        vectors[np.unique(rows, return_index=True)[1]]
        for vectors, rows in ((image, image_row), (text, text_row))
    )
    found = recall_both_ways(
        lambda part: images[part] @ texts.T,
        lambda part: texts[part] @ images.T,
        owner,
        image_row,
        text_row,
        _KS,
    )
    result = {
        f"{way}_r{k}": percent(value)
        for way, values in zip(("i2t", "t2i"), found, strict=True)
        for k, value in zip(_KS, values, strict=True)
    }
    return result | {"mr": percent(float(np.mean(found)))}


def _rows(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    """Return which distinct vector each one is: equal sentences have equal embeddings."""
    rows = np.unique(vectors, axis=0, return_inverse=True)[1]
    return np.asarray(rows, np.int64).reshape(-1)


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
