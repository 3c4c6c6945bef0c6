"""Bringing an index up to date with files and folders."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from ...file_checks import exists
from ...source_files import names
from ..encoders.encoder import Encoder
from ..errors import RasterError
from ..index.file_name import check_new_name
from ..index.schema import IndexInfo, SourceRecord
from ..index.tile_index import TileIndex
from ..progress import Progress
from .lock import IndexLock
from .options import IndexOptions
from .pipeline import Pipeline
from .plan import Plan, SourcePlan, Unusable, is_text, make_plan
from .report import IndexReport
from .source_writer import NO_TILE, SourceWriter

NOT_THERE = "The file is not there"


def index_imagery(
    paths: Sequence[Path | str],
    index_path: Path | str,
    encoder: Encoder,
    options: IndexOptions | None = None,
    progress: Progress | None = None,
) -> IndexReport:
    """Index what is new or changed under some paths; make the index if there is none.

    What a raster had in the index is replaced when the file changes: its old tiles go before
    the new ones come, because they show pixels that are no longer there and could neither be
    shown nor compared with. A source whose file is not there any more is marked as missing and
    keeps its tiles, which are back with the file; only ``options.remove_missing`` removes it. So
    is one whose file cannot be opened, such as a copy that was interrupted, and it is named. One
    that is found under another path, by its content, is moved there with its tiles.
    Cancelling, or a kill at any moment, leaves a valid index, and the next run goes on inside
    the raster it had come to. Rasters that were skipped or failed are tried again every run.

    Args:
        paths: rasters, and folders that are searched with everything below them.
        index_path: the GeoPackage.
        encoder: turns tiles into codes and embeddings.
        options: tile parameters; the defaults, or the index's own, if left out.
        progress: told of windows done and to do; cancels.

    Returns:
        What was done.

    Raises:
        CancelledError: when cancelled; finished tiles are kept.
        EncoderMismatchError: the index was made by another encoder.
        IndexFileError: the file is no index, damaged, read-only, or being indexed already.
        RasterError: there is no file to look at.
        StorageError: the disk is full, or the folder cannot be written.
        UsageError: a parameter is out of range, or not that of the index.

    Examples:
        >>> report = index_imagery([imagery], folder / "index.gpkg", encoder)
        >>> report.added, report.skipped
        (4, [])
        >>> index_imagery([imagery], folder / "index.gpkg", encoder).unchanged
        4
    """
    options = options or IndexOptions()
    options.check()
    path = Path(index_path)
    check_new_name(path)
    with IndexLock(path):
        run = _Run(path, encoder, options, progress or Progress())
        return run.run(paths)


class _Run:
    """One run of indexing."""

    def __init__(
        self, path: Path, encoder: Encoder, options: IndexOptions, progress: Progress
    ) -> None:
        self._path = path
        self._encoder = encoder
        self._options = options
        self._progress = progress
        self._report = IndexReport(
            index=str(path.absolute()),
            provider=encoder.provider,
            provider_note=encoder.provider_note,
            encoder=encoder.package.name,
        )
        self._started = time.monotonic()
        self._done = 0
        self._total = 0
        self._message = ""

    def run(self, paths: Sequence[Path | str]) -> IndexReport:
        with ExitStack() as stack:
            index = stack.enter_context(TileIndex.open(self._path)) if exists(self._path) else None
            info = self._options.new_info(self._encoder.package) if index is None else index.info
            plan = self._plan(paths, info, index)
            if index is not None:
                self._carry_out(plan, index)
            elif plan.sources:
                self._carry_out(plan, stack.enter_context(TileIndex.create(self._path, info)))
            else:
                # An index without a single tile would only be in the way of the next attempt.
                for unusable in plan.unusable:
                    self._skip(unusable.record.path, unusable.record.error or "")
        self._report.seconds = time.monotonic() - self._started
        return self._report

    def _plan(self, paths: Sequence[Path | str], info: IndexInfo, index: TileIndex | None) -> Plan:
        known: list[SourceRecord] = []
        if index is not None:
            self._options.check_existing(info, self._encoder.package, self._path)
            self._mend(index)
            known = index.sources()
        plan = make_plan(
            paths,
            info,
            known,
            remove_missing=self._options.remove_missing,
            progress=self._progress,
        )
        if plan.is_empty:
            raise nothing_found(paths, plan.notes.values())
        for folder, reason in plan.closed.items():
            self._skip(folder, reason)
        self._report.notes += [{"path": p, "reason": reason} for p, reason in plan.notes.items()]
        return plan

    def _carry_out(self, plan: Plan, index: TileIndex) -> None:
        index.move_sources([move.new for move in plan.moves])
        self._report.moved = len(plan.moves)
        for source_id, mark in plan.marks.items():
            index.set_fingerprint(source_id, mark)
        self._settle_gone(index, plan)
        for unusable in plan.unusable:
            self._note_unusable(index, unusable)
        self._index_sources(index, plan)
        self._report.tiles = index.tile_count()
        self._report.sources = sum(s.state == "complete" for s in index.sources())
        index.checkpoint()

    def _mend(self, index: TileIndex) -> None:
        """Put right what other programs have done to the file, before going on from there."""
        if index.faults():
            for fault in index.repair(thorough=False):
                reason = f"{fault.problem}. {fault.repair}"
                self._report.notes.append({"path": str(index.path), "reason": reason})

    def _settle_gone(self, index: TileIndex, plan: Plan) -> None:
        tiles = index.tile_counts() if plan.gone else {}
        for gone in plan.gone:
            source = gone.record.id
            if source is None:
                continue  # records of an index have one
            if gone.remove or not tiles.get(source):  # a file without tiles has nothing to keep
                index.remove_source(source)
                self._report.removed += 1
            else:
                index.set_source_state(source, "missing", NOT_THERE)
                self._report.missing += 1

    def _note_unusable(self, index: TileIndex, unusable: Unusable) -> None:
        """Record why a file is left out; the list in the report has it all the same."""
        record = unusable.record
        self._skip(record.path, record.error or "")
        known = index.source_by_path(record.path) if unusable.known else None
        if known is not None and known.id is not None and not unusable.readable:
            # Perhaps a drive that comes back: its tiles stay.
            index.set_source_state(known.id, "missing", record.error)
        elif is_text(record.path) and (unusable.readable or names.exists(record.path)):
            index.upsert_source(record)

    def _index_sources(self, index: TileIndex, plan: Plan) -> None:
        self._done, self._total = plan.done, plan.windows
        todo = []
        for source in plan.sources:
            if source.action == "unchanged":
                self._note_unchanged(index, source.record)
            else:
                todo.append(source)
        self._progress.restart(self._done)
        started = time.monotonic()
        self._tell(todo[0] if todo else None, force=True)
        pipeline = Pipeline(index.info, self._encoder, self._progress, self._tell)
        writer = SourceWriter(index, self._report)
        with closing(pipeline.run(todo)) as chunks:
            for chunk in chunks:
                writer.write(chunk)
                self._done += chunk.read.windows
                self._tell(chunk.read.source.plan)
        self._done = self._total
        self._tell(force=True)
        if self._report.tiles_added:
            elapsed = time.monotonic() - started
            self._report.tiles_per_second = self._report.tiles_added / max(elapsed, 1e-9)

    def _note_unchanged(self, index: TileIndex, record: SourceRecord) -> None:
        """Settle the state of a raster whose every window an earlier run has dealt with."""
        if record.state != "complete" and record.id is not None:
            if not index.has_tiles(record.id):
                reason = record.damage or NO_TILE
                index.set_source_state(record.id, "skipped", reason)
                self._skip(record.path, reason)
                return
            index.set_source_state(record.id, "complete")
        self._report.unchanged += 1
        if record.damage:
            self._report.damaged.append({"path": record.path, "reason": record.damage})

    def _tell(self, source: SourcePlan | None = None, *, force: bool = False) -> None:
        if source is not None:
            self._message = names.shown(source.name)
        self._progress.report(
            min(self._done, self._total), self._total, message=self._message, force=force
        )

    def _skip(self, path: str, reason: str) -> None:
        self._report.skipped.append({"path": path, "reason": reason})


def nothing_found(paths: Sequence[Path | str], notes: Iterable[str] = ()) -> RasterError:
    """Return the error for paths under which there is no raster; ``notes`` say what is there."""
    told = ", ".join(str(path) for path in paths)
    return RasterError(
        ". ".join([f"There are no rasters in {told}", *notes]),
        hint="Choose a folder with imagery (GeoTIFF, JPEG 2000, …), or name the files themselves",
    )
