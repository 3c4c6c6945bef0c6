"""Captions with the images they find, images with the captions they find, best and worst."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...retrieval.ties import levelled, ranking
from ..hashing.confusion import Confusion, ConfusionCount
from ..hashing.examples import one_of_each
from ..image_lists import class_of
from ..rankings import SHORTLIST, Scores, pipeline_scores, take
from .benchmark import CaptionBenchmark

_CHUNK = 256


@dataclass(frozen=True, slots=True)
class CaptionHit:
    """One hit.

    Attributes:
        name: image file, or sentence.
        own: it belongs to the query.
        also: it does not, but the same sentence stands on this image too.
    """

    name: str
    own: bool
    also: bool = False


@dataclass(frozen=True, slots=True)
class CaptionExample:
    """One query.

    Attributes:
        caption: sentence that is searched with, or None where the image is.
        image: the sentence's own image, or the one that is searched with.
        rank: 1 for the best, of the first item that belongs to the query; items before it are
            counted with their copies.
        hits: the first different items.
    """

    caption: str | None
    image: str
    rank: int
    hits: tuple[CaptionHit, ...]


@dataclass(frozen=True, slots=True)
class CaptionRankings:
    """What searches find, by code first and by embedding after.

    Attributes:
        best_texts, worst_texts: captions as queries, by the rank of their own image.
        best_images, worst_images: images as queries, by the rank of the first own caption.
        confusion: classes of the first images for captions; None where images have no classes.
    """

    best_texts: tuple[CaptionExample, ...]
    worst_texts: tuple[CaptionExample, ...]
    best_images: tuple[CaptionExample, ...]
    worst_images: tuple[CaptionExample, ...]
    confusion: Confusion | None


class _Places:
    """Rank and lead of every query, from which the best and the worst are chosen.

    Equal ranks are ordered by the lead: the score of the first own item less that of the best
    other one.
    """

    def __init__(self, count: int) -> None:
        self.rank = np.zeros(count, np.int64)
        self.lead = np.zeros(count)

    def put(
        self, query: int, scores: Scores, own: npt.NDArray[np.bool_], copies: npt.NDArray[np.int64]
    ) -> None:
        """Enter a query with its scores of the distinct items and which are its own."""
        best = float(scores[own].max())
        self.rank[query] = 1 + int(copies[~own & (scores > best)].sum())
        self.lead[query] = best - float(scores[~own].max(initial=-np.inf))

    def chosen(self, groups: npt.NDArray[np.generic], count: int) -> tuple[list[int], list[int]]:
        """Return the best and the worst queries, at most one of a group."""
        order = np.lexsort((-self.lead, self.rank))
        return one_of_each(order, groups, count), one_of_each(order[::-1], groups, count)


def image_classes(names: tuple[str, ...]) -> npt.NDArray[np.str_] | None:
    """Return the class folder of every image, or None unless there are at least two of them."""
    if not all("/" in name for name in names):
        return None
    classes = np.array([class_of(name) for name in names])
    return classes if len(np.unique(classes)) > 1 else None


def caption_rankings(
    benchmark: CaptionBenchmark, *, shortlist: int = SHORTLIST, examples: int = 5, hits: int = 10
) -> CaptionRankings:
    """Search with every caption and with every image.

    Args:
        benchmark: encoded images and captions.
        shortlist: items re-ranked by embedding.
        examples: how many best and worst queries to return each way.
        hits: how many hits of each, and how many the confusion looks at.
    """
    owner, names = benchmark.owner, benchmark.listed.names
    own_image = benchmark.image_row[owner]
    first_image = np.unique(benchmark.image_row, return_index=True)[1]
    classes = image_classes(names)
    count = None
    if classes is not None:
        count = ConfusionCount(classes, classes[first_image], hits)
    by_text, by_image = _Places(len(owner)), _Places(len(names))
    copies = np.bincount(benchmark.image_row)
    for captions, scores in _blocks(benchmark, "texts", shortlist):
        for caption, row in zip(captions, scores, strict=True):
            by_text.put(caption, row, np.arange(len(row)) == own_image[caption], copies)
        if count is not None and classes is not None:
            count.add(scores, classes[owner[captions]])
    said = np.bincount(benchmark.text_row)
    for images, scores in _blocks(benchmark, "images", shortlist):
        for image, row in zip(images, scores, strict=True):
            own = np.zeros(len(row), bool)
            own[benchmark.text_row[owner == image]] = True
            by_image.put(image, row, own, said)
    text_groups = benchmark.text_row if classes is None else classes[owner]
    image_groups = benchmark.image_row if classes is None else classes
    texts = by_text.chosen(text_groups, examples)
    pictured = by_image.chosen(image_groups, examples)
    best_texts, worst_texts = (
        tuple(_by_caption(benchmark, i, int(by_text.rank[i]), shortlist, hits) for i in own)
        for own in texts
    )
    best_images, worst_images = (
        tuple(_by_image(benchmark, i, int(by_image.rank[i]), shortlist, hits) for i in own)
        for own in pictured
    )
    return CaptionRankings(
        best_texts,
        worst_texts,
        best_images,
        worst_images,
        None if count is None else count.result(),
    )


def _blocks(
    benchmark: CaptionBenchmark, side: str, shortlist: int
) -> Iterator[tuple[npt.NDArray[np.int64], Scores]]:
    """Yield queries and their scores with the distinct items of the other side."""
    queries, items, row = benchmark.images, benchmark.texts, benchmark.image_row
    if side == "texts":
        queries, items, row = items, queries, benchmark.text_row
    for start in range(0, len(row), _CHUNK):
        part = np.arange(start, min(start + _CHUNK, len(row)))
        yield part, levelled(pipeline_scores(take(queries, row[part]), items, shortlist))


def _by_caption(
    benchmark: CaptionBenchmark, caption: int, rank: int, shortlist: int, hits: int
) -> CaptionExample:
    owner, names = benchmark.owner, benchmark.listed.names
    row = benchmark.text_row[caption : caption + 1]
    scores = pipeline_scores(take(benchmark.texts, row), benchmark.images, shortlist)[0]
    first = np.unique(benchmark.image_row, return_index=True)[1]
    bearing = set(benchmark.image_row[owner[benchmark.text_row == row[0]]].tolist())
    own = int(benchmark.image_row[owner[caption]])
    found = tuple(
        CaptionHit(names[first[item]], item == own, item != own and item in bearing)
        for item in ranking(scores)[:hits].tolist()
    )
    return CaptionExample(benchmark.listed.captions[caption], names[owner[caption]], rank, found)


def _by_image(
    benchmark: CaptionBenchmark, image: int, rank: int, shortlist: int, hits: int
) -> CaptionExample:
    row = benchmark.image_row[image : image + 1]
    scores = pipeline_scores(take(benchmark.images, row), benchmark.texts, shortlist)[0]
    first = np.unique(benchmark.text_row, return_index=True)[1]
    own = set(benchmark.text_row[benchmark.owner == image].tolist())
    found = tuple(
        CaptionHit(benchmark.listed.captions[first[item]], item in own)
        for item in ranking(scores)[:hits].tolist()
    )
    return CaptionExample(None, benchmark.listed.names[image], rank, found)
