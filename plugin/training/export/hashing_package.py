"""From the checkpoint of an image hashing system to an encoder package."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError  # nosec B403 - an exception, nothing is unpickled
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import torch
from transformers import AutoConfig

from ...engine.encoders.card_format import CardFields
from ...engine.encoders.package import PackageFile, write_package
from ...engine.errors import UsageError
from ...engine.imagery.reader import read_image
from ..hashing_recipe import HashingRecipe, hashing_recipe
from ..hashing_run import FACTS, SYSTEM, build_system
from ..systems.image_hasher import ImageHasher
from ..towers.image_tower import ImageTower
from .bundle import normalised
from .graphs import OPSET, export_image_graphs
from .int8 import quantise_image
from .parity import Parity, compare

#: Training images that check the graphs, and as many others that fix the int8 ranges.
_CHECKED = 64

DESCRIPTION = (
    "Finds overhead scenes that resemble an example. Multi-level contrastive deep hashing: a "
    "reconstruction, from the abstract alone, of Li et al., Deep Hashing with Multi-Level "
    "Contrastive Learning Framework for Remote Sensing Image Retrieval (IAF Earth Observation "
    "Symposium). It understands no text."
)


def load_checkpoint(file: Path) -> Mapping[str, Any]:
    """Return a checkpoint of ``scene-search train``; nothing in it is executed.

    Raises:
        UsageError: if it is none.
    """
    try:
        if not zipfile.is_zipfile(file):  # the format before zip fails in many ways
            raise EOFError(file)
        checkpoint: Mapping[str, Any] = torch.load(file, weights_only=True, map_location="cpu")
        if checkpoint[FACTS]["system"] != SYSTEM:
            raise KeyError(SYSTEM)
    except (OSError, KeyError, TypeError, RuntimeError, EOFError, UnpicklingError) as error:
        raise UsageError(
            f"{file} is no checkpoint of scene-search train",
            hint=f"Give the last.ckpt that training {SYSTEM} wrote.",
        ) from error
    return checkpoint


def export_hashing(
    checkpoint_file: Path,
    output: Path,
    *,
    int8: bool = False,
    bits: int | None = None,
    images: Path | None = None,
) -> dict[str, Any]:
    """Export, check against torch, and write the package.

    Args:
        checkpoint_file: what training left.
        output: folder of the package.
        int8: quantise the image graph.
        bits: which of the trained code lengths; the longest if left out.
        images: folder of the training images, where it is no longer where it was.

    Returns:
        The JSON object of the command: where the package is and how near its graph is to torch.

    Raises:
        UsageError: if the checkpoint is none, was not trained at ``bits``, or its images are gone.
        ParityError: if a graph does not compute what the model computes; nothing is written.
    """
    checkpoint = load_checkpoint(checkpoint_file)
    facts = checkpoint[FACTS]
    recipe = hashing_recipe(facts["recipe"], checkpoint_file.name)
    length = max(recipe.bits) if bits is None else bits
    if length not in recipe.bits:
        raise UsageError(
            f"{checkpoint_file} has no codes of {length} bits",
            hint=f"It was trained at {', '.join(map(str, recipe.bits))}.",
        )
    hasher = _restore(checkpoint, recipe, length)
    pixels = _sample(facts["images"], images, recipe.image.input_size, recipe.seed)
    with tempfile.TemporaryDirectory() as folder:
        files = export_image_graphs(hasher, recipe.image.input_size, Path(folder))
        checked, precision = pixels[: len(pixels) // 2], "fp32"
        parity = [_compared(hasher, recipe, precision, files["image"], checked)]
        if int8:
            quantised, precision = Path(folder) / "image.int8.onnx", "int8"
            calibration = normalised(recipe.image, pixels[len(pixels) // 2 :])
            quantise_image(files["image"], quantised, calibration)
            files["image"] = quantised
            parity.append(_compared(hasher, recipe, precision, quantised, checked))
        fields = _card(recipe, facts, hasher, length, parity)
        write_package(
            output,
            fields,
            [
                PackageFile("image.onnx", "image", files["image"], precision),
                PackageFile("hash.onnx", "hash", files["hash"]),
            ],
        )
    size = sum(file.stat().st_size for file in output.iterdir())
    return {
        "package": str(output),
        "bits": length,
        "precision": precision,
        "bytes": size,
        "parity": [entry.as_dict() for entry in parity],
    }


def _restore(checkpoint: Mapping[str, Any], recipe: HashingRecipe, bits: int) -> ImageHasher:
    settings = dict(checkpoint[FACTS]["backbone"])
    config = AutoConfig.for_model(settings.pop("model_type"), **settings)
    system = build_system(recipe, ImageTower(config, recipe.embedding_size))
    system.load_state_dict(checkpoint["state_dict"])
    return ImageHasher(system.image_tower, system.head(bits)).float().eval()


def _sample(
    facts: Mapping[str, Any], images: Path | None, size: int, seed: int
) -> npt.NDArray[np.uint8]:
    folder = images or Path(facts["folder"])
    names = facts["names"]
    order = np.random.default_rng(seed).permutation(len(names))[: 2 * _CHECKED]
    files = [folder / names[i] for i in order]
    if missing := [file for file in files if not file.is_file()]:
        raise UsageError(
            f"The training image {missing[0]} is gone, and the export is checked on such images",
            hint="Give their folder with --images.",
        )
    return np.stack([read_image(file, size) for file in files])


def _compared(
    hasher: ImageHasher,
    recipe: HashingRecipe,
    precision: str,
    file: Path,
    images: npt.NDArray[np.uint8],
) -> Parity:
    inputs: dict[str, npt.NDArray[Any]] = {"pixels": normalised(recipe.image, images)}
    return compare(hasher, "image", precision, file, inputs)


def _card(
    recipe: HashingRecipe,
    facts: Mapping[str, Any],
    hasher: ImageHasher,
    bits: int,
    parity: list[Parity],
) -> CardFields:
    images = facts["images"]
    return CardFields(
        id=f"{recipe.name}-{images['name']}-{bits}",
        name=f"{recipe.name} {images['name']} {bits} bits",
        description=DESCRIPTION,
        architecture=f"{facts['backbone']['model_type']} with hash layer",
        embedding_size=recipe.embedding_size,
        code_bits=bits,
        input_size=recipe.image.input_size,
        mean=recipe.image.mean,
        std=recipe.image.std,
        licence="other",
        total_parameters=sum(p.numel() for p in hasher.parameters()),
        pretrained_source=Path(recipe.image.backbone).name,
        hash_layer={"kind": "u = tanh(s·W f), b = [u ≥ 0]", "shared_by": ["image"]},
        training_data=[
            {
                "name": images["name"],
                "items": len(images["names"]),
                "terms": "those of the images",
                "classes": images["classes"] or "none: self-supervised",
            }
        ],
        recipe={
            **{k: v for k, v in recipe.as_dict().items() if k != "image"},
            "torch": facts["torch"],
            "training_seconds": round(facts["seconds"], 1),
        },
        framework_version=onnx.__version__,
        extra={
            "scene_search:onnx_opset": OPSET,
            "scene_search:parity": [entry.as_dict() for entry in parity],
            "scene_search:limits": [
                "Reconstructed from the paper's abstract: the form and weights of the losses, the "
                "projection head and the shared weights of both branches are ours."
            ],
        },
    )
