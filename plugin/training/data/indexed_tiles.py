"""The tiles of an index as training images: windows of its sources, stretched as it stretched them.

What a search will look at is what is learned from. Tiles have no classes; each is an instance of
its own, but equal pixels are one instance, so that a copy is never a negative.
"""

from __future__ import annotations

import hashlib
import json
import math
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from ...engine.errors import StorageError
from ...engine.index.schema import SourceRecord, TileRecord
from ...engine.index.tile_index import TileIndex
from ...engine.progress import Progress
from ...engine.retrieval.tile_pictures import read_pictures
from ...engine.staging import staging_folder
from .benchmarks import TrainingDataError

#: Tiles drawn from a larger index unless told otherwise: about 2 GB of pixels at 192 x 192.
MOST_TILES = 20_000
#: A tile with less valid pixels than this shows mostly its own fill.
_LEAST_VALID = 0.5
#: Tiles kept as files, which an export is checked on.
_SAMPLES = 256
_SPARE_BYTES = 200_000_000

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class IndexedTiles:
    """Chosen tiles of an index.

    Attributes:
        index: the file.
        tiles: what is read, in the order of the index.
        sources: of the tiles, by id.
        seed: of the choice.
        progress: told of the tiles read; cancels.
    """

    index: Path
    tiles: tuple[TileRecord, ...]
    sources: Mapping[int, SourceRecord]
    seed: int
    progress: Progress = field(default_factory=Progress)

    @property
    def name(self) -> str:
        """The index's name, for cards and logs."""
        return self.index.stem

    @property
    def classes(self) -> int:
        """Number of classes: none."""
        return 0

    @property
    def count(self) -> int:
        """Number of tiles that were chosen."""
        return len(self.tiles)

    def digest(self) -> str:
        """Return what is another one whenever the pixels would be."""
        key = hashlib.sha256()
        for tile in self.tiles:
            window, source = tile.window, self.sources[tile.source_id]
            place = (window.col_off, window.row_off, window.width, window.height)
            stretch = json.dumps(dict(source.stretch), sort_keys=True)
            text = f"{source.path}|{source.fingerprint}|{stretch}|{place}\n"
            key.update(text.encode("utf-8", "surrogateescape"))
        return key.hexdigest()

    def read(self, size: int, cache: Path) -> tuple[Pixels, list[int]]:
        """Return the tiles as uint8 (N, size, size, 3) and the instance (N,) that each is.

        Pixels are kept in a memory-mapped file of the cache folder. A tile whose source is gone
        or was changed is left out.

        Raises:
            TrainingDataError: if fewer than two tiles can be read; it gives the reason.
            StorageError: if the disk has no room for the pixels.
            CancelledError: if cancelled.
        """
        target = cache / f"tiles-{size}-{self.digest()[:16]}.npy"
        beside = target.with_suffix(".json")
        if not (target.is_file() and beside.is_file()):
            cache.mkdir(parents=True, exist_ok=True)
            with staging_folder(cache) as staging:  # after what a killed run left is gone
                self._fill(size, staging / target.name, target, beside)
        labels: list[int] = json.loads(beside.read_text(encoding="utf-8"))
        pixels: Pixels = np.load(target, mmap_mode="r")
        return pixels[: len(labels)], labels

    def _fill(self, size: int, partial: Path, target: Path, beside: Path) -> None:
        cache = target.parent
        needed = len(self.tiles) * size * size * 3 + _SPARE_BYTES
        if shutil.disk_usage(cache).free < needed:
            raise StorageError(
                f"{cache} has no room for the pixels of {len(self.tiles)} tiles",
                hint=f"They take {needed / 1e6:,.0f} MB: free some space, or take fewer tiles.",
            )
        shape = (len(self.tiles), size, size, 3)
        array = np.lib.format.open_memmap(partial, mode="w+", dtype=np.uint8, shape=shape)
        instances: dict[bytes, int] = {}
        labels: list[int] = []
        lost: dict[int, str] = {}
        try:
            for chunk in read_pictures(self.tiles, self.sources, size, self.progress):
                for picture in chunk.rgb:
                    array[len(labels)] = picture
                    digest = hashlib.sha256(picture.tobytes()).digest()
                    labels.append(instances.setdefault(digest, len(instances)))
                lost |= chunk.lost
                self.progress.report(len(labels) + len(lost), len(self.tiles), unit="tiles")
            if len(instances) < 2:
                why = f": {next(iter(lost.values()))}" if lost else ""
                raise TrainingDataError(f"{self.index} has fewer than two tiles to read{why}")
            array.flush()
            beside.write_text(json.dumps(labels), encoding="utf-8")
        finally:
            del array  # Windows renames no open file
        partial.replace(target)

    def facts(self, pixels: Pixels, output: Path) -> dict[str, Any]:
        """Write some tiles as files, and return what a checkpoint says of the images.

        Args:
            pixels: from ``read``.
            output: folder of the run.
        """
        folder = output / "samples"
        folder.mkdir(parents=True, exist_ok=True)
        rows = np.random.default_rng(self.seed).permutation(len(pixels))[:_SAMPLES]
        names = [f"tile-{row:06d}.png" for row in sorted(rows.tolist())]
        for row, name in zip(sorted(rows.tolist()), names, strict=True):
            Image.fromarray(pixels[row]).save(folder / name, compress_level=1)
        return {
            "name": self.name,
            "folder": str(folder.resolve()),
            "names": names,
            "classes": 0,
            "items": len(pixels),
            "digest": self.digest(),
        }


def choose_tiles(
    index: Path, *, most: int = MOST_TILES, seed: int = 0, progress: Progress | None = None
) -> IndexedTiles:
    """Choose the tiles of an index that are learned from.

    Where tiles overlap, only those are taken that lie side by side: two that show half the same
    ground are no two instances. Of more than ``most``, some are drawn.

    Args:
        index: the file.
        most: how many tiles at most.
        seed: of the draw.
        progress: told of the tiles while they are read; cancels.

    Raises:
        IndexFileError: if there is no such index.
        TrainingDataError: if it has fewer than two tiles that show enough.
    """
    with TileIndex.open(index, read_only=True) as opened:
        table = opened.load_codes()
        ids = table.ids[side_by_side(opened.windows(table.ids), opened.info.overlap)]
        if len(ids) > most:
            ids = np.sort(np.random.default_rng(seed).choice(ids, most, replace=False))
        tiles = tuple(tile for tile in opened.tiles(ids) if tile.valid >= _LEAST_VALID)
        sources = {source.id: source for source in opened.sources() if source.id is not None}
    if len(tiles) < 2:
        raise TrainingDataError(f"{index} has fewer than two tiles to learn from")
    return IndexedTiles(index, tiles, sources, seed, progress or Progress())


def side_by_side(windows: npt.NDArray[np.int64], overlap: float) -> npt.NDArray[np.bool_]:
    """Return which windows (N,) lie on a grid whose cells do not overlap.

    Args:
        windows: (N, 4), column, row, width, height in source pixels.
        overlap: share of a tile that its neighbour repeats.
    """
    if overlap <= 0:
        return np.ones(len(windows), bool)
    every = math.ceil(1 / (1 - overlap) - 1e-9)
    steps = np.maximum((windows[:, 2:] * (1 - overlap) + 1e-9).astype(np.int64), 1)
    place = np.rint(windows[:, :2] / steps).astype(np.int64)
    return np.asarray((place % every == 0).all(axis=1))
