"""``scene-search evaluate``: measure an encoder on a hashing or caption benchmark."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..progress import Progress
from .options import positive

HELP = "measure an encoder on a benchmark"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the benchmarks and their options."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--json", action="store_true", help=argparse.SUPPRESS, default=argparse.SUPPRESS
    )
    common.add_argument(
        "--verbose", action="store_true", help=argparse.SUPPRESS, default=argparse.SUPPRESS
    )
    common.add_argument(
        "--encoder", metavar="DIR", type=Path, help="encoder package (default: the shipped one)"
    )
    common.add_argument(
        "--images", metavar="DIR", type=Path, required=True, help="folder of the images"
    )
    common.add_argument(
        "--report",
        metavar="DIR",
        type=Path,
        help="also write report.html there: numbers, curves, best and worst queries",
    )
    kinds = parser.add_subparsers(dest="benchmark", metavar="BENCHMARK", required=True)
    hashing = kinds.add_parser(
        "hashing", parents=[common], help="images of a class found by images of it"
    )
    for name, what in (("database", "searched"), ("queries", "searched with")):
        hashing.add_argument(
            f"--{name}",
            metavar="LIST",
            type=Path,
            required=True,
            help=f"list of the images {what}: a path a line, the class its folder",
        )
    hashing.add_argument(
        "--bits", metavar="K", type=positive, help="first bits of the code to use (default: all)"
    )
    captions = kinds.add_parser(
        "captions", parents=[common], help="images found by captions, and captions by images"
    )
    captions.add_argument(
        "--captions", metavar="JSON", type=Path, required=True, help="captions in Karpathy's layout"
    )
    captions.add_argument("--split", default="test", help="which of its splits (default: test)")
    captions.add_argument(
        "--rerank",
        action="store_true",
        help="also measure re-ranking with the encoder's fusion part",
    )


def run(arguments: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    """Measure the encoder."""
    from ..service.workspace import Workspace

    with Workspace() as workspace:
        encoder = workspace.encoder(arguments.encoder)
        if arguments.benchmark == "hashing":
            from ..evaluation.hashing import evaluate_hashing

            return evaluate_hashing(
                encoder,
                arguments.images,
                arguments.database,
                arguments.queries,
                arguments.bits,
                progress,
                report=arguments.report,
            )
        from ..evaluation.captions import evaluate_captions

        return evaluate_captions(
            encoder,
            arguments.images,
            arguments.captions,
            arguments.split,
            progress,
            rerank=arguments.rerank,
            report=arguments.report,
        )


def problem(_result: dict[str, Any]) -> str | None:
    """Return None: there is a result, or an error was raised."""
    return None


def text(result: dict[str, Any]) -> str:
    """Return the measured numbers, one ranking a line."""
    rankings = {"code": result, "embedding": result.get("embedding")}
    if result["benchmark"] == "captions":
        rankings = {"embedding": result, "code": result["code"]}
    rankings["pipeline"] = result["pipeline"]
    rankings["re-ranked"] = result.get("reranked")
    lines = [f"{result['encoder']['name']}, {result['benchmark']}: {result['protocol']}"]
    for name, numbers in rankings.items():
        if numbers:
            lines.append(f"  {name:<10} {_numbers(numbers)}")
    if again := result.get("reranked"):
        find, match = (1000 * again[name] for name in ("filter_seconds_a_query", "seconds_a_query"))
        lines.append(
            f"  the best {again['shortlist']} of a query re-ranked, {again['pairs']:,} of "
            f"{again['all_pairs']:,} pairs: {find:.3f} ms a query to find them, {match:.1f} ms to "
            "match them"
        )
        if plain := again.get("without_hubness"):
            lines.append(f"  re-ranked with hubs left where they are: {_numbers(plain)}")
    return "\n".join(lines)


def _numbers(result: dict[str, Any]) -> str:
    if "map" in result:
        return (
            f"mAP {result['map']:.2f}  mAP@20 {result['map_at_20']:.2f}  "
            f"precision@10 {result['precision_at_10']:.2f}"
        )
    recalls = "  ".join(
        f"{label} {'/'.join(f'{value:.2f}' for value in result[key])}"
        for label, key in (("image to text", "i2t"), ("text to image", "t2i"))
    )
    return f"R@1/5/10: {recalls}  mR {result['mr']:.2f}"
