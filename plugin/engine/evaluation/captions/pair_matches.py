"""Which pairs of images and texts a filter leaves, and what the fusion part says of them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...encoders.encoder import Encoder
from ...progress import Progress
from ...retrieval.ties import TOLERANCE

Pairs = npt.NDArray[np.bool_]
#: Probabilities float32 (V, W) of V images and W texts.
Matches = npt.NDArray[np.float32]

# Below every re-ranked item, by so little that doubles still tell cosines apart.
_BELOW = 1e6

#: Pairs between two looks at whether the user has cancelled.
_CHUNK = 128


@dataclass(frozen=True, slots=True)
class Matched:
    """What the fusion part says of pairs, and what it took.

    Attributes:
        match: (V, W), NaN for pairs that were left out.
        pairs: how many were not.
        seconds: taken by the text and fusion graphs.
    """

    match: Matches
    pairs: int
    seconds: float


def best_candidates(cosines: npt.NDArray[np.floating], count: int) -> Pairs:
    """Return (Q, C), the best candidates of each query: ``count``, and all tied with the last.

    Args:
        cosines: (Q, C), of every query with every candidate.
        count: how many, at least 1.
    """
    candidates = cosines.shape[1]
    if count >= candidates:
        return np.ones(cosines.shape, np.bool_)
    least = np.partition(cosines, candidates - count, axis=1)[:, candidates - count]
    best: Pairs = cosines >= least[:, np.newaxis] - TOLERANCE
    return best


def ranked_first(
    chosen: Pairs, scores: npt.NDArray[np.floating], cosines: npt.NDArray[np.floating]
) -> npt.NDArray[np.float64]:
    """Return scores that order the re-ranked candidates first and all others by cosine.

    Args:
        chosen: bool, the candidates that were re-ranked.
        scores: their new scores, of the same shape.
        cosines: of all candidates, of the same shape.
    """
    return np.where(chosen, scores, cosines.astype(np.float64) - _BELOW)


def match_pairs(
    encoder: Encoder,
    image_tokens: npt.NDArray[np.float32],
    texts: Sequence[str],
    wanted: Pairs,
    progress: Progress,
) -> Matched:
    """Run the fusion part on pairs, a text with all its images at a time.

    Args:
        encoder: with a fusion part.
        image_tokens: float32 (V, P, W), from ``Encoder.image_tokens``.
        texts: the W texts.
        wanted: bool (V, W), the pairs.
        progress: told the pairs done; cancels.

    Raises:
        EncoderPackageError: the encoder has no fusion part, or it fails.
        CancelledError: when cancelled.
    """
    match = np.full(wanted.shape, np.nan, np.float32)
    total, done = int(np.count_nonzero(wanted)), 0
    progress.restart()
    started = time.perf_counter()
    for column, text in enumerate(texts):
        rows = np.flatnonzero(wanted[:, column])
        if not len(rows):
            continue
        states = encoder.text_states([text])
        for start in range(0, len(rows), _CHUNK):
            progress.report(done, total, unit="pairs")
            part = rows[start : start + _CHUNK]
            match[part, column] = encoder.fuse(image_tokens[part], states.hidden, states.mask)
            done += len(part)
    return Matched(match, total, time.perf_counter() - started)
