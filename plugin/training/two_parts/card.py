"""What the card of an encoder of two parts says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import onnx

from ...engine.encoders.package.card_format import PREFIX, CardFields
from ...engine.encoders.package.package import EncoderPackage
from ..export.versions import versions
from ..running.machine import machine
from .recipe import TwoPartsRecipe

_DESCRIPTION = (
    "Finds overhead scenes that resemble an example or a typed English description, by meaning "
    "(the kind of scene) and by look (this very place, at other dates too), in a balance that a "
    "search chooses. A MobileNetV2 image tower seen at three scales and a six-layer MiniLM text "
    "tower with a pruned vocabulary share the space of the meaning; the look is made of an earlier "
    "layer of the same tower. Trained on UC Merced and AID with their captions, and on generated "
    "scenes, at 0.3 m to about 30 m a pixel, red, green and blue; the look is fitted on aerial "
    "photographs of two Californian cities at up to three dates."
)
_PARTS = (
    "Fitted on an exported package, whose backbone stays as it is: last layers and bits of the "
    "meaning by supervised contrast, classes and captions on features computed once; the look by "
    "whitening statistics of a feature map, directions that differ within a place played down; "
    "bits of the look by iterative quantisation."
)
_PLACES = {
    "name": "NAIP chips of Chico and Claremont, California, at up to three dates",
    "terms": "CC BY 4.0 (Ventura et al.); imagery is US public domain (NAIP)",
}
#: Facts of the base that are true of what is made of it.
_KEPT = ("held_out", "limits")


def card_fields(
    base: EncoderPackage,
    recipe: TwoPartsRecipe,
    *,
    learnt: Mapping[str, int],
    seconds: float,
    results: Sequence[Mapping[str, Any]],
    parity: Sequence[Mapping[str, Any]],
    parameters: int,
) -> CardFields:
    """Return what the card says.

    Args:
        base: the package that it was made of.
        recipe: how.
        learnt: number of images learnt from, by data set.
        seconds: of training and fitting.
        results: measured results.
        parity: how near the graphs are to what was fitted.
        parameters: number of weights in the graphs.
    """
    old: Mapping[str, Any] = base.card["properties"]
    own = {
        key: value
        for key, value in old.items()
        if key.startswith(PREFIX) and key.removeprefix(PREFIX) in _KEPT
    }
    training = [dict(source) for source in old[f"{PREFIX}training_data"]]
    if all(source["name"] != _PLACES["name"] for source in training):
        training.append({**_PLACES, "items": learnt["places"]})
    look = recipe.look_numbers
    return CardFields(
        id=base.id,
        name=base.name,
        description=_DESCRIPTION,
        architecture=str(old["mlm:architecture"]),
        embedding_size=base.layout.meaning + look,
        code_bits=base.code_bits,
        input_size=base.input_size,
        mean=base.mean,  # type: ignore[arg-type]  # three of them
        std=base.std,  # type: ignore[arg-type]
        licence=str(old["license"]),
        max_text_length=base.max_text_length,
        total_parameters=parameters,
        pretrained_source=old.get("mlm:pretrained_source"),
        hash_layer={
            "kind": "b = [W · part + c ≥ 0], of each part of an embedding at unit length",
            "shared_by": ["image", "text"],
        },
        results=results,
        training_data=training,
        recipe={
            "file": f"plugin/training/recipes/{recipe.name}.yaml",
            "seed": recipe.seed,
            "machine": machine(),
            "training_seconds": round(seconds, 1),
            "base": base.sha256,
            "base_recipe": old[f"{PREFIX}recipe"],
        },
        framework_version=onnx.__version__,
        extra={
            **versions(),
            **own,
            f"{PREFIX}made": _PARTS,
            f"{PREFIX}parity": [dict(entry) for entry in parity],
            f"{PREFIX}parts": {
                "meaning": {"numbers": base.layout.meaning, "share": recipe.share},
                "look": {"numbers": look, "share": 1 - recipe.share},
            },
            f"{PREFIX}codes": [
                {"bits": bits, "meaning": own_bits} for bits, own_bits in recipe.codes.items()
            ],
        },
    )
