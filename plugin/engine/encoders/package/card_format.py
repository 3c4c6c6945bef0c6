"""The names and values of ``model.json``, and how one is put together.

``model.json`` is a STAC 1.1 item with the Machine Learning Model extension (MLM,
https://github.com/stac-extensions/mlm) and the file extension (checksums), so that any STAC
catalogue can hold an encoder. What MLM has no word for (roles, code length, hash layer,
tokenizer) is under our own prefix ``scene_search:``.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

#: Raised by one whenever older engines could misread a package.
FORMAT_VERSION = 1

CARD_NAME = "model.json"
PREFIX = "scene_search:"
MLM_SCHEMA = "https://stac-extensions.github.io/mlm/v1.4.0/schema.json"
FILE_SCHEMA = "https://stac-extensions.github.io/file/v2.1.0/schema.json"
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


def build_card(fields: CardFields, files: Sequence[FileFacts]) -> dict[str, Any]:
    """Return the item that describes the package of ``files``."""
    created = (fields.created or datetime.datetime.now(datetime.timezone.utc)).isoformat()
    created = created.replace("+00:00", "Z")
    variants: dict[str, list[dict[str, str]]] = {}
    for file in files:
        if file.role in GRAPH_ROLES:
            variants.setdefault(file.role, []).append(
                {"file": file.name, "precision": file.precision}
            )
    tokenizer = next((file.name for file in files if file.role == "tokenizer"), None)
    properties: dict[str, Any] = {
        "datetime": created,
        "created": created,
        "title": fields.name,
        "description": fields.description,
        "license": fields.licence,
        "bands": _bands(),
        "mlm:name": fields.name,
        "mlm:architecture": fields.architecture,
        "mlm:tasks": ["similarity-search"],
        "mlm:framework": "ONNX",
        "mlm:framework_version": fields.framework_version,
        "mlm:total_parameters": fields.total_parameters,
        "mlm:memory_size": sum(file.size for file in files if file.role in GRAPH_ROLES),
        "mlm:pretrained": None if fields.pretrained_source is None else True,
        "mlm:pretrained_source": fields.pretrained_source,
        "mlm:accelerator": "amd64",
        "mlm:accelerator_constrained": False,
        "mlm:batch_size_suggestion": 32,
        "mlm:input": _inputs(fields, "text" in variants),
        "mlm:output": _outputs(fields),
        PREFIX + "format_version": FORMAT_VERSION,
        PREFIX + "embedding_size": fields.embedding_size,
        PREFIX + "code_bits": fields.code_bits,
        PREFIX + "variants": variants,
        PREFIX + "tokenizer": tokenizer,
        PREFIX + "max_text_length": fields.max_text_length,
        PREFIX + "hash_layer": dict(fields.hash_layer),
        PREFIX + "results": [dict(result) for result in fields.results],
        PREFIX + "training_data": [dict(source) for source in fields.training_data],
        PREFIX + "recipe": dict(fields.recipe),
        **fields.extra,
    }
    return {
        "type": "Feature",
        "stac_version": "1.1.0",
        "stac_extensions": [MLM_SCHEMA, FILE_SCHEMA],
        "id": fields.id,
        "geometry": None,  # an encoder is of no place
        "properties": {key: value for key, value in properties.items() if value is not None},
        "links": [],
        "assets": {file.name: _asset(file) for file in files},
    }


def identity(card: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a card that decides codes and embeddings.

    Correcting a description or adding a measured result leaves it as it is, so that indexes
    made before stay usable; changing any file's byte changes it.
    """
    properties = card["properties"]
    return {
        "id": card["id"],
        "fields": {key: properties.get(key) for key in _IDENTITY_FIELDS},
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


def _inputs(fields: CardFields, has_text: bool) -> list[dict[str, Any]]:
    """Return ``mlm:input``; scaling is of 8-bit values, as the standard has one step a band."""
    inputs: list[dict[str, Any]] = [
        {
            "name": "image",
            "description": "8-bit RGB, resampled to the input size before scaling.",
            "bands": ["red", "green", "blue"],
            "input": {
                "shape": [-1, 3, fields.input_size, fields.input_size],
                "dim_order": ["batch", "bands", "height", "width"],
                "data_type": "float32",
            },
            "value_scaling": [
                {"type": "z-score", "mean": mean * 255.0, "stddev": std * 255.0}
                for mean, std in zip(fields.mean, fields.std, strict=True)
            ],
            "resize_type": "interpolation-linear",
        }
    ]
    if has_text:
        inputs.append(
            {
                "name": "text",
                "description": "Token ids and attention mask, from the tokenizer of the package.",
                "bands": [],
                "input": {
                    "shape": [-1, -1],
                    "dim_order": ["batch", "token"],
                    "data_type": "int64",
                },
            }
        )
    return inputs


def _outputs(fields: CardFields) -> list[dict[str, Any]]:
    return [
        {
            "name": "features",
            "description": "Embedding of unit length.",
            "tasks": ["similarity-search"],
            "result": {
                "shape": [-1, fields.embedding_size],
                "dim_order": ["batch", "embedding"],
                "data_type": "float32",
            },
        },
        {
            "name": "code",
            "description": f"Code of {fields.code_bits} bits, the first bit highest in its byte.",
            "tasks": ["similarity-search"],
            "result": {
                "shape": [-1, fields.code_bits // 8],
                "dim_order": ["batch", "embedding"],
                "data_type": "uint8",
            },
        },
    ]


def _bands() -> list[dict[str, Any]]:
    """Return STAC's bands; its schema allows them in an item if an asset has some as well."""
    return [{"name": band} for band in ("red", "green", "blue")]


def _asset(file: FileFacts) -> dict[str, Any]:
    asset: dict[str, Any] = {
        "href": f"./{file.name}",
        "file:size": file.size,
        "file:checksum": MULTIHASH_SHA256 + file.sha256,
    }
    if file.role in GRAPH_ROLES:
        asset |= {
            "title": f"{file.role} graph, {file.precision}",
            "type": ONNX_MEDIA_TYPE,
            "roles": ["mlm:model", PREFIX + file.role],
            "mlm:artifact_type": "onnx",
        }
        if file.role == "image":
            asset["bands"] = _bands()
    elif file.role == "tokenizer":
        asset |= {
            "title": "tokenizer",
            "type": "application/json",
            "roles": ["mlm:tokenizer", PREFIX + "tokenizer"],
        }
    else:
        asset |= {"title": file.name, "type": "text/markdown", "roles": ["metadata"]}
    return asset
