"""Puts a ``model.json`` together, with pystac's MLM and file extensions.

Only who writes packages needs pystac (extra ``train``); reading one does not.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import pystac
from pystac.extensions.file import FileExtension
from pystac.extensions.mlm import (
    AcceleratorType,
    InputStructure,
    MLMExtension,
    ModelInput,
    ModelOutput,
    ResultStructure,
    TaskType,
    ValueScaling,
    ValueScalingType,
)
from pystac.extensions.raster import DataType

from .card_format import (
    FORMAT_VERSION,
    GRAPH_ROLES,
    MULTIHASH_SHA256,
    ONNX_MEDIA_TYPE,
    PREFIX,
    CardFields,
    FileFacts,
)

_BANDS = ("red", "green", "blue")
_TASKS = [TaskType.SIMILARITY_SEARCH]


def build_card(fields: CardFields, files: Sequence[FileFacts]) -> dict[str, Any]:
    """Return the item that describes the package of ``files``, as a JSON object."""
    created = fields.created or datetime.datetime.now(datetime.timezone.utc)
    item = pystac.Item(
        id=fields.id,
        geometry=None,  # an encoder is of no place
        bbox=None,
        datetime=created,
        properties={
            "created": pystac.utils.datetime_to_str(created),
            "title": fields.name,
            "description": fields.description,
            "license": fields.licence,
            # STAC's schema allows bands in an item if an asset has some as well
            "bands": _bands(),
        },
    )
    graphs = [file for file in files if file.role in GRAPH_ROLES]
    MLMExtension.ext(item, add_if_missing=True).apply(
        name=fields.name,
        architecture=fields.architecture,
        tasks=_TASKS,
        framework="ONNX",
        framework_version=fields.framework_version,
        total_parameters=fields.total_parameters,
        memory_size=sum(file.size for file in graphs),
        pretrained=None if fields.pretrained_source is None else True,
        pretrained_source=fields.pretrained_source,
        accelerator=AcceleratorType.AMD64,
        accelerator_constrained=False,
        batch_size_suggestion=32,
        input=_inputs(fields, has_text=any(file.role == "text" for file in graphs)),
        output=_outputs(fields),
    )
    item.properties.update(_own_properties(fields, files))
    item.properties.update(fields.extra)
    item.stac_extensions.append(FileExtension.get_schema_uri())
    for file in files:
        item.add_asset(file.name, _asset(file))
        FileExtension.ext(item.assets[file.name]).apply(
            checksum=MULTIHASH_SHA256 + file.sha256, size=file.size
        )
    card = item.to_dict(include_self_link=False)
    properties = _without_none(card["properties"])
    for name in ("mlm:input", "mlm:output"):
        properties[name] = [_without_none(entry) for entry in properties[name]]
    return {**card, "properties": properties}


def _without_none(entries: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entries.items() if value is not None}


def _own_properties(fields: CardFields, files: Sequence[FileFacts]) -> dict[str, Any]:
    """Return what MLM has no word for."""
    variants: dict[str, list[dict[str, str]]] = {}
    for file in files:
        if file.role in GRAPH_ROLES:
            variants.setdefault(file.role, []).append(
                {"file": file.name, "precision": file.precision}
            )
    return {
        PREFIX + "format_version": FORMAT_VERSION if PREFIX + "parts" in fields.extra else 1,
        PREFIX + "embedding_size": fields.embedding_size,
        PREFIX + "code_bits": fields.code_bits,
        PREFIX + "variants": variants,
        PREFIX + "tokenizer": next((f.name for f in files if f.role == "tokenizer"), None),
        PREFIX + "max_text_length": fields.max_text_length,
        PREFIX + "hash_layer": dict(fields.hash_layer),
        PREFIX + "results": [dict(result) for result in fields.results],
        PREFIX + "training_data": [dict(source) for source in fields.training_data],
        PREFIX + "recipe": dict(fields.recipe),
    }


def _inputs(fields: CardFields, *, has_text: bool) -> list[ModelInput]:
    image = ModelInput.create(
        name="image",
        description="8-bit RGB, resampled to the input size before scaling.",
        bands=list(_BANDS),
        input=InputStructure.create(
            shape=[-1, 3, fields.input_size, fields.input_size],
            dim_order=["batch", "bands", "height", "width"],
            data_type=DataType.FLOAT32,
        ),
    )
    # pystac's word for it, "interpolate-linear", is not the extension's.
    image.properties["resize_type"] = "interpolation-linear"
    # The extension has one step a band, of 8-bit values; pystac's setter takes one for all.
    image.properties["value_scaling"] = [
        ValueScaling.create(
            ValueScalingType.Z_SCORE, mean=mean * 255.0, stddev=std * 255.0
        ).to_dict()
        for mean, std in zip(fields.mean, fields.std, strict=True)
    ]
    if not has_text:
        return [image]
    text = ModelInput.create(
        name="text",
        description="Token ids and attention mask, from the tokenizer of the package.",
        bands=[],
        input=InputStructure.create(
            shape=[-1, -1], dim_order=["batch", "token"], data_type=DataType.INT64
        ),
    )
    return [image, text]


def _outputs(fields: CardFields) -> list[ModelOutput]:
    bits = fields.code_bits
    return [
        ModelOutput.create(
            name=name,
            description=description,
            tasks=_TASKS,
            result=ResultStructure.create(
                shape=[-1, size], dim_order=["batch", "embedding"], data_type=data_type
            ),
        )
        for name, description, size, data_type in (
            ("features", "Embedding of unit length.", fields.embedding_size, DataType.FLOAT32),
            (
                "code",
                f"Code of {bits} bits, the first bit highest in its byte.",
                bits // 8,
                DataType.UINT8,
            ),
        )
    ]


def _bands() -> list[dict[str, Any]]:
    return [{"name": band} for band in _BANDS]


def _asset(file: FileFacts) -> pystac.Asset:
    extra: dict[str, Any] = {}
    if file.role in GRAPH_ROLES:
        extra["mlm:artifact_type"] = "onnx"
        if file.role == "image":
            extra["bands"] = _bands()
        title, media_type = f"{file.role} graph, {file.precision}", ONNX_MEDIA_TYPE
        roles = ["mlm:model", PREFIX + file.role]
    elif file.role == "tokenizer":
        title, media_type = "tokenizer", "application/json"
        roles = ["mlm:tokenizer", PREFIX + "tokenizer"]
    else:
        title, media_type, roles = file.name, "text/markdown", ["metadata"]
    return pystac.Asset(
        href=f"./{file.name}", title=title, media_type=media_type, roles=roles, extra_fields=extra
    )
