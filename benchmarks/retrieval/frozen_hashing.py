"""Multi-level hashing on features of a backbone that is not trained: seconds instead of hours.

The losses, the projector and the hash heads are the system's own; augmented views of each image
are seen once by the pretrained backbone and kept. What a loss adds to a head need not be what it
adds to a backbone that is trained with it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from scene_search.engine.encoders.encoder import Encoded
from scene_search.engine.evaluation import average_precision as ap
from scene_search.engine.evaluation.rankings import code_scores, embedding_scores, take
from scene_search.engine.evaluation.report import percent
from scene_search.engine.evaluation.shells import shells_of
from scene_search.training.data.augment import Augmentation
from scene_search.training.data.frozen_views import frozen_views
from scene_search.training.data.labelled_images import LabelledImages, read_images
from scene_search.training.data.pixels import cached_pixels
from scene_search.training.data.visual_graph import visual_graph
from scene_search.training.data.whole_images import whole
from scene_search.training.hashing.heads import fit_heads
from scene_search.training.hashing.recipe import HashingRecipe
from scene_search.training.hashing.run import build_system
from scene_search.training.systems.multilevel_hashing import MultilevelHashing
from scene_search.training.towers.backbones import backbone_folder
from scene_search.training.towers.hash_head import pack
from scene_search.training.towers.image_tower import ImageTower
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 (torch's own custom)

from .ablation_work import TimeUp
from .goals import BENCHMARKS

#: Augmented views of each training image.
VIEWS = 4
_CHUNK = 128


@dataclass(frozen=True)
class FrozenHashing:
    """One benchmark's images and the folder where what the backbone sees is kept.

    Attributes:
        benchmark: its name.
        data: the data folder.
        cache: of pixels and features.
        recipe: whose backbone, view size and crops are used.
    """

    benchmark: str
    data: Path
    cache: Path
    recipe: HashingRecipe

    def train_and_measure(
        self, recipe: HashingRecipe, deadline: float | None
    ) -> dict[str, dict[str, Any]]:
        """Return mAP, mAP@20 and precision@10 by each code length and by embedding, per cent.

        Raises:
            TimeUp: at the deadline, a time of ``time.monotonic``.
        """
        torch.manual_seed(recipe.seed)
        tower = ImageTower(backbone_folder(recipe.image.backbone, self.data), recipe.embedding_size)
        system = build_system(recipe, tower, _OnFeatures)
        train = read_images(self.benchmark, self.data)
        test = self._test(train)
        views = self._seen(system, train, augmented=True)
        _train(system, views, np.asarray(train.labels), recipe, deadline)
        items, queries = (self._seen(system, of, augmented=False)[0] for of in (train, test))
        _fit_heads(system, (items, views[0]), train.labels, recipe.seed)
        return _measure(system, queries, items, _classes(test), _classes(train))

    def _test(self, train: LabelledImages) -> LabelledImages:
        file = self.data / BENCHMARKS[self.benchmark].lists.format("test")
        names = tuple(line.strip() for line in file.read_text().splitlines() if line.strip())
        return LabelledImages("test", train.folder, names, (), 0)

    def _seen(
        self, system: MultilevelHashing, images: LabelledImages, *, augmented: bool
    ) -> npt.NDArray[np.float16]:
        """Return pooled features (V, N, C) of augmented views, or (1, N, C) of whole images."""
        recipe, tower = self.recipe, system.image_tower
        system.eval()
        augment = Augmentation(recipe.image_size, recipe.smallest_crop)
        graph = cache(
            lambda: visual_graph(tower, lambda pixels: (tower.pooled(pixels),), recipe.image_size)
        )

        def see(batch: Tensor, _branch: int) -> tuple[Tensor, ...]:
            view = augment(batch) if augmented else whole(batch, recipe.image_size)
            return graph()((view - system.mean) / system.std)

        key = [asdict(recipe.image), recipe.image_size, recipe.smallest_crop, augmented]
        kept = frozen_views(
            see,
            cached_pixels(images.paths, recipe.cache_size, self.cache),
            views=VIEWS if augmented else 1,
            branches=1,
            seed=0,
            key=json.dumps([*key, images.names]),
            cache=self.cache,
        )
        return kept.branches[0][0]


class _OnFeatures(MultilevelHashing):
    """The system from its pooled features on."""

    def features(self, images: Tensor) -> Tensor:
        """Return unit-length features (N, D) of pooled ones (N, C)."""
        return F.normalize(self.image_tower.projection(images).float(), dim=1)


def _train(
    system: MultilevelHashing,
    views: npt.NDArray[np.float16],
    labels: npt.NDArray[np.int64],
    recipe: HashingRecipe,
    deadline: float | None,
) -> None:
    """Train all but the backbone, with the recipe's losses, batches and one cycle of rates."""
    system.train()
    system.image_tower.backbone.requires_grad_(False)
    parameters = [p for p in system.parameters() if p.requires_grad]
    rates = system.schedule
    optimizer = torch.optim.AdamW(parameters, weight_decay=rates.weight_decay)
    steps = len(labels) // min(recipe.batch_size, len(labels))
    cycle = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, rates.heads, total_steps=steps * recipe.epochs, pct_start=rates.warm_up
    )
    weights = asdict(system.weights)
    for epoch in range(recipe.epochs):
        rng = np.random.default_rng((recipe.seed, epoch))
        order = rng.permutation(len(labels))
        for rows in np.array_split(order, steps):
            if deadline is not None and time.monotonic() >= deadline:
                raise TimeUp
            # two different views of each image, one a branch
            one, two = np.array([rng.choice(len(views), 2, replace=False) for _ in rows]).T
            first, second = (torch.from_numpy(views[v, rows]).float() for v in (one, two))
            parts = system.losses(first, second, torch.from_numpy(labels[rows]))
            loss = torch.stack([weights[name] * part for name, part in parts.items()]).sum()
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 5.0)
            optimizer.step()
            cycle.step()
    system.eval()


