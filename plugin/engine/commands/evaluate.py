"""``scene-search evaluate``: measure an encoder on a benchmark."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from ..progress import Progress
from .evaluate_options import add_benchmarks
from .evaluate_text import summary

if TYPE_CHECKING:
    from ..encoders.encoder import Encoder
    from ..service.workspace import Workspace

HELP = "measure an encoder on a benchmark"

Result = dict[str, Any]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the benchmarks and their options."""
    add_benchmarks(parser.add_subparsers(dest="benchmark", metavar="BENCHMARK", required=True))


def run(arguments: argparse.Namespace, progress: Progress) -> Result:
    """Measure the encoder."""
    from ..service.workspace import Workspace

    with Workspace() as workspace:
        if arguments.benchmark == "places" and arguments.index is not None:
            return _indexed_places(workspace, arguments, progress)
        encoder = workspace.encoder(arguments.encoder)
        return _BENCHMARKS[arguments.benchmark](encoder, arguments, progress)


def problem(_result: Result) -> str | None:
    """Return None: there is a result, or an error was raised."""
    return None


def text(result: Result) -> str:
    """Return the measured numbers, one ranking a line."""
    return summary(result)


def _hashing(encoder: Encoder, given: argparse.Namespace, progress: Progress) -> Result:
    from ..evaluation.hashing.measure import evaluate_hashing

    lists = (given.images, given.database, given.queries)
    return evaluate_hashing(encoder, *lists, given.bits, progress, report=given.report)


def _captions(encoder: Encoder, given: argparse.Namespace, progress: Progress) -> Result:
    from ..evaluation.captions.measure import evaluate_captions

    return evaluate_captions(
        encoder,
        given.images,
        given.captions,
        given.split,
        progress,
        rerank=given.rerank,
        report=given.report,
    )


def _places(encoder: Encoder, given: argparse.Namespace, progress: Progress) -> Result:
    from ..evaluation.generalisation.places import evaluate_places

    if given.images is None or given.pattern is None:
        raise UsageError(
            "There are no places to measure on",
            hint="Give --images and --pattern, or --index with imagery of several dates.",
        )
    if given.bits is not None:
        encoder = encoder.with_bits(given.bits)
    return evaluate_places(encoder, given.images, given.pattern, progress)


def _indexed_places(workspace: Workspace, given: argparse.Namespace, progress: Progress) -> Result:
    from ..evaluation.generalisation.indexed_places import evaluate_indexed_places

    if given.images is not None or given.pattern is not None or given.bits is not None:
        raise UsageError(
            "An index was given, which has its images and codes already",
            hint="Leave --images, --pattern and --bits out, or --index.",
        )
    with workspace.index(given.index, progress) as index:
        encoder = workspace.encoder_of(index.info, index.path, given.encoder)
        return evaluate_indexed_places(index, encoder, progress)


def _classes(encoder: Encoder, given: argparse.Namespace, progress: Progress) -> Result:
    from ..evaluation.generalisation.classes import evaluate_classes

    return evaluate_classes(encoder, given.images, given.hold_out, given.bits, progress)


def _labels(encoder: Encoder, given: argparse.Namespace, progress: Progress) -> Result:
    from ..evaluation.generalisation.labels import evaluate_labels

    lists = (given.images, given.database, given.queries, given.labels)
    return evaluate_labels(encoder, *lists, progress)


def _coarser(encoder: Encoder, given: argparse.Namespace, progress: Progress) -> Result:
    from ..evaluation.generalisation.coarser import evaluate_coarser
    from ..evaluation.image_lists import read_list

    return evaluate_coarser(encoder, given.images, read_list(given.queries), progress)


def _names(encoder: Encoder, given: argparse.Namespace, progress: Progress) -> Result:
    from ..evaluation.generalisation.class_names import evaluate_names

    return evaluate_names(encoder, given.images, given.queries, given.names, given.prompt, progress)


_BENCHMARKS: Mapping[str, Callable[[Encoder, argparse.Namespace, Progress], Result]] = {
    "hashing": _hashing,
    "captions": _captions,
    "places": _places,
    "classes": _classes,
    "labels": _labels,
    "coarser": _coarser,
    "names": _names,
}
