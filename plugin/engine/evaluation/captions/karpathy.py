"""Caption files in Karpathy's layout, as caption datasets are published."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ....strict_json import decode
from ...errors import UsageError


@dataclass(frozen=True, slots=True)
class CaptionedImages:
    """The images of one split and their captions.

    Attributes:
        names: image files, relative to the image folder.
        captions: texts, those of the first image first.
        owners: for each caption, the position of its image in ``names``.
    """

    names: tuple[str, ...]
    captions: tuple[str, ...]
    owners: tuple[int, ...]


def read_captions(path: Path, split: str) -> CaptionedImages:
    """Read a caption file: ``images[].{filepath, filename, split, sentences[].raw}``.

    ``"restval"`` images count as training images, as they do in that layout.

    Raises:
        UsageError: if the file is missing, is not of that layout, or has no such split.
    """
    try:
        content = decode(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(
            f"The caption file {path} cannot be read: {error.strerror or error}",
            hint="Check --captions.",
        ) from error
    except ValueError as error:
        raise _wrong(path, f"not JSON ({error})") from error
    try:
        images = content["images"]
        found = sorted({_split(image) for image in images})
        chosen = [image for image in images if _split(image) == split]
        names = tuple(_name(image) for image in chosen)
        texts = [[str(sentence["raw"]) for sentence in image["sentences"]] for image in chosen]
    except (KeyError, TypeError, AttributeError) as error:
        raise _wrong(path, f"{type(error).__name__} {error}") from error
    if not chosen:
        raise UsageError(
            f"The caption file {path.name} has no split {split!r}",
            hint=f"It has {', '.join(found) or 'none'}.",
        )
    empty = next((n for n, t in zip(names, texts, strict=True) if not any(map(str.strip, t))), None)
    if empty is not None:
        raise _wrong(path, f"{empty} has no caption")
    pairs = [(i, text) for i, own in enumerate(texts) for text in own if text.strip()]
    return CaptionedImages(
        names, tuple(text for _, text in pairs), tuple(owner for owner, _ in pairs)
    )


def _split(image: dict[str, Any]) -> str:
    split = str(image["split"])
    return "train" if split == "restval" else split


def _name(image: dict[str, Any]) -> str:
    folder = str(image.get("filepath", "")).replace("\\", "/").strip("/")
    return f"{folder}/{image['filename']}" if folder else str(image["filename"])


def _wrong(path: Path, reason: str) -> UsageError:
    return UsageError(
        f"{path} is not a caption file in Karpathy's layout: {reason}",
        hint="It must hold images[] with filepath, filename, split and sentences[].raw.",
    )
