"""An encoder that nobody trained for overhead images: what training has to be worth more than.

ImageNet's MobileNetV2 as it is, pooled features whitened to 256 numbers on unlabelled chips of the
training cities, codes by iterative quantisation. It has no text part.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import torch
from scene_search.engine.encoders.package.card_format import CardFields
from scene_search.engine.encoders.package.writer import PackageFile, write_package
from scene_search.engine.imagery.tiles.reader import read_image
from scene_search.training.export.graphs import export_graphs
from scene_search.training.export.material import normalised
from scene_search.training.export.versions import versions
from scene_search.training.recipe import ImageSettings
from scene_search.training.towers.backbones import backbone_folder
from scene_search.training.towers.hash_head import pack
from scene_search.training.towers.image_tower import ImageTower
from scene_search.training.two_parts.graphs import Linear
from scene_search.training.two_parts.itq import fit_itq
from scene_search.training.two_parts.lessons import training_places
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 (torch's own custom)

_NUMBERS, _BITS = 256, 64
_HALF = (0.5, 0.5, 0.5)
_IMAGE = ImageSettings("weights/mobilenet_v2_imagenet", 192, _HALF, _HALF)
_AT_ONCE = 16


class FrozenEncoder(nn.Module):
    """Pooled features, whitened; see the module.

    Args:
        tower: with the backbone's own weights.
        whitening: from pooled features to embeddings before they are brought to unit length.
        code: from embeddings of unit length to bits.
    """

    def __init__(self, tower: ImageTower, whitening: Linear, code: Linear) -> None:
        super().__init__()
        self.tower = tower
        self.whitening, self.code = _layer(whitening), _layer(code)

    def image_outputs(self, pixels: Tensor) -> dict[str, Tensor]:
        """Return features (N, D) and code (N, K / 8) of normalised pixels (N, 3, S, S)."""
        features = F.normalize(self.whitening(self.tower.pooled(pixels)), dim=1)
        return {"features": features, **self.hash_outputs(features)}

    def hash_outputs(self, features: Tensor) -> dict[str, Tensor]:
        """Return the code (N, K / 8) of features (N, D)."""
        return {"code": pack(self.code(features))}


def write_frozen_package(data: Path, folder: Path) -> Path:
    """Fit on the training cities' chips, export as fp32 and return the package's folder."""
    tower = ImageTower(backbone_folder(_IMAGE.backbone, data), _NUMBERS).eval()
    chips = training_places(data).paths
    pooled = []
    with torch.no_grad():
        for start in range(0, len(chips), _AT_ONCE):
            batch = [
                read_image(path, _IMAGE.input_size) for path in chips[start : start + _AT_ONCE]
            ]
            pixels = torch.from_numpy(normalised(_IMAGE, np.stack(batch)))
            pooled.append(tower.pooled(pixels).flatten(1).numpy())
    features = np.concatenate(pooled)
    whitening = _whitening(features)
    embeddings = whitening(features)
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    encoder = FrozenEncoder(tower, whitening, fit_itq(embeddings, _BITS))
    graphs = folder / "graphs"
    graphs.mkdir(parents=True)
    files = export_graphs(encoder, _IMAGE.input_size, graphs)
    return write_package(
        folder / "package",
        _fields(),
        [PackageFile(f"{role}.onnx", role, file) for role, file in files.items()],
    )


def _whitening(features: np.ndarray) -> Linear:
    """Return principal directions at equal variance."""
    mean = features.mean(axis=0)
    centred = features.astype(np.float64) - mean
    _, lengths, directions = np.linalg.svd(centred, full_matrices=False)
    weight = directions[:_NUMBERS].T * (len(features) ** 0.5 / lengths[:_NUMBERS])
    return Linear(weight.astype(np.float32), (-mean @ weight).astype(np.float32))


def _layer(linear: Linear) -> nn.Linear:
    layer = nn.Linear(*linear.weight.shape)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(linear.weight.T.copy()))
        layer.bias.copy_(torch.from_numpy(linear.bias))
    return layer


def _fields() -> CardFields:
    return CardFields(
        id="frozen-imagenet",
        name="Frozen ImageNet",
        description="MobileNetV2 as ImageNet left it, whitened; for comparison only.",
        architecture="MobileNetV2",
        embedding_size=_NUMBERS,
        code_bits=_BITS,
        input_size=_IMAGE.input_size,
        mean=_IMAGE.mean,
        std=_IMAGE.std,
        licence="Apache-2.0",
        framework_version=onnx.__version__,
        extra={**versions(), "scene_search:left_out_classes": _all_classes()},
    )


def _all_classes() -> list[str]:
    """Return every left-out class of the lists: nothing overhead was trained on."""
    lists = (Path(__file__).parent / "held_out").glob("*.json")
    found = {
        f"{content['dataset']}/{name}"
        for content in (json.loads(file.read_text("utf-8")) for file in lists)
        for name in content["classes"]
    }
    return sorted(found)
