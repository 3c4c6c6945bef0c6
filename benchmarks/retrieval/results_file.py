"""``results.json``: every measured row, what was measured elsewhere included."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .goals import SYSTEMS, goal

Result = dict[str, Any]
#: System, benchmark, ranking, bits, precision: what makes a row.
Key = tuple[str, str, str, int | None, str]


def key(result: Result) -> Key:
    """Return which row a result is."""
    return (
        result["system"],
        result["benchmark"],
        result["ranking"],
        result["bits"],
        result["precision"],
    )


def headline(result: Result) -> float | None:
    """Return the number that has a target, mAP or mean recall, in per cent; None if it failed."""
    value = result.get("map", result.get("mr"))
    return None if value is None else float(value)


def read_results(file: Path) -> list[Result]:
    """Return the results of earlier measurements; none if there is no file."""
    if not file.is_file():
        return []
    results: list[Result] = json.loads(file.read_text(encoding="utf-8"))["results"]
    return results


def merge(kept: Iterable[Result], new: Iterable[Result]) -> list[Result]:
    """Return all rows, the new ones in place of the old, in a fixed order.

    A run measured anew replaces all that was known of it, so that no row of an older checkpoint
    stands beside those of a newer one.
    """
    fresh = list(new)
    replaced = {result["run"] for result in fresh}
    rows = {key(result): result for result in kept if result["run"] not in replaced}
    rows |= {key(result): result for result in fresh}
    return [rows[row] for row in sorted(rows, key=_order)]


def _order(row: Key) -> tuple[Any, ...]:
    system, benchmark, ranking, bits, precision = row
    names = [known.name for known in SYSTEMS]
    place = names.index(system) if system in names else len(names)
    return place, system, benchmark, ranking, bits or 0, precision


def with_goals(results: Iterable[Result]) -> list[Result]:
    """Return the results with their targets and, for int8, the points lost against fp32."""
    rows = {key(result): result for result in results}
    systems = {system.name: system for system in SYSTEMS}
    completed = []
    for row, result in rows.items():
        system, benchmark, ranking, bits, precision = row
        goals = goal(systems[system], benchmark, bits or ranking) if system in systems else None
        entry = {**result, "goal": asdict(goals) if goals else {}}
        full = rows.get((system, benchmark, ranking, bits, "fp32"))
        lost = points_lost(full, result) if precision == "int8" else None
        if lost is not None:
            entry["points_lost"] = lost
        completed.append(entry)
    return completed


def points_lost(fp32: Result | None, int8: Result | None) -> float | None:
    """Return what the smaller package loses, in points; None where either was not measured."""
    before, after = (headline(result) if result else None for result in (fp32, int8))
    return None if before is None or after is None else round(before - after, 3)


def write_results(file: Path, results: Iterable[Result]) -> None:
    """Write the file, whole or not at all."""
    partial = file.with_suffix(".partial.json")
    content = {"unit": "percent", "results": with_goals(results)}
    partial.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    partial.replace(file)
