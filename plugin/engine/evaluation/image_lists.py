"""Lists of images of a benchmark: a file path a line, the class its folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..errors import UsageError


def read_list(path: Path) -> list[str]:
    """Return the file names of a list, relative to the image folder.

    Raises:
        UsageError: if the list is missing, no text, or empty, or names a file twice.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(
            f"The list {path} cannot be read: {error.strerror or error}",
            hint="Give a text file with one image path a line, relative to the image folder.",
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(
            f"The list {path} is not UTF-8 text",
            hint="Give a text file with one image path a line, relative to the image folder.",
        ) from error
    names = [line.strip().replace("\\", "/") for line in text.splitlines() if line.strip()]
    if not names:
        raise UsageError(f"The list {path} names no image", hint="Put one image path on a line.")
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise UsageError(f"The list {path} names {twice} twice", hint="Remove the second line.")
    return names


def class_of(name: str) -> str:
    """Return the class of a file of a list: the folder it is in.

    Raises:
        UsageError: if the name has no folder.
    """
    folder = name.rpartition("/")[0].rpartition("/")[2]
    if not folder:
        raise UsageError(
            f"{name} is in no folder, so its class is unknown",
            hint="Hashing lists name files as class/file, relative to the image folder.",
        )
    return folder


def check_files(folder: Path, names: Sequence[str]) -> None:
    """Check that every image is there before any is encoded.

    Raises:
        UsageError: if the folder or an image is missing; it counts the missing ones.
    """
    if not folder.is_dir():
        raise UsageError(f"The image folder {folder} does not exist", hint="Check --images.")
    absent = [name for name in names if not (folder / name).is_file()]
    if absent:
        raise UsageError(
            f"{len(absent)} of {len(names)} images are missing in {folder}, first {absent[0]}",
            hint="Paths in lists are relative to the image folder; check --images.",
            missing=absent[:20],
        )
