"""Measures encoders on what no training list shows, beside one that nobody trained.

    python -m benchmarks.retrieval.unseen --data DIR [--encoder PACKAGE]… [--only MEASURE]…

Places at other dates, classes left out of training, several labels an image, coarser scenes and
classes by their names, as ``scene-search evaluate`` measures them. Writes unseen.json and the table
of README.md; what is left out with ``--only`` stays as it was measured.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from scene_search import paths

from .commands import CommandFailed, scene_search
from .table import write_beside

HERE = Path(__file__).parent
BEGIN, END = "<!-- unseen -->", "<!-- end of unseen -->"

#: Long Beach is trained on by nobody.
PATTERN = r"(?P<city>long_beach)_(?P<date>\d{4})_(?P<number>\d+)\.tif"
FROZEN = "frozen ImageNet"

Row = dict[str, Any]


def commands(data: Path, chips: Path) -> Mapping[str, list[object]]:
    """Return the arguments of ``scene-search evaluate`` for each measure.

    Args:
        data: the data folder.
        chips: list of the chips of Long Beach.
    """
    ucmd, aid = data / "UCMerced_LandUse" / "Images", data / "AID"
    naip = data / "naip_places"
    splits = data / "splits"
    ucmd_lists = [
        *("--database", splits / "UCMerced_LandUse_train.txt"),
        *("--queries", splits / "UCMerced_LandUse_test.txt"),
    ]
    return {
        "places": ["places", "--images", naip, "--pattern", PATTERN],
        "coarser": ["coarser", "--images", naip, "--queries", chips],
        "labels": [
            *("labels", "--images", ucmd, *ucmd_lists),
            *("--labels", data / "ucm_multilabel" / "LandUse_Multilabeled.txt"),
        ],
        "names-ucmd": [
            *("names", "--images", ucmd, "--queries", splits / "UCMerced_LandUse_test.txt"),
            *("--names", HERE / "held_out" / "ucmd_names.tsv"),
        ],
        "names-aid": ["names", "--images", aid, "--queries", splits / "AID_test.txt"],
        **{
            f"classes-{name}": [
                *("classes", "--images", aid),
                *("--hold-out", HERE / "held_out" / f"aid_{name}.json"),
            ]
            for name in ("ten", "twenty")
        },
    }


def main(argv: list[str] | None = None) -> int:
    """Measure and write; return 1 if something failed."""
    parser = argparse.ArgumentParser(prog="benchmarks.retrieval.unseen", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the benchmarks")
    parser.add_argument(
        "--encoder", type=Path, action="append", help="package (default: the shipped one)"
    )
    parser.add_argument(
        "--only", metavar="MEASURE", action="append", help="leave all else as it is"
    )
    parser.add_argument("--without-frozen", action="store_true", help="leave that row as it is")
    parser.add_argument("--output", type=Path, default=HERE, help="of unseen.json and README.md")
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        packages = [(None, path) for path in arguments.encoder or [paths.default_encoder()]]
        if not arguments.without_frozen:
            from .frozen_package import write_frozen_package

            packages.insert(0, (FROZEN, write_frozen_package(arguments.data, Path(folder))))
        chips = Path(folder) / "chips.txt"
        names = sorted((arguments.data / "naip_places").glob("long_beach_*.tif"))
        chips.write_text("\n".join(path.name for path in names), encoding="utf-8")
        wanted = commands(arguments.data, chips)
        if unknown := set(arguments.only or ()) - set(wanted):
            parser.error(f"there is no measure {', '.join(sorted(unknown))}")
        chosen = {k: v for k, v in wanted.items() if arguments.only is None or k in arguments.only}
        failed = False
        for name, package in packages:
            for row in measured(package, name, chosen):
                print(f"{row['encoder']}, {row['measure']}: {row.get('failed', 'measured')}")
                failed |= "failed" in row and not row["without_text"]
                write(arguments.output, [row])  # after each, so that a stop loses one and not all
    return int(failed)


def measured(package: Path, name: str | None, wanted: Mapping[str, list[object]]) -> Iterator[Row]:
    """Yield one row a measure, of places one for each code length that the encoder makes."""
    card = json.loads((package / "model.json").read_text("utf-8"))["properties"]
    called = name or str(card["mlm:name"])
    usual = card["scene_search:code_bits"]
    lengths = [code["bits"] for code in card.get("scene_search:codes", [{"bits": usual}])]
    has_text = "text" in card["scene_search:variants"]
    for measure, command in wanted.items():
        for bits in lengths if measure == "places" else [usual]:
            length = ["--bits", bits] if measure == "places" else []
            row: Row = {"encoder": called, "measure": measure, "bits": bits}
            row["without_text"] = measure.startswith("names") and not has_text
            try:
                row["result"] = scene_search("evaluate", *command, "--encoder", package, *length)
            except CommandFailed as error:
                row["failed"] = str(error)
            yield row


def write(folder: Path, new: Iterable[Row]) -> None:
    """Merge rows into ``unseen.json`` and renew the table of the page beside it."""
    file = folder / "unseen.json"
    old = json.loads(file.read_text("utf-8")) if file.is_file() else []
    rows = {(row["encoder"], row["measure"], row["bits"]): row for row in [*old, *new]}
    found = list(rows.values())
    write_beside(folder, file.name, found, table(found), BEGIN, END)


def table(rows: Iterable[Row]) -> str:
    """Return the rows as a Markdown table, a line a measured number's kind."""
    lines = [
        "| encoder | measure | by embedding | by code | bits | as searched | images |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        if "failed" in row:
            why = "it has no text part" if row["without_text"] else row["failed"]
            lines.append(f"| {row['encoder']} | {_title(row['measure'])} | {why} |  |  |  |  |")
        else:
            lines += _lines(row)
    return "\n".join(lines)


def _lines(row: Row) -> Iterator[str]:
    result, measure = row["result"], row["measure"]
    if measure == "coarser":
        for factor in ("x2", "x4"):
            yield _line(row, f"{_title(measure)} {factor[1]}", result[factor], result["images"])
        return
    numbers = result
    if "embedding" in result:  # of classes, whose result is by code
        numbers = {**result["embedding"], "code": result, "pipeline": result["pipeline"]}
    seen = "" if result.get("left_out") else ", seen in training"
    title = _title(measure) + (seen if measure.startswith("classes") else "")
    images = result.get("images") or result["queries"] + result["database"]
    yield _line(row, title, numbers, images)


def _line(row: Row, title: str, numbers: Mapping[str, Any], images: int) -> str:
    cells = [_numbers(numbers), _numbers(numbers["code"]), row["bits"]]
    pipeline = numbers.get("pipeline")
    cells += [_numbers(pipeline) if pipeline else "", f"{images:,}"]
    return f"| {row['encoder']} | {title} | {' | '.join(map(str, cells))} |"


_TITLES = {
    "places": "same place, another date (Long Beach)",
    "coarser": "a scene finds itself at a sampling distance ×",
    "labels": "labels in common (UCMD)",
    "names-ucmd": "class by its name (UCMD, 21)",
    "names-aid": "class by its name (AID, 30)",
    "classes-ten": "ten classes of AID",
    "classes-twenty": "the other twenty classes of AID",
}


def _title(measure: str) -> str:
    return _TITLES[measure]


_SHOWN = {
    "r1": "R@1",
    "map": "mAP",
    "ndcg_at_10": "nDCG@10",
    "ndcg_at_100": "nDCG@100",
    "top1": "top-1",
    "top5": "top-5",
}


def _numbers(found: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {found[key]:.1f}" for key, name in _SHOWN.items() if key in found)


if __name__ == "__main__":
    sys.exit(main())
