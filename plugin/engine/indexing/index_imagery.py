"""Bringing an index up to date with files and folders."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

from ...file_checks import exists
from ...source_files import names
from ..encoders.encoder import Encoder
from ..errors import RasterError, SourceConflictError
from ..imagery.colours.fill import fill_text
from ..index.file_name import check_new_name
from ..index.schema import IndexInfo, SourceRecord, TileBatch
from ..index.tile_index import TileIndex
from ..progress import Progress
from .damage import Damage
from .failures import reason_of
from .lock import IndexLock
from .options import IndexOptions
from .pipeline import EncodedChunk, Pipeline, ReadChunk
from .plan import Plan, SourcePlan, Unusable, is_text, make_plan
from .report import IndexReport
from .source_reader import Prepared, SourceReader

NOT_THERE = "The file is not there"
NO_TILE = "No tile of it has valid pixels in at least half of its area"


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
    keeps its tiles, which are back with the file; only ``options.remove_missing`` removes it. One
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
        package = self._encoder.package
        known: list[SourceRecord] = []
        info = self._options.new_info(package)
        if exists(self._path):
            with TileIndex.open(self._path) as index:
                info = index.info
                self._options.check_existing(info, package, self._path)
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
        if not plan.sources and not exists(self._path):
            # An index without a single tile would only be in the way of the next attempt.
            for unusable in plan.unusable:
                self._skip(unusable.record.path, unusable.record.error or "")
            self._report.seconds = time.monotonic() - self._started
            return self._report
        with self._open(info) as index:
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
        self._report.seconds = time.monotonic() - self._started
        return self._report

    def _mend(self, index: TileIndex) -> None:
        """Put right what other programs have done to the file, before going on from there."""
        if index.faults():
            for fault in index.repair(thorough=False):
                reason = f"{fault.problem}. {fault.repair}"
                self._report.notes.append({"path": str(index.path), "reason": reason})

    def _open(self, info: IndexInfo) -> TileIndex:
        if exists(self._path):
            return TileIndex.open(self._path)
        return TileIndex.create(self._path, info)

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
        writer = _Writer(index, self._report)
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


class _Writer:
    """Writes chunks as they come, source after source."""

    def __init__(self, index: TileIndex, report: IndexReport) -> None:
        self._index = index
        self._report = report
        self._source: SourceReader | None = None
        self._id = 0
        self._broken = False
        self._damage = Damage()

    def write(self, item: EncodedChunk) -> None:
        """Write a chunk, and the source's state before its first and after its last one.

        A source that conflicts with what the index holds of it is failed, like one that cannot
        be read; the next one goes on.
        """
        read = item.read
        if read.source is not self._source:
            self._begin(read)
        if self._broken:
            return
        if read.failure is not None:
            self._fail(read.source, read.failure)
            return
        if read.tiles is None or read.prepared is None:
            return
        batch = TileBatch(
            windows=read.tiles.windows,
            footprints=read.tiles.footprints,
            codes=item.encoded.codes,
            embeddings=item.encoded.embeddings,
            valid=read.tiles.valid,
            acquired=read.prepared.acquired,
            windows_done=read.tiles.windows_done,
            context_codes=None if item.context is None else item.context.codes,
            context_embeddings=None if item.context is None else item.context.embeddings,
            damage=self._damage_text(read) if read.tiles.damage else None,
        )
        try:
            self._index.append(self._id, batch)
            if read.last:
                self._finish(read.source)
        except (SourceConflictError, ValueError) as error:
            self._fail(read.source, error)
            return
        self._report.tiles_added += len(read.tiles)
        self._report.tiles_empty += read.tiles.empty
        self._report.tiles_damaged += read.tiles.damage.windows

    def _damage_text(self, read: ReadChunk) -> str:
        """Return what of the source cannot be read, a chunk's windows added."""
        if read.tiles is not None:
            self._damage += read.tiles.damage
        return self._damage.text(read.source.plan.windows)

    def _begin(self, read: ReadChunk) -> None:
        self._source = read.source
        self._broken = False
        self._damage = Damage()
        if read.source.plan.action == "resumed":
            self._damage = Damage.from_text(read.source.plan.record.damage)
        if read.prepared is not None:
            self._id = self._index.upsert_source(read.prepared.record)
            self._note_fill(read.prepared)
        elif read.source.plan.action == "resumed" and read.source.plan.record.id is not None:
            self._id = read.source.plan.record.id
        else:
            self._skip(read.source, read.failure)

    def _note_fill(self, prepared: Prepared) -> None:
        if prepared.stretch.fill:
            reason = fill_text(prepared.stretch.fill)
            self._report.notes.append({"path": prepared.record.path, "reason": reason})

    def _skip(self, source: SourceReader, failure: Exception | None) -> None:
        """Note a raster that turned out to be no usable imagery before its first tile."""
        self._broken = True
        reason = reason_of(failure)
        record = source.plan.record
        self._index.upsert_source(replace(record, state="skipped", error=reason))
        self._report.skipped.append({"path": record.path, "reason": reason})
        source.close()

    def _fail(self, source: SourceReader, failure: Exception) -> None:
        """Note a raster of which reading or writing broke off."""
        self._broken = True
        reason = reason_of(failure)
        with suppress(SourceConflictError):  # its row was deleted meanwhile: nothing to note it in
            self._index.set_source_state(self._id, "failed", reason)
        self._report.failed.append({"path": source.plan.record.path, "reason": reason})
        source.close()

    def _finish(self, source: SourceReader) -> None:
        path = source.plan.record.path
        damage = self._damage.text(source.plan.windows) if self._damage else ""
        if not self._index.has_tiles(self._id):
            reason = damage or NO_TILE
            self._index.set_source_state(self._id, "skipped", reason)
            self._report.skipped.append({"path": path, "reason": reason})
            return
        if damage:
            self._report.damaged.append({"path": path, "reason": damage})
        self._index.set_source_state(self._id, "complete")
        if source.plan.action == "added":
            self._report.added += 1
        elif source.plan.action == "updated":
            self._report.updated += 1
        else:
            self._report.resumed += 1


def nothing_found(paths: Sequence[Path | str], notes: Iterable[str] = ()) -> RasterError:
    """Return the error for paths under which there is no raster; ``notes`` say what is there."""
    told = ", ".join(str(path) for path in paths)
    return RasterError(
        ". ".join([f"There are no rasters in {told}", *notes]),
        hint="Choose a folder with imagery (GeoTIFF, JPEG 2000, …), or name the files themselves",
    )
