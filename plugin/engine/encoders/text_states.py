"""The hidden states of texts, padded to one array."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

States = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TextStates:
    """What the text graph makes of each token of N texts.

    Attributes:
        hidden: float32 (N, L, W), zeros after a text's last token.
        mask: int64 (N, L), 1 for tokens and 0 for padding.
    """

    hidden: States
    mask: npt.NDArray[np.int64]


def padded_states(states: Sequence[States]) -> TextStates:
    """Return the states (tokens, W) of texts, at least one, as one array."""
    lengths = np.array([len(rows) for rows in states])
    hidden = np.zeros((len(states), max(lengths.max(), 1), states[0].shape[-1]), np.float32)
    for target, rows in zip(hidden, states, strict=True):
        target[: len(rows)] = rows
    mask = (np.arange(hidden.shape[1]) < lengths[:, np.newaxis]).astype(np.int64)
    return TextStates(hidden, mask)
