"""The names and values of ``model.json``; ``card_build`` puts one together.

``model.json`` is a STAC 1.1 item with the Machine Learning Model extension (MLM 1.4.0,
https://github.com/stac-extensions/mlm) and the file extension 2.1.0 (checksums), so that any STAC
catalogue can hold an encoder. What MLM has no word for (roles, code length, hash layer,
tokenizer) is under our own prefix ``scene_search:``.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

#: Raised by one whenever older engines could misread a package. A package is written in the oldest
#: format that holds it: 1 as it always was, 2 with embeddings and codes of two parts.
FORMAT_VERSION = 2

CARD_NAME = "model.json"
PREFIX = "scene_search:"
ONNX_MEDIA_TYPE = "application/octet-stream; application=onnx"

#: What a graph in a package is for.
GRAPH_ROLES = frozenset({"image", "text", "fusion", "hubness", "context", "hash"})
#: Roles of files that are no graphs.
OTHER_ROLES = frozenset({"tokenizer", "document"})
PRECISIONS = frozenset({"fp32", "fp16", "int8"})

#: A SHA-256 as a multihash, which is how the file extension writes checksums.
MULTIHASH_SHA256 = "1220"

#: The fields of the card that decide what the encoder computes; see ``identity``.
_IDENTITY_FIELDS = (
    PREFIX + "format_version",
    PREFIX + "embedding_size",
    PREFIX + "code_bits",
    PREFIX + "variants",
    PREFIX + "tokenizer",
    PREFIX + "max_text_length",
)
#: The same, of packages that have them; they are left out of the identity of all others, which
#: was settled before there were any.
_LATER_IDENTITY_FIELDS = (PREFIX + "parts", PREFIX + "codes")


@dataclass(frozen=True, slots=True)
class CardFields:
    """What the maker of a package says about it; files are described by ``write_package``.

    Attributes:
        id: short stable identifier, such as ``"default-1"``.
        name: name shown to people: letters, digits, ``_.-`` and spaces.
        description: what it is and was made for, in a few sentences.
        architecture: common name of the architecture.
        embedding_size: D, numbers in an embedding.
        code_bits: K, bits in a code, a multiple of 8.
        input_size: S, width and height in pixels of the images it takes.
        mean: of each of red, green and blue scaled to 0..1, subtracted from the input.
        std: of the same, by which the input is divided.
        licence: SPDX identifier or ``"other"``.
        max_text_length: tokens in a text, all included; None without a text role.
        total_parameters: number of weights.
        pretrained_source: what the weights were started from.
        hash_layer: how a code is made from an embedding.
        results: measured results, each with ``benchmark``, ``protocol`` and numbers.
        training_data: what it was trained on, each with ``name``, ``items`` and ``terms``.
        recipe: what reproduces it (configuration, seed, versions).
        framework_version: version of ONNX that wrote the graphs.
        created: when it was made; now if left out.
        extra: further item properties.
    """

    id: str
    name: str
    description: str
    architecture: str
    embedding_size: int
    code_bits: int
    input_size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    licence: str
    max_text_length: int | None = None
    total_parameters: int | None = None
    pretrained_source: str | None = None
    hash_layer: Mapping[str, Any] = field(default_factory=dict)
    results: Sequence[Mapping[str, Any]] = ()
    training_data: Sequence[Mapping[str, Any]] = ()
    recipe: Mapping[str, Any] = field(default_factory=dict)
    framework_version: str | None = None
    created: datetime.datetime | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file of a package as its card records it.

    Attributes:
        name: file name inside the package.
        role: one of ``GRAPH_ROLES`` or ``OTHER_ROLES``.
        precision: of a graph's weights; empty for other files.
        size: bytes.
        sha256: hexadecimal digest.
    """

    name: str
    role: str
    precision: str
    size: int
    sha256: str


def identity(card: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a card that decides codes and embeddings.

    Correcting a description or adding a measured result leaves it as it is, so that indexes
    made before stay usable; changing any file's byte changes it.
    """
    properties = card["properties"]
    return {
        "id": card["id"],
        "fields": {
            **{key: properties.get(key) for key in _IDENTITY_FIELDS},
            **{key: properties[key] for key in _LATER_IDENTITY_FIELDS if key in properties},
        },
        "inputs": [
            {key: item.get(key) for key in ("name", "input", "value_scaling", "resize_type")}
            for item in properties["mlm:input"]
        ],
        "files": {
            name: asset["file:checksum"]
            for name, asset in card["assets"].items()
            if "metadata" not in asset.get("roles", ())
        },
    }
