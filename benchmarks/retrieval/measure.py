"""Exports a trained run and measures its packages, as ``scene-search evaluate`` measures any."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .commands import CommandFailed, scene_search
from .goals import BENCHMARKS, Benchmark, System
from .runs import Run, Trained, read_trained

PRECISIONS = ("fp32", "int8")


def measure(system: System, run: Run, data: Path) -> Iterator[dict[str, Any]]:
    """Yield one result a row of the table: each code length, ranking and precision.

    A package that the export refuses is a result too: it says why.

    Args:
        system: what the run trained.
        run: its folder and benchmark.
        data: the data folder.
    """
    # the seconds of the whole training, though what is measured may come from an earlier pass
    seconds = read_trained(run.last).seconds
    trained = dataclasses.replace(read_trained(run.checkpoint), seconds=seconds)
    benchmark = BENCHMARKS[run.benchmark]
    longest = max(trained.bits)
    for precision in PRECISIONS:
        for bits in sorted(trained.bits):
            rows = _rows(system, benchmark, bits, bits == longest and not run.further)
            about = _about(run, trained, precision)
            try:
                measured = _package(run, data, bits, precision, rows)
            except CommandFailed as error:
                for ranking, row_bits in rows:
                    yield {**about, "ranking": ranking, "bits": row_bits, "failed": str(error)}
                continue
            for (ranking, row_bits), numbers in zip(rows, measured, strict=True):
                yield {**about, "ranking": ranking, "bits": row_bits, **numbers}


def _rows(
    system: System, benchmark: Benchmark, bits: int, whole: bool
) -> list[tuple[str, int | None]]:
    """Return the (ranking, bits) that one package is measured for.

    What does not depend on the code is measured once, with the longest.
    """
    rows: list[tuple[str, int | None]] = [("code", bits)]
    if benchmark.captions and whole:
        rows.append(("embedding", None))
        if system.reranks:
            rows.append(("reranked", None))
    return rows


def _about(run: Run, trained: Trained, precision: str) -> dict[str, Any]:
    return {
        "system": run.system,
        "benchmark": run.benchmark,
        "run": run.name,
        "precision": precision,
        "passes": trained.passes,
        "epochs": trained.epochs,
        "training_seconds": round(trained.seconds, 1),
        "trained_on": trained.machine,
        "recipe": trained.recipe,
    }


def _package(
    run: Run,
    data: Path,
    bits: int,
    precision: str,
    rows: list[tuple[str, int | None]],
) -> list[dict[str, Any]]:
    """Export one package and return what was measured, a dictionary for each row."""
    benchmark = BENCHMARKS[run.benchmark]
    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder) / "package"
        int8 = ["--int8"] if precision == "int8" else []
        exported = scene_search(
            "export", run.checkpoint, "--output", package, "--bits", bits, *int8
        )
        rerank = any(ranking == "reranked" for ranking, _ in rows)
        found = evaluate(package, benchmark, data, rerank=rerank)
        size = sum(file.stat().st_size for file in package.rglob("*") if file.is_file())
    common = {
        "bytes": size,
        "images_per_second": found["images_per_second"],
        "parity": exported["parity"],
        "protocol": found["protocol"],
        "measured_on": _measured_on(found["encoder"]["provider"]),
    }
    return [{**pick(found, ranking), **common} for ranking, _ in rows]


def evaluate(
    package: Path, benchmark: Benchmark, data: Path, *, rerank: bool = False
) -> dict[str, Any]:
    """Return what ``scene-search evaluate`` prints for a package on a benchmark."""
    images = ["--encoder", package, "--images", data / benchmark.images]
    if benchmark.lists:
        train, test = (data / benchmark.lists.format(split) for split in ("train", "test"))
        found = scene_search("evaluate", "hashing", *images, "--database", train, "--queries", test)
    else:
        captions = data / benchmark.captions
        options = ["--rerank"] if rerank else []
        found = scene_search("evaluate", "captions", *images, "--captions", captions, *options)
    return dict(found)


def pick(found: dict[str, Any], ranking: str) -> dict[str, Any]:
    """Return the numbers of one ranking out of an evaluation's result, in per cent."""
    if found["benchmark"] == "hashing":
        numbers = found if ranking == "code" else found[ranking]
        picked = {key: numbers[key] for key in ("map", "map_at_20", "precision_at_10")}
        return picked | {"embedding_map": found["embedding"]["map"]}
    numbers = found if ranking == "embedding" else found[ranking]
    picked = {key: numbers[key] for key in ("mr", "i2t", "t2i")}
    if ranking == "reranked":
        picked["match_only_mr"] = numbers["match_only"]["mr"]
        if "without_hubness" in numbers:
            picked["without_hubness_mr"] = numbers["without_hubness"]["mr"]
        names = ("shortlist", "weight", "pairs", "seconds_a_query", "filter_seconds_a_query")
        picked |= {key: numbers[key] for key in names}
    return picked


def _measured_on(provider: str) -> str:
    """Return the machine; packages run on the processor unless the provider is another's."""
    from scene_search.training.running.machine import machine, processor

    return machine() if "cuda" in provider.lower() else processor()
