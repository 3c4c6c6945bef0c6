"""Which variants of which system are trained: ``ablations.yaml``, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

FULL = "full"


class PlanError(ValueError):
    """The plan of the ablations is incomplete or has an unknown entry."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A system with a part changed or left out.

    Attributes:
        name: what was done, such as "without MLM".
        part: the paper's part that it tests; empty for the full system.
        weights: of the losses, instead of the recipe's.
        settings: of the system's own, instead of the recipe's.
        metric: the ranking that this variant is judged by, where it is not the study's.
        system: another one that takes the system's place, with its own weights and settings.
    """

    name: str
    part: str = ""
    weights: Mapping[str, float] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    metric: str = ""
    system: str = ""

    @property
    def changes(self) -> dict[str, Any]:
        """What is trained otherwise; equal for variants that only rank in another way."""
        return {
            "weights": dict(self.weights),
            "settings": dict(self.settings),
            "system": self.system,
        }


@dataclass(frozen=True, slots=True)
class Study:
    """One system on one benchmark.

    Attributes:
        system: its name.
        benchmark: its name.
        metrics: rankings that are measured; the first one decides.
        budget: entries of the recipe that every variant is trained with.
        variants: the full system first.
    """

    system: str
    benchmark: str
    metrics: tuple[str, ...]
    budget: Mapping[str, Any]
    variants: tuple[Variant, ...]

    def metric(self, variant: Variant) -> str:
        """Return the ranking that a variant is judged by."""
        return variant.metric or self.metrics[0]


@dataclass(frozen=True, slots=True)
class Plan:
    """All studies, and the seeds that each variant is trained with."""

    seeds: tuple[int, ...]
    studies: tuple[Study, ...]

    def only(self, wanted: str | None) -> Plan:
        """Return the studies of a system, or of a system/benchmark; all if None."""
        kept = [s for s in self.studies if wanted in (None, s.system, f"{s.system}/{s.benchmark}")]
        return Plan(self.seeds, tuple(kept))


def read_plan(path: Path) -> Plan:
    """Return the plan in a YAML file.

    Raises:
        PlanError: naming the entry that is missing, unknown or stands twice.
    """
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict) or set(content) != {"seeds", "systems"}:
        raise PlanError(f"{path.name} must hold seeds and systems")
    seeds = tuple(int(seed) for seed in content["seeds"])
    if not seeds or len(set(seeds)) != len(seeds):
        raise PlanError(f"{path.name}: seeds must be distinct numbers")
    studies: list[Study] = []
    for system, entries in content["systems"].items():
        studies += _studies(system, entries, path.name)
    return Plan(seeds, tuple(studies))


def _studies(system: str, entries: Mapping[str, Any], where: str) -> list[Study]:
    known = {"benchmarks", "metrics", "variants"}
    if set(entries) != known:
        raise PlanError(f"{where}, {system}: must hold {', '.join(sorted(known))}")
    metrics = tuple(entries["metrics"])
    variants = (Variant(FULL), *(_variant(v, f"{where}, {system}") for v in entries["variants"]))
    names = [variant.name for variant in variants]
    if twice := {name for name in names if names.count(name) > 1}:
        raise PlanError(f"{where}, {system}: {sorted(twice)} stands twice")
    if strange := {v.metric for v in variants if v.metric} - set(metrics):
        raise PlanError(f"{where}, {system}: {sorted(strange)} is not measured")
    return [
        Study(system, benchmark, metrics, dict(budget or {}), variants)
        for benchmark, budget in entries["benchmarks"].items()
    ]


def _variant(entries: Mapping[str, Any], where: str) -> Variant:
    try:
        variant = Variant(**entries)
    except TypeError as error:
        raise PlanError(f"{where}: {error}") from error
    if not variant.part:
        raise PlanError(f"{where}, {variant.name}: does not say which part it tests")
    if not (variant.weights or variant.settings or variant.metric or variant.system):
        raise PlanError(f"{where}, {variant.name}: changes nothing")
    return variant
