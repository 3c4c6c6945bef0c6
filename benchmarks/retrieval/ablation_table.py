"""The ablations as a Markdown table: every part, what it adds, and whether the claim holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .ablation_plan import Plan, Study, Variant
from .ablation_verdict import Comparison, compare
from .ablation_work import headline
from .goals import BENCHMARKS

BEGIN, END = "<!-- ablations -->", "<!-- end of ablations -->"

_COLUMNS = (
    "system",
    "benchmark",
    "variant",
    "tests",
    "ranked by",
    "seeds",
    "full",
    "variant's",
    "the part adds",
    "pooled deviation",
    "claim",
    "adds in other rankings",
)

Run = Mapping[str, Any]
#: Values by seed.
Values = Mapping[int, float]


def ablation_table(plan: Plan, runs: Sequence[Run]) -> str:
    """Return the table of what a plan asks for and the runs hold.

    A variant is held against the full system over the seeds that both were trained with.
    """
    lines = [_line(_COLUMNS), _line(["---"] * len(_COLUMNS))]
    for study in plan.studies:
        own = comparable(study, runs)
        for variant in study.variants[1:]:
            lines.append(_line(_cells(study, variant, own)))
    machines = sorted({str(run["machine"]) for run in runs})
    if machines:
        lines.append(f"\nTrained on {'; '.join(machines)}.")
    return "\n".join(lines)


def comparable(study: Study, runs: Sequence[Run]) -> list[Run]:
    """Return a study's runs that began as its newest full run did: same recipe, same towers."""
    own = [
        run for run in runs if (run["system"], run["benchmark"]) == (study.system, study.benchmark)
    ]
    full = [run for run in own if run["changes"] == study.variants[0].changes]
    return [run for run in own if full and run["base"] == full[-1]["base"]]


def comparisons(
    study: Study, variant: Variant, runs: Sequence[Run]
) -> Iterator[tuple[str, Comparison, int]]:
    """Yield ranking, comparison and number of seeds; the ranking that decides comes first.

    Args:
        study: whose full system is the reference, ranked as the study says.
        variant: ranked as it says itself.
        runs: comparable ones.
    """
    decided = study.metric(variant)
    pairs = [(study.metrics[0], decided)]
    if variant.changes != study.variants[0].changes:
        pairs += [(name, name) for name in study.metrics if name != decided]
    for reference, own in pairs:
        full = _values(runs, study.variants[0], reference)
        without = _values(runs, variant, own)
        seeds = sorted(set(full) & set(without))
        if seeds:
            found = compare([full[s] for s in seeds], [without[s] for s in seeds])
            yield own, found, len(seeds)


def _values(runs: Sequence[Run], variant: Variant, metric: str) -> Values:
    return {
        int(run["seed"]): headline(run["measured"][metric])
        for run in runs
        if run["changes"] == variant.changes and metric in run["measured"]
    }


def _cells(study: Study, variant: Variant, runs: Sequence[Run]) -> list[str]:
    title = BENCHMARKS[study.benchmark].title
    head = [study.system, title, variant.name, variant.part, study.metric(variant)]
    found = list(comparisons(study, variant, runs))
    if not found or found[0][0] != study.metric(variant):
        return [*head, "not measured", *[""] * (len(_COLUMNS) - len(head) - 1)]
    _, first, seeds = found[0]
    spread = "" if first.deviation is None else f"{first.deviation:.2f}"
    others = ", ".join(f"{name} {other.difference:+.2f}" for name, other, _ in found[1:])
    return [
        *head,
        str(seeds),
        str(first.full),
        str(first.variant),
        f"{first.difference:+.2f}",
        spread,
        first.verdict,
        others,
    ]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
