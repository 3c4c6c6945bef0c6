"""Recall at k between images and captions, by the protocol of image-text retrieval papers.

A query counts as answered at k if any item that belongs to it is among the first k: for an image
any of its own captions (Karpathy's split has five), for a caption its own image. A caption that
also stands on other images is still right only for its own, as in published evaluations.

Sentences repeat in remote-sensing captions (UCM-captions has 2,034 distinct ones of 10,500) and
codes have few distances, so ties are common. The order among tied items is not left to the sort,
nor to the last bits of their scores (see ``retrieval.ties``): each query counts with the
probability, over random orders, that an item of its own is in the first k.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from ...retrieval.ties import TOLERANCE

Scores = npt.NDArray[np.floating]
Chances = npt.NDArray[np.float64]


def expected_recall(
    scores: Scores,
    own: npt.NDArray[np.int64],
    copies: npt.NDArray[np.int64],
    ks: Sequence[int],
) -> Chances:
    """Return the probability (Q, len(ks)) that an own item is among the first k.

    Equal candidates are given once, with their number. Others tie where their scores do not
    differ by more than ``TOLERANCE``.

    Args:
        scores: (Q, C), of every query with every distinct candidate, the largest first.
        own: (Q, C), how many of the items that are this candidate belong to the query.
        copies: (C,), how many items are this candidate.
        ks: list lengths.
    """
    scores = np.asarray(scores, np.float64)
    best = np.where(own > 0, scores, -np.inf).max(axis=1, keepdims=True)
    is_ahead = scores > best + TOLERANCE
    ahead = np.where(is_ahead, copies, 0).sum(1)
    tied = (scores >= best - TOLERANCE) & ~is_ahead
    own_tied = np.where(tied, own, 0).sum(1)
    others_tied = np.where(tied, copies, 0).sum(1) - own_tied
    chances = [_chance(ahead, own_tied, others_tied, k) for k in ks]
    return np.stack(chances, axis=1) if chances else np.zeros((len(scores), 0))


def recall_both_ways(
    image_scores: Callable[[slice], Scores],
    text_scores: Callable[[slice], Scores],
    owner: npt.NDArray[np.int64],
    distinct_image: npt.NDArray[np.int64],
    distinct_text: npt.NDArray[np.int64],
    ks: Sequence[int] = (1, 5, 10),
    chunk: int = 256,
) -> tuple[Chances, Chances]:
    """Return recall of captions by images and of images by captions, each (len(ks),), 0..1.

    Args:
        image_scores: scores (q, distinct texts) of a slice of the distinct images.
        text_scores: scores (q, distinct images) of a slice of the distinct texts.
        owner: (T,), the image of each caption.
        distinct_image: (I,), the distinct image that each image is.
        distinct_text: (T,), the distinct text that each caption is.
        ks: list lengths.
        chunk: queries at once, which bounds the memory.
    """
    image_copies = np.bincount(distinct_image)
    text_copies = np.bincount(distinct_text)
    by_image = _sweep(
        image_scores,
        query_row=distinct_image,
        pairs=(owner, distinct_text),
        copies=text_copies,
        ks=ks,
        chunk=chunk,
    )
    captions = np.arange(len(owner))
    by_text = _sweep(
        text_scores,
        query_row=distinct_text,
        pairs=(captions, distinct_image[owner]),
        copies=image_copies,
        ks=ks,
        chunk=chunk,
    )
    return by_image, by_text


def _sweep(
    scores: Callable[[slice], Scores],
    *,
    query_row: npt.NDArray[np.int64],
    pairs: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]],
    copies: npt.NDArray[np.int64],
    ks: Sequence[int],
    chunk: int,
) -> Chances:
    """Return the mean chance over all queries, taking distinct queries a chunk at a time.

    Args:
        scores: of a slice of the distinct queries with all distinct candidates.
        query_row: (Q,), the distinct query that each query is.
        pairs: query and candidate of every item that belongs to a query.
        copies: items that each candidate stands for.
        ks: list lengths.
        chunk: distinct queries at once.
    """
    order = np.argsort(query_row, kind="stable")
    sorted_rows = query_row[order]
    total = np.zeros(len(ks))
    for start in range(0, int(query_row.max(initial=-1)) + 1, chunk):
        stop = min(start + chunk, int(query_row.max()) + 1)
        first, last = np.searchsorted(sorted_rows, (start, stop))
        block = scores(slice(start, stop))
        for part in range(int(first), int(last), chunk):
            queries = order[part : min(part + chunk, int(last))]
            place = np.full(len(query_row), -1)
            place[queries] = np.arange(len(queries))
            inside = place[pairs[0]] >= 0
            own = np.zeros((len(queries), len(copies)), np.int64)
            np.add.at(own, (place[pairs[0][inside]], pairs[1][inside]), 1)
            total += expected_recall(block[query_row[queries] - start], own, copies, ks).sum(0)
    return total / max(len(query_row), 1)


def _chance(
    ahead: npt.NDArray[np.int64],
    own: npt.NDArray[np.int64],
    others: npt.NDArray[np.int64],
    k: int,
) -> Chances:
    """Return the chance that one of ``own`` items is in the first ``k``.

    ``ahead`` items come before for certain; ``own`` and ``others`` are in random order after
    them. The chance that none is in the m places left is C(others, m) / C(own + others, m), taken
    as a product over the places.
    """
    places = np.clip(k - ahead, 0, own + others)
    none = np.ones(len(ahead))
    for place in range(int(places.max(initial=0))):
        left = np.maximum(own + others - place, 1)
        factor = np.maximum(others - place, 0) / left
        none *= np.where(place < places, factor, 1.0)
    return np.asarray(1.0 - none)
