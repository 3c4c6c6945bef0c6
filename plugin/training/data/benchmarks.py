"""The public benchmarks: which images, classes and captions, and which must never be trained on.

UC Merced (UCMD) and AID come as class folders with published hashing splits; UCM-captions and
RSICD caption the same images under splits of their own. The two kinds of split cut the images
differently, so a model that learns from several lists must leave out whatever is a test item in
*any* of them, in any task, and every byte-identical copy of such an image.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


class TrainingDataError(ValueError):
    """The data folder does not hold what the recipe names."""


@dataclass(frozen=True, slots=True)
class TrainingImage:
    """One image with what is known about it.

    Attributes:
        path: absolute path of the image file.
        label: scene class, qualified by the dataset (``"ucmd/harbor"``), because classes of the
            same name in two datasets are drawn along different lines.
        captions: distinct sentences, in the file's order; empty when it has none.
        held_out: a validation item of its caption file.
    """

    path: Path
    label: str
    captions: tuple[str, ...]
    held_out: bool


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Where one benchmark's parts lie below the data folder."""

    name: str
    images: str
    test_list: str
    captions: str


UCMD = Benchmark(
    "ucmd",
    "UCMerced_LandUse/Images",
    "splits/UCMerced_LandUse_test.txt",
    "captions/dataset_ucm.json",
)
AID = Benchmark("aid", "AID", "splits/AID_test.txt", "captions/dataset_rsicd.json")


def read_list(path: Path) -> list[str]:
    """Return the non-empty lines of a split list."""
    if not path.is_file():
        raise TrainingDataError(f"{path} is missing: set SCENE_SEARCH_DATA to the data folder")
    return [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def without_copies(items: Iterable[Path], excluded: Iterable[Path]) -> list[Path]:
    """Return ``items`` without those whose bytes equal an excluded file's."""
    digests = {_digest(path) for path in excluded}
    return [path for path in items if _digest(path) not in digests]


def training_images(data: Path, benchmark: Benchmark) -> list[TrainingImage]:
    """Return the images of a benchmark that are a test item in none of its lists.

    Args:
        data: the data folder.
        benchmark: which one.

    Raises:
        TrainingDataError: if a list, a caption file or an image is missing.
    """
    folder = data / benchmark.images
    captions_file = data / benchmark.captions
    if not captions_file.is_file():
        raise TrainingDataError(f"{captions_file} is missing")
    entries = json.loads(captions_file.read_text(encoding="utf-8"))["images"]
    by_name = {f"{entry['filepath']}/{entry['filename']}": entry for entry in entries}
    names = sorted(
        path.relative_to(folder).as_posix()
        for path in folder.glob("*/*")
        if path.suffix.lower() in {".jpg", ".jpeg", ".png", ".tif"}
    )
    test = set(read_list(data / benchmark.test_list))
    test |= {name for name, entry in by_name.items() if entry["split"] == "test"}
    kept = without_copies(
        (folder / name for name in names if name not in test),
        (folder / name for name in test),
    )
    if not kept:
        raise TrainingDataError(f"{folder} holds no training image")
    images = []
    for path in kept:
        entry = by_name.get(path.relative_to(folder).as_posix())
        sentences = [s["raw"].strip() for s in entry["sentences"]] if entry else []
        images.append(
            TrainingImage(
                path,
                f"{benchmark.name}/{path.parent.name}",
                tuple(dict.fromkeys(s for s in sentences if s)),
                entry is not None and entry["split"] == "val",
            )
        )
    return images
