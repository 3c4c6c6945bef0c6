"""The report of a caption benchmark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...encoders.package.package import EncoderPackage
from ..captions.benchmark import CaptionBenchmark
from ..captions.curves import RecallCurves, recall_curves
from ..captions.examples import CaptionExample, caption_rankings
from ..rankings import code_scores, embedding_scores
from .document import document, measured_section, section, table
from .hashing_page import confusion_section
from .line_chart import Line, XAxis, line_chart
from .markup import Markup, tag
from .pictures import Pictures
from .strips import Shown, hit_strip, mark, query_picture

_KS = (1, 2, 3, 4, 5, 7, 10, 14, 20, 30, 50, 70, 100)
_WAYS = (("t2i", "Images found by captions"), ("i2t", "Captions found by images"))


def caption_page(
    package: EncoderPackage, benchmark: CaptionBenchmark, result: Mapping[str, Any]
) -> str:
    """Return the HTML of a measured caption benchmark.

    Args:
        package: the encoder that was measured.
        benchmark: what it made of images and captions.
        result: of ``measure_captions``.
    """
    found = caption_rankings(benchmark, shortlist=result["pipeline"]["shortlist"])
    ks = [k for k in _KS if k <= max(len(benchmark.listed.names), 10)]
    curves = {
        "embedding": recall_curves(benchmark, embedding_scores, ks),
        f"code, {result['code']['bits']} bits": recall_curves(benchmark, code_scores, ks),
    }
    pictures = Pictures(benchmark.folder)
    rows = {
        "Benchmark": f"captions, split {result['split']}: {result['images']:,} images, "
        f"{result['captions']:,} captions, {result['distinct_captions']:,} of them different",
        "Images": str(benchmark.folder),
    }
    sections = [
        measured_section(package, result, rows),
        section("Numbers", _numbers(result)),
        section("Recall at k", *_curves(curves)),
    ]
    if found.confusion is not None:
        sections.append(confusion_section(found.confusion, "caption's own image"))
    sections += [
        _text_examples("Best captions", found.best_texts, pictures),
        _text_examples("Worst captions", found.worst_texts, pictures),
        _image_examples("Best images", found.best_images, pictures),
        _image_examples("Worst images", found.worst_images, pictures),
    ]
    return document(
        f"{package.name}: images and captions",
        "Recall in per cent: how often an item that belongs to the query is among the first k. "
        "Classes and examples below are those of a search without re-ranking.",
        sections,
    )


def _numbers(result: Mapping[str, Any]) -> Markup:
    """Return every ranking that was measured, whichever they are."""
    names = {
        "code": f"code, {result['code']['bits']} bits",
        "pipeline": f"search: code, then embedding of {result['pipeline']['shortlist']}",
        "reranked": "search, then re-ranked by the fusion part",
    }
    rankings = {"embedding": result} | {
        names.get(key, key): own
        for key, own in result.items()
        if isinstance(own, Mapping) and {"i2t", "t2i", "mr"} <= set(own)
    }
    header = (
        "Ranking by",
        *(f"{way}, R@{k}" for way in ("by text", "by image") for k in (1, 5, 10)),
    )
    return table(
        (*header, "mean"),
        [
            (name, *(f"{value:.2f}" for value in (*own["t2i"], *own["i2t"], own["mr"])))
            for name, own in rankings.items()
        ],
        "numbers",
    )


def _curves(curves: Mapping[str, RecallCurves]) -> list[Markup]:
    ks = next(iter(curves.values())).ks
    ticks = [k for k in (1, 2, 5, 10, 20, 50, 100) if k <= ks[-1]]
    charts = []
    for way, title in _WAYS:
        lines = [Line(name, ks, getattr(own, way).tolist()) for name, own in curves.items()]
        chart = line_chart(title, XAxis("k", ticks, logarithmic=True), "recall, %", lines)
        charts.append(tag("figure", tag("h3", title), chart))
    rows = [
        (
            str(k),
            *(f"{100 * getattr(c, way)[i]:.2f}" for way, _ in _WAYS for c in curves.values()),
        )
        for i, k in enumerate(ks)
    ]
    header = ["k", *(f"{way}, {name}" for way in ("by text", "by image") for name in curves)]
    return [
        tag("div", *charts, class_="plots"),
        tag("details", tag("summary", "As a table"), table(header, rows, "curves")),
    ]


def _text_examples(title: str, examples: Sequence[CaptionExample], pictures: Pictures) -> Markup:
    intro = (
        "By the rank of the caption's own image in a search, then by its lead over the others. "
        "✓ is the own image; ≈ has the same caption, which the rules do not count; ✗ has not."
    )
    shown = []
    for example in examples:
        line = tag("p", tag("b", f"“{example.caption}”"), f"  own image at rank {example.rank}")
        hits = [
            Shown(hit.name, "right" if hit.own else "also" if hit.also else "wrong")
            for hit in example.hits
        ]
        own = query_picture(pictures, example.image, "own image")
        shown.append(tag("div", line, hit_strip(pictures, hits, [own]), class_="example"))
    return section(title, tag("p", intro, class_="soft"), *shown)


def _image_examples(title: str, examples: Sequence[CaptionExample], pictures: Pictures) -> Markup:
    intro = (
        "By the rank of the image's first own caption in a search, then by its lead over the "
        "others; equal captions are shown once. ✓ is an own caption, ✗ is not."
    )
    shown = []
    for example in examples:
        line = tag("p", tag("b", example.image), f"  first own caption at rank {example.rank}")
        said = [
            tag(
                "li",
                mark("right" if hit.own else "wrong"),
                f" {hit.name}",
                class_="right" if hit.own else "wrong",
            )
            for hit in example.hits
        ]
        picture = tag("div", query_picture(pictures, example.image), class_="strip")
        pair = tag("div", picture, tag("ol", *said, class_="said"), class_="pair")
        shown.append(tag("div", line, pair, class_="example"))
    return section(title, tag("p", intro, class_="soft"), *shown)
