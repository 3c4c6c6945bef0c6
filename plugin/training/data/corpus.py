"""Everything a stage of a recipe learns from, put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer

from ..recipe import Stage
from .benchmarks import AID, UCMD, TrainingImage, training_images
from .captioned_images import CaptionedImages
from .generated import GENERATED, generated_classes, generated_pixels
from .pixels import cached_pixels
from .scenes import SceneBatches


@dataclass(frozen=True, slots=True)
class Corpus:
    """The images of every benchmark and the classes over all of them.

    Attributes:
        images: by dataset name, every image that may be trained on.
        classes: qualified class names, in the order of their numbers.
    """

    images: dict[str, list[TrainingImage]]
    classes: tuple[str, ...]

    @property
    def domains(self) -> tuple[str, ...]:
        """Dataset names, in the order of their numbers."""
        return tuple(dict.fromkeys(name.split("/")[0] for name in self.classes))

    def class_domain(self) -> torch.Tensor:
        """Return the dataset number of every class."""
        return torch.tensor([self.domains.index(name.split("/")[0]) for name in self.classes])

    def captions(self) -> list[str]:
        """Return every sentence, for the choice of word pieces."""
        return [c for images in self.images.values() for image in images for c in image.captions]

    def batches(self, stage: Stage, tokenizer: Tokenizer, cache: Path, seed: int) -> SceneBatches:
        """Return the shuffled batches of a stage."""
        pixels: list[npt.NDArray[np.uint8]] = []
        captions: list[Sequence[str]] = []
        labels: list[int] = []
        domains: list[int] = []
        repeats: list[int] = []
        for name, times in stage.repeats.items():
            if name == GENERATED:
                array, own = generated_pixels(stage.generated_scenes, stage.cache_size, cache, seed)
                pixels.append(array)
                captions.extend(sentences for _, sentences in own)
                qualified = [f"{GENERATED}/{scene}" for scene, _ in own]
            else:
                rows, own_images = self._rows(name, stage)
                everything = cached_pixels(
                    [image.path for image in self.images[name]], stage.cache_size, cache
                )
                pixels.append(everything[rows])
                captions.extend(image.captions for image in own_images)
                qualified = [image.label for image in own_images]
            labels.extend(self.classes.index(label) for label in qualified)
            domains.extend([self.domains.index(name)] * len(qualified))
            repeats.append(times)
        return SceneBatches(
            pixels, captions, labels, domains, repeats, tokenizer, stage.batch_size, seed
        )

    def captioned(self, data: Path) -> CaptionedImages:
        """Return every real image that has captions, as the text–image systems learn from them.

        Args:
            data: the data folder, which the names are relative to.
        """
        images = [image for own in self.images.values() for image in own if image.captions]
        classes = sorted({image.label for image in images})
        return CaptionedImages(
            "default",
            data,
            tuple(image.path.relative_to(data).as_posix() for image in images),
            tuple(image.captions for image in images),
            tuple(classes.index(image.label) for image in images),
            tuple(name.rpartition("/")[2] for name in classes),
        )

    def _rows(self, name: str, stage: Stage) -> tuple[list[int], list[TrainingImage]]:
        chosen = [
            (row, image)
            for row, image in enumerate(self.images[name])
            if not (stage.held_out and image.held_out)
        ]
        return [row for row, _ in chosen], [image for _, image in chosen]


def read_corpus(data: Path) -> Corpus:
    """Return the corpus in the data folder: UCMD, AID, their captions, and generated scenes."""
    images = {b.name: training_images(data, b) for b in (UCMD, AID)}
    real = sorted({image.label for own in images.values() for image in own})
    ordered = sorted(real, key=lambda label: (list(images).index(label.split("/")[0]), label))
    return Corpus(images, (*ordered, *(f"{GENERATED}/{name}" for name in generated_classes())))
