"""Ordering the best tiles anew by how well each fits the description, token by token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..encoders.fusion import combined, logit, rerank_weight
from ..index.schema import SourceRecord, TileRecord
from ..progress import Progress
from .query_encoder import QueryEncoder
from .ties import levelled, ranking
from .tile_pictures import read_pictures

#: Tiles that are re-ranked, the best by cosine: the last stage of MTGFE's filter.
RERANKED = 128


@dataclass(frozen=True, slots=True)
class Reranking:
    """The new order of n tiles.

    Attributes:
        order: int64 (n,), positions among the tiles, best first.
        match: float64 (n,), probability that tile and description belong together, against one
            drawn like ITM's hard negatives, which are as near by cosine, not against any tile; in
            the old order; NaN for tiles that could not be read again.
        notes: sentences for the user.
    """

    order: npt.NDArray[np.int64]
    match: npt.NDArray[np.float64]
    notes: list[str]


def rerank(
    tiles: Sequence[TileRecord],
    cosines: npt.NDArray[np.floating],
    sources: Mapping[int, SourceRecord],
    encoder: QueryEncoder,
    texts: Sequence[str],
    progress: Progress,
) -> Reranking:
    """Read tiles again and order them by ``encoders.fusion.combined`` of match and cosine.

    The index keeps no tokens, which take some 100 times the space of an embedding, so the image
    graph runs once more. Of several descriptions the mean logit counts. A tile that cannot be
    read again keeps its place, and the others change places around it.

    Args:
        tiles: the best by cosine, in that order.
        cosines: (n,), with what was searched for, which examples beside the text may have moved,
            less each tile's hubness.
        sources: the sources by their ids.
        encoder: has a fusion part.
        texts: the descriptions, at least one.
        progress: told the tiles done; cancels.

    Raises:
        CancelledError: when cancelled.
        EncoderPackageError: the encoder has no fusion part, or it fails.
    """
    states = encoder.text_states(texts)
    found = np.full((len(texts), len(tiles)), np.nan)
    lost: dict[int, str] = {}
    for chunk in read_pictures(tiles, sources, encoder.package.input_size, progress):
        lost.update(chunk.lost)
        if chunk.positions:
            progress.check()
            tokens = encoder.image_tokens(chunk.rgb)
            for row in range(len(texts)):
                progress.check()
                text = slice(row, row + 1)
                match = encoder.fuse(tokens, states.hidden[text], states.mask[text])
                found[row, list(chunk.positions)] = match
        done = int(np.isfinite(found[-1]).sum()) + len(lost)
        progress.report(done, len(tiles), message="re-ranking", force=done == len(tiles))
    # the logarithms of odds would make much of the last bits near 0 and 1
    mean = logit(levelled(found)).mean(axis=0)
    match = 1 / (1 + np.exp(-mean))
    scores = combined(match, levelled(cosines), rerank_weight(encoder.package.card))
    return Reranking(order_around(scores), match, _notes(lost, len(tiles)))


def order_around(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Return positions by falling score, those without one (NaN) where they are.

    Tied scores stay in their order.
    """
    order = np.arange(len(scores))
    known = np.flatnonzero(np.isfinite(scores))
    order[known] = known[ranking(scores[known])]
    return order


def _notes(lost: Mapping[int, str], count: int) -> list[str]:
    if not lost:
        return []
    reasons = list(dict.fromkeys(lost.values()))
    more = f", and {len(reasons) - 1} more" if len(reasons) > 1 else ""
    return [
        f"{len(lost)} of the {count} tiles to re-rank could not be read again and "
        f"{'keeps its' if len(lost) == 1 else 'keep their'} place: {reasons[0]}{more}"
    ]
