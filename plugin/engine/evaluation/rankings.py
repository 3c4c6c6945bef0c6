"""The three rankings that are measured: by code, by embedding, and as a search does it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..encoders.codes import hamming_matrix
from ..encoders.encoder import Encoded
from ..retrieval.ties import cosines

#: Items re-ranked by embedding unless told otherwise. Fewer than a search takes, because a search's
#: shortlist would hold the whole of a small benchmark and show nothing of the codes.
SHORTLIST = 200

Scores = npt.NDArray[np.floating]


def code_scores(queries: Encoded, items: Encoded) -> Scores:
    """Return scores (Q, N) that fall with the Hamming distance."""
    return -_distances(queries, items).astype(np.float32)


def embedding_scores(queries: Encoded, items: Encoded) -> Scores:
    """Return the cosines (Q, N) of the embeddings."""
    return cosines(queries.embeddings, items.embeddings)


def pipeline_scores(
    queries: Encoded,
    items: Encoded,
    shortlist: int = SHORTLIST,
    allowed: npt.NDArray[np.bool_] | None = None,
) -> Scores:
    """Return scores (Q, N) that sort as a search does.

    The nearest codes, at least ``shortlist`` of them and whole shells of equal distance, come
    first and sorted by cosine; all others follow, sorted by distance.

    Args:
        queries: Q of them.
        items: N of them.
        shortlist: items compared by embedding, at least.
        allowed: bool (Q, N), items that a filter lets through; the others take no place on the
            shortlist. All if left out.
    """
    distances = _distances(queries, items)
    if not distances.size:
        return np.zeros(distances.shape, np.float32)
    if allowed is not None:
        distances = np.where(allowed, distances, np.uint16(np.iinfo(np.uint16).max))
    last = min(shortlist, distances.shape[1]) - 1
    radius = np.partition(distances, last, axis=1)[:, last : last + 1]
    # -2 keeps the others below every cosine
    return np.where(
        distances <= radius, embedding_scores(queries, items), -2.0 - distances.astype(np.float32)
    )


def take(encoded: Encoded, rows: slice | npt.NDArray[np.int64]) -> Encoded:
    """Return some of the rows."""
    tokens = None if encoded.tokens is None else encoded.tokens[rows]
    return Encoded(encoded.embeddings[rows], encoded.codes[rows], tokens, encoded.code_mask)


def _distances(queries: Encoded, items: Encoded) -> npt.NDArray[np.uint16]:
    """Return the Hamming distances (Q, N) over the bits that say something of both."""
    asked, found = queries.codes, items.codes
    for mask in (queries.code_mask, items.code_mask):
        if mask is not None:
            asked, found = asked & mask, found & mask
    return hamming_matrix(asked, found)
