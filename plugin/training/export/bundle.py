"""From trained weights to encoder packages: graphs, int8, parity, tokenizer, card."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...engine.encoders.package import PackageFile, write_package
from ..recipe import ImageSettings, Recipe
from ..systems.dual_hashing import DualHashing
from ..towers.vocabulary import PrunedVocabulary
from .card import card_fields, readable_card
from .graphs import export_graphs
from .int8 import quantise_image, quantise_text
from .parity import Parity, compare


@dataclass(frozen=True, slots=True)
class Graphs:
    """Exported graph files by (role, precision), and how near they are to torch."""

    files: Mapping[tuple[str, str], Path]
    parity: tuple[Parity, ...]


def normalised(image: ImageSettings, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Return float32 (N, 3, S, S) as the image graph takes it, of uint8 (N, S, S, 3)."""
    mean = np.asarray(image.mean, np.float32)
    std = np.asarray(image.std, np.float32)
    scaled = (images.astype(np.float32) / 255.0 - mean) / std
    return np.ascontiguousarray(scaled.transpose(0, 3, 1, 2))


def make_graphs(
    model: DualHashing,
    recipe: Recipe,
    words: PrunedVocabulary,
    calibration: npt.NDArray[np.uint8],
    check_images: npt.NDArray[np.uint8],
    check_texts: Sequence[str],
    folder: Path,
) -> Graphs:
    """Export, quantise and check every graph.

    Args:
        model: trained system.
        recipe: its recipe.
        words: its vocabulary.
        calibration: training images (N, S, S, 3) that fix the int8 ranges.
        check_images: other images (M, S, S, 3) on which the graphs must agree with torch.
        check_texts: sentences, likewise.
        folder: where the graphs go.

    Raises:
        ParityError: if a graph does not compute what the model computes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    exported = export_graphs(model, recipe.image.input_size, folder)
    files = {(role, "fp32"): file for role, file in exported.items()}
    for role in ("image", "text"):
        files[role, "int8"] = folder / f"{role}.int8.onnx"
    quantise_image(
        files["image", "fp32"], files["image", "int8"], normalised(recipe.image, calibration)
    )
    quantise_text(files["text", "fp32"], files["text", "int8"])
    encodings = words.load(recipe.text.max_length).encode_batch(list(check_texts))
    inputs: dict[str, dict[str, npt.NDArray[Any]]] = {
        "image": {"pixels": normalised(recipe.image, check_images)},
        "text": {
            "input_ids": np.array([e.ids for e in encodings], np.int64),
            "attention_mask": np.array([e.attention_mask for e in encodings], np.int64),
        },
    }
    parity = tuple(
        compare(model, role, precision, files[role, precision], inputs[role])
        for precision in ("fp32", "int8")
        for role in ("image", "text")
    )
    return Graphs(files, parity)


def write_bundle(
    graphs: Graphs,
    recipe: Recipe,
    words: PrunedVocabulary,
    precision: str,
    output: Path,
    *,
    parameters: int,
    items: Sequence[int],
    results: Sequence[Mapping[str, Any]],
) -> Path:
    """Write the package of one precision and return its folder.

    The hash graph, one small matrix, stays in fp32.
    """
    fields = card_fields(
        recipe,
        parameters=parameters,
        items=items,
        results=results,
        parity=[p.as_dict() for p in graphs.parity],
        seconds=None,
    )
    names: list[PackageFile] = [
        PackageFile(f"{role}.onnx", role, graphs.files[role, precision], precision)
        for role in ("image", "text")
    ]
    return write_package(
        output,
        fields,
        [
            *names,
            PackageFile("hash.onnx", "hash", graphs.files["hash", "fp32"]),
            PackageFile("tokenizer.json", "tokenizer", _compact(words)),
            PackageFile("README.md", "document", readable_card(fields).encode()),
        ],
    )


def _compact(words: PrunedVocabulary) -> bytes:
    return json.dumps(words.tokenizer, ensure_ascii=False, separators=(",", ":")).encode()
