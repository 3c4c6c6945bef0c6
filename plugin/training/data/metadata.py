"""The acquisition metadata that a batch is trained with: the images' own, or else invented.

An image's own metadata is the STAC item beside it. Images without one get **synthetic** metadata,
see ``drawn_metadata``; several images of a batch share an invented acquisition, as the tiles of a
scene do, so that metadata alone never tells which image a query means.

Slots are dropped at random, so that a text of any few of them can be read. The class of a scene,
which R2STFT has a slot for, is left out: an image of an index does not know its class, and a
system that was told it in training would not learn to see it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer
from torch import Tensor

from ...engine.context.r2stft import join_slots, r2stft_slots
from ...engine.context.spatiotemporal import NAMES, spatiotemporal
from ...engine.imagery.acquisition.stac_sidecar import stac_properties
from .drawn_metadata import Origin, draw_properties

#: The slot of a text that tells each of the numbers that are read back from it.
_TOLD_BY = {"day": "time", "hour": "time", "lat": "place", "lon": "place", "gsd": "resolution"}
_SLOT_OF = tuple(_TOLD_BY[name.rpartition("_")[2]] for name in NAMES)


def own_properties(paths: Sequence[Path]) -> list[dict[str, Any] | None]:
    """Return the STAC properties of every image, None for those with no item beside them."""
    return [stac_properties(path) or None for path in paths]


class TrainingMetadata:
    """Draws the metadata texts of a batch, for its images and for its queries.

    Args:
        properties: own STAC properties of every image, None where it has none.
        origin: where images without may come from.
        tokenizer: of the text tower, with padding and truncation set.
        slot_drop: chance of each slot of a text to be left out.
        without: chance of an image, and apart from it of a query, to have no metadata.
        tiles_per_scene: how many images of a batch share an invented acquisition, on average.
    """

    def __init__(
        self,
        properties: Sequence[Mapping[str, Any] | None],
        origin: Origin,
        tokenizer: Tokenizer,
        *,
        slot_drop: float = 0.3,
        without: float = 0.5,
        tiles_per_scene: int = 16,
    ) -> None:
        self.properties = list(properties)
        self.origin = origin
        self.tokenizer = tokenizer
        self.slot_drop, self.without = slot_drop, without
        self.tiles_per_scene = tiles_per_scene

    def __call__(self, rows: npt.NDArray[np.int64], rng: np.random.Generator) -> dict[str, Tensor]:
        """Return the metadata of the images ``rows``.

        An image and its query have the same acquisition with other slots left out.

        Returns:
            ``context_ids`` and ``context_mask``, int64 (T, L), the distinct texts;
            ``context_of_image`` and ``context_of_query``, int64 (N,), which text each has, −1 for
            none; ``context_target``, float32 (T, 9), and ``context_known``, bool (T, 9), what
            each text tells of time, place and resolution. T is at least 1.
        """
        scene_of, scenes = self._scenes(rows, rng)
        texts: dict[str, int] = {}
        told: list[tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]] = []
        sides = []
        for _ in range(2):
            number_of = np.array([self._text(scene, rng, texts, told) for scene in scenes])
            own = number_of[scene_of]
            sides.append(np.where(rng.random(len(rows)) < self.without, -1, own))
        if not texts:
            texts[""] = 0
            told.append(spatiotemporal({}))
        encodings = self.tokenizer.encode_batch(list(texts))
        return {
            "context_ids": torch.tensor([e.ids for e in encodings]),
            "context_mask": torch.tensor([e.attention_mask for e in encodings]),
            "context_of_image": torch.from_numpy(sides[0]),
            "context_of_query": torch.from_numpy(sides[1]),
            "context_target": torch.from_numpy(np.stack([target for target, _ in told])),
            "context_known": torch.from_numpy(np.stack([known for _, known in told])),
        }

    def _scenes(
        self, rows: npt.NDArray[np.int64], rng: np.random.Generator
    ) -> tuple[npt.NDArray[np.int64], list[Mapping[str, Any]]]:
        """Return the acquisition that each image is of, and all of them."""
        bare = [i for i, row in enumerate(rows) if self.properties[row] is None]
        count = -(-len(bare) // self.tiles_per_scene)
        scenes: list[Mapping[str, Any]] = [draw_properties(self.origin, rng) for _ in range(count)]
        scene_of = np.zeros(len(rows), np.int64)
        if bare:
            scene_of[bare] = rng.integers(count, size=len(bare))
        for i, row in enumerate(rows):
            own = self.properties[row]
            if own is not None:
                scene_of[i] = len(scenes)
                scenes.append(own)
        return scene_of, scenes

    def _text(
        self,
        properties: Mapping[str, Any],
        rng: np.random.Generator,
        texts: dict[str, int],
        told: list[tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]],
    ) -> int:
        """Return the number of a text of some slots, −1 where none is left."""
        slots = r2stft_slots(properties)
        kept = {name: text for name, text in slots.items() if rng.random() >= self.slot_drop}
        if not kept:
            return -1
        text = join_slots(kept)
        if text not in texts:
            texts[text] = len(texts)
            target, known = spatiotemporal(properties)
            told.append((target, known & np.array([slot in kept for slot in _SLOT_OF])))
        return texts[text]
