"""Measures trained systems on the papers' benchmarks and writes ``results.json`` and the table.

    python -m benchmarks.retrieval.run --data DIR [--runs DIR] [--only SYSTEM[/BENCHMARK]] [--train]

Runs lie in RUNS/SYSTEM/BENCHMARK. Every model is exported, as fp32 and as int8, and measured as
``scene-search evaluate`` measures a package. Hashing: the train list is the database, the test
list the queries, average precision tie-aware. Captions: the test split. A run that is not there
is left as it stands in ``results.json``, measured elsewhere or not at all; with ``--train`` it is
trained first, by the shipped recipe, and so are codes of 16 and 32 bits on what a caption system
learnt with 64.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from .commands import CommandFailed
from .goals import SYSTEMS
from .measure import measure
from .results_file import Result, headline, merge, read_results, write_results
from .runs import find_runs, train
from .table import between_markers, table

HERE = Path(__file__).parent


def main(argv: list[str] | None = None) -> int:
    """Train if asked to, measure and write; return 1 if something failed."""
    parser = argparse.ArgumentParser(prog="benchmarks.retrieval.run", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the benchmarks")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="folder of the runs")
    parser.add_argument("--only", metavar="SYSTEM[/BENCHMARK]", help="leave all else as it is")
    parser.add_argument("--train", action="store_true", help="train what is missing or unfinished")
    parser.add_argument("--config", type=Path, help="recipe to train with; needs --only")
    parser.add_argument("--output", type=Path, default=HERE, help="of results.json and README.md")
    arguments = parser.parse_args(argv)
    runs = find_runs(SYSTEMS, arguments.runs, arguments.only, further=arguments.train)
    if not runs:
        parser.error(f"--only {arguments.only}: there is no such system or benchmark")
    if arguments.config and not arguments.only:
        parser.error("--config is one system's recipe; say which with --only")
    systems = {system.name: system for system in SYSTEMS}
    failed = False
    for run in runs:
        name = f"{run.system} on {run.benchmark}"
        new: list[Result] = []
        started = time.monotonic()
        try:
            if arguments.train:
                train(run, arguments.data, arguments.runs, arguments.config)
            if not run.exists:
                print(f"{name}: no run in {run.folder}", flush=True)
                continue
            for result in measure(systems[run.system], run, arguments.data):
                new.append(result)
                print(f"{name}: {_words(result)}", flush=True)
        except CommandFailed as error:
            failed = True
            print(f"{name}: {error}", file=sys.stderr, flush=True)
            continue
        failed |= any("failed" in result for result in new)
        print(f"{name}: measured in {time.monotonic() - started:.0f} s", flush=True)
        # after each run, so that a stop loses one and not all
        write(arguments.output, new)
    write(arguments.output, [])
    return int(failed)


def write(folder: Path, new: list[Result]) -> None:
    """Merge new results into the file and renew the table of the page beside it."""
    file, page = folder / "results.json", folder / "README.md"
    results = merge(read_results(file), new)
    write_results(file, results)
    text = page.read_text(encoding="utf-8")
    page.write_text(between_markers(text, table(results)), encoding="utf-8")


def _words(result: Result) -> str:
    where = f"{result['bits']}-bit code" if result["bits"] else result["ranking"]
    value = headline(result)
    number = result["failed"] if value is None else f"{value:.2f}"
    return f"{where}, {result['precision']}: {number}"


if __name__ == "__main__":
    sys.exit(main())
