"""Checks that a ``model.json`` says what this engine needs to know."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...errors import EncoderPackageError
from ..layout import layout_of
from .card_format import FORMAT_VERSION, GRAPH_ROLES, MULTIHASH_SHA256, PREFIX
from .files import plain_name

#: Numbers in an embedding and bits in a code at most, and pixels along an image's side: far more
#: than any encoder has, and little enough that a card alone fills no memory.
_LONGEST, _WIDEST = 65_536, 4_096

#: Bytes of a file; a graph with its weights inside has 2 GiB at most.
_LARGEST_FILE = 4 << 30


def check_card(card: Any, package: Path) -> None:
    """Check a card read from JSON.

    Args:
        card: any JSON value.
        package: where it was read, for the message.

    Raises:
        EncoderPackageError: naming what is missing or wrong.
    """
    if not isinstance(card, Mapping) or not isinstance(card.get("properties"), Mapping):
        raise _wrong(package, "it is not a STAC item")
    properties = card["properties"]
    _check_version(properties.get(PREFIX + "format_version"), package)
    try:
        _check_names(card, package)
        _check_numbers(properties, package)
        layout_of(properties, PREFIX)
        _check_assets(card["assets"], package)
        _check_variants(properties[PREFIX + "variants"], card["assets"], package)
        _check_input(properties["mlm:input"], package)
        _check_tokenizer(properties, card["assets"], package)
    except KeyError as error:
        raise _wrong(package, f"the field {error.args[0]} is missing") from error
    except (AttributeError, TypeError, IndexError, ValueError, OverflowError) as error:
        raise _wrong(package, f"a field has the wrong type ({error})") from error


def _check_version(version: Any, package: Path) -> None:
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise _wrong(package, f"{PREFIX}format_version is missing or no number")
    if version > FORMAT_VERSION:
        raise EncoderPackageError(
            f"The encoder {package.name} has format {version}, this version reads up to "
            f"{FORMAT_VERSION}",
            hint="Update Scene Search, or get the package in the older format.",
        )


def _check_names(card: Mapping[str, Any], package: Path) -> None:
    for value, field in ((card["id"], "id"), (card["properties"]["mlm:name"], "mlm:name")):
        if not isinstance(value, str) or not value.strip():
            raise _wrong(package, f"the field {field} is empty or no text")


def _check_numbers(properties: Mapping[str, Any], package: Path) -> None:
    bits = properties[PREFIX + "code_bits"]
    size = properties[PREFIX + "embedding_size"]
    for field, value in (("code_bits", bits), ("embedding_size", size)):
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise _wrong(package, f"{PREFIX}{field} is no positive whole number")
        if value > _LONGEST:
            raise _wrong(package, f"{PREFIX}{field} is {value:.3g}, at most {_LONGEST:,} are used")
    if bits % 8:
        raise _wrong(package, f"{PREFIX}code_bits is {bits}, which is no multiple of 8")
    weight = properties.get(PREFIX + "rerank_weight", 0)
    if isinstance(weight, bool) or not 0 <= float(weight) < math.inf:
        raise _wrong(package, f"{PREFIX}rerank_weight is {weight}")


def _check_assets(assets: Mapping[str, Any], package: Path) -> None:
    for name, asset in assets.items():
        plain_name(name, package)
        digest = str(asset["file:checksum"])
        if not digest.startswith(MULTIHASH_SHA256) or len(digest) != 68:
            raise _wrong(package, f"the checksum of {name} is no SHA-256")
        if not isinstance(asset["file:size"], int) or asset["file:size"] < 0:
            raise _wrong(package, f"the size of {name} is no whole number")
        if asset["file:size"] > _LARGEST_FILE:
            raise _wrong(package, f"{name} is larger than {_LARGEST_FILE / 1e9:.1f} GB")


def _check_variants(variants: Mapping[str, Any], assets: Mapping[str, Any], package: Path) -> None:
    for role, files in variants.items():
        if role not in GRAPH_ROLES:
            raise EncoderPackageError(
                f"The encoder {package.name} has a part of an unknown kind: {role}",
                hint=f"This version knows {', '.join(sorted(GRAPH_ROLES))}. Update Scene Search.",
            )
        if not files:
            raise _wrong(package, f"the role {role} names no file")
        for file in files:
            if file["file"] not in assets:
                raise _wrong(package, f"{file['file']} is named as {role} but has no checksum")
            str(file["precision"])
    if "image" not in variants:
        raise _wrong(package, "it has no image part")


def _check_input(inputs: Any, package: Path) -> None:
    image = next((item for item in inputs if item.get("name") == "image"), None)
    if image is None:
        raise _wrong(package, "mlm:input does not describe the image input")
    shape = image["input"]["shape"]
    if len(shape) != 4 or shape[1] != 3 or shape[2] != shape[3] or not 8 <= shape[2] <= _WIDEST:
        raise _wrong(package, f"image input of shape {shape}: only square RGB images are supported")
    scaling = image["value_scaling"]
    if len(scaling) != 3 or any(item["type"] != "z-score" for item in scaling):
        raise _wrong(package, "value_scaling of the image is not one z-score a band")
    if any(not float(item["stddev"]) > 0 for item in scaling):
        raise _wrong(package, "a stddev of value_scaling is not positive")
    if not all(math.isfinite(float(item[key])) for item in scaling for key in ("mean", "stddev")):
        raise _wrong(package, "a number of value_scaling is infinite")


def _check_tokenizer(
    properties: Mapping[str, Any], assets: Mapping[str, Any], package: Path
) -> None:
    name = properties.get(PREFIX + "tokenizer")
    if "text" in properties[PREFIX + "variants"] and name not in assets:
        raise _wrong(package, "it has a text part but no tokenizer")
    length = properties.get(PREFIX + "max_text_length")
    if length is not None and not 0 < int(length) <= 100_000:
        raise _wrong(package, f"{PREFIX}max_text_length is {length}")


def _wrong(package: Path, reason: str) -> EncoderPackageError:
    return EncoderPackageError(
        f"model.json of the encoder {package.name} cannot be used: {reason}",
        hint="Get the package again from its maker, or export it again.",
        package=str(package),
    )
