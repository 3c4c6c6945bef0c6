"""Iterative quantisation (Gong and Lazebnik 2011): unlabelled codes whose bits lose least."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .graphs import Linear

_ITERATIONS = 50


def fit_itq(vectors: npt.NDArray[np.floating], bits: int, seed: int = 0) -> Linear:
    """Return the layer whose signs are the code of a vector.

    The principal directions of the vectors, rotated so that the corners of the cube lie as near
    to them as they can.

    Args:
        vectors: (N, D) to fit on; N and D at least ``bits``.
        bits: K, length of the code.
        seed: of the rotation that the search begins with.

    Raises:
        ValueError: there are too few vectors or numbers.
    """
    if bits > min(vectors.shape):
        raise ValueError(f"{vectors.shape} vectors do not give {bits} bits")
    mean = vectors.mean(axis=0)
    centred = (vectors - mean).astype(np.float64)
    directions = np.linalg.svd(centred, full_matrices=False)[2][:bits].T
    projected = centred @ directions
    rotation = np.linalg.qr(np.random.default_rng(seed).normal(size=(bits, bits)))[0]
    for _ in range(_ITERATIONS):
        corners = np.where(projected @ rotation >= 0, 1.0, -1.0)
        left, _, right = np.linalg.svd(projected.T @ corners)
        rotation = left @ right
    weight = directions @ rotation
    return Linear(weight.astype(np.float32), (-mean @ weight).astype(np.float32))
