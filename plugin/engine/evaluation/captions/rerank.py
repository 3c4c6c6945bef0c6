"""Recall between images and captions after re-ranking by the encoder's fusion part.

Images for a caption are ordered with what each image is a hub, captions for an image with what
each caption is one.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import numpy.typing as npt

from ...encoders.encoder import Encoder
from ...encoders.fusion import combined, rerank_weight
from ...progress import Progress
from ...retrieval.rerank import RERANKED
from ...retrieval.ties import cosines as cosines_of
from ...retrieval.ties import levelled
from .benchmark import CaptionBenchmark
from .caption_recall import recalls
from .pair_matches import best_candidates, match_pairs, ranked_first

Cosines = npt.NDArray[np.floating]

#: Weights of the cosine of which the mean recall is given, to choose one on validation data.
WEIGHTS = (0.0, 2.0, 5.0, 10.0, 20.0, 50.0)


def measure_rerank(
    encoder: Encoder,
    benchmark: CaptionBenchmark,
    progress: Progress,
    *,
    count: int = RERANKED,
) -> dict[str, Any]:
    """Measure recall with the best of every query re-ranked, as a search does it.

    For a caption the best images by cosine are re-ranked, for an image the best of the distinct
    captions; what ties with the last of them is re-ranked as well. All others follow by cosine.

    Args:
        encoder: with text and fusion parts.
        benchmark: encoded with the tokens of its images.
        progress: told the pairs done; cancels.
        count: candidates of a query that are re-ranked.

    Returns:
        A JSON object: ``i2t``, ``t2i`` and ``mr`` in percent; the same under ``match_only``, with
        the re-ranked ordered by the match alone, and, where the encoder tells hubness, under
        ``without_hubness``, by match and cosine as it is; ``shortlist`` and ``weight``;
        ``mr_by_weight``, [weight, mR] of other weights, to tune it by; ``pairs`` that the
        fusion part has seen, out of ``all_pairs``; ``filter_seconds`` for finding them and
        ``seconds`` for matching them, and ``filter_seconds_a_query`` and ``seconds_a_query``.

    Raises:
        EncoderPackageError: the encoder lacks a part, or it fails.
        CancelledError: when cancelled.
    """
    if benchmark.images.tokens is None:
        raise ValueError("the benchmark was encoded without the tokens of its images")
    started = time.perf_counter()
    cosines = cosines_of(benchmark.images.embeddings, benchmark.texts.embeddings)
    of_image = best_candidates(cosines, count)
    of_text = best_candidates(cosines.T, count).T
    filter_seconds = time.perf_counter() - started
    found = match_pairs(
        encoder,
        benchmark.images.tokens,
        benchmark.distinct_texts,
        of_image | of_text,
        progress,
    )
    weight = rerank_weight(encoder.package.card)
    to_captions = cosines - encoder.text_hubness(benchmark.texts.embeddings)[np.newaxis]
    to_images = cosines - encoder.image_hubness(benchmark.images.embeddings)[:, np.newaxis]

    def ordered(weight: float, by_image: Cosines, by_text: Cosines) -> dict[str, Any]:
        # the logarithms of odds would make much of the last bits near 0 and 1
        captions = combined(levelled(found.match), levelled(by_image), weight)
        pictures = combined(levelled(found.match, 0), levelled(by_text, 0), weight)
        for_image = ranked_first(of_image, captions, cosines)
        for_text = ranked_first(of_text, pictures, cosines).T
        return recalls(benchmark, lambda rows: for_image[rows], lambda rows: for_text[rows])

    tried = [ordered(other, to_captions, to_images) for other in WEIGHTS]
    plain = {}
    if "hubness" in encoder.package.roles:
        plain["without_hubness"] = ordered(weight, cosines, cosines)
    queries = sum(cosines.shape)
    return {
        **ordered(weight, to_captions, to_images),
        "match_only": tried[0],
        **plain,
        "shortlist": count,
        "weight": round(weight, 6),
        "mr_by_weight": [[w, own["mr"]] for w, own in zip(WEIGHTS, tried, strict=True)],
        "pairs": found.pairs,
        "all_pairs": cosines.size,
        "filter_seconds": round(filter_seconds, 6),
        "filter_seconds_a_query": round(filter_seconds / queries, 9),
        "seconds": round(found.seconds, 3),
        "seconds_a_query": round(found.seconds / queries, 6),
    }
