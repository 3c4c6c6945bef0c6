"""The benchmarks of ``scene-search evaluate`` and their options."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .options import positive


def add_benchmarks(kinds: Any) -> None:
    """Add a parser for each benchmark.

    Args:
        kinds: what ``ArgumentParser.add_subparsers`` returned, which has no public type.
    """
    common = argparse.ArgumentParser(add_help=False)
    for option in ("--json", "--verbose"):
        common.add_argument(
            option, action="store_true", help=argparse.SUPPRESS, default=argparse.SUPPRESS
        )
    common.add_argument(
        "--encoder", metavar="DIR", type=Path, help="encoder package (default: the shipped one)"
    )
    images = argparse.ArgumentParser(add_help=False)
    images.add_argument(
        "--images", metavar="DIR", type=Path, required=True, help="folder of the images"
    )
    report = argparse.ArgumentParser(add_help=False)
    report.add_argument(
        "--report",
        metavar="DIR",
        type=Path,
        help="also write report.html there: numbers, curves, best and worst queries",
    )
    _hashing(
        kinds.add_parser(
            "hashing",
            parents=[common, images, report],
            help="images of a class found by images of it",
        )
    )
    _captions(
        kinds.add_parser(
            "captions",
            parents=[common, images, report],
            help="images found by captions, and captions by images",
        )
    )
    _places(kinds.add_parser("places", parents=[common], help="a place found at other dates"))
    _classes(
        kinds.add_parser(
            "classes",
            parents=[common, images],
            help="images of classes that training left out found by images of them",
        )
    )
    labels = kinds.add_parser(
        "labels", parents=[common, images], help="images with more labels in common found first"
    )
    _lists(labels)
    labels.add_argument(
        "--labels",
        metavar="TABLE",
        type=Path,
        required=True,
        help="tab-separated table, an image a line, 0 or 1 for each label",
    )
    coarser = kinds.add_parser(
        "coarser",
        parents=[common, images],
        help="a scene found by itself at two and four times the ground sampling distance",
    )
    _queries(coarser, "list of the images: a path a line")
    _names(
        kinds.add_parser(
            "names", parents=[common, images], help="classes told by the names of classes alone"
        )
    )


def _hashing(parser: argparse.ArgumentParser) -> None:
    _lists(parser)
    _bits(parser)


def _captions(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--captions", metavar="JSON", type=Path, required=True, help="captions in Karpathy's layout"
    )
    parser.add_argument("--split", default="test", help="which of its splits (default: test)")
    parser.add_argument(
        "--rerank",
        action="store_true",
        help="also measure re-ranking with the encoder's fusion part",
    )


def _places(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--images", metavar="DIR", type=Path, help="folder of the images")
    parser.add_argument(
        "--pattern",
        metavar="REGEX",
        help="matches the whole path of an image below the folder; the group named date is the "
        "date, all other named groups together are the place, such as "
        r"'(?P<city>.+)_(?P<date>\d{4})_(?P<number>\d+)\.tif'",
    )
    parser.add_argument(
        "--index",
        metavar="FILE",
        type=Path,
        help="measure the tiles of an index instead, by their footprints and dates",
    )
    parser.add_argument(
        "--bits",
        metavar="K",
        type=positive,
        help="length of the codes, where the encoder makes several (default: its usual one)",
    )


def _classes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--hold-out",
        metavar="JSON",
        type=Path,
        required=True,
        help="which classes are left out, and which of their images ask which",
    )
    _bits(parser)


def _names(parser: argparse.ArgumentParser) -> None:
    _queries(parser, "list of the images: a path a line, the class its folder")
    parser.add_argument(
        "--names",
        metavar="TABLE",
        type=Path,
        help="a folder, a tab and the name of its class a line (default: the folders' own words)",
    )
    parser.add_argument(
        "--prompt",
        metavar="TEXT",
        default="{name}",
        help="sentence around a class's name (default: {name} alone)",
    )


def _lists(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--database",
        metavar="LIST",
        type=Path,
        required=True,
        help="list of the images searched: a path a line, the class its folder",
    )
    _queries(parser, "list of the images searched with: a path a line, the class its folder")


def _queries(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument("--queries", metavar="LIST", type=Path, required=True, help=what)


def _bits(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--bits", metavar="K", type=positive, help="first bits of the code to use (default: all)"
    )
