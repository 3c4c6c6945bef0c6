"""Finding out what there is to do before doing it: which rasters, how many tiles."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from rasterio.crs import CRS

from ...same_path import PathKeys
from ...source_files import names
from ..errors import CancelledError, RasterError
from ..imagery.contents import pictures_in
from ..imagery.discovery import find_rasters
from ..imagery.files.dataset import missing_files, names_missing
from ..imagery.fingerprint import fingerprint, is_legacy, is_unchanged
from ..imagery.raster import Raster, open_raster
from ..imagery.tiles.grid import TileGrid, auto_tile_size_m
from ..index.schema import IndexInfo, SourceRecord
from ..progress import Progress
from .failures import note_failure, reason_of
from .gone import Gone, find_gone, is_there
from .moves import Move, find_renamed

Action = Literal["added", "updated", "resumed", "unchanged"]


@dataclass(frozen=True, slots=True)
class SourcePlan:
    """What to do with one usable raster.

    Attributes:
        record: the source as it will be written, without its stretch unless resumed.
        action: what this run does, in the words of the report.
        windows: windows in its grid.
        done: windows that an earlier run dealt with; this one goes on there.
    """

    record: SourceRecord
    action: Action
    windows: int
    done: int = 0

    @property
    def name(self) -> str:
        """The raster's name: a file, or a part of one."""
        return self.record.path

    @property
    def tile_size_m(self) -> float:
        """Side of its tiles at scale 1 in metres."""
        if self.record.tile_size_m is None:
            raise ValueError("a planned source has a tile size")
        return self.record.tile_size_m


@dataclass(frozen=True, slots=True)
class Unusable:
    """A file that is no usable imagery.

    Attributes:
        record: the source as it will be written, ``error`` being the reason.
        known: whether the index has a source of this path.
        readable: whether the file could be read; if not, tiles of an earlier run are kept.
    """

    record: SourceRecord
    known: bool
    readable: bool