def _fit_heads(
    system: MultilevelHashing,
    views: Iterable[npt.NDArray[np.float16]],
    labels: Sequence[int],
    seed: int,
) -> None:
    """Train the heads last, as the system does: on whole images, and on one view of them."""
    torch.manual_seed(seed)
    with torch.no_grad():
        seen = [system.features(torch.from_numpy(np.asarray(view)).float()) for view in views]
    fit_heads(system, seen, labels, np.random.default_rng(seed))


@torch.no_grad()
def _measure(
    system: MultilevelHashing,
    queries: npt.NDArray[np.float16],
    items: npt.NDArray[np.float16],
    query_class: npt.NDArray[np.str_],
    item_class: npt.NDArray[np.str_],
) -> dict[str, dict[str, Any]]:
    asked, searched = (
        system.features(torch.from_numpy(np.asarray(of)).float()) for of in (queries, items)
    )
    found = {}
    for bits in system.hash_heads:
        encoded = [
            Encoded(features.numpy(), pack(system.head(int(bits))(features)).numpy())
            for features in (asked, searched)
        ]
        found[f"code-{bits}"] = _precision(code_scores, *encoded, query_class, item_class)
    found["embedding"] = _precision(embedding_scores, *encoded, query_class, item_class)
    return found


def _precision(
    scores: Any,
    queries: Encoded,
    items: Encoded,
    query_class: npt.NDArray[np.str_],
    item_class: npt.NDArray[np.str_],
) -> dict[str, float]:
    """Return the engine's tie-aware metrics of one ranking."""
    sums = np.zeros(3)
    for start in range(0, len(queries), _CHUNK):
        rows = slice(start, start + _CHUNK)
        shells = shells_of(
            -scores(take(queries, rows), items), query_class[rows, None] == item_class
        )
        sums += (
            ap.expected_average_precision(shells).sum(),
            ap.expected_average_precision_at(shells, 20).sum(),
            ap.expected_precision_at(shells, 10).sum(),
        )
    names = ("map", "map_at_20", "precision_at_10")
    return {name: percent(total / len(queries)) for name, total in zip(names, sums, strict=True)}


def _classes(images: LabelledImages) -> npt.NDArray[np.str_]:
    return np.array([name.rpartition("/")[0] for name in images.names])
