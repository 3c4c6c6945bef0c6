"""Hash codes as arrays: packing, unpacking, shortening, distances.

A code of K bits is K / 8 bytes, the first bit highest in the first byte, as ``numpy.packbits``
has it and as the graphs emit it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..errors import UsageError

Codes = npt.NDArray[np.uint8]


def truncate_codes(codes: Codes, bits: int) -> Codes:
    """Return the first ``bits`` bits of codes (N, B), the rest of the last byte zeroed.

    Raises:
        UsageError: if the codes have fewer bits, or ``bits`` is not positive.

    Examples:
        >>> codes = np.packbits([[1, 0, 1, 1, 0, 1, 1, 1]], axis=-1)
        >>> np.unpackbits(truncate_codes(codes, 4), axis=-1).tolist()
        [[1, 0, 1, 1, 0, 0, 0, 0]]
    """
    available = codes.shape[-1] * 8
    if not 0 < bits <= available:
        raise UsageError(
            f"Codes of {bits} bits were asked for, the encoder makes {available}",
            hint=f"Ask for 1 to {available} bits.",
        )
    short = codes[..., : (bits + 7) // 8].copy()
    if bits % 8:
        short[..., -1] &= np.uint8(0xFF << (8 - bits % 8) & 0xFF)
    result: Codes = short
    return result


def hamming_matrix(queries: Codes, database: Codes) -> npt.NDArray[np.uint16]:
    """Return the Hamming distances uint16 (Q, N) between codes (Q, B) and (N, B).

    Words of 8 bytes are counted at once where the length allows; the memory used beside the
    result is N * 8 bytes.
    """
    width = queries.shape[1]
    word = np.dtype(np.uint64) if width % 8 == 0 else np.dtype(np.uint8)
    left = np.ascontiguousarray(queries).view(word)
    right = np.ascontiguousarray(database).view(word)
    distances = np.zeros((len(queries), len(database)), np.uint16)
    for column in range(left.shape[1]):
        for row in range(len(left)):
            distances[row] += np.bitwise_count(left[row, column] ^ right[:, column])
    return distances
