"""The report of a hashing benchmark."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...encoders.package.package import EncoderPackage
from ..curves import PrecisionRecall, precision_recall
from ..hashing.benchmark import HashingBenchmark
from ..hashing.confusion import Confusion
from ..hashing.examples import ClassExample, class_rankings
from ..rankings import code_scores, embedding_scores
from .document import document, measured_section, section, table
from .heat_map import heat_map
from .line_chart import Line, XAxis, line_chart
from .markup import Markup, tag
from .pictures import Pictures
from .strips import Shown, hit_strip, query_picture

_LENGTHS = (1, 5, 10, 20, 50, 100, 200, 500, 1000)


def hashing_page(
    package: EncoderPackage, benchmark: HashingBenchmark, result: Mapping[str, Any]
) -> str:
    """Return the HTML of a measured hashing benchmark.

    Args:
        package: the encoder that was measured.
        benchmark: what it made of the images.
        result: of ``measure_hashing``.
    """
    shortlist = result["pipeline"]["shortlist"]
    found = class_rankings(benchmark, shortlist=shortlist)
    curves = {
        f"code, {benchmark.bits} bits": precision_recall(benchmark, code_scores),
        "embedding": precision_recall(benchmark, embedding_scores),
    }
    pictures = Pictures(benchmark.folder)
    rows = {
        "Benchmark": f"hashing: {result['classes']} classes, {result['queries']:,} queries, "
        f"{result['database']:,} images searched",
        "Images": str(benchmark.folder),
    }
    return document(
        f"{package.name}: images found by images",
        "An image is right if it is of the query's class. Numbers are per cent.",
        [
            measured_section(package, result, rows),
            section("Numbers", _numbers(result), _numbers_note(result)),
            section("Precision and recall", *_curves(curves)),
            confusion_section(found.confusion, "queries"),
            _examples("Best queries", found.best, pictures),
            _examples("Worst queries", found.worst, pictures),
        ],
    )


def _numbers(result: Mapping[str, Any]) -> Markup:
    rankings = {
        f"code, {result['bits']} bits": result,
        "embedding": result["embedding"],
        f"search: code, then embedding of {result['pipeline']['shortlist']}": result["pipeline"],
    }
    return table(
        ("Ranking by", "mAP", "mAP@20", "precision@10"),
        [
            (name, *(f"{own[key]:.2f}" for key in ("map", "map_at_20", "precision_at_10")))
            for name, own in rankings.items()
        ],
        "numbers",
    )


def _numbers_note(result: Mapping[str, Any]) -> Markup:
    unanswerable = result["queries_without_relevant"]
    left_out = f" {unanswerable} queries without any are left out." if unanswerable else ""
    return tag(
        "p",
        "mAP: mean average precision over the whole ranking. mAP@20: over the first 20, divided "
        "by the right ones among them. precision@10: right ones among the first 10." + left_out,
        class_="soft",
    )


def _curves(curves: Mapping[str, PrecisionRecall]) -> list[Markup]:
    ticks = (0.0, 0.25, 0.5, 0.75, 1.0)
    chart = line_chart(
        "Precision and recall",
        XAxis("recall, %", ticks, percent=True),
        "precision, %",
        [Line(name, own.recall.tolist(), own.precision.tolist()) for name, own in curves.items()],
        next(iter(curves.values())).chance,
    )
    note = "Means over all queries after 1, 2, 3 … images; chance is a random order."
    longest = len(next(iter(curves.values())).recall)
    rows = [
        (
            f"{k:,}",
            *(f"{100 * v[k - 1]:.2f}" for c in curves.values() for v in (c.precision, c.recall)),
        )
        for k in _LENGTHS
        if k <= longest
    ]
    header = ["First", *(f"{what}, {name}" for name in curves for what in ("precision", "recall"))]
    return [
        tag("figure", chart, tag("figcaption", note)),
        tag("details", tag("summary", "As a table"), table(header, rows, "curves")),
    ]


def confusion_section(confusion: Confusion, queries: str) -> Markup:
    """Return which classes come back for which.

    Args:
        confusion: of the first hits.
        queries: what is searched with.
    """
    note = (
        f"Rows: class of the {queries}. Columns: class of the first {confusion.k} images of a "
        "search, in per cent of them; a perfect encoder has 100 from corner to corner."
    )
    mistakes = [
        tag("li", f"{asked}: {100 * share:.1f} % are {got}")
        for asked, got, share in confusion.mistakes(6)
    ]
    most = [tag("p", "Mixed up most:"), tag("ul", *mistakes)] if mistakes else []
    picture = tag("figure", heat_map(confusion), tag("figcaption", note), class_="wide")
    return section("Classes that are mixed up", picture, *most)


def _examples(title: str, examples: tuple[ClassExample, ...], pictures: Pictures) -> Markup:
    intro = (
        "By average precision of the search's ranking, at most one query of a class. ✓ is of the "
        "query's class, ✗ is not."
    )
    shown = []
    for example in examples:
        line = tag(
            "p",
            tag("b", example.group),
            f"  {example.name}: average precision {100 * example.precision:.1f} %, "
            f"{sum(example.right)} of the first {len(example.hits)} right",
        )
        hits = [
            Shown(name, "right" if right else "wrong", "" if right else group)
            for name, right, group in zip(
                example.hits, example.right, example.hit_classes, strict=True
            )
        ]
        strip = hit_strip(pictures, hits, [query_picture(pictures, example.name)])
        shown.append(tag("div", line, strip, class_="example"))
    return section(title, tag("p", intro, class_="soft"), *shown)
