"""Measures a text ↔ image system in torch, as ``scene-search evaluate captions`` does a package.

Nothing is exported, so that it can be done after every epoch and for every ablation. The
rankings and their recalls are the engine's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ...engine.encoders.encoder import Encoded
from ...engine.encoders.fusion import RERANK_WEIGHT
from ...engine.evaluation.captions.caption_recall import CaptionPairs, Rows, pairs_of, recalls
from ...engine.evaluation.captions.karpathy import read_captions
from ...engine.evaluation.captions.recall import Scores
from ...engine.evaluation.rankings import code_scores, embedding_scores, take
from ..data.caption_batches import tokenise
from ..data.captioned_images import CAPTION_BENCHMARKS, CaptionedImages, read_captioned
from ..systems.caption_system import CaptionSystem
from .rerank import Fuses, reranked_scores

_IMAGES, _TEXTS = 64, 256


def read_measured(source: str, data: Path, split: str = "test") -> CaptionedImages:
    """Return a benchmark's split with every sentence, as often as it stands there.

    ``read_captioned`` leaves repeated sentences of an image out, which is right for training; an
    evaluation counts them, because each is a query.

    Args:
        source: name of the benchmark.
        data: the data folder.
        split: of the caption file.
    """
    images = read_captioned(source, data, split)
    listed = read_captions(data / CAPTION_BENCHMARKS[source].captions, split)
    own: dict[str, list[str]] = {name: [] for name in images.names}
    for caption, owner in zip(listed.captions, listed.owners, strict=True):
        own[listed.names[owner]].append(caption)
    return replace(images, captions=tuple(tuple(own[name]) for name in images.names))


@torch.inference_mode()
def measure_captions(
    system: CaptionSystem,
    images: CaptionedImages,
    pixels: npt.NDArray[np.uint8],
    *,
    shortlist: int = 0,
) -> dict[str, dict[str, Any]]:
    """Return recall by ``embedding``, by ``code`` and, with a fusion part, re-ranked.

    In float32, as the exported graphs compute; the system's mode is left as it was. Of the
    re-ranked, ``reranked`` is ordered as by a search, ``match_only`` by the fusion part alone.

    Args:
        system: what is measured, on whichever device.
        images: of the split, from ``read_measured`` where numbers are to be compared with those of
            ``scene-search evaluate``.
        pixels: uint8 (N, S, S, 3) of the images, S the input size of the exported graph.
        shortlist: items that the fusion part ranks anew for each query; 0 leaves it out.

    Raises:
        ValueError: if pixels and images differ in number.
    """
    if len(pixels) != len(images.names):
        raise ValueError("pixels and images differ in number")
    pairs = pairs_of(images.captions, images.contents)
    training = system.training
    system.eval()
    try:
        seen = _encode_images(system, pixels, pairs.first)
        read = _encode_texts(system, pairs.sentences)
        found = {
            "embedding": _ranked(embedding_scores, seen, read, pairs),
            "code": _ranked(code_scores, seen, read, pairs),
        }
        if shortlist and "tokens" in seen:
            scores = reranked_scores(cast(Fuses, system), seen, read, shortlist, _weight(system))
            for name, (image, text) in scores.items():
                found[name] = recalls(pairs, partial(_rows, image), partial(_rows, text))
    finally:
        system.train(training)
    return found


def _weight(system: CaptionSystem) -> float:
    """Return the weight of the cosine in re-ranking, as a package of the system would name it."""
    properties: Mapping[str, Any] = getattr(system, "card_properties", dict)()
    return float(properties.get("scene_search:rerank_weight", RERANK_WEIGHT))


def _rows(scores: Scores, rows: slice) -> Scores:
    return scores[rows]


def _ranked(
    scores: Callable[[Encoded, Encoded], Scores],
    seen: dict[str, Tensor],
    read: dict[str, Tensor],
    pairs: CaptionPairs,
) -> dict[str, Any]:
    images, texts = (
        Encoded(of["features"].float().cpu().numpy(), of["code"].cpu().numpy())
        for of in (seen, read)
    )
    return recalls(
        pairs,
        lambda rows: scores(take(images, rows), texts),
        lambda rows: scores(take(texts, rows), images),
    )


def _encode_images(
    system: CaptionSystem, pixels: npt.NDArray[np.uint8], rows: Rows
) -> dict[str, Tensor]:
    parts = []
    for start in range(0, len(rows), _IMAGES):
        batch = np.stack([pixels[row] for row in rows[start : start + _IMAGES]])
        views = torch.from_numpy(batch).to(system.device).permute(0, 3, 1, 2).float() / 255
        parts.append(system.image_outputs(system.normalised(views)))
    return {name: torch.cat([part[name] for part in parts]) for name in parts[0]}


def _encode_texts(system: CaptionSystem, sentences: Sequence[str]) -> dict[str, Tensor]:
    """Return the outputs of all sentences, and ``mask`` where they have tokens."""
    parts = []
    for start in range(0, len(sentences), _TEXTS):
        texts = tokenise(system.tokenizer, sentences[start : start + _TEXTS])
        mask = texts.attention_mask.to(system.device)
        outputs = system.text_outputs(texts.input_ids.to(system.device), mask)
        parts.append({**outputs, "mask": mask} if "tokens" in outputs else outputs)
    longest = max((part["mask"].shape[1] for part in parts if "mask" in part), default=0)
    padded = [
        {
            name: _padded(values, longest) if name in ("tokens", "mask") else values
            for name, values in part.items()
        }
        for part in parts
    ]
    return {name: torch.cat([part[name] for part in padded]) for name in padded[0]}


def _padded(values: Tensor, length: int) -> Tensor:
    """Return (N, length, …) with zeros after what was there."""
    missing = length - values.shape[1]
    return torch.cat([values, values.new_zeros(len(values), missing, *values.shape[2:])], 1)
