"""Shuffled batches in an order that depends on seed and epoch only, so that runs can resume."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from torch.utils.data import IterableDataset

Batch = TypeVar("Batch")


class EpochBatches(IterableDataset[Batch]):
    """Base of the batches that systems are trained on; a subclass makes a batch of row numbers.

    Args:
        rows: int64 (N,), the rows of an epoch; one may stand there several times.
        batch_size: rows of a batch; the last, smaller one is dropped.
        seed: of the order; ``set_epoch`` makes every epoch's order its own.

    Attributes:
        epoch: whose order the next iteration has.
    """

    def __init__(self, rows: npt.NDArray[np.int64], batch_size: int, seed: int) -> None:
        super().__init__()
        self.rows = rows
        self.batch_size = batch_size
        self.seed = seed
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Choose the order of the epoch, so that a resumed run sees what it would have seen."""
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self.rows) // self.batch_size

    def __iter__(self) -> Iterator[Batch]:
        rng = np.random.default_rng((self.seed, self.epoch))
        order = rng.permutation(self.rows)
        for start in range(0, len(self) * self.batch_size, self.batch_size):
            yield self.batch(order[start : start + self.batch_size], rng)

    @abstractmethod
    def batch(self, rows: npt.NDArray[np.int64], rng: np.random.Generator) -> Batch:
        """Return the batch of some rows; what is drawn for it is drawn by ``rng``."""
