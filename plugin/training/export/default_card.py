"""What the card of the shipped default encoder says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import onnx

from ...engine.encoders.package.card_format import CardFields
from ..recipe import Recipe
from ..running.machine import machine
from .system_texts import TEXTS
from .trained import Trained
from .versions import versions

DESCRIPTION = (
    "Finds overhead scenes that resemble an example or a typed English description. A MobileNetV2 "
    "image tower and a six-layer MiniLM text tower with a pruned vocabulary share one embedding "
    "space and one 64-bit hash layer. Trained on UC Merced and AID with their captions, and on "
    "generated scenes, at 0.3 m to about 30 m a pixel, red, green and blue."
)
FINISH = " In the end a published system was trained on the towers: {what}"

LIMITS = (
    "It has seen daylight RGB photographs only: radar, thermal and false-colour composites are "
    "foreign to it.",
    "Its scenes are those of 51 classes of land use, mostly in the United States and China; what "
    "lies outside them is placed by resemblance.",
    "Descriptions are understood in English, best in the plain style of captions: what is there, "
    "how many, which colour, beside what. Places, dates and names mean nothing to it.",
    "A tile that shows several scenes is described by their mixture; choose a tile size near the "
    "size of what you look for.",
    "Counts and small objects are weak: an image is seen at {size} × {size} pixels.",
)

TRAINING_DATA: tuple[dict[str, str], ...] = (
    {
        "name": "UC Merced Land Use, with UCM-captions",
        "terms": "research use; imagery is US public domain (USGS)",
    },
    {
        "name": "AID, reduced to 150 px, with RSICD captions",
        "terms": "academic use; Google Earth imagery",
    },
    {"name": "Generated scenes of Scene Search's sample generator", "terms": "GPL-3.0-or-later"},
)

HELD_OUT = (
    "No image that is a test item in any of the benchmarks' lists was trained on, in any task, nor "
    "any byte-identical copy of one. The terms of AID allow academic use only; weigh that before "
    "other use of these weights."
)

PRETRAINED = (
    "MobileNetV2 1.0 224 trained on ImageNet-1k (Apache-2.0) and all-MiniLM-L6-v2 (Apache-2.0)"
)


def card_fields(
    recipe: Recipe,
    *,
    parameters: int,
    items: Sequence[int],
    results: Sequence[Mapping[str, Any]],
    parity: Sequence[Mapping[str, Any]],
    trained: Trained | None,
) -> CardFields:
    """Return what the card says about a trained recipe.

    Args:
        recipe: what was run.
        parameters: number of weights in the image, text and hash graphs.
        items: number of training images of each entry of ``TRAINING_DATA``.
        results: measured results.
        parity: how near the exported graphs are to torch.
        trained: the system that was trained on the towers in the end; None without one.
    """
    text = TEXTS[trained.facts["system"]] if trained else None
    limits = (*LIMITS, *(text.limits if text else ()))
    extra: dict[str, Any] = {}
    if trained and text:
        extra = {
            "scene_search:system": trained.facts["system"],
            "scene_search:paper": text.paper,
            "scene_search:reconstruction": text.ours,
            **getattr(trained.system, "card_properties", dict)(),
        }
    return CardFields(
        id=f"scene-search-{recipe.name}",
        name=f"Scene Search {recipe.name}",
        description=DESCRIPTION + (FINISH.format(what=text.what) if text else ""),
        architecture="MobileNetV2 + MiniLM dual encoder with hash layer",
        embedding_size=recipe.embedding_size,
        code_bits=recipe.bits,
        input_size=recipe.image.input_size,
        mean=recipe.image.mean,
        std=recipe.image.std,
        licence="other",
        max_text_length=recipe.text.max_length,
        total_parameters=parameters,
        pretrained_source=PRETRAINED,
        hash_layer={"kind": "u = tanh(s·W f), b = [u ≥ 0]", "shared_by": ["image", "text"]},
        results=results,
        training_data=[
            {**source, "items": count} for source, count in zip(TRAINING_DATA, items, strict=True)
        ],
        recipe={
            "file": f"plugin/training/recipes/{recipe.name}.yaml",
            "seed": recipe.seed,
            "machine": machine(),
            "training_seconds": None,  # of all stages nobody kept the sum
        },
        framework_version=onnx.__version__,
        extra={
            **versions(),
            "scene_search:parity": [dict(entry) for entry in parity],
            "scene_search:held_out": HELD_OUT,
            "scene_search:limits": [line.format(size=recipe.image.input_size) for line in limits],
            **extra,
        },
    )
