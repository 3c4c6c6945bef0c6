"""Checks that exported graphs compute what the trained system computes, and refuses otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime as ort
import torch

from ..systems.exportable import Exportable
from .graphs import RoleGraph

#: Largest difference between torch's and an fp32 graph's numbers.
FP32_TOLERANCE = 1e-4
#: Least share of an fp32 graph's code bits that are torch's; rounding may turn a bit whose
#: relaxed value is nearly 0, a graph that packs wrongly turns half of them.
FP32_EQUAL_BITS = 0.99
#: Least mean cosine between torch's and an int8 graph's features.
INT8_COSINE = 0.99

Arrays = Mapping[str, npt.NDArray[Any]]


class ParityError(RuntimeError):
    """An exported graph does not compute what the model computes."""


@dataclass(frozen=True, slots=True)
class Parity:
    """How near one output of a graph is to torch's.

    Attributes:
        role: which graph.
        output: which of its outputs.
        precision: of its weights.
        items: how many images, sentences or pairs were compared.
        largest_difference: of the numbers; None for codes.
        least_cosine, mean_cosine: of the features, or of the tokens; None for others.
        equal_bits: share of bits that are the same, of the code beside the features or alone.
    """

    role: str
    output: str
    precision: str
    items: int
    largest_difference: float | None = None
    least_cosine: float | None = None
    mean_cosine: float | None = None
    equal_bits: float | None = None

    def as_dict(self) -> dict[str, object]:
        """Return the JSON object that the card holds."""
        return {key: value for key, value in asdict(self).items() if value is not None}


@torch.no_grad()
def compare(
    system: Exportable, role: str, precision: str, file: Path, batches: Iterable[Arrays]
) -> list[Parity]:
    """Run both on the same inputs and return how near each output is, the features first.

    Args:
        system: in float32, in evaluation mode.
        role: which graph.
        precision: of its weights.
        file: the graph.
        batches: its inputs, of as many sizes as it must take.

    Raises:
        ParityError: if they are too far apart for the precision.
    """
    session = ort.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    graph = RoleGraph(system, role)
    pairs: dict[str, list[tuple[npt.NDArray[Any], npt.NDArray[Any]]]] = {name: [] for name in names}
    for batch in batches:
        ours = session.run(names, dict(batch))
        theirs = graph.outputs(*(torch.from_numpy(array) for array in batch.values()))
        for name, one in zip(names, ours, strict=True):
            other = theirs[name].numpy()
            if one.shape != other.shape:
                raise ParityError(f"{name} of the {role} graph: {one.shape} for {other.shape}")
            # numbers of padding are read by nobody
            rows = batch["attention_mask"] == 1 if (role, name) == ("text", "tokens") else ...
            pairs[name].append((one[rows], other[rows]))
    items = sum(len(one) for one, _ in pairs[names[0]])
    bits = _equal_bits(pairs.pop("code")) if "code" in pairs else None
    if bits is not None and precision == "fp32" and bits < FP32_EQUAL_BITS:
        raise ParityError(f"only {bits:.1%} of the {role} graph's code bits are torch's")
    found = [
        _numbers(Parity(role, name, precision, items), own, bits if name == "features" else None)
        for name, own in pairs.items()
    ]
    for entry in found:
        _check(entry)
    return found or [Parity(role, "code", precision, items, equal_bits=bits)]


def _numbers(
    entry: Parity, pairs: list[tuple[npt.NDArray[Any], npt.NDArray[Any]]], bits: float | None
) -> Parity:
    difference = max(float(np.abs(one - other).max()) for one, other in pairs)
    if pairs[0][0].ndim == 1:  # a number for each item
        return Parity(entry.role, entry.output, entry.precision, entry.items, difference)
    cosine = np.concatenate(
        [_cosines(*(array.reshape(-1, array.shape[-1]) for array in pair)) for pair in pairs]
    )
    return Parity(
        entry.role,
        entry.output,
        entry.precision,
        entry.items,
        difference,
        float(cosine.min()),
        float(cosine.mean()),
        bits,
    )


def _cosines(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    one, other = one.astype(np.float64), other.astype(np.float64)
    norms = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    cosine: npt.NDArray[np.float64] = (one * other).sum(1) / np.maximum(norms, 1e-12)
    return cosine


def _equal_bits(pairs: list[tuple[npt.NDArray[Any], npt.NDArray[Any]]]) -> float:
    differ = [np.unpackbits(one ^ other, axis=1).mean(1) for one, other in pairs]
    return 1.0 - float(np.concatenate(differ).mean())


def _check(entry: Parity) -> None:
    difference, cosine = entry.largest_difference, entry.mean_cosine
    # written so that a NaN fails
    if entry.precision == "fp32" and difference is not None and not difference <= FP32_TOLERANCE:
        raise ParityError(
            f"{entry.output} of the {entry.role} graph differ by {difference:.2g} from torch's"
        )
    if (
        entry.precision == "int8"
        and entry.output == "features"
        and cosine is not None
        and not cosine >= INT8_COSINE
    ):
        raise ParityError(f"int8 {entry.role} graph has a mean cosine of {cosine:.4f} only")
