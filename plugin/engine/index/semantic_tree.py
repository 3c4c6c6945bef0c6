"""RSHST as an index: codes as a tree of prefixes, of which a search looks at the nearest branches.

CCLS2T trains codes whose first bits tell the broad kind of a scene, the next its group and the
rest the scene itself, so that alike scenes share a prefix; see ``training.losses.tree_hash``. A
reconstruction: the paper's tree is not public. Here a branch is a prefix of the bits of one or
more levels, small leaves merge upward into what is left of their parent, and a search visits
branches in the order of the Hamming distance of their prefix to the query's, which no code of the
branch can fall below. That bound proves when the answer is complete.

The tree is made of the codes alone and says nothing that they do not: it can be made anew at any
time. Searches do not use it: it is many times faster than the scan on millions of codes that fall
together by class, slower on others, and building it takes as long as hundreds of scans; see the
measurements in ``benchmarks/search``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from .hamming import Shortlist

Words = npt.NDArray[np.uint64]

#: Codes below which a leaf is merged into its parent: looking at one costs as much as comparing
#: a few hundred codes.
LEAST_LEAF = 256

# codes compared at a time: their distances stay in the processor's cache
_PIECE = 65_536
_LEAST_PIECE = 1_024

#: Share of a code that each level gets, as in training: 64 = 8 | 16 | 40.
_SHARES = (0.125, 0.25)


def level_bits(bits: int, card: Mapping[str, Any] | None = None) -> tuple[int, ...]:
    """Return how many bits of a code each level of the tree has, the broadest first.

    Args:
        bits: length of a code.
        card: properties of the encoder's ``model.json``; its ``scene_search:code_levels`` count
            if they add up to the code.
    """
    stated = (card or {}).get("scene_search:code_levels")
    if isinstance(stated, Sequence) and not isinstance(stated, str):
        levels = tuple(int(level) for level in stated)
        if levels and min(levels) > 0 and sum(levels) == bits:
            return levels
    first, second = (round(bits * share) for share in _SHARES)
    return tuple(level for level in (first, second, bits - first - second) if level)


class SemanticTree:
    """A tree over codes, for repeated searches. It does not change once made.

    Args:
        codes: uint8 ``(n, b)``; they are copied.
        levels: bits of each level, the broadest first; their sum is ``8 * b``. The last level is
            told apart within leaves only.
        least: codes of a leaf at least, but for the root's.

    Attributes:
        leaves: their number.
    """

    def __init__(
        self,
        codes: npt.NDArray[np.uint8],
        levels: Sequence[int] | None = None,
        least: int = LEAST_LEAF,
    ) -> None:
        bits = codes.shape[1] * 8
        levels = tuple(levels or level_bits(bits))
        if sum(levels) != bits or min(levels) < 1:
            raise ValueError(f"levels of {levels} bits do not make codes of {bits}")
        self._bits = bits
        words = _words(codes)
        leaf, lengths, prefixes = _grow(words, np.cumsum(levels)[:-1].tolist(), least)
        self._rows = _stable_order(leaf)
        self._codes = words[self._rows]
        self._stops = np.cumsum(np.bincount(leaf, minlength=len(lengths)))
        self._starts = self._stops - np.bincount(leaf, minlength=len(lengths))
        self._masks = np.stack([_mask(length, words.shape[1]) for length in range(bits + 1)])[
            lengths
        ]
        self._prefixes = prefixes
        self.leaves = len(lengths)

    def nearest(
        self,
        query: npt.NDArray[np.uint8],
        count: int,
        *,
        mask: npt.NDArray[np.bool_] | None = None,
        budget: int | None = None,
    ) -> Shortlist:
        """Find the ``count`` nearest codes and everything as near as the last of them.

        Args:
            query: uint8 ``(b,)``.
            count: at least 1.
            mask: bool ``(n,)``; codes where it is False are left out.
            budget: codes to compare, up to a quarter more, and more while fewer than ``count``
                were found. None gives exactly what ``hamming.nearest`` does.

        Returns:
            By distance and then by row. With a budget, some of the nearest may be lacking.

        Raises:
            ValueError: ``count`` or ``budget`` is less than 1.
        """
        if count < 1 or (budget is not None and budget < 1):
            raise ValueError("count and budget must be at least 1")
        target = _words(query[np.newaxis])[0]
        # how many codes were seen at each distance gives the count-th smallest without sorting
        seen = np.zeros(self._bits + 1, dtype=np.int64)
        threshold, looked = self._bits, 0
        kept: list[tuple[np.ndarray, np.ndarray]] = []
        # so small that a budget is not much exceeded
        piece = _PIECE if budget is None else max(_LEAST_PIECE, min(_PIECE, budget // 4))
        for bound, starts, stops in self._pieces(target, piece):
            if bound > threshold:
                break
            if budget is not None and looked >= budget and seen.sum() >= count:
                break
            sizes = stops - starts
            looked += int(sizes.sum())
            near, found = self._compare(target, starts, stops, threshold)
            rows = self._rows[near]
            if mask is not None:
                rows, found = rows[mask[rows]], found[mask[rows]]
            if not len(rows):
                continue
            seen += np.bincount(found, minlength=self._bits + 1)
            threshold = min(threshold, int(np.searchsorted(np.cumsum(seen), count)))
            kept.append((rows, found))
        if not kept:
            return Shortlist(np.empty(0, np.int64), np.empty(0, np.uint16))
        rows = np.concatenate([part for part, _ in kept])
        found = np.concatenate([part for _, part in kept])
        near = np.flatnonzero(found <= threshold)
        order = near[np.lexsort((rows[near], found[near]))]
        return Shortlist(rows[order].astype(np.int64), found[order].astype(np.uint16))

    def _pieces(self, target: Words, size: int) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
        """Yield leaves, nearest branches first: lower bound, and first and last of their codes.

        Some ``size`` codes at a time.
        """
        bounds = _count((self._prefixes ^ target) & self._masks)
        for bound in range(self._bits + 1):
            leaves = np.flatnonzero(bounds == bound)
            if not len(leaves):
                continue
            starts, stops = self._starts[leaves], self._stops[leaves]
            # a branch may have many small leaves, and a leaf many codes
            groups = np.cumsum(stops - starts) // size
            for group in range(int(groups[-1]) + 1):
                first, last = np.searchsorted(groups, (group, group + 1))
                if first == last:
                    continue
                if last - first == 1:
                    for start in range(int(starts[first]), int(stops[first]), size):
                        stop = min(start + size, int(stops[first]))
                        yield bound, np.array([start]), np.array([stop])
                else:
                    yield bound, starts[first:last], stops[first:last]

    def _compare(
        self, target: Words, starts: np.ndarray, stops: np.ndarray, threshold: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return places and distances of the codes of some leaves that are near enough."""
        if len(starts) == 1:
            found = _count(self._codes[starts[0] : stops[0]] ^ target)
            near = np.flatnonzero(found <= threshold)
            return near + starts[0], found[near]
        parts = [self._codes[a:b] for a, b in zip(starts.tolist(), stops.tolist(), strict=True)]
        found = _count(np.concatenate(parts) ^ target)
        near = np.flatnonzero(found <= threshold)
        sizes = stops - starts
        ends = np.cumsum(sizes)
        leaf = np.searchsorted(ends, near, side="right")
        return near - (ends - sizes)[leaf] + starts[leaf], found[near]


