"""Trains what a plan still lacks, writes each result as it comes, and stops in time."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .ablation_plan import Plan, Study, Variant

Clock = Callable[[], float]


class TimeUp(Exception):  # noqa: N818 (it is no error)
    """The time that was given is over; the run in progress counts for nothing."""


@dataclass(frozen=True, slots=True)
class Job:
    """One training: a variant of a study with a seed."""

    study: Study
    variant: Variant
    seed: int

    @property
    def name(self) -> str:
        """For messages."""
        return f"{self.study.system} on {self.study.benchmark}, {self.variant.name}, {self.seed}"


@dataclass(frozen=True, slots=True)
class Start:
    """What a job begins with, known before it is trained.

    Attributes:
        recipe: the whole recipe with the variant's changes, seed and budget.
        base: whatever all variants of the study share: the recipe without the variant's changes
            and seed, the towers' digest. Runs of another base do not compare.
    """

    recipe: Mapping[str, Any]
    base: str

    def identity(self, study: Study) -> str:
        """Return what tells this training from every other one."""
        return digest([study.system, study.benchmark, self.recipe, self.base])


def digest(facts: Any) -> str:
    """Return a short name for plain JSON types."""
    text = json.dumps(facts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Trainer:
    """How jobs are prepared and done; tests put others in these places.

    Attributes:
        start: what a job begins with.
        run: trains and returns percentages by ranking and measure, such as
            ``{"embedding": {"mr": 48.2}}``; raises ``TimeUp`` at the deadline, a time of
            ``time.monotonic``.
        machine: that it runs on.
    """

    start: Callable[[Job], Start]
    run: Callable[[Job, Start, float | None], dict[str, dict[str, Any]]]
    machine: str


def jobs(plan: Plan) -> Iterator[Job]:
    """Yield all jobs: each system's first benchmark with every seed before its second.

    Within that, one seed of everything comes before the next seed.
    """
    rounds: dict[int, list[Study]] = {}
    place: dict[str, int] = {}
    for study in plan.studies:
        place[study.system] = place.get(study.system, -1) + 1
        rounds.setdefault(place[study.system], []).append(study)
    for studies in rounds.values():
        for seed in plan.seeds:
            for study in studies:
                yield from (Job(study, variant, seed) for variant in study.variants)


def read_runs(file: Path) -> list[dict[str, Any]]:
    """Return the finished runs of a file; none if it is not there."""
    if not file.is_file():
        return []
    runs: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["runs"]
    return runs


def write_runs(file: Path, runs: Iterable[Mapping[str, Any]]) -> None:
    """Write the file, whole or not at all."""
    partial = file.with_suffix(".partial.json")
    content = {"unit": "percent", "runs": list(runs)}
    partial.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    partial.replace(file)


def work(
    todo: Iterable[Job],
    file: Path,
    trainer: Trainer,
    *,
    deadline: float | None = None,
    clock: Clock = time.monotonic,
    done: Callable[[str], None] = print,
) -> bool:
    """Train what the file lacks; return whether everything is there now.

    Variants that only rank in another way start alike and are trained once. A job is not begun if
    the longest one of its study so far would not end in time.

    Args:
        todo: the jobs, in order.
        file: of the finished runs.
        trainer: does them.
        deadline: by the clock; none if None.
        clock: the time now.
        done: told of each job.
    """
    runs = read_runs(file)
    finished = {run["identity"] for run in runs}
    longest: dict[tuple[str, str], float] = {}
    for job in todo:
        start = trainer.start(job)
        identity = start.identity(job.study)
        if identity in finished:
            continue
        study = (job.study.system, job.study.benchmark)
        begun = clock()
        if deadline is not None and begun + longest.get(study, 0.0) >= deadline:
            done(f"no time left for {job.name}")
            return False
        try:
            measured = trainer.run(job, start, deadline)
        except TimeUp:
            done(f"time is up in {job.name}")
            return False
        seconds = clock() - begun
        longest[study] = max(seconds, longest.get(study, 0.0))
        runs.append(
            {
                "identity": identity,
                "system": job.study.system,
                "benchmark": job.study.benchmark,
                "seed": job.seed,
                "base": start.base,
                "changes": job.variant.changes,
                "measured": measured,
                "seconds": round(seconds, 1),
                "machine": trainer.machine,
                "recipe": start.recipe,
            }
        )
        finished.add(identity)
        write_runs(file, runs)
        done(f"{job.name}: {_words(measured)}; {seconds:.0f} s")
    return True


def _words(measured: Mapping[str, Mapping[str, Any]]) -> str:
    values = ((name, headline(numbers)) for name, numbers in measured.items())
    return ", ".join(f"{name} {value:.2f}" for name, value in values)


def headline(numbers: Mapping[str, Any]) -> float:
    """Return the number that a variant is judged by: mAP or mean recall, in per cent."""
    return float(numbers["map"] if "map" in numbers else numbers["mr"])
