"""Sources of an index that are not found any more where they were."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...file_checks import exists
from ...same_path import PathKeys
from ...source_files import names
from ..index.schema import SourceRecord


@dataclass(frozen=True, slots=True)
class Gone:
    """A source whose file is not there.

    Attributes:
        record: the source.
        remove: whether it goes with its tiles; otherwise both are kept and it is called missing.
    """

    record: SourceRecord
    remove: bool


def is_there(record: SourceRecord) -> bool:
    """Whether the file of a source can be seen now, be it only a link to what is away."""
    return os.path.lexists(names.file_of(record.path))


def find_gone(
    paths: Sequence[Path],
    closed: Iterable[str],
    known: Sequence[SourceRecord],
    keys: PathKeys,
    *,
    remove_missing: bool,
) -> Iterator[Gone]:
    """Yield the sources under some paths whose files are not there.

    A drive that is not connected looks just like imagery that was deleted, be it the folder that
    was given or one far below it. So a source is removed only where the user asks for it, and
    even then not where nobody looked: below a folder that may not be entered, and below a given
    folder that is not there itself.

    Args:
        paths: files and folders that were given.
        closed: folders below them that could not be searched.
        known: the sources of the index.
        keys: compares paths.
        remove_missing: whether the user asks to remove what is not found.
    """
    unseen: list[Path | str] = [*closed, *(path for path in paths if not exists(path))]
    for record in known:
        file = names.file_of(record.path)
        if is_there(record) or not any(keys.is_under(file, path) for path in paths):
            continue
        unlooked = any(_is_below(file, folder, keys) for folder in unseen)
        yield Gone(record, remove_missing and not unlooked)


def _is_below(path: str, folder: Path | str, keys: PathKeys) -> bool:
    """Whether a file is somewhere in a folder, and not what is called a folder here itself."""
    return keys.is_under(path, folder) and keys.of(path) != keys.of(folder)
