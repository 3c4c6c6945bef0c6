"""The last step of a system that knows hubs: what its training images and texts look like to it."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, cast, runtime_checkable

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ..data.caption_batches import distinct_sentences
from ..data.captioned_images import CaptionedImages
from ..data.visual_graph import visual_graph
from ..data.whole_images import whole_batches
from ..running.checkpoint_facts import Facts
from ..running.run_folder import save_tensors
from ..systems.caption_system import CaptionSystem
from .build import system_in
from .recipe import caption_recipe
from .systems import caption_system

#: Images and sentences that are looked at, at most: their clusters hardly change with more.
_LOOKED_AT = 4096


@runtime_checkable
class LearnsHubs(Protocol):
    """A system that tells hubs by what it has been shown."""

    def learn_hubs(self, images: Tensor, texts: Tensor) -> None:
        """Take embeddings (M, D) of typical images and (T, D) of typical texts."""
        ...


def learn_hubs(
    checkpoint: Path, images: CaptionedImages, pixels: npt.NDArray[np.uint8], device: torch.device
) -> None:
    """Show the trained system of a checkpoint its training images and texts, and write it again.

    Only the prototypes change. Done again, it finds the same ones. A system that has none is left
    as it is.

    Args:
        checkpoint: of a text ↔ image system.
        images: what it was trained on.
        pixels: uint8 (N, S, S, 3) of the images.
        device: where to look at them.
    """
    content = torch.load(checkpoint, weights_only=True, map_location="cpu")
    facts = content[Facts.KEY]
    recipe = caption_recipe(facts["recipe"], checkpoint.name)
    if not issubclass(caption_system(recipe.system), LearnsHubs):
        return
    system = system_in(facts, recipe)
    system.load_state_dict(content["state_dict"])
    system.to(device).eval()
    print("hubs: looking at training images and sentences", flush=True)
    rows = _spread(len(images.names), recipe.seed)
    seen = _images(system, pixels[rows], recipe.image.input_size)
    system.eval()  # exporting the graph that looks leaves it in training mode, with dropout
    sentences = distinct_sentences(images)
    chosen = _spread(len(sentences), recipe.seed)
    read = system.encode_sentences([sentences[row] for row in chosen])
    cast("LearnsHubs", system).learn_hubs(seen, read)
    content["state_dict"] = system.cpu().state_dict()
    save_tensors(content, checkpoint)


@torch.no_grad()
def _images(system: CaptionSystem, pixels: npt.NDArray[np.uint8], size: int) -> Tensor:
    def visual(batch: Tensor) -> tuple[Tensor, ...]:
        return (system.encode_visual(system.visual(batch)),)

    look = visual_graph(system, visual, size) if system.device.type == "cpu" else visual
    batches = whole_batches(pixels, size, system.device)
    return torch.cat([look(system.normalised(batch))[0].cpu() for batch in batches])


def _spread(count: int, seed: int) -> npt.NDArray[np.int64]:
    order = np.random.default_rng(seed).permutation(count)[:_LOOKED_AT]
    return cast("npt.NDArray[np.int64]", np.sort(order))