def _grow(
    words: Words, cuts: Sequence[int], least: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Words]:
    """Return the leaf of each code, and the prefixes of all leaves with their lengths in bits."""
    order = _prefix_order(words, max(cuts, default=0))
    leaf = np.full(len(words), -1, dtype=np.int64)
    lengths: list[int] = []
    prefixes: list[Words] = []
    left = order
    for cut in (*reversed(cuts), 0):
        heads = words[left] & _mask(cut, words.shape[1])
        begins = np.flatnonzero(np.append(True, (heads[1:] != heads[:-1]).any(axis=1)))
        if not len(left):
            break
        sizes = np.diff(np.append(begins, len(left)))
        large = sizes >= (least if cut else 1)
        number = np.where(large, np.cumsum(large) - 1 + len(lengths), -1)
        leaf[left] = np.repeat(number, sizes)
        lengths += [cut] * int(large.sum())
        prefixes.append(heads[begins[large]])
        left = left[leaf[left] < 0]
    empty: Words = np.empty((0, words.shape[1]), np.uint64)
    return leaf, np.array(lengths, np.int64), np.concatenate([empty, *prefixes])


def _prefix_order(words: Words, bits: int) -> npt.NDArray[np.int64]:
    """Return an order of the codes in which equal prefixes of up to ``bits`` bits are neighbours.

    NumPy sorts numbers of 16 bits in linear time, so prefixes are sorted 16 bits at a time.
    """
    order = np.arange(len(words))
    for shift in reversed(range(0, bits, 16)):
        digits = (words[:, shift // 64] >> np.uint64(48 - shift % 64)).astype(np.uint16)
        order = order[np.argsort(digits[order], kind="stable")]
    return order


def _stable_order(leaf: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    few = leaf.max(initial=0) <= np.iinfo(np.uint16).max
    return np.argsort(leaf.astype(np.uint16) if few else leaf, kind="stable")


def _words(codes: npt.NDArray[np.uint8]) -> Words:
    """Return codes as 64-bit numbers ``(n, w)`` that sort as their bits do, zeros at the end."""
    lacking = -codes.shape[1] % 8
    padded = np.pad(codes, ((0, 0), (0, lacking))) if lacking else np.ascontiguousarray(codes)
    words: Words = padded.view(">u8").astype(np.uint64)
    return words


def _mask(length: int, words: int) -> Words:
    """Return the words ``(w,)`` whose first ``length`` bits are set."""
    bits = np.zeros(words * 64, dtype=np.uint8)
    bits[:length] = 1
    mask: Words = _words(np.packbits(bits)[np.newaxis])[0]
    return mask


def _count(words: Words) -> np.ndarray:
    """Return the bits set in each row ``(n, w)``, uint8 or uint16."""
    counted = np.bitwise_count(words)
    if words.shape[1] == 1:
        single: np.ndarray = counted[:, 0]
        return single
    total: np.ndarray = counted.sum(axis=1, dtype=np.uint16)
    return total
