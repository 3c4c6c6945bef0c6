"""Measures trained systems on the papers' benchmarks and writes ``results.json`` and the table.

python benchmarks/retrieval/run.py --data DIR [--runs DIR] [--train] [--config YAML]

A benchmark whose run has no checkpoint is trained with ``--train``, and otherwise stands in the
table as not measured. Every model is exported and measured as ``scene-search evaluate`` measures
a package: the train list is the database, the test list the queries, average precision tie-aware.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
BEGIN, END = "<!-- table -->", "<!-- end of table -->"
BITS = (16, 32, 64)
#: The project's targets, mAP by code length; the aim is the published best.
BENCHMARKS: dict[str, dict[str, Any]] = {
    "ucmd": {
        "title": "UCMD",
        "images": "UCMerced_LandUse/Images",
        "lists": "splits/UCMerced_LandUse_{}.txt",
        "must_reach": {16: 97.5, 32: 98.2, 64: 98.6},
        "aim": 99.6,
    },
    "aid": {
        "title": "AID at 150 px",
        "images": "AID",
        "lists": "splits/AID_{}.txt",
        "must_reach": {16: 91.0, 32: 93.0, 64: 94.0},
        "aim": 99.5,
    },
}


def scene_search(*arguments: object) -> Any:
    """Return the JSON object that a command prints."""
    command = [sys.executable, "-m", "scene_search.engine.cli", *map(str, arguments), "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def train(name: str, data: Path, run: Path, config: Path | None) -> None:
    options: list[object] = ["--config", config] if config else []
    if (run / "last.ckpt").is_file():
        options.append("--resume")
    where = ["--data", data, "--benchmark", name, "--output", run]
    scene_search("train", "multilevel-hashing", *where, *options)


def measure(name: str, data: Path, checkpoint: Path, bits: int) -> dict[str, Any]:
    benchmark = BENCHMARKS[name]
    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder) / "package"
        exported = scene_search("export", checkpoint, "--output", package, "--bits", bits)
        card = json.loads((package / "model.json").read_text(encoding="utf-8"))
        found = scene_search(
            *("evaluate", "hashing", "--encoder", package, "--images", data / benchmark["images"]),
            *("--database", data / benchmark["lists"].format("train")),
            *("--queries", data / benchmark["lists"].format("test")),
        )
    recipe = card["properties"]["scene_search:recipe"]
    return {
        "system": "multilevel-hashing",
        "benchmark": benchmark["title"],
        "bits": bits,
        "must_reach": benchmark["must_reach"][bits],
        "aim": benchmark["aim"],
        **{key: found[key] for key in ("map", "map_at_20", "precision_at_10", "protocol")},
        "embedding_map": found["embedding"]["map"],
        "bytes": exported["bytes"],
        "images_per_second": found["images_per_second"],
        "parity": exported["parity"][0],
        "recipe": recipe,
        "passes": passes(checkpoint),
    }


def passes(checkpoint: Path) -> int:
    """Return how many passes over the train list the checkpoint has seen."""
    import torch  # only where there is something to measure

    return int(torch.load(checkpoint, weights_only=True, map_location="cpu")["epoch"]) + 1


def table(results: list[dict[str, Any]]) -> str:
    lines = [
        "| system | benchmark | bits | mAP | must reach | aim | mAP@20 | P@10 | mAP by embedding "
        "| passes | seconds of training | bytes |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    found = {(r["benchmark"], r["bits"]): r for r in results}
    for benchmark in BENCHMARKS.values():
        for bits in BITS:
            goal = f"{benchmark['must_reach'][bits]} | {benchmark['aim']}"
            row = f"| multilevel-hashing | {benchmark['title']} | {bits} |"
            r = found.get((benchmark["title"], bits))
            if r is None:
                lines.append(f"{row} not measured | {goal} | | | | | | |")
                continue
            recipe = r["recipe"]
            lines.append(
                f"{row} {r['map']:.2f} | {goal} | {r['map_at_20']:.2f} | "
                f"{r['precision_at_10']:.2f} | {r['embedding_map']:.2f} | {r['passes']} of "
                f"{recipe['epochs']} | {recipe['training_seconds']:.0f} | {r['bytes']:,} |"
            )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--runs", type=Path, default=Path("runs/multilevel-hashing"))
    parser.add_argument("--config", type=Path, help="recipe (default: the shipped one)")
    parser.add_argument("--train", action="store_true", help="train what has no finished run")
    arguments = parser.parse_args()
    results: list[dict[str, Any]] = []
    file = HERE / "results.json"
    kept = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else []
    for name in BENCHMARKS:
        run = arguments.runs / name
        if arguments.train:
            train(name, arguments.data, run, arguments.config)
        if (run / "last.ckpt").is_file():
            for bits in BITS:
                results.append(measure(name, arguments.data, run / "last.ckpt", bits))
                print(f"{name} {bits}: mAP {results[-1]['map']:.2f}", flush=True)
    measured = {r["benchmark"] for r in results}
    # what has no run here keeps the numbers that were measured elsewhere
    results += [r for r in kept if r["benchmark"] not in measured]
    file.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    readme = HERE / "README.md"
    text = readme.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    readme.write_text(f"{before}{BEGIN}\n{table(results)}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
