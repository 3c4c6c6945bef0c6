"""Prints what an encoder is, was trained on, and was measured to do."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import EncoderPackageError
from .fusion import rerank_weight
from .package.card_format import GRAPH_ROLES, PREFIX
from .package.package import EncoderPackage

_WIDTH = 96
_LABEL = 20


def summarise(package: EncoderPackage) -> str:
    """Return the card of a package as text for a terminal, without a final line end.

    Raises:
        EncoderPackageError: what it says of itself is not of the types that a card has; loading
            looks only at what the encoder needs to run.
    """
    try:
        return "\n".join(_lines(package))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise EncoderPackageError(
            f"The card of the encoder {package.name} cannot be shown: {error}",
            hint="The encoder may work all the same; its maker can mend model.json.",
        ) from error


def _lines(package: EncoderPackage) -> Iterator[str]:
    properties: Mapping[str, Any] = package.card["properties"]
    yield package.name
    yield from textwrap.wrap(str(properties.get("description", "")), _WIDTH)
    yield ""
    yield _row("Identifier", package.id)
    yield _row("SHA-256", package.sha256)
    yield _row("Created", properties.get("created", "unknown"))
    yield _row("Licence", properties.get("license", "not stated"))
    yield _row("Architecture", properties.get("mlm:architecture", "not stated"))
    if "mlm:total_parameters" in properties:
        yield _row("Parameters", f"{properties['mlm:total_parameters']:,}")
    if "mlm:pretrained_source" in properties:
        yield _row("Started from", properties["mlm:pretrained_source"])
    yield _row("Image input", f"RGB, {package.input_size} x {package.input_size} pixels")
    if "text" in package.roles:
        yield _row("Text input", f"up to {package.max_text_length} word pieces")
    else:
        yield _row("Text input", "none: this encoder does not understand text")
    yield _row("Embedding", f"{package.embedding_size} numbers, compared by cosine")
    layout = package.layout
    if layout.two_parts:
        yield _row(
            "Parts",
            f"{layout.meaning} numbers of meaning, {layout.look} of look; meaning counts "
            f"{layout.share:.0%} unless a search says otherwise",
        )
    yield _row("Code", f"{layout.code_lengths} bits, compared by Hamming distance")
    if "fusion" in package.roles:
        weight = rerank_weight(package.card)
        cosine = "(cosine - hubness)" if "hubness" in package.roles else "cosine"
        yield _row("Re-ranking", f"log odds of a match by the fusion part + {weight:g} x {cosine}")
    if layer := properties.get(PREFIX + "hash_layer"):
        yield _row("Hash layer", _inline(layer))
    yield from _files(package)
    yield from _table("Trained on", properties.get(PREFIX + "training_data", ()))
    yield from _table("Measured", properties.get(PREFIX + "results", ()))
    if recipe := properties.get(PREFIX + "recipe"):
        yield ""
        yield "Recipe"
        yield from (f"  {key}: {_value(value)}" for key, value in recipe.items())


def _files(package: EncoderPackage) -> Iterator[str]:
    yield ""
    yield "Files"
    variants = package.card["properties"][PREFIX + "variants"]
    precision = {file["file"]: file["precision"] for role in variants for file in variants[role]}
    for name, asset in package.card["assets"].items():
        role = next((r for r in sorted(GRAPH_ROLES) if PREFIX + r in asset.get("roles", ())), "")
        kind = " ".join(filter(None, (role, precision.get(name, ""))))
        yield f"  {name:<24} {kind:<12} {_size(asset['file:size']):>9}"


def _table(title: str, rows: Any) -> Iterator[str]:
    """Yield rows of measured results or data sets, one entry of the card a paragraph."""
    if not rows:
        return
    yield ""
    yield title
    for row in rows:
        yield from textwrap.wrap(
            _inline(row), _WIDTH, initial_indent="  ", subsequent_indent="    "
        )


def _row(label: str, value: Any) -> str:
    return f"{label:<{_LABEL}}{value}"


def _inline(values: Mapping[str, Any]) -> str:
    """Return ``name: first, key 1.0, key 2.0`` for an object of the card."""
    items = list(values.items())
    head = ""
    if items and items[0][0] in ("name", "benchmark", "kind"):
        head = str(items.pop(0)[1])
    rest = ", ".join(f"{key.replace('_', ' ')} {_value(value)}" for key, value in items)
    return f"{head}: {rest}" if head and rest else head or rest


def _value(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, (list, tuple)):
        return "/".join(_value(item) for item in value)
    if isinstance(value, Mapping):
        return "(" + ", ".join(f"{key} {_value(item)}" for key, item in value.items()) + ")"
    return str(value)


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{size / 1e3:.1f} kB"
