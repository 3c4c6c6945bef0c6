"""The results as one Markdown table, each number beside what it is held against."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from .goals import ANCHORS, BENCHMARKS, BITS, SYSTEMS, Goal, System, goal
from .results_file import Result, headline, key, points_lost

BEGIN, END = "<!-- table -->", "<!-- end of table -->"

_COLUMNS = (
    "system",
    "benchmark",
    "ranked by",
    "measure",
    "fp32",
    "must reach",
    "above it",
    "aim",
    "published",
    "floor",
    "int8",
    "int8 loses",
    "fp32 in detail",
    "images/s",
    "passes",
    "seconds of training",
    "bytes fp32",
    "bytes int8",
    "machines",
)


def table(results: Iterable[Result], systems: Iterable[System] = SYSTEMS) -> str:
    """Return the table, its machines, published numbers of others and failures.

    A row that was not measured stands there all the same.
    """
    rows = {key(result): result for result in results}
    machines = _Machines()
    lines = [_line(_COLUMNS), _line("---" for _ in _COLUMNS)]
    for system in systems:
        for benchmark in system.benchmarks:
            for ranking, bits in row_names(system, benchmark):
                fp32, int8 = (
                    rows.get((system.name, benchmark, ranking, bits, precision))
                    for precision in ("fp32", "int8")
                )
                goals = goal(system, benchmark, bits or ranking)
                title = BENCHMARKS[benchmark].title
                head = (system.name, title, _ranked_by(ranking, bits))
                lines.append(_line((*head, *_numbers(goals, fp32, int8, machines))))
    return "\n".join([*lines, *_notes(rows.values(), machines)])


def row_names(system: System, benchmark: str) -> Iterator[tuple[str, int | None]]:
    """Yield the (ranking, bits) of each row that the table has for a benchmark."""
    if BENCHMARKS[benchmark].captions:
        yield "embedding", None
        if system.reranks:
            yield "reranked", None
    for bits in BITS:
        yield "code", bits


def _ranked_by(ranking: str, bits: int | None) -> str:
    words = {"reranked": "shortlist, re-ranked"}
    return f"{bits}-bit code" if bits else words.get(ranking, ranking)


def _numbers(
    goals: Goal, fp32: Result | None, int8: Result | None, machines: _Machines
) -> tuple[str, ...]:
    value, lost, must = headline(fp32) if fp32 else None, points_lost(fp32, int8), goals.must_reach
    published = goals.published
    return (
        "mAP" if fp32 and "map" in fp32 else "mR" if fp32 and "mr" in fp32 else "",
        _measured(fp32),
        _plain(must),
        "" if value is None or must is None else f"{value - must:+.2f}",
        _plain(goals.aim),
        f"{published.value:.2f} ({published.source})" if published else "",
        _plain(goals.floor),
        _measured(int8),
        "" if lost is None else f"{lost:.2f}",
        _detail(fp32) if value is not None and fp32 else "",
        _of(fp32, "images_per_second", "{:.0f}"),
        _passes(fp32) if fp32 else "",
        _of(fp32, "training_seconds", "{:,.0f}"),
        _of(fp32, "bytes", "{:,}"),
        _of(int8, "bytes", "{:,}"),
        machines.of(fp32),
    )


def _measured(result: Result | None) -> str:
    if result is None:
        return "not measured"
    value = headline(result)
    return "failed" if value is None else f"{value:.2f}"


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _of(result: Result | None, name: str, form: str) -> str:
    return form.format(result[name]) if result and result.get(name) is not None else ""


def _detail(result: Result) -> str:
    """Return what else was measured of a row."""
    if "map" in result:
        return (
            f"mAP@20 {result['map_at_20']:.2f}, P@10 {result['precision_at_10']:.2f}; by "
            f"embedding mAP {result['embedding_map']:.2f}"
        )
    ways = ("/".join(f"{value:.1f}" for value in result[way]) for way in ("i2t", "t2i"))
    detail = "R@1/5/10 image to text {}, text to image {}".format(*ways)
    if "match_only_mr" in result:
        detail += (
            f"; best {result['shortlist']} re-ranked in {result['seconds_a_query'] * 1000:.0f} ms "
            f"a query; by the match alone mR {result['match_only_mr']:.2f}"
        )
    if "without_hubness_mr" in result:
        detail += f", with hubs left where they are {result['without_hubness_mr']:.2f}"
    return detail


def _passes(result: Result) -> str:
    """Return the passes over the train list, and the recipe where it is not the shipped one."""
    name = str(result["recipe"].get("name", result["system"]))
    other = "" if name == result["system"] else f", {name}"
    return f"{result['passes']} of {result['epochs']}{other}"


class _Machines:
    """Gives each machine a letter, in the order in which they come."""

    def __init__(self) -> None:
        self.letters: dict[str, str] = {}

    def of(self, result: Result | None) -> str:
        """Return the letters of where a result was trained and measured."""
        if not result:
            return ""
        names = [result.get(where) for where in ("trained_on", "measured_on")]
        return ", ".join(
            f"{verb} {self._letter(name)}"
            for verb, name in zip(("trained", "measured"), names, strict=True)
            if name
        )

    def _letter(self, name: str) -> str:
        return self.letters.setdefault(name, chr(ord("A") + len(self.letters)))


def _notes(results: Iterable[Result], machines: _Machines) -> Iterator[str]:
    """Yield what stands below the table."""
    for name, letter in machines.letters.items():
        yield f"\nMachine {letter}: {name}."
    for failed in (result for result in results if "failed" in result):
        ranked = _ranked_by(failed["ranking"], failed["bits"])
        yield (
            f"\n{failed['system']} on {BENCHMARKS[failed['benchmark']].title}, {ranked}, "
            f"{failed['precision']}: {failed['failed']}."
        )
    yield (
        "\nPublished by others: "
        + "; ".join(
            f"{benchmark}: " + ", ".join(f"{name} {value}" for name, value in values)
            for benchmark, values in ANCHORS.items()
        )
        + "."
    )


def _line(cells: Iterable[Any]) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


def write_beside(folder: Path, name: str, content: Any, text: str, begin: str, end: str) -> None:
    """Write a JSON file, and its table into README.md beside it where there is one.

    Args:
        folder: of both.
        name: of the JSON file.
        content: plain JSON types.
        text: the table, in Markdown.
        begin, end: markers that it stands between.
    """
    (folder / name).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    page = folder / "README.md"
    if page.is_file():
        old = page.read_text(encoding="utf-8")
        page.write_text(between_markers(old, text, begin, end), encoding="utf-8")


def between_markers(text: str, content: str, begin: str = BEGIN, end: str = END) -> str:
    """Return a page with what stands between two markers replaced.

    Raises:
        ValueError: if the page does not have both markers once, in that order.
    """
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"the page lacks {begin} or {end}")
    return f"{before}{begin}\n{content}\n{end}{after}"
