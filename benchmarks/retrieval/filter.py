"""Measures MTGFE's retrieval filter against scoring every pair, as ratios within one run.

    python -m benchmarks.retrieval.filter --encoder PACKAGE --benchmark NAME --data DIR

On ucm-captions every caption and image of the test split is a query, on rsicd a sample of both,
since every pair of it would take hours. Writes filter.json and renews the table of README.md.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from scene_search.engine.encoders.encoder import Encoder
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.errors import SceneSearchError
from scene_search.engine.evaluation.captions.benchmark import encode_captions
from scene_search.engine.progress import Progress
from scene_search.engine.retrieval.rerank import RERANKED
from scene_search.training.running.machine import machine, processor

from .filter_race import race
from .goals import BENCHMARKS
from .table import between_markers

HERE = Path(__file__).parent
BEGIN, END = "<!-- filter -->", "<!-- end of filter -->"
#: Queries of each direction where the benchmark's every pair would take too long.
SAMPLES = {"rsicd": 50}


def main(argv: list[str] | None = None) -> int:
    """Measure one package on one benchmark; return 1 if it cannot be measured."""
    parser = argparse.ArgumentParser(prog="benchmarks.retrieval.filter", description=__doc__)
    parser.add_argument("--encoder", type=Path, required=True, help="package with a fusion part")
    parser.add_argument("--data", type=Path, required=True, help="folder of the benchmarks")
    captions = [name for name, benchmark in BENCHMARKS.items() if benchmark.captions]
    parser.add_argument("--benchmark", choices=captions, default="ucm-captions")
    parser.add_argument("--shortlist", type=int, default=RERANKED, help="what the filter leaves")
    parser.add_argument("--queries", type=int, help="sample so many images and captions")
    parser.add_argument("--threads", type=int, help="of the encoder (default: all processors)")
    parser.add_argument("--output", type=Path, default=HERE, help="of filter.json and README.md")
    arguments = parser.parse_args(argv)
    try:
        result = measure(arguments)
    except SceneSearchError as error:
        print(f"filter: {error}", file=sys.stderr)
        return 1
    write(arguments.output, result)
    print(table([result]))
    return 0


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return one row of ``filter.json``."""
    benchmark = BENCHMARKS[arguments.benchmark]
    package = EncoderPackage.load(arguments.encoder)
    encoder = Encoder(package, arguments.threads)
    progress = Progress(lambda report: print(_words(report), file=sys.stderr), interval=10)
    encoded = encode_captions(
        encoder,
        arguments.data / benchmark.images,
        arguments.data / benchmark.captions,
        progress=progress,
        tokens=True,
    )
    numbers = race(
        encoder,
        encoded,
        shortlist=arguments.shortlist,
        queries=arguments.queries or SAMPLES.get(arguments.benchmark),
        progress=progress,
    )
    on_gpu = encoder.provider != "cpu"
    return {
        "benchmark": arguments.benchmark,
        "encoder": package.name,
        "sha256": package.sha256,
        "files": encoder.files,
        "measured_on": machine() if on_gpu else processor(),
        **numbers,
    }


def write(folder: Path, result: dict[str, Any]) -> None:
    """Put a result into ``filter.json``, in place of that of the same package, and the table."""
    file, page = folder / "filter.json", folder / "README.md"
    kept = json.loads(file.read_text(encoding="utf-8"))["results"] if file.is_file() else []
    what = _key(result)
    results = [*(row for row in kept if _key(row) != what), result]
    results.sort(key=_key)
    content = json.dumps({"unit": "percent", "results": results}, indent=1) + "\n"
    file.write_text(content, encoding="utf-8")
    text = page.read_text(encoding="utf-8")
    page.write_text(between_markers(text, table(results), BEGIN, END), encoding="utf-8")


def _key(result: dict[str, Any]) -> tuple[str, str, int]:
    return result["benchmark"], result["encoder"], result["shortlist"]


def table(results: list[dict[str, Any]]) -> str:
    """Return the results as a Markdown table: a line a direction, and all queries together."""
    lines = [
        "| benchmark | encoder | direction | queries | candidates | filter leaves | ms a query, "
        "filter | ms a query, every pair | times faster | mR by cosine | mR, filter | "
        "mR, every pair | points lost | machine |",
        "|" + " --- |" * 14,
    ]
    for result in results:
        for name, words in (("i2t", "image to text"), ("t2i", "text to image"), ("", "both")):
            counts = {k: n for k, n in result["queries"].items() if name in ("", k)}
            queries = sum(counts.values())
            spent = [
                1000
                * sum(n * result["seconds_a_query"][way][k] for k, n in counts.items())
                / queries
                for way in ("filter", "every pair")
            ]
            means = [result["mr"][way] for way in ("cosine", "filter", "every pair")]
            cells = (
                BENCHMARKS[result["benchmark"]].title,
                result["encoder"],
                words,
                f"{queries:,}",
                f"{result['candidates'][name]:,}" if name else "",
                f"{result['shortlist']:,}",
                *(f"{value:,.1f}" for value in spent),
                f"{spent[1] / spent[0]:.1f}",
                *(f"{value:.2f}" for value in means),
                f"{result['points_lost']:.2f}",
                result["measured_on"],
            )
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) if results else "Not measured yet."


def _words(report: Any) -> str:
    return f"{report.done} of {report.total} {report.unit}"


if __name__ == "__main__":
    sys.exit(main())
