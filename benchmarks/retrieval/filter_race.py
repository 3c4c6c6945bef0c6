"""MTGFE's filter against scoring every pair, query by query in turn, so that both meet one load."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from scene_search.engine.encoders.encoder import Encoder
from scene_search.engine.encoders.fusion import combined, rerank_weight
from scene_search.engine.evaluation.captions.benchmark import CaptionBenchmark
from scene_search.engine.evaluation.captions.caption_recall import KS
from scene_search.engine.evaluation.captions.pair_matches import best_candidates
from scene_search.engine.evaluation.captions.recall import expected_recall
from scene_search.engine.progress import Progress

# what the filter leaves out follows by cosine, below all that was matched
_BELOW = 1e6

#: How candidates were ordered.
WAYS = ("cosine", "filter", "every pair")


@dataclass
class Course:
    """One direction: its queries with their cosines to all distinct candidates.

    Attributes:
        name: ``"i2t"`` or ``"t2i"``.
        queries: (Q,), the distinct image or text that each query is.
        cosines: (Q, C).
        hubness: (C,), what the encoder takes from each candidate's cosine when it re-ranks.
        own: (Q, C), how many items that are this candidate belong to the query.
        copies: (C,), how many items are this candidate.
        seconds: taken for all queries by each way that uses the fusion part.
        recall: of each way, recall at 1, 5 and 10 in per cent.
    """

    name: str
    queries: np.ndarray
    cosines: np.ndarray
    hubness: np.ndarray
    own: np.ndarray
    copies: np.ndarray
    seconds: dict[str, float] = field(default_factory=dict)
    recall: dict[str, list[float]] = field(default_factory=dict)


class Fusion:
    """Matches a query with candidates; the tokens of all images and texts are at hand.

    A search would make the tokens of images anew, of those that the filter leaves only, so that
    the filter's gain is larger there than what is measured here.
    """

    def __init__(self, encoder: Encoder, benchmark: CaptionBenchmark) -> None:
        if benchmark.images.tokens is None:
            raise ValueError("the benchmark was encoded without the tokens of its images")
        self._encoder = encoder
        self._images = benchmark.images.tokens
        states = [encoder.text_states([text]) for text in benchmark.distinct_texts]
        longest = max(state.hidden.shape[1] for state in states)
        width = states[0].hidden.shape[2]
        self._texts = np.zeros((len(states), longest, width), np.float32)
        self._mask = np.zeros((len(states), longest), np.int64)
        for row, state in enumerate(states):
            self._texts[row, : state.hidden.shape[1]] = state.hidden[0]
            self._mask[row, : state.mask.shape[1]] = state.mask[0]

    def __call__(self, direction: str, query: int, candidates: np.ndarray) -> np.ndarray:
        """Return the match (len(candidates),) of a query with some candidates."""
        if direction == "t2i":
            one = slice(query, query + 1)
            images = self._images[candidates]
            return self._encoder.fuse(images, self._texts[one], self._mask[one])
        image = np.broadcast_to(self._images[query], (len(candidates), *self._images[query].shape))
        return self._encoder.fuse(image, self._texts[candidates], self._mask[candidates])


def courses(
    encoder: Encoder, benchmark: CaptionBenchmark, queries: int | None, seed: int = 0
) -> Iterator[Course]:
    """Yield both directions, with all queries or a sample of so many images and captions."""
    of_text = encoder.text_hubness(benchmark.texts.embeddings)
    of_image = encoder.image_hubness(benchmark.images.embeddings)
    cosines = benchmark.images.embeddings @ benchmark.texts.embeddings.T
    owner, image_row, text_row = benchmark.owner, benchmark.image_row, benchmark.text_row
    captions = np.arange(len(owner))
    random = np.random.default_rng(seed)
    own = (owner, text_row)
    yield _course("i2t", image_row, text_row, cosines, of_text, own, random, queries)
    pairs = (captions, image_row[owner])
    yield _course("t2i", text_row, image_row, cosines.T, of_image, pairs, random, queries)


def _course(
    name: str,
    query_row: np.ndarray,
    candidate_row: np.ndarray,
    cosines: np.ndarray,
    hubness: np.ndarray,
    pairs: tuple[np.ndarray, np.ndarray],
    random: np.random.Generator,
    count: int | None,
) -> Course:
    """Return a direction.

    Args:
        name: of the direction.
        query_row: the distinct query that each query is.
        candidate_row: the distinct candidate that each item is.
        cosines: of all distinct queries with all distinct candidates.
        hubness: of all distinct candidates.
        pairs: query and distinct candidate of every item that belongs to a query.
        random: decides the sample.
        count: queries in it; None for all.
    """
    total = len(query_row)
    chosen = np.arange(total)
    if count is not None and count < total:
        chosen = np.sort(random.choice(total, count, replace=False))
    own = np.zeros((total, cosines.shape[1]), np.int64)
    np.add.at(own, pairs, 1)
    queries = query_row[chosen]
    copies = np.bincount(candidate_row)
    return Course(name, queries, cosines[queries], hubness, own[chosen], copies)


def run(course: Course, fusion: Fusion, weight: float, shortlist: int, progress: Progress) -> None:
    """Run both ways for each query and keep their times and recalls in the course."""
    everything = np.arange(course.cosines.shape[1])
    scores = {way: np.empty(course.cosines.shape) for way in WAYS}
    seconds = dict.fromkeys(WAYS[1:], 0.0)
    matched: dict[int, dict[str, np.ndarray]] = {}
    for row, query in enumerate(course.queries.tolist()):
        progress.report(row, len(course.queries), unit=f"{course.name} queries")
        cosines = course.cosines[row]
        scores["cosine"][row] = cosines
        if query not in matched:
            matched[query] = {}
            # each goes first every other time
            for way in WAYS[1:] if row % 2 else WAYS[:0:-1]:
                started = time.perf_counter()
                kept = everything
                if way == "filter":
                    kept = np.flatnonzero(best_candidates(cosines[np.newaxis], shortlist)[0])
                order = cosines.astype(np.float64) - _BELOW
                corrected = cosines[kept] - course.hubness[kept]
                order[kept] = combined(fusion(course.name, query, kept), corrected, weight)
                seconds[way] += time.perf_counter() - started
                matched[query][way] = order
        for way, order in matched[query].items():
            scores[way][row] = order
    # equal sentences are matched once: seconds are of the distinct queries
    course.seconds = {way: spent / max(len(matched), 1) for way, spent in seconds.items()}
    for way, own_scores in scores.items():
        chances = expected_recall(own_scores, course.own, course.copies, KS)
        course.recall[way] = (100 * chances.mean(axis=0)).tolist()


def race(
    encoder: Encoder,
    benchmark: CaptionBenchmark,
    *,
    shortlist: int,
    queries: int | None,
    progress: Progress,
) -> dict[str, object]:
    """Return seconds a query and recall of each way, and what the filter saves and loses.

    Args:
        encoder: with a fusion part.
        benchmark: encoded with the tokens of its images.
        shortlist: candidates that the filter leaves.
        queries: images, and captions, that are sampled; None for all.
        progress: told the queries done.
    """
    fusion = Fusion(encoder, benchmark)
    weight = rerank_weight(encoder.package.card)
    both = list(courses(encoder, benchmark, queries))
    for course in both:
        run(course, fusion, weight, shortlist, progress)
    mean = {way: _mean([course.recall[way] for course in both]) for way in WAYS}
    seconds = {
        way: {course.name: round(course.seconds[way], 6) for course in both} for way in WAYS[1:]
    }
    return {
        "shortlist": shortlist,
        "queries": {course.name: len(course.queries) for course in both},
        "candidates": {course.name: len(course.copies) for course in both},
        "mr": {way: round(value, 3) for way, value in mean.items()},
        "recall": {
            way: {course.name: [round(value, 3) for value in course.recall[way]] for course in both}
            for way in WAYS
        },
        "seconds_a_query": seconds,
        "times_faster": {
            course.name: round(course.seconds["every pair"] / course.seconds["filter"], 2)
            for course in both
        },
        "points_lost": round(mean["every pair"] - mean["filter"], 3),
    }


def _mean(recalls: Sequence[Sequence[float]]) -> float:
    return float(np.mean(recalls))