@dataclass(slots=True)
class Plan:
    """All that a run will do.

    Attributes:
        sources: the usable rasters, unchanged ones included.
        unusable: files that are no usable imagery.
        gone: sources in the index whose file is not there, and whether to remove them.
        moves: sources that lie elsewhere now.
        closed: folders that could not be searched, and why.
        notes: what was left out on purpose, by its path, and why.
        marks: fingerprints of today's kind for unchanged sources that have one of an earlier
            version's, by the sources' ids.
    """

    sources: list[SourcePlan] = field(default_factory=list)
    unusable: list[Unusable] = field(default_factory=list)
    gone: list[Gone] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    closed: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    marks: dict[int, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was found under the paths, not even a reason why."""
        return not (self.sources or self.unusable or self.gone or self.closed)

    @property
    def windows(self) -> int:
        """Windows of all usable rasters."""
        return sum(source.windows for source in self.sources)

    @property
    def done(self) -> int:
        """Windows that earlier runs dealt with."""
        return sum(source.done for source in self.sources)


def make_plan(
    paths: Sequence[Path | str],
    info: IndexInfo,
    known: Sequence[SourceRecord],
    *,
    remove_missing: bool,
    progress: Progress,
) -> Plan:
    """Compare files with what the index knows of them.

    Args:
        paths: files and folders, as the user gave them.
        info: tile parameters of the index.
        known: the sources in the index.
        remove_missing: whether sources that are not found any more are removed.
        progress: told of each file looked at.

    Raises:
        CancelledError: when cancelled.
        UsageError: a tile parameter is out of range.
    """
    plan = Plan()
    keys = PathKeys()
    spelled = _Names(known, keys)
    records = {record.path: record for record in known}
    found: list[str] = []

    def note_closed(error: OSError) -> None:
        plan.closed[absolute_path(Path(os.fsdecode(error.filename)))] = reason_of(error)

    def note_left_out(folder: Path, reason: str) -> None:
        path = absolute_path(folder)
        plan.notes[path] = "; ".join(filter(None, [plan.notes.get(path), reason]))

    for file in find_rasters(paths, note_closed, keys, note_left_out, progress.check):
        progress.check()
        name = spelled.of(file)
        if name not in records or is_there(records[name]):
            found.append(name)
    files, lost = _look_inside(found, known, plan, progress)
    absent = [record for record in known if record.windows_done and not is_there(record)]
    plan.moves = find_renamed([n for n in files if is_text(n)], records, absent, progress)
    records |= {move.new.path: move.new for move in plan.moves}
    for number, name in enumerate(files):
        progress.report(number, len(files), unit="rasters", message=names.shown(name))
        known_record = records.get(name)
        outcome = look_at(name, info, known_record, progress)
        if known_record is not None and known_record.id is not None:
            mark = outcome.record.fingerprint
            if outcome.record.id == known_record.id and mark != known_record.fingerprint:
                plan.marks[known_record.id] = mark
        if isinstance(outcome, SourcePlan):
            plan.sources.append(outcome)
        else:
            plan.unusable.append(outcome)
    moved = {move.old.id for move in plan.moves}
    left = [record for record in known if record.id not in moved]
    places = [Path(names.file_of(path)) for path in paths]
    plan.gone = list(find_gone(places, plan.closed, left, keys, remove_missing=remove_missing))
    plan.gone += [Gone(record, remove_missing) for record in lost]
    return plan


def _look_inside(
    found: Sequence[str], known: Sequence[SourceRecord], plan: Plan, progress: Progress
) -> tuple[list[str], list[SourceRecord]]:
    """Return the pictures in some files, and known sources that are no longer in theirs."""
    files: dict[str, None] = {}
    certain: set[str] = set()
    for number, name in enumerate(found):
        progress.report(number, len(found), unit="rasters", message=names.shown(name))
        contents = pictures_in(name, progress.check)
        files.update(dict.fromkeys(contents.pictures))
        if contents.note:
            plan.notes[name] = contents.note
        if contents.is_certain and not names.split(name).is_part:
            certain.add(name)
    lost = [
        record
        for record in known
        if names.file_of(record.path) in certain and record.path not in files
    ]
    return list(files), lost


class _Names:
    """Gives a file the path under which the index knows it, however it was come to."""

    def __init__(self, known: Iterable[SourceRecord], keys: PathKeys) -> None:
        self._keys = keys
        files = (names.file_of(record.path) for record in known)
        self._by_key = {keys.of(file): file for file in files}

    def of(self, name: Path | str) -> str:
        absolute = absolute_path(names.file_of(name))
        return names.with_file(name, self._by_key.get(self._keys.of(absolute), absolute))


def look_at(
    name: str, info: IndexInfo, known: SourceRecord | None, progress: Progress
) -> SourcePlan | Unusable:
    """Return what there is to do about a raster.

    Args:
        name: the absolute path of its file, or a part of one.
        info: tile parameters of the index.
        known: what the index has of it.
        progress: checked now and then.

    Raises:
        CancelledError: when cancelled.
    """
    path = Path(names.file_of(name))
    mark = ""
    try:
        _check_name(path)
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise RasterError(f"{path.name} is no file")  # opening a pipe would wait for ever
        mark = fingerprint(name, progress.check) if path.is_file() else ""
        if known is not None and is_legacy(known.fingerprint) and mark:
            if is_unchanged(name, known.fingerprint):
                known = replace(known, fingerprint=mark)
        elif known is not None and known.windows_done and known.fingerprint != mark:
            missing = missing_files(name)
            if missing:
                # Perhaps a drive that comes back: what was indexed of it stays.
                error = reason_of(names_missing(path, missing))
                record = replace(known, state="missing", error=error)
                return Unusable(record, known=True, readable=False)
        if known is not None and known.fingerprint == mark and known.state == "complete":
            return SourcePlan(known, "unchanged", known.windows_done, known.windows_done)
        if known is not None and known.fingerprint == mark and _is_blank(known):
            return Unusable(known, known=True, readable=True)
        with open_raster(name) as raster:
            return _compare(describe(raster, mark, info), _count(raster, info), known)
    except CancelledError:
        raise
    except Exception as error:  # noqa: BLE001 (the edge of a source, which ends no run)
        note_failure(name, error)
        if known is not None and known.windows_done and known.state != "skipped":
            # Perhaps a copy that is not finished, or a file that comes back: its tiles stay.
            record = replace(known, state="missing", error=reason_of(error))
            return Unusable(record, known=True, readable=False)
        record = SourceRecord(name, mark, state="skipped", error=reason_of(error))
        return Unusable(record, known=known is not None, readable=bool(mark))


def absolute_path(path: Path | str) -> str:
    """Return a path as the index holds it: absolute, without ``..``, links left as they are."""
    return os.path.abspath(path)  # noqa: PTH100 (resolve would follow links)


def _is_blank(known: SourceRecord) -> bool:
    """Whether an earlier run looked at every window and found no tile worth keeping."""
    return known.state == "skipped" and known.windows_done > 0


def _compare(record: SourceRecord, windows: int, known: SourceRecord | None) -> SourcePlan:
    if known is None:
        return SourcePlan(record, "added", windows)
    same = all(
        getattr(known, name) == getattr(record, name)
        for name in ("fingerprint", "crs", "tile_size_m", "width", "height")
    )
    if not same:
        # What was skipped before has had no tiles: it is new, not changed.
        return SourcePlan(record, "updated" if known.windows_done else "added", windows)
    if known.windows_done >= windows:  # all but the last word was written, or it was missing
        return SourcePlan(known, "unchanged", windows, windows)
    action: Action = "resumed" if known.windows_done else "added"
    return SourcePlan(known, action, windows, known.windows_done)


def describe(raster: Raster, mark: str, info: IndexInfo) -> SourceRecord:
    """Return what the index notes of a raster's grid."""
    return SourceRecord(
        path=raster.name,
        fingerprint=mark,
        crs=crs_text(raster.crs),
        resolution_m=raster.gsd_m(),
        tile_size_m=info.tile_size_m or auto_tile_size_m(raster),
        width=raster.width,
        height=raster.height,
    )


def _count(raster: Raster, info: IndexInfo) -> int:
    size = info.tile_size_m or auto_tile_size_m(raster)
    windows = len(TileGrid(raster, size, info.scales, info.overlap))
    if not windows:
        raise RasterError(f"{raster.label} lies off the Earth in its CRS")
    return windows


def crs_text(crs: CRS) -> str:
    """Return the authority code of a CRS, such as ``EPSG:32618``, or its WKT without one."""
    authority = crs.to_authority()
    return ":".join(authority) if authority else crs.to_wkt()


def is_text(name: str) -> bool:
    """Whether a path can be written to the index: file names may be any bytes on Linux."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _check_name(path: Path) -> None:
    if not is_text(str(path)):
        printable = path.name.encode("utf-8", "replace").decode()
        raise RasterError(
            f"The name of {printable} is not valid text", hint="Rename the file or its folder"
        )
