"""Reading, encoding and writing side by side, in order, with bounded memory.

Threads read chunks of tiles ahead, one thread encodes, and the calling thread writes: while the
encoder works on one batch the next ones are read and the one before is written. Chunks come back
in the order of the grid, so that "so many windows are done" is enough to go on after a kill.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

import numpy as np

from ..context.tile_context import tile_texts
from ..encoders.encoder import Encoded, Encoder
from ..errors import RasterError
from ..imagery.tiles.grid import TileWindow
from ..index.schema import IndexInfo
from ..progress import Progress, govern
from . import lanes
from .failures import note_failure
from .plan import SourcePlan
from .source_reader import Prepared, SourceReader, TileChunk

T = TypeVar("T")

#: Tiles read as one piece, which is also the least that a kill can cost.
CHUNK_TILES = 16

#: Tiles encoded at once: a slow processor takes less than a second, a graphics card is kept busy.
BATCH_TILES = {"cpu": 16}
GPU_BATCH_TILES = 64

#: Seconds after which tiles that were read are encoded though a batch is not full.
GROUP_SECONDS = 2.0

#: Seconds between looks at whether the user has cancelled.
POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class ReadChunk:
    """A chunk of a source, or why there is none.

    Attributes:
        source: where it was read.
        windows: how many windows of the grid it stands for.
        last: whether this is the source's last chunk.
        prepared: the source's stretch and acquisition; None where finding them failed.
        tiles: what was read; None where that failed, and after the source was closed.
        failure: why it failed.
    """

    source: SourceReader
    windows: int
    last: bool
    prepared: Prepared | None = None
    tiles: TileChunk | None = None
    failure: Exception | None = None


@dataclass(frozen=True, slots=True)
class EncodedChunk:
    """A chunk with the codes and embeddings of its tiles, none where reading failed.

    Attributes:
        read: the chunk.
        encoded: of its tiles.
        context: the same with the context of their acquisition; None for an index without.
    """

    read: ReadChunk
    encoded: Encoded
    context: Encoded | None


@dataclass(frozen=True, slots=True)
class _Job:
    """A chunk for a lane to read; ``windows`` is None for all that the plan has left."""

    source: SourceReader
    windows: Sequence[TileWindow] | None
    windows_done: int
    last: bool
    lane: int


class Pipeline:
    """Turns planned sources into encoded chunks.

    Args:
        info: tile parameters of the index.
        encoder: what encodes.
        progress: checked while waiting.
        heartbeat: called while waiting, to show that work goes on.
    """

    def __init__(
        self, info: IndexInfo, encoder: Encoder, progress: Progress, heartbeat: Callable[[], None]
    ) -> None:
        self._info = info
        self._encoder = encoder.with_bits(info.code_bits)
        self._progress = progress
        self._heartbeat = heartbeat
        self._batch = BATCH_TILES.get(encoder.provider, GPU_BATCH_TILES)
        self._lanes = min(4, max(2, os.cpu_count() or 2))

    def run(self, plans: Iterable[SourcePlan]) -> Generator[EncodedChunk, None, None]:
        """Yield encoded chunks in the order of the sources and their grids.

        Closing the generator, or an error in it, stops the threads; they are not waited for, so
        that cancelling is quick, and touch nothing but rasters.

        Raises:
            CancelledError: when cancelled.
            EncoderPackageError: the encoder fails.
        """
        opened: deque[SourceReader] = deque()
        with ExitStack() as stack:
            reading = [ThreadPoolExecutor(1, f"read-{lane}") for lane in range(self._lanes)]
            for thread in reading:
                stack.callback(thread.shutdown, wait=False, cancel_futures=True)
            encoding = ThreadPoolExecutor(1, "encode", govern, (self._progress,))
            stack.callback(encoding.shutdown, wait=False, cancel_futures=True)
            stack.callback(_close_all, opened)
            jobs = self._jobs(plans, opened)
            # Enough for every lane to have a stripe's row of tiles to read.
            depth = self._lanes * lanes.STRIPE_TILES // CHUNK_TILES + 2
            chunks = self._ahead((reading[job.lane].submit(_read, job) for job in jobs), depth)
            groups = self._ahead(
                (encoding.submit(self._encode, group) for group in self._grouped(chunks)), 2
            )
            for group in groups:
                for chunk in group:
                    yield chunk
                    if chunk.read.last:
                        chunk.read.source.close()
                        opened.remove(chunk.read.source)

    def _jobs(self, plans: Iterable[SourcePlan], opened: deque[SourceReader]) -> Iterator[_Job]:
        for number, plan in enumerate(plans):
            source = SourceReader(plan, self._info, self._encoder.package.input_size)
            opened.append(source)
            if plan.windows - plan.done <= CHUNK_TILES:  # one look at a small raster is enough
                yield _Job(source, None, plan.windows, True, number % self._lanes)
            else:
                yield from self._chunks(source)

    def _chunks(self, source: SourceReader) -> Iterator[_Job]:
        done, total = source.plan.done, source.plan.windows
        try:
            windows = islice(source.windows(), done, total)
            width, overlap = source.plan.record.width, self._info.overlap
            for lane, part in lanes.split(windows, width, overlap, self._lanes, CHUNK_TILES):
                done += len(part)
                yield _Job(source, part, done, done >= total, lane)
            if done < total:
                raise RasterError("It changed while it was being indexed")
        except Exception as error:  # noqa: BLE001 (likewise)
            note_failure(source.plan.name, error)
            source.fail(error)
            yield _Job(source, [], done, True, 0)

    def _ahead(self, futures: Iterator[Future[T]], depth: int) -> Iterator[T]:
        """Yield results in order, keeping ``depth`` of them under way."""
        running: deque[Future[T]] = deque()
        for future in futures:
            running.append(future)
            if len(running) >= depth:
                yield self._wait(running.popleft())
        while running:
            yield self._wait(running.popleft())

    def _wait(self, future: Future[T]) -> T:
        while True:
            try:
                return future.result(POLL_SECONDS)
            except FutureTimeoutError:
                if future.done():  # the work itself raised a TimeoutError
                    raise
                self._heartbeat()

    def _grouped(self, chunks: Iterable[ReadChunk]) -> Iterator[list[ReadChunk]]:
        """Join chunks to batches: small rasters have few tiles each."""
        group: list[ReadChunk] = []
        tiles = 0
        since = time.monotonic()
        for chunk in chunks:
            self._progress.check()
            group.append(chunk)
            tiles += len(chunk.tiles) if chunk.tiles is not None else 0
            if tiles >= self._batch or time.monotonic() - since > GROUP_SECONDS:
                yield group
                group, tiles, since = [], 0, time.monotonic()
        if group:
            yield group

    def _encode(self, group: list[ReadChunk]) -> list[EncodedChunk]:
        size = self._encoder.package.input_size
        images = [chunk.tiles.rgb for chunk in group if chunk.tiles is not None]
        encoded = self._encoder.encode_images(
            np.concatenate([np.empty((0, size, size, 3), np.uint8), *images])
        )
        context = self._with_context(encoded, group) if self._info.context else None
        result = []
        start = 0
        for chunk in group:
            stop = start + (len(chunk.tiles) if chunk.tiles is not None else 0)
            rows = slice(start, stop)
            result.append(
                EncodedChunk(chunk, _rows(encoded, rows), context and _rows(context, rows))
            )
            start = stop
        return result

    def _with_context(self, encoded: Encoded, group: Iterable[ReadChunk]) -> Encoded:
        """Return embeddings and codes that know when, where and by what each tile was taken."""
        texts = []
        for chunk in group:
            if chunk.tiles is not None and chunk.prepared is not None:
                texts += tile_texts(chunk.prepared.record.acquisition, chunk.tiles.footprints)
        return self._encoder.encode_context(encoded.embeddings, texts)


def _rows(encoded: Encoded, rows: slice) -> Encoded:
    return Encoded(encoded.embeddings[rows], encoded.codes[rows])


def _close_all(sources: Iterable[SourceReader]) -> None:
    for source in sources:
        source.close()


def _read(job: _Job) -> ReadChunk:
    """Read a chunk; what is wrong with a raster is that raster's failure, not the run's."""
    source = job.source
    left = source.plan.windows - source.plan.done
    windows = left if job.windows is None else len(job.windows)
    prepared = None
    try:
        prepared = source.prepare(job.lane)
        tiles = source.read(job.windows, job.windows_done, job.lane)
    except Exception as error:  # noqa: BLE001 (the edge of a source, which ends no run)
        note_failure(source.plan.name, error)
        return ReadChunk(source, windows, job.last, prepared, failure=error)
    return ReadChunk(source, windows, job.last, prepared, tiles)
