"""Writing the encoded tiles of one source after another, and what became of each source."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from ..errors import SourceConflictError
from ..imagery.colours.fill import fill_text
from ..index.schema import TileBatch
from ..index.tile_index import TileIndex
from .damage import Damage
from .failures import reason_of
from .pipeline import EncodedChunk, ReadChunk
from .report import IndexReport
from .source_reader import Prepared, SourceReader

NO_TILE = "No tile of it has valid pixels in at least half of its area"


class SourceWriter:
    """Writes chunks as they come, source after source.

    Args:
        index: open for writing.
        report: of the run; what became of each source goes there.
    """

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
