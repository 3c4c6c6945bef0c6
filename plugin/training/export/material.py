"""What an export is checked on: real images and sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer

from ..recipe import ImageSettings
from ..systems.exportable import Exportable
from .graphs import RoleGraph, roles_of
from .parity import Arrays

_BATCH = 16


@dataclass(frozen=True, slots=True)
class Material:
    """Images and sentences of the training part of the data.

    Attributes:
        images: uint8 (N, S, S, 3), on which every graph must agree with torch.
        sentences: on which the graphs that read text must agree; empty without a text part.
    """

    images: npt.NDArray[np.uint8]
    sentences: Sequence[str] = ()


def normalised(image: ImageSettings, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Return float32 (N, 3, S, S) as the image graph takes it, of uint8 (N, S, S, 3)."""
    mean = np.asarray(image.mean, np.float32)
    std = np.asarray(image.std, np.float32)
    scaled = (images.astype(np.float32) / 255.0 - mean) / std
    return np.ascontiguousarray(scaled.transpose(0, 3, 1, 2))


@torch.no_grad()
def batches_of(
    system: Exportable, image: ImageSettings, material: Material, tokenizer: Tokenizer | None
) -> dict[str, list[Arrays]]:
    """Return the inputs that every graph of a system is checked on, by role.

    Batches differ in size and, with text, in length, as those of an index and of a query do. The
    parts behind the towers get what torch's towers make of the same images and sentences.

    Args:
        system: in float32, in evaluation mode.
        image: its normalisation.
        material: images and sentences.
        tokenizer: with truncation and padding set; None without a text part.
    """
    roles = roles_of(system)
    found: dict[str, list[Arrays]] = {role: [] for role in roles}
    pixels = normalised(image, material.images)
    found["image"] = [{"pixels": pixels[rows]} for rows in _slices(len(pixels))]
    if tokenizer is not None and "text" in roles:
        for rows in _slices(len(material.sentences)):
            encodings = tokenizer.encode_batch(list(material.sentences[rows]))
            ids = np.array([e.ids for e in encodings], np.int64)
            mask = np.array([e.attention_mask for e in encodings], np.int64)
            found["text"].append({"input_ids": ids, "attention_mask": mask})
    seen = [_outputs(system, "image", batch) for batch in found["image"]]
    found["hash"] = [{"features": image["features"]} for image in seen]
    for image_batch, text_batch in zip(seen, found.get("text", []), strict=False):
        text = _outputs(system, "text", text_batch)
        mask = text_batch["attention_mask"]
        count = min(len(image_batch["features"]), len(mask))
        if "hubness" in roles:
            found["hubness"] += [{"features": own["features"]} for own in (image_batch, text)]
        if "fusion" in roles:
            images = image_batch["tokens"]
            for shown, own in ((images[:count], slice(0, count)), (images, slice(0, 1))):
                found["fusion"].append(
                    {
                        "image_tokens": shown,
                        "text_tokens": text["tokens"][own],
                        "text_mask": mask[own],
                    }
                )
        if "context" in roles:
            # with a text each, and without any
            for own_mask in (mask[:count], np.zeros_like(mask[:count])):
                found["context"].append(
                    {
                        "image_features": image_batch["features"][:count],
                        "text_tokens": text["tokens"][:count],
                        "text_mask": own_mask,
                    }
                )
    return found


def _outputs(system: Exportable, role: str, batch: Arrays) -> dict[str, npt.NDArray[np.float32]]:
    tensors = [torch.from_numpy(array) for array in batch.values()]
    return {k: v.numpy() for k, v in RoleGraph(system, role).outputs(*tensors).items()}


def _slices(count: int) -> Iterator[slice]:
    """Yield slices over ``count`` items; the last batch has one item, the least there can be."""
    starts = list(range(0, max(count - 1, 0), _BATCH))
    for start in starts:
        yield slice(start, min(start + _BATCH, count - 1))
    if count:
        yield slice(count - 1, count)
