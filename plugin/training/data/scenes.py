"""Images with one of their captions and their class, as batches of tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer
from torch import Tensor

from .epoch_batches import EpochBatches


class SceneBatch(NamedTuple):
    """One batch.

    Attributes:
        images: uint8 (N, 3, S, S).
        input_ids, attention_mask: int64 (N, L) of one caption an image.
        caption: int64 (N,), equal for equal sentences; -1 where the image has no caption.
        also_describes: bool (N, N), True at (i, j) where caption j stands on image i as well.
        label: int64 (N,) class numbers; domain: int64 (N,) dataset numbers.
    """

    images: Tensor
    input_ids: Tensor
    attention_mask: Tensor
    caption: Tensor
    also_describes: Tensor
    label: Tensor
    domain: Tensor


class SceneBatches(EpochBatches[SceneBatch]):
    """Shuffled batches over several pixel arrays, every image with a random caption of its own.

    Args:
        pixels: uint8 arrays (Nₖ, S, S, 3), one a dataset.
        captions: for every image of every array, its distinct sentences.
        labels: class number of every image; domains: dataset number of every image.
        repeats: how often every dataset is shown in one epoch.
        tokenizer: with padding and truncation set.
        batch_size: images a batch; the last, smaller one is dropped.
        seed: of the order; ``set_epoch`` makes every epoch's order its own.
    """

    def __init__(
        self,
        pixels: Sequence[npt.NDArray[np.uint8]],
        captions: Sequence[Sequence[str]],
        labels: Sequence[int],
        domains: Sequence[int],
        repeats: Sequence[int],
        tokenizer: Tokenizer,
        batch_size: int,
        seed: int,
    ) -> None:
        places = [(k, i) for k, array in enumerate(pixels) for i in range(len(array))]
        rows = [
            np.tile(np.flatnonzero([k == place[0] for place in places]), times)
            for k, times in enumerate(repeats)
        ]
        super().__init__(np.concatenate(rows), batch_size, seed)
        self.pixels = list(pixels)
        self.places = places
        if not len(self.places) == len(captions) == len(labels) == len(domains):
            raise ValueError("pixels, captions, labels and domains differ in number")
        self.sentences = sorted({sentence for own in captions for sentence in own})
        number = {sentence: i for i, sentence in enumerate(self.sentences)}
        self.captions = [[number[sentence] for sentence in own] for own in captions]
        self.owned = [frozenset(own) for own in self.captions]
        self.labels = np.asarray(labels)
        self.domains = np.asarray(domains)
        self.tokenizer = tokenizer

    def batch(self, rows: npt.NDArray[np.int64], rng: np.random.Generator) -> SceneBatch:
        """Return the batch of the images ``rows``, each with a caption drawn by ``rng``."""
        images = np.stack([self.pixels[k][i] for k, i in (self.places[row] for row in rows)])
        caption = [int(rng.choice(own)) if (own := self.captions[row]) else -1 for row in rows]
        encodings = self.tokenizer.encode_batch(
            [self.sentences[c] if c >= 0 else "" for c in caption]
        )
        describes = [[c in self.owned[row] for c in caption] for row in rows]
        return SceneBatch(
            torch.from_numpy(images).permute(0, 3, 1, 2),
            torch.tensor([e.ids for e in encodings]),
            torch.tensor([e.attention_mask for e in encodings]),
            torch.tensor(caption),
            torch.tensor(describes),
            torch.from_numpy(self.labels[rows]),
            torch.from_numpy(self.domains[rows]),
        )
