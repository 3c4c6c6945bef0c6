"""The hidden states of texts, kept for the next use and padded to one array."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

States = npt.NDArray[np.float32]

#: Texts whose states are kept: some 100 kB each, and the tiles of a scene share a few.
KEPT = 64


@dataclass(frozen=True, slots=True)
class TextStates:
    """What the text graph makes of each token of N texts.

    Attributes:
        hidden: float32 (N, L, W), zeros after a text's last token.
        mask: int64 (N, L), 1 for tokens and 0 for padding.
    """

    hidden: States
    mask: npt.NDArray[np.int64]


class TextStateCache:
    """Computes the states of each text once. Safe to use from several threads.

    Args:
        compute: returns the states (tokens, W) of each of some different texts.
    """

    def __init__(self, compute: Callable[[Sequence[str]], Sequence[States]]) -> None:
        self._compute = compute
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, States] = OrderedDict()

    def __call__(self, texts: Iterable[str]) -> TextStates:
        """Return the states of texts, at least one, in their order."""
        wanted = list(texts)
        with self._lock:
            known = {text: self._kept[text] for text in wanted if text in self._kept}
        new = [text for text in dict.fromkeys(wanted) if text not in known]
        if new:
            known.update(zip(new, self._compute(new), strict=True))
        with self._lock:
            for text in wanted:
                self._kept[text] = known[text]
                self._kept.move_to_end(text)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return _padded([known[text] for text in wanted])


def _padded(states: Sequence[States]) -> TextStates:
    lengths = np.array([len(rows) for rows in states])
    hidden = np.zeros((len(states), max(lengths.max(), 1), states[0].shape[-1]), np.float32)
    for target, rows in zip(hidden, states, strict=True):
        target[: len(rows)] = rows
    mask = (np.arange(hidden.shape[1]) < lengths[:, np.newaxis]).astype(np.int64)
    return TextStates(hidden, mask)
