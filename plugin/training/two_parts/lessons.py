"""What the two parts learn from: benchmarks with classes and captions, and places at dates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ...engine.encoders.encoder import Encoder
from ...engine.evaluation.generalisation.place_names import dated_places
from ..data.benchmarks import TrainingImage
from ..data.corpus import Corpus
from .heads import Array, Lessons

#: Folder of the chips below the data folder, and the cities that are trained on. Long Beach is for
#: measuring only.
PLACES = "naip_places"
CITIES = ("chico", "claremont")
_TEXTS = 256


@dataclass(frozen=True, slots=True)
class PlaceImages:
    """Chips of places at several dates.

    Attributes:
        paths: P files.
        place: int64 (P,), number of the place of each.
    """

    paths: tuple[Path, ...]
    place: npt.NDArray[np.int64]


def training_places(data: Path) -> PlaceImages:
    """Return the chips of the cities that are trained on.

    Raises:
        UsageError: they are not there.
    """
    folder = data / PLACES
    cities = "|".join(CITIES)
    found = dated_places(
        folder, re.compile(rf"(?P<city>{cities})_(?P<date>\d{{4}})_(?P<number>\d+)\.tif")
    )
    numbers = {place: row for row, place in enumerate(dict.fromkeys(found.places))}
    return PlaceImages(
        tuple(folder / name for name in found.names),
        np.array([numbers[place] for place in found.places], np.int64),
    )


def labelled(corpus: Corpus) -> list[TrainingImage]:
    """Return the images with classes, in the order of the corpus; none is a test item."""
    return [image for own in corpus.images.values() for image in own]


def lessons_of(encoder: Encoder, images: list[TrainingImage], features: Array) -> Lessons:
    """Return what the heads learn from.

    Args:
        encoder: whose text part reads the captions.
        images: N of them.
        features: (N, C), what the backbone makes of each.
    """
    labels = sorted({image.label for image in images})
    domains = sorted({label.split("/")[0] for label in labels})
    captions = [(row, text) for row, image in enumerate(images) for text in image.captions]
    sentences = {text: number for number, text in enumerate(dict.fromkeys(t for _, t in captions))}
    distinct = list(sentences)
    read = np.concatenate(
        [
            encoder.encode_texts(distinct[start : start + _TEXTS]).embeddings
            for start in range(0, len(distinct), _TEXTS)
        ]
    )[:, : encoder.layout.meaning]
    number = np.array([sentences[text] for _, text in captions], np.int64)
    return Lessons(
        features=features,
        label=np.array([labels.index(image.label) for image in images], np.int64),
        domain=np.array([domains.index(image.label.split("/")[0]) for image in images], np.int64),
        captions=read[number],
        owner=np.array([row for row, _ in captions], np.int64),
        sentence=number,
    )
