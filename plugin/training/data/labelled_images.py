"""Images with their class, or without classes, as batches for one-image systems."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from .benchmarks import AID, UCMD, Benchmark, TrainingDataError, read_list
from .epoch_batches import EpochBatches
from .pixels import cached_pixels

_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff"})


class ImageSource(Protocol):
    """Whatever an image hashing system can learn from."""

    @property
    def name(self) -> str:
        """The set's name, for cards and logs."""

    @property
    def classes(self) -> int:
        """Number of classes; 0 without."""

    @property
    def count(self) -> int:
        """Number of images."""

    def read(self, size: int, cache: Path) -> tuple[npt.NDArray[np.uint8], Sequence[int]]:
        """Return pixels, uint8 (N, size, size, 3), kept in ``cache``, and labels (N,)."""

    def facts(self, pixels: npt.NDArray[np.uint8], output: Path) -> dict[str, Any]:
        """Return what a checkpoint says of the images; ``output`` is the run's folder."""


@dataclass(frozen=True, slots=True)
class LabelledImages:
    """Image files and what tells them apart.

    Attributes:
        name: of the set, for cards and logs.
        folder: that the names are relative to.
        names: of the files.
        labels: class number of every file; without classes the number of its content, which
            byte-identical copies share, so that a copy is never a negative.
        classes: number of classes; 0 without.
    """

    name: str
    folder: Path
    names: tuple[str, ...]
    labels: tuple[int, ...]
    classes: int

    @property
    def paths(self) -> list[Path]:
        """The files."""
        return [self.folder / name for name in self.names]

    @property
    def count(self) -> int:
        """Number of images."""
        return len(self.names)

    def read(self, size: int, cache: Path) -> tuple[npt.NDArray[np.uint8], Sequence[int]]:
        """Return pixels, uint8 (N, size, size, 3), and labels (N,)."""
        return cached_pixels(self.paths, size, cache), self.labels

    def facts(self, pixels: npt.NDArray[np.uint8], output: Path) -> dict[str, Any]:  # noqa: ARG002
        """Return what a checkpoint says of the images."""
        return {
            "name": self.name,
            "folder": str(self.folder.resolve()),
            "names": list(self.names),
            "classes": self.classes,
            "items": len(self.names),
        }


def read_images(source: str, data: Path, *, labelled: bool = True) -> LabelledImages:
    """Return a benchmark's train list, or every image of a folder.

    Args:
        source: ``"ucmd"``, ``"aid"`` or a folder. A folder of class folders has classes; one
            whose images lie in it directly has none.
        data: the data folder with the benchmarks.
        labelled: use the classes, where there are any.

    Raises:
        TrainingDataError: if a list or an image is missing, or there are too few.
    """
    for benchmark in (UCMD, AID):
        if source == benchmark.name:
            return _of_names(
                source, data / benchmark.images, _train_list(data, benchmark), labelled
            )
    folder = Path(source)
    if not folder.is_dir():
        raise TrainingDataError(f"{source} is neither ucmd, aid, nor a folder")
    files = sorted(p for p in folder.rglob("*") if p.suffix.lower() in _SUFFIXES)
    names = [p.relative_to(folder).as_posix() for p in files]
    in_classes = all("/" in name for name in names)
    return _of_names(folder.name, folder, names, labelled and in_classes)


def _train_list(data: Path, benchmark: Benchmark) -> list[str]:
    return read_list(data / benchmark.test_list.replace("_test", "_train"))


def _of_names(name: str, folder: Path, names: Sequence[str], labelled: bool) -> LabelledImages:
    if missing := [own for own in names if not (folder / own).is_file()]:
        raise TrainingDataError(f"{len(missing)} images are missing in {folder}, as {missing[0]}")
    if len(names) < 2:
        raise TrainingDataError(f"{folder} holds fewer than two images")
    if labelled:
        keys = [own.rpartition("/")[0] for own in names]
    else:
        keys = [hashlib.sha256((folder / own).read_bytes()).hexdigest() for own in names]
    number = {key: i for i, key in enumerate(sorted(set(keys)))}
    labels = tuple(number[key] for key in keys)
    return LabelledImages(name, folder, tuple(names), labels, len(number) if labelled else 0)


class ImageBatch(NamedTuple):
    """One batch: images uint8 (N, 3, S, S), label int64 (N,)."""

    images: Tensor
    label: Tensor


class ImageBatches(EpochBatches[ImageBatch]):
    """Shuffled batches; the order depends on seed and epoch only.

    Args:
        pixels: uint8 (N, S, S, 3).
        labels: of every image.
        batch_size: images a batch; the last, smaller one is dropped unless it is the only one.
        seed: of the order.
    """

    def __init__(
        self, pixels: npt.NDArray[np.uint8], labels: Sequence[int], batch_size: int, seed: int
    ) -> None:
        super().__init__(np.arange(len(labels)), min(batch_size, len(labels)), seed)
        if len(pixels) != len(labels):
            raise ValueError("pixels and labels differ in number")
        self.pixels = pixels
        self.labels = np.asarray(labels, np.int64)

    def batch(self, rows: npt.NDArray[np.int64], rng: np.random.Generator) -> ImageBatch:  # noqa: ARG002 (nothing is drawn)
        """Return the batch of the images ``rows``."""
        images = torch.from_numpy(np.stack([self.pixels[row] for row in rows]))
        return ImageBatch(images.permute(0, 3, 1, 2), torch.from_numpy(self.labels[rows]))
