"""Imagery that was moved or renamed: the same file under another path, the old one gone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ...source_files import names
from ..imagery.content import content_mark, size_of
from ..imagery.fingerprint import fingerprint, is_legacy, is_unchanged
from ..imagery.legacy_fingerprint import legacy_fingerprint
from ..index.schema import SourceRecord
from ..progress import Progress


@dataclass(frozen=True, slots=True)
class Move:
    """A source that lies elsewhere now.

    Attributes:
        old: as the index has it.
        new: with today's path and fingerprint.
    """

    old: SourceRecord
    new: SourceRecord


def find_renamed(
    files: Sequence[str],
    records: Mapping[str, SourceRecord],
    absent: Sequence[SourceRecord],
    progress: Progress,
) -> list[Move]:
    """Return which files are sources that lay elsewhere, also where names were handed on.

    Where ``1.tif`` is ``2.tif`` now and ``2.tif`` is ``3.tif``, the second name is known and yet
    shows something else. Such a file is looked at like a new one, and its source like one that is
    gone. If that is not found, the file is a changed one as any other.

    Args:
        files: names of rasters that are there.
        records: the sources of the index by their paths.
        absent: those whose files are not where they were.
        progress: told of each file looked at.

    Raises:
        CancelledError: when cancelled.
    """
    new = [name for name in files if name not in records]
    if not (new and absent):
        return []
    looked_for = list(absent)
    replaced: set[str] = set()
    for record in looked_for:  # grows while it is gone through
        for name in _replaced_by(record, files, records, replaced, progress):
            replaced.add(name)
            looked_for.append(records[name])
    moves = find_moves([*new, *sorted(replaced)], looked_for, progress)
    while True:
        left = replaced - {move.old.path for move in moves}
        free = [move for move in moves if move.new.path not in left]
        if len(free) == len(moves):
            return moves
        moves = free


def _replaced_by(
    record: SourceRecord,
    files: Sequence[str],
    records: Mapping[str, SourceRecord],
    replaced: set[str],
    progress: Progress,
) -> Iterator[str]:
    """Yield the known files that changed and that may now be what a source was cut from."""
    if not record.content:
        return
    size = size_of(record.content)
    for name in files:
        progress.check()
        known = records.get(name)
        if known is None or not known.content or name in replaced:
            continue
        try:
            same_size = Path(names.file_of(name)).stat().st_size == size
            if same_size and not is_unchanged(name, known.fingerprint):
                yield name
        except OSError:  # whoever reads it next says what is wrong with it
            continue


def find_moves(
    files: Sequence[str], absent: Iterable[SourceRecord], progress: Progress
) -> list[Move]:
    """Return which files are sources that lay elsewhere, each source and file at most once.

    A file is a source's if it has the same content; for a source of an index from before contents
    were kept, if it has the same fingerprint, as a file has that was moved and not copied. Where
    several fit, the one whose path ends most alike is taken.

    Args:
        files: names of rasters that the index does not know.
        absent: sources whose files are not where they were.
        progress: told of each file looked at.

    Raises:
        CancelledError: when cancelled.
    """
    wanted = _Wanted(absent)
    if wanted.is_empty:
        return []
    fits: list[tuple[int, str, SourceRecord]] = []
    for number, name in enumerate(files):
        progress.report(number, len(files), unit="rasters", message=names.shown(name))
        try:
            found = wanted.fitting(name, progress)
        except OSError:  # whoever reads it next says what is wrong with it
            continue
        fits += [(_alike(name, record.path), name, record) for record in found]
    fits.sort(key=lambda fit: (-fit[0], fit[1], fit[2].id or 0))
    moves: list[Move] = []
    taken: set[str | int | None] = set()
    for _, name, record in fits:
        if name not in taken and record.id not in taken:
            taken |= {name, record.id}
            mark = fingerprint(name, progress.check)
            moves.append(Move(record, replace(record, path=name, fingerprint=mark)))
    return moves


class _Wanted:
    """The sources that are looked for, by what they are recognised by."""

    def __init__(self, absent: Iterable[SourceRecord]) -> None:
        self._by_mark: dict[str, list[SourceRecord]] = {}
        self._sizes: set[int] = set()
        self._kinds: set[bool] = set()  # of the fingerprints that are looked for
        for record in absent:
            mark = record.content or record.fingerprint
            if not mark:
                continue  # a raster that is a folder
            self._by_mark.setdefault(mark, []).append(record)
            if record.content:
                self._sizes.add(size_of(record.content))
            else:
                self._kinds.add(is_legacy(record.fingerprint))

    @property
    def is_empty(self) -> bool:
        return not self._by_mark

    def fitting(self, name: str, progress: Progress) -> list[SourceRecord]:
        """Return the sources that a file may be.

        Raises:
            CancelledError: when cancelled.
            OSError: it cannot be read.
        """
        path = Path(names.file_of(name))
        if not path.is_file():
            return []
        marks: list[str | None] = []
        if path.stat().st_size in self._sizes:
            marks.append(content_mark(name, progress.check))
        if True in self._kinds:
            marks.append(legacy_fingerprint(path))
        if False in self._kinds:
            marks.append(fingerprint(name, progress.check))
        return [record for mark in marks if mark for record in self._by_mark.get(mark, ())]


def _alike(one: str, other: str) -> int:
    """Return how many of the last parts of two paths are equal."""
    parts = [re.split(r"[\\/]", path)[::-1] for path in (one, other)]
    pairs = enumerate(zip(*parts, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(map(len, parts)))
