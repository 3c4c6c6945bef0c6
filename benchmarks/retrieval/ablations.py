"""Trains systems without one part after another, to see whether the papers' claims hold here.

    python -m benchmarks.retrieval.ablations --data DIR [--runs DIR] [--time-limit MINUTES]
        [--only SYSTEM[/BENCHMARK]] [--seeds N] [--plan YAML] [--table]

Every variant of ``ablations.yaml`` starts from the same towers and is trained with the same seeds
and budget on what a frozen backbone sees, then measured in torch on the benchmark's test split.
Results go to ``ablations.json`` as they come; what stands there already is not trained again.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
import time
from pathlib import Path

from .ablation_plan import Plan, PlanError, read_plan
from .ablation_table import BEGIN, END, ablation_table
from .ablation_work import jobs, read_runs, work
from .table import between_markers

HERE = Path(__file__).parent


def main(argv: list[str] | None = None) -> int:
    """Train what is missing and renew the table; return 1 if something is missing still."""
    parser = argparse.ArgumentParser(prog="benchmarks.retrieval.ablations", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the benchmarks")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="folder of the runs")
    parser.add_argument("--cache", type=Path, help="of pixels and views (default: RUNS/cache)")
    parser.add_argument("--plan", type=Path, default=HERE / "ablations.yaml")
    parser.add_argument("--only", metavar="SYSTEM[/BENCHMARK]", help="train nothing else")
    parser.add_argument("--seeds", type=int, help="use only the first N seeds of the plan")
    parser.add_argument("--time-limit", type=float, metavar="MINUTES", help="then stop")
    parser.add_argument("--table", action="store_true", help="train nothing, renew the table")
    parser.add_argument("--output", type=Path, default=HERE, help="of ablations.json, README.md")
    arguments = parser.parse_args(argv)
    limit = arguments.time_limit
    deadline = None if limit is None else time.monotonic() + limit * 60
    plan = read_plan(arguments.plan)
    file = arguments.output / "ablations.json"
    if arguments.table:
        write_table(arguments.output, plan)
        return 0
    if arguments.data is None:
        parser.error("--data is needed to train")
    wanted = plan.only(arguments.only)
    if not wanted.studies:
        parser.error(f"--only {arguments.only}: the plan has no such study")
    if arguments.seeds:
        wanted = dataclasses.replace(wanted, seeds=wanted.seeds[: arguments.seeds])
    from .ablation_training import AblationTraining  # PyTorch, not needed for the table

    cache = arguments.cache or arguments.runs / "cache"
    training = AblationTraining(arguments.data.resolve(), arguments.runs, cache)

    def done(line: str) -> None:
        print(line, flush=True)
        write_table(arguments.output, plan)

    try:
        complete = work(jobs(wanted), file, training.trainer(), deadline=deadline, done=done)
    except PlanError as error:
        print(f"ablations: {error}", file=sys.stderr)
        return 2
    write_table(arguments.output, plan)
    return 0 if complete else 1


def write_table(folder: Path, plan: Plan) -> None:
    """Renew the table of the page."""
    page = folder / "README.md"
    table = ablation_table(plan, read_runs(folder / "ablations.json"))
    text = page.read_text(encoding="utf-8")
    page.write_text(between_markers(text, table, BEGIN, END), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
