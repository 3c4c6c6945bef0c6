"""Captioned images of a benchmark's split, or of a user's own folder."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from ...strict_json import decode
from .benchmarks import AID, UCMD, Benchmark, TrainingDataError

#: Names of the caption benchmarks on the command line.
CAPTION_BENCHMARKS: dict[str, Benchmark] = {"ucm-captions": UCMD, "rsicd": AID}


class EmptySplitError(TrainingDataError):
    """A caption file names fewer than two images in the split."""


@dataclass(frozen=True)
class CaptionedImages:
    """Image files with their sentences.

    Attributes:
        name: of the set, for cards and logs.
        folder: that the names are relative to.
        names: of the files.
        captions: distinct sentences of each, in the file's order.
        labels: class number of each; the class is the folder that the file lies in.
        classes: names of the classes; empty when the files lie in no folders.
    """

    name: str
    folder: Path
    names: tuple[str, ...]
    captions: tuple[tuple[str, ...], ...]
    labels: tuple[int, ...]
    classes: tuple[str, ...]

    @property
    def paths(self) -> list[Path]:
        """The files."""
        return [self.folder / name for name in self.names]

    def part(self, rows: Sequence[int]) -> CaptionedImages:
        """Return some of the images, with the same classes."""
        return replace(
            self,
            names=tuple(self.names[row] for row in rows),
            captions=tuple(self.captions[row] for row in rows),
            labels=tuple(self.labels[row] for row in rows),
        )

    @cached_property
    def contents(self) -> tuple[int, ...]:
        """A number for each image, the same for byte-identical copies."""
        digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in self.paths]
        number = {digest: i for i, digest in enumerate(dict.fromkeys(digests))}
        return tuple(number[digest] for digest in digests)


def read_captioned(source: str, data: Path, split: str = "train") -> CaptionedImages:
    """Return the captioned images of one split.

    Args:
        source: ``"ucm-captions"``, ``"rsicd"``, or a folder that holds images and one caption
            file in Karpathy's layout (``images``: ``filepath``, ``filename``, ``split``,
            ``sentences``).
        data: the data folder with the benchmarks.
        split: which of the file's splits.

    Raises:
        TrainingDataError: if a file is missing or the captions are unreadable.
        EmptySplitError: if none is there.
    """
    if benchmark := CAPTION_BENCHMARKS.get(source):
        return _read(source, data / benchmark.images, data / benchmark.captions, split)
    folder = Path(source)
    if not folder.is_dir():
        known = ", ".join(CAPTION_BENCHMARKS)
        raise TrainingDataError(f"{source} is neither a folder nor one of {known}")
    files = sorted(folder.glob("*.json"))
    if len(files) != 1:
        raise TrainingDataError(
            f"{folder} holds {len(files)} .json files; one with captions in Karpathy's layout is "
            "needed"
        )
    return _read(folder.name, folder, files[0], split)


def _read(name: str, folder: Path, file: Path, split: str) -> CaptionedImages:
    if not file.is_file():
        raise TrainingDataError(f"{file} is missing")
    try:
        entries = decode(file.read_text(encoding="utf-8"))["images"]
        chosen = [entry for entry in entries if entry["split"] == split]
        names = [str(Path(e.get("filepath", "")) / e["filename"]) for e in chosen]
        sentences = [[s["raw"].strip() for s in e["sentences"]] for e in chosen]
    except (ValueError, KeyError, TypeError) as error:
        raise TrainingDataError(
            f"{file} is no caption file in Karpathy's layout: {error}"
        ) from None
    kept = [
        (own, tuple(dict.fromkeys(s for s in texts if s)))
        for own, texts in zip(names, sentences, strict=True)
        if any(texts)
    ]
    if len(kept) < 2:
        raise EmptySplitError(f"{file} has fewer than two captioned images in its split {split}")
    if missing := [own for own, _ in kept if not (folder / own).is_file()]:
        raise TrainingDataError(f"{len(missing)} images are missing in {folder}, as {missing[0]}")
    folders = [Path(own).parent.as_posix() for own, _ in kept]
    everything = sorted({Path(e.get("filepath", "")).as_posix() for e in entries})
    classes = tuple(everything) if len(everything) > 1 else ()
    labels = tuple(classes.index(own) if classes else 0 for own in folders)
    return CaptionedImages(
        name,
        folder,
        tuple(own for own, _ in kept),
        tuple(texts for _, texts in kept),
        labels,
        tuple(c.rpartition("/")[2] for c in classes),
    )
