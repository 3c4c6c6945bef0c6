"""Trains the last layers of the meaning, and its bits, on features that are computed once.

The backbone stays as it is, so that the look does too, and training takes minutes: supervised
contrast and classification by scene class, contrast between images and their captions, on
embeddings and on codes of every length.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 (torch's own custom)

from ..losses.class_contrast import class_contrast
from ..losses.contrastive import image_text_contrast
from ..losses.quantisation import balance, quantisation
from .graphs import Linear

Array = npt.NDArray[np.float32]

#: Length of an embedding before a classifier, which could not be sure of unit vectors.
_LOGITS = 16.0


@dataclass(frozen=True, slots=True)
class Lessons:
    """What there is to learn from.

    Attributes:
        features: (N, C), of the images.
        label: int64 (N,), number of the class.
        domain: int64 (N,), number of the dataset: classes compete within theirs only.
        captions: (T, M), unit-length embeddings of the captions by the text tower.
        owner: int64 (T,), the image of each caption.
        sentence: int64 (T,), equal for equal captions, which are no negatives for each other.
    """

    features: Array
    label: npt.NDArray[np.int64]
    domain: npt.NDArray[np.int64]
    captions: Array
    owner: npt.NDArray[np.int64]
    sentence: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Settings:
    """How long, how fast and for what the heads are trained; see ``recipes/two-parts.yaml``.

    Attributes:
        bits: of the meaning, in codes of each length.
        epochs, batch_size, rate: of training.
        dropout: on the features.
        text: weight of the contrast with captions beside that of classes.
        seed: of weights and order.
    """

    bits: tuple[int, ...]
    epochs: int
    batch_size: int
    rate: float
    dropout: float
    text: float
    seed: int


@dataclass(frozen=True, slots=True)
class Heads:
    """What was trained.

    Attributes:
        image: from features to the meaning, before it is brought to unit length.
        text: from the text tower's embedding to the meaning, likewise.
        codes: from the meaning of unit length to bits, by their number.
    """

    image: Linear
    text: Linear
    codes: Mapping[int, Linear]


class _Model(nn.Module):
    def __init__(self, width: int, size: int, classes: int, settings: Settings) -> None:
        super().__init__()
        self.image = nn.Sequential(
            nn.Dropout(settings.dropout), nn.Linear(width, size), nn.BatchNorm1d(size)
        )
        self.text = nn.Linear(size, size)
        nn.init.eye_(self.text.weight)
        nn.init.zeros_(self.text.bias)
        self.codes = nn.ModuleList(nn.Linear(size, bits) for bits in settings.bits)
        self.image_class = nn.Linear(size, classes)
        self.code_classes = nn.ModuleList(nn.Linear(bits, classes) for bits in settings.bits)
        self.log_temperature = nn.Parameter(torch.tensor(0.07).log())
        #: relaxed bits of a unit vector are to be decided
        self.steepness = 2 * 64.0 / size**0.5

    def relaxed(self, code: nn.Module, unit: Tensor) -> Tensor:
        return torch.tanh(self.steepness * code(unit))


def train_heads(lessons: Lessons, settings: Settings, told: Callable[[int, float], None]) -> Heads:
    """Train and return the heads.

    Args:
        lessons: what there is to learn from.
        settings: how.
        told: called with the passes done and the mean loss of the last.
    """
    torch.manual_seed(settings.seed)
    rng = np.random.default_rng(settings.seed)
    mean, spread = lessons.features.mean(axis=0), lessons.features.std(axis=0) + 1e-6
    features = torch.from_numpy((lessons.features - mean) / spread)
    domains = _class_domains(lessons)
    model = _Model(features.shape[1], lessons.captions.shape[1], len(domains), settings)
    steps = len(features) // settings.batch_size
    optimizer = torch.optim.AdamW(model.parameters(), weight_decay=1e-2)
    cycle = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, settings.rate, total_steps=steps * settings.epochs, pct_start=0.1
    )
    own = _captions_of(lessons)
    for epoch in range(settings.epochs):
        order = rng.permutation(len(features))
        total = 0.0
        for step in range(steps):
            rows = order[step * settings.batch_size : (step + 1) * settings.batch_size]
            drawn = np.array([rng.choice(own[row]) if own[row] else -1 for row in rows])
            loss = _loss(model, lessons, features, domains, rows, drawn, settings)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            cycle.step()
            total += float(loss.detach())
        told(epoch + 1, total / max(steps, 1))
    model.eval()
    return Heads(
        _folded(model.image, mean, spread),
        _linear(model.text),
        {
            bits: _linear(code)
            for bits, code in zip(settings.bits, model.codes, strict=True)
            if isinstance(code, nn.Linear)
        },
    )


def _loss(
    model: _Model,
    lessons: Lessons,
    features: Tensor,
    domains: Tensor,
    rows: npt.NDArray[np.int64],
    drawn: npt.NDArray[np.int64],
    settings: Settings,
) -> Tensor:
    label = torch.from_numpy(lessons.label[rows])
    domain = torch.from_numpy(lessons.domain[rows])
    elsewhere = domains != domain[:, None]
    told = torch.from_numpy(drawn >= 0)
    captions = drawn[drawn >= 0]
    sentence = torch.from_numpy(lessons.sentence[captions])
    same = sentence[:, None] == sentence

    def classify(classifier: nn.Module, vectors: Tensor) -> Tensor:
        return F.cross_entropy(classifier(vectors).masked_fill(elsewhere, -1e4), label)

    image = F.normalize(model.image(features[rows]), dim=1)
    text = F.normalize(model.text(torch.from_numpy(lessons.captions[captions])), dim=1)
    parts = [
        settings.text
        * image_text_contrast(image[told], text, model.log_temperature.exp().clamp_min(0.01), same),
        0.5 * classify(model.image_class, _LOGITS * image),
        0.5 * class_contrast(image, label, domain, 0.1),
    ]
    for code, classifier in zip(model.codes, model.code_classes, strict=True):
        seen, read = model.relaxed(code, image), model.relaxed(code, text)
        root = seen.shape[1] ** -0.5
        parts += [
            0.5 * classify(classifier, _LOGITS * root * seen),
            0.5 * class_contrast(F.normalize(seen, dim=1), label, domain, 0.2),
            0.5 * image_text_contrast(root * seen[told], root * read, torch.tensor(0.1), same),
            0.1 * quantisation(seen),
            0.01 * balance(seen),
        ]
    return torch.stack(parts).sum()


def _class_domains(lessons: Lessons) -> Tensor:
    """Return the dataset of every class, (classes,)."""
    found = np.zeros(int(lessons.label.max()) + 1, np.int64)
    found[lessons.label] = lessons.domain
    return torch.from_numpy(found)


def _captions_of(lessons: Lessons) -> Sequence[list[int]]:
    found: list[list[int]] = [[] for _ in lessons.features]
    for caption, image in enumerate(lessons.owner.tolist()):
        found[image].append(caption)
    return found


@torch.no_grad()
def _folded(module: nn.Module, mean: Array, spread: Array) -> Linear:
    """Return standardisation and what a module in evaluation mode makes of it as one layer."""
    bias = module(torch.zeros(1, len(mean)))
    weight = (module(torch.eye(len(mean))) - bias).numpy() / spread[:, np.newaxis]
    offset = bias[0].numpy() - mean @ weight
    return Linear(weight.astype(np.float32), offset.astype(np.float32))


@torch.no_grad()
def _linear(layer: nn.Linear) -> Linear:
    return Linear(layer.weight.T.numpy().copy(), layer.bias.numpy().copy())
