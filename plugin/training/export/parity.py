"""Checks that exported graphs compute what the trained towers compute, and refuses otherwise."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime as ort
import torch
from torch import Tensor

from ..systems.dual_hashing import DualHashing
from ..systems.image_hasher import HashesImages

#: Largest difference between torch's and an fp32 graph's features.
FP32_TOLERANCE = 1e-4
#: Least mean cosine between torch's and an int8 graph's features.
INT8_COSINE = 0.99


class ParityError(RuntimeError):
    """An exported graph does not compute what the model computes."""


@dataclass(frozen=True, slots=True)
class Parity:
    """How near a graph's outputs are to torch's.

    Attributes:
        role: which graph.
        precision: of its weights.
        items: how many images or sentences were compared.
        largest_difference: of the features.
        least_cosine, mean_cosine: of the features.
        equal_bits: share of code bits that are the same.
    """

    role: str
    precision: str
    items: int
    largest_difference: float
    least_cosine: float
    mean_cosine: float
    equal_bits: float

    def as_dict(self) -> dict[str, object]:
        """Return the JSON object that the card holds."""
        return asdict(self)


@torch.no_grad()
def torch_outputs(
    model: HashesImages, role: str, inputs: dict[str, Tensor]
) -> tuple[Tensor, Tensor]:
    """Return the features and relaxed codes of the model, which is in float32, in evaluation."""
    if role == "image":
        features = torch.nn.functional.normalize(model.image_tower(inputs["pixels"]), dim=1)
        return features, model.hash_head(features)
    if not isinstance(model, DualHashing):
        raise ParityError(f"{type(model).__name__} has no {role} graph")
    return model.encode_texts(inputs["input_ids"], inputs["attention_mask"])


def compare(
    model: HashesImages,
    role: str,
    precision: str,
    file: Path,
    inputs: dict[str, npt.NDArray[np.generic]],
    batch_size: int = 16,
) -> Parity:
    """Run both on the same inputs and return how near they are.

    Raises:
        ParityError: if they are too far apart for the precision.
    """
    session = ort.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    items = len(next(iter(inputs.values())))
    ours, theirs, bits = [], [], []
    for start in range(0, items, batch_size):
        part = {name: array[start : start + batch_size] for name, array in inputs.items()}
        features, code = session.run(["features", "code"], part)
        reference, relaxed = torch_outputs(
            model, role, {name: torch.from_numpy(array) for name, array in part.items()}
        )
        ours.append(features)
        theirs.append(reference.numpy())
        expected = np.packbits(relaxed.numpy() >= 0, axis=1)
        bits.append(1.0 - np.unpackbits(expected ^ code, axis=1).mean(1))
    a, b = np.concatenate(ours), np.concatenate(theirs)
    cosine = (a * b).sum(1)
    parity = Parity(
        role,
        precision,
        items,
        float(np.abs(a - b).max()),
        float(cosine.min()),
        float(cosine.mean()),
        float(np.concatenate(bits).mean()),
    )
    if precision == "fp32" and parity.largest_difference > FP32_TOLERANCE:
        raise ParityError(f"{role} graph differs by {parity.largest_difference:.2g} from torch")
    if precision == "int8" and parity.mean_cosine < INT8_COSINE:
        raise ParityError(f"int8 {role} graph has a mean cosine of {parity.mean_cosine:.4f} only")
    return parity
