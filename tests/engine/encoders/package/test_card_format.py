"""The card is a valid STAC item that the MLM extension understands."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

pystac = pytest.importorskip("pystac")


def test_item_is_valid_stac(tiny_encoder: Path) -> None:
    from jsonschema import Draft7Validator
    from pystac.validation.local_validator import get_local_schema_cache
    from referencing import Registry, Resource

    schemas = get_local_schema_cache()
    registry = Registry().with_resources(
        [(uri, Resource.from_contents(schema)) for uri, schema in schemas.items()]
    )
    item = next(s for uri, s in schemas.items() if uri.endswith("item-spec/json-schema/item.json"))
    card = json.loads((tiny_encoder / "model.json").read_text(encoding="utf-8"))
    errors = list(Draft7Validator(item, registry=registry).iter_errors(card))
    assert errors == []


def test_mlm_extension_reads_the_card(tiny_encoder: Path) -> None:
    from pystac.extensions.mlm import MLMExtension

    item = pystac.Item.from_file(str(tiny_encoder / "model.json"))
    model = MLMExtension.ext(item)
    assert model.mlm_name == "Tiny test encoder"
    assert model.architecture
    assert model.tasks == ["similarity-search"]
    image, text = model.input
    assert image.input.shape == [-1, 3, 64, 64]
    assert image.input.data_type == "float32"
    assert [band if isinstance(band, str) else band.name for band in image.bands] == [
        "red",
        "green",
        "blue",
    ]
    assert text.input.dim_order == ["batch", "token"]
    features, code = model.output
    assert features.result.shape == [-1, 32]
    assert code.result.shape == [-1, 8]
    assert code.result.data_type == "uint8"


def test_checksums_are_multihashes_of_the_files(tiny_encoder: Path) -> None:
    from pystac.extensions.file import FileExtension

    item = pystac.Item.from_file(str(tiny_encoder / "model.json"))
    for name, asset in item.assets.items():
        content = (tiny_encoder / name).read_bytes()
        file = FileExtension.ext(asset)
        assert file.size == len(content)
        assert file.checksum == "1220" + hashlib.sha256(content).hexdigest()
        assert asset.href.endswith(name)
