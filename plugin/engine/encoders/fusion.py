"""Whether an image and a text belong together, by the fusion graph of an encoder package.

A fusion encoder looks at all tokens of an image and a text at once, which tells more than the
cosine of two embeddings and costs far more: it runs once for every pair, so that only the best by
cosine are worth it (Li et al., "Align before Fuse", NeurIPS 2021, section 3.4).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import EncoderPackageError
from .package.card_format import PREFIX
from .session import GraphSession

Numbers = npt.NDArray[np.float32]

#: Pairs in one run: each attends from every token to every other, all of which are in memory.
PAIRS = 32

#: Weight of the cosine where a package names none: one over the temperature that contrastive
#: training starts from, 0.07.
RERANK_WEIGHT = 1 / 0.07

# probabilities nearer to 0 and 1 than this are what float32 makes of a sigmoid's ends
_LEAST = 1e-6


def rerank_weight(card: Mapping[str, Any]) -> float:
    """Return the weight of the cosine beside the match, as ``combined`` takes it.

    It is ``scene_search:rerank_weight`` of the package's card, else ``RERANK_WEIGHT``.
    """
    return float(card["properties"].get(PREFIX + "rerank_weight", RERANK_WEIGHT))


def combined(
    match: npt.NDArray[np.floating], cosine: npt.NDArray[np.floating], weight: float
) -> npt.NDArray[np.float64]:
    """Return what re-ranked items are ordered by: logit(match) + weight · cosine.

    The fusion graph learns to tell pairs from hard negatives that are drawn in proportion to
    exp(cosine / τ). By noise-contrastive estimation (Gutmann and Hyvärinen, 2010) its logit
    then is the log ratio of the pairs' density to that of those negatives, so that the log density
    of pairs is the sum of both, with weight 1 / τ. A card may hold another weight, tuned on
    validation data.

    Args:
        match: probabilities, 0 to 1.
        cosine: of the embeddings, of the same shape.
        weight: from ``rerank_weight``.
    """
    return logit(match) + weight * np.asarray(cosine, np.float64)


def logit(match: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Return the log odds of probabilities, finite also at 0 and 1."""
    probability = np.clip(np.asarray(match, np.float64), _LEAST, 1 - _LEAST)
    odds: npt.NDArray[np.float64] = np.log(probability) - np.log1p(-probability)
    return odds


def check_tokens(session: GraphSession) -> None:
    """Check that the image or text graph of a package with a fusion part gives its tokens.

    Raises:
        EncoderPackageError: if it does not.
    """
    found = {item.name: len(item.shape) for item in session.session.get_outputs()}
    if found.get("tokens") != 3:
        raise EncoderPackageError(
            f"{session.name} does not give the tokens that the encoder's fusion part reads",
            hint="Export the encoder again with this version.",
        )


def fuse(
    session: GraphSession,
    image_tokens: Numbers,
    text_tokens: Numbers,
    text_mask: npt.NDArray[np.int64],
) -> Numbers:
    """Return the probability float32 (K,) that image and text of each pair belong together.

    Args:
        session: the fusion graph.
        image_tokens: float32 (K, P, W).
        text_tokens: float32 (T, L, V), one text for all images (T = 1) or one for each (T = K).
        text_mask: int64 (T, L), 1 for tokens and 0 for padding.

    Raises:
        ValueError: for other shapes.
        EncoderPackageError: if the graph fails or does not give probabilities.
    """
    pairs = len(image_tokens)
    if (
        image_tokens.ndim != 3
        or text_tokens.ndim != 3
        or text_mask.shape != text_tokens.shape[:2]
        or len(text_tokens) not in (1, pairs)
    ):
        raise ValueError(
            f"tokens {image_tokens.shape} of images do not fit those of texts "
            f"{text_tokens.shape} with the mask {text_mask.shape}"
        )
    match = np.empty(pairs, np.float32)
    for start in range(0, pairs, PAIRS):
        rows = slice(start, min(start + PAIRS, pairs))
        texts = slice(None) if len(text_tokens) == 1 else rows
        inputs: dict[str, npt.NDArray[Any]] = {
            "image_tokens": np.ascontiguousarray(image_tokens[rows], np.float32),
            "text_tokens": np.ascontiguousarray(text_tokens[texts], np.float32),
            "text_mask": np.ascontiguousarray(text_mask[texts], np.int64),
        }
        (found,) = session.run(inputs, ("match",))
        if found.shape != match[rows].shape:
            raise _wrong(session, f"an output of shape {found.shape} for {rows.stop - start} pairs")
        match[rows] = found
    if not ((match >= 0) & (match <= 1)).all():  # a NaN fails as well
        raise _wrong(session, "numbers that are no probabilities")
    return match


def _wrong(session: GraphSession, what: str) -> EncoderPackageError:
    return EncoderPackageError(
        f"{session.name} gave {what}", hint="Export the encoder again with this version."
    )
