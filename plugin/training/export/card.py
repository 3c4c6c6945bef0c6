"""The model card: the same facts for people (README.md) and for programs (model.json)."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from typing import Any

import onnx
import torch

from ...engine.encoders.card_format import CardFields
from ..recipe import Recipe
from .graphs import OPSET

DESCRIPTION = (
    "Finds overhead scenes that resemble an example or a typed English description. A MobileNetV2 "
    "image tower and a six-layer MiniLM text tower with a pruned vocabulary share one embedding "
    "space and one 64-bit hash layer. Trained on UC Merced and AID with their captions, and on "
    "generated scenes, at 0.3 m to about 30 m a pixel, red, green and blue."
)

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
    seconds: float | None,
) -> CardFields:
    """Return what the card says about a trained recipe.

    Args:
        recipe: what was run.
        parameters: number of weights in the image, text and hash graphs.
        items: number of training images of each entry of ``TRAINING_DATA``.
        results: measured results.
        parity: how near the exported graphs are to torch.
        seconds: of training in all, where known.
    """
    return CardFields(
        id=f"scene-search-{recipe.name}",
        name=f"Scene Search {recipe.name}",
        description=DESCRIPTION,
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
            "torch": torch.__version__.split("+")[0],
            "machine": f"CPU, {platform.machine()}, 2 cores",
            "training_seconds": seconds,
        },
        framework_version=onnx.__version__,
        extra={
            "scene_search:onnx_opset": OPSET,
            "scene_search:parity": [dict(entry) for entry in parity],
            "scene_search:limits": [line.format(size=recipe.image.input_size) for line in LIMITS],
        },
    )


def readable_card(fields: CardFields) -> str:
    """Return the card as Markdown."""
    rows = [
        f"| {r['benchmark']} | {r['precision']} | {r['protocol']} | {r['summary']} |"
        for r in fields.results
    ]
    parity = [
        f"| {p['role']} | {p['precision']} | {p['items']} | {p['largest_difference']:.2g} | "
        f"{p['mean_cosine']:.5f} | {p['least_cosine']:.4f} | {100 * p['equal_bits']:.2f} % |"
        for p in fields.extra["scene_search:parity"]
    ]
    data = [f"- {d['name']}: {d['items']} images; {d['terms']}" for d in fields.training_data]
    limits = [f"- {line}" for line in fields.extra["scene_search:limits"]]
    lines = [
        f"# {fields.name}",
        "",
        fields.description,
        "",
        f"- Image: {fields.input_size} × {fields.input_size} px RGB. Embedding: "
        f"{fields.embedding_size} numbers. Code: {fields.code_bits} bits.",
        f"- Started from {fields.pretrained_source}.",
        f"- Weights: {fields.total_parameters:,}. ONNX opset {OPSET}.",
        f"- Recipe: `{fields.recipe['file']}`, seed {fields.recipe['seed']}, trained on "
        f"{fields.recipe['machine']}.",
        "",
        "## Training data and terms",
        "",
        *data,
        "",
        "No image that is a test item in any of the benchmarks' lists was trained on, in any "
        "task, nor any byte-identical copy of one. The terms of AID allow academic use only; "
        "weigh that before other use of these weights.",
        "",
        "## Measured",
        "",
        "| benchmark | weights | protocol | result |",
        "|---|---|---|---|",
        *rows,
        "",
        "Printed by `make models`, through `scene-search evaluate`.",
        "",
        "## Export",
        "",
        "| graph | weights | compared | largest difference | mean cosine | least cosine | "
        "equal bits |",
        "|---|---|---|---|---|---|---|",
        *parity,
        "",
        "## Limits",
        "",
        *limits,
        "",
    ]
    return "\n".join(lines)
