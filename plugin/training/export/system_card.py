"""The card of a trained system, of what its checkpoint says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import onnx

from ...engine.encoders.package.card_format import CardFields
from .system_texts import LIMITS, TERMS, TEXT_LIMIT, TEXTS
from .trained import Trained
from .versions import versions


def system_card(
    trained: Trained,
    *,
    parameters: int,
    parity: Sequence[Mapping[str, Any]],
    results: Sequence[Mapping[str, Any]],
) -> CardFields:
    """Return what the card says about a trained system.

    Args:
        trained: the system with what training wrote down.
        parameters: number of weights in its graphs.
        parity: how near the graphs are to torch.
        results: measured results.
    """
    facts, images = trained.facts, trained.facts["images"]
    recipe: Mapping[str, Any] = facts["recipe"]
    text = TEXTS[facts["system"]]
    limits = [line.format(size=trained.image.input_size) for line in LIMITS]
    if trained.words is not None:
        limits.append(TEXT_LIMIT)
    extra: dict[str, Any] = {
        **versions(),
        "scene_search:system": facts["system"],
        "scene_search:parity": [dict(entry) for entry in parity],
        "scene_search:held_out": _held_out(images["name"]),
        "scene_search:limits": [*limits, *text.limits],
    }
    if text.paper:
        extra |= {"scene_search:paper": text.paper, "scene_search:reconstruction": text.ours}
    # what a system itself has to say, such as the bits of each level of its codes
    extra |= getattr(trained.system, "card_properties", dict)()
    return CardFields(
        id=f"{recipe['name']}-{images['name']}-{trained.bits}",
        name=f"{recipe['name']} {images['name']} {trained.bits} bits",
        description=f"{text.what} {_origin(text.paper)}".strip(),
        architecture=_architecture(trained),
        embedding_size=trained.embedding_size,
        code_bits=trained.bits,
        input_size=trained.image.input_size,
        mean=trained.image.mean,
        std=trained.image.std,
        licence="other",
        max_text_length=trained.words.max_length if trained.words else None,
        total_parameters=parameters,
        pretrained_source=_source(recipe),
        hash_layer={
            "kind": "u = tanh(s·W f), b = [u ≥ 0]",
            "shared_by": ["image", "text"] if trained.words else ["image"],
        },
        results=results,
        training_data=[
            {
                "name": images["name"],
                "items": images.get("items", len(images["names"])),
                "terms": TERMS.get(images["name"], "those of the images"),
                "classes": _classes(images["classes"]),
            }
        ],
        recipe={
            "file": f"plugin/training/recipes/{recipe['name']}.yaml",
            **{k: v for k, v in recipe.items() if k not in ("image", "text")},
            "torch": facts["torch"],
            "machine": facts.get("machine", "not recorded"),
            "training_seconds": round(facts["seconds"], 1),
        },
        framework_version=onnx.__version__,
        extra=extra,
    )


def _origin(paper: str) -> str:
    return f"After {paper}." if paper else ""


def _held_out(name: str) -> str:
    if name in TERMS:
        return f"Only the train split of {name} was learnt from; the terms of its images apply."
    return "The terms of the images that were learnt from apply."


def _architecture(trained: Trained) -> str:
    facts = trained.facts
    if trained.words is None:
        return f"{facts['backbone']['model_type']} with hash layer"
    towers = [facts[key]["model_type"] for key in ("image_backbone", "text_backbone")]
    return f"{' + '.join(towers)}, {facts['system']}, with hash layer"


def _source(recipe: Mapping[str, Any]) -> str:
    parts = [recipe[key]["backbone"] for key in ("image", "text") if key in recipe]
    return " and ".join(Path(part).name for part in parts)


def _classes(classes: Any) -> Any:
    """Return how many classes there were; older checkpoints hold the number, newer the names."""
    count = classes if isinstance(classes, int) else len(classes)
    return count or "none"
