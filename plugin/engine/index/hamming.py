"""Exact search for the nearest hash codes by a scan over all of them.

A scan reads 8 bytes a code and is bound by memory bandwidth, so it beats cleverer structures
up to tens of millions of codes; see ``benchmarks/search``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: Codes handled at a time: their distances stay in the processor's cache.
CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Shortlist:
    """The nearest codes, by distance and then by position.

    Attributes:
        positions: int64 ``(m,)``, rows of the code table.
        distances: uint16 ``(m,)``, number of differing bits.
    """

    positions: np.ndarray
    distances: np.ndarray

    def __len__(self) -> int:
        return len(self.positions)


def distances(codes: np.ndarray, query: np.ndarray) -> np.ndarray:
    """Return the Hamming distance of each code to the query.

    Args:
        codes: uint8 ``(n, b)``, C-contiguous.
        query: uint8 ``(b,)``.

    Returns:
        uint8 or uint16 ``(n,)``.
    """
    words, target = _words(codes, query)
    return _distances(words, target)


def nearest(
    codes: np.ndarray,
    query: np.ndarray,
    count: int,
    *,
    mask: np.ndarray | None = None,
    code_mask: np.ndarray | None = None,
) -> Shortlist:
    """Find the ``count`` nearest codes and everything as near as the last of them.

    Ties belong together: which of several equally distant codes are the nearest would depend on
    nothing but their order in the file.

    Args:
        codes: uint8 ``(n, b)``, C-contiguous.
        query: uint8 ``(b,)``.
        count: at least 1; with fewer codes all are returned.
        mask: bool ``(n,)``; codes where it is False are left out.
        code_mask: uint8 ``(b,)``, the bits that count; None for all.

    Returns:
        All codes whose distance is at most that of the ``count``-th nearest.

    Raises:
        ValueError: shapes do not fit, or ``count`` is less than 1.
    """
    if count < 1:
        raise ValueError(f"count must be at least 1, not {count}")
    if mask is not None and mask.shape != codes.shape[:1]:
        raise ValueError(f"mask must be {codes.shape[:1]}, not {mask.shape}")
    words, target = _words(codes, query)
    counted = None if code_mask is None else _words(codes, code_mask)[1]
    bits = codes.shape[1] * 8
    # how many codes were seen at each distance gives the count-th smallest without sorting
    seen = np.zeros(bits + 1, dtype=np.int64)
    threshold = bits
    kept_positions: list[np.ndarray] = []
    kept_distances: list[np.ndarray] = []
    for start in range(0, len(words), CHUNK):
        found = _distances(words[start : start + CHUNK], target, counted)
        near = found <= threshold
        if mask is not None:
            near &= mask[start : start + CHUNK]
        positions = np.flatnonzero(near)
        if not len(positions):
            continue
        found = found[positions].astype(np.uint16)
        seen += np.bincount(found, minlength=bits + 1)
        threshold = min(threshold, int(np.searchsorted(np.cumsum(seen), count)))
        # most of the first chunk is too far already
        near = found <= threshold
        kept_positions.append(positions[near] + start)
        kept_distances.append(found[near])
    if not kept_positions:
        return Shortlist(np.empty(0, np.int64), np.empty(0, np.uint16))
    positions = np.concatenate(kept_positions)
    found = np.concatenate(kept_distances)
    near = found <= threshold
    positions, found = positions[near], found[near]
    order = np.argsort(found, kind="stable")
    return Shortlist(positions[order].astype(np.int64), found[order])


def _words(codes: np.ndarray, query: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """View codes and query as the widest unsigned integers that their length allows."""
    if codes.dtype != np.uint8 or query.dtype != np.uint8:
        raise ValueError("codes and query must be uint8")
    if codes.ndim != 2 or query.shape != codes.shape[1:] or not codes.shape[1]:
        raise ValueError(f"a query of shape {query.shape} does not fit codes of {codes.shape}")
    width = next(w for w in (8, 4, 2, 1) if codes.shape[1] % w == 0)
    kind = np.dtype(f"u{width}")
    return codes.view(kind), np.ascontiguousarray(query).view(kind)


def _distances(
    words: np.ndarray, target: np.ndarray, counted: np.ndarray | None = None
) -> np.ndarray:
    total: np.ndarray
    if len(target) == 1:
        differ = words[:, 0] ^ target[0]
        if counted is not None:
            differ &= counted[0]
        total = np.bitwise_count(differ)
        return total
    total = np.zeros(len(words), dtype=np.uint16)
    for column, word in enumerate(target):
        differ = words[:, column] ^ word
        if counted is not None:
            differ &= counted[column]
        total += np.bitwise_count(differ)
    return total
