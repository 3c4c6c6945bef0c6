"""What the frozen layers of a text tower make of sentences, computed once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer
from torch import Tensor

from ..towers.text_tower import TextTower

_AT_ONCE = 256


class FrozenTexts:
    """Hidden states of sentences after a text tower's frozen layers, as float16 in memory.

    Args:
        tower: whose frozen layers.
        tokenizer: with padding and truncation set.
        sentences: distinct sentences; they are named by their number from here on.
    """

    def __init__(self, tower: TextTower, tokenizer: Tokenizer, sentences: Sequence[str]) -> None:
        self.hidden: list[npt.NDArray[np.float16]] = [np.empty((0, 0), np.float16)] * len(sentences)
        device = next(tower.parameters()).device
        encodings = tokenizer.encode_batch(list(sentences))
        lengths = np.array([sum(e.attention_mask) for e in encodings], np.int64)
        order = np.argsort(lengths, kind="stable")  # sentences of one length need no padding
        with torch.no_grad(), torch.autocast(device.type, torch.bfloat16):
            for start in range(0, len(order), _AT_ONCE):
                rows = order[start : start + _AT_ONCE]
                longest = int(lengths[rows].max())
                ids = torch.tensor([encodings[i].ids[:longest] for i in rows], device=device)
                mask = torch.tensor(
                    [encodings[i].attention_mask[:longest] for i in rows], device=device
                )
                found = tower.early(ids, mask).to(torch.float16).cpu().numpy()
                for row, states in zip(rows, found, strict=True):
                    self.hidden[row] = states[: lengths[row]].copy()

    def padded(self, numbers: Sequence[int], length: int) -> Tensor:
        """Return float32 (N, length, W) of sentences by number, zero where they have ended."""
        width = self.hidden[0].shape[1]
        out = np.zeros((len(numbers), length, width), np.float32)
        for row, number in enumerate(numbers):
            states = self.hidden[number]
            out[row, : len(states)] = states
        return torch.from_numpy(out)
