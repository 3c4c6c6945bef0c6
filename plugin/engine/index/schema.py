"""What an index holds: the records that go in and come out, without any SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from .timestamps import from_text, to_text

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from ..imagery.tiles.grid import TileWindow

#: The layout that this version writes; see ``layout`` for what older files lack.
SCHEMA_VERSION = 3

#: No encoder gives longer embeddings or codes; more would be a damaged file asking for memory.
MOST_NUMBERS = 65_536

#: ``indexing``: tiles are being added; ``complete``: all tiles are there; ``failed``: reading
#: broke off, the tiles so far stay; ``skipped``: not usable imagery; ``missing``: the file is gone.
SourceState = Literal["indexing", "complete", "failed", "skipped", "missing"]


def _now() -> str:
    return to_text(datetime.now(timezone.utc)) or ""


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """What all tiles of an index share; fixed when the file is created.

    Attributes:
        encoder_id: id of the encoder package.
        encoder_sha256: SHA-256 of its canonical ``model.json``, which settles its weights too.
        encoder_name: its name for people.
        embedding_size: length D of an embedding.
        code_bits: length of a hash code in bits, a multiple of 8.
        tile_size_m: side of a tile in metres on the ground, or None where each source has its own.
        scales: multiples of the tile size that were indexed.
        overlap: share of a tile that its neighbour covers too, 0 up to but not including 1.
        encoder_path: where the package lay when the index was made; searches look there first.
        created: when the file was created, ISO 8601 in UTC.
        context: whether each tile has a second code and embedding that take the circumstances of
            its acquisition into account; see ``engine.context``.
    """

    encoder_id: str
    encoder_sha256: str
    encoder_name: str
    embedding_size: int
    code_bits: int
    tile_size_m: float | None = None
    scales: tuple[float, ...] = (1.0,)
    overlap: float = 0.0
    encoder_path: str = ""
    created: str = field(default_factory=_now)
    context: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.code_bits <= MOST_NUMBERS or self.code_bits % 8:
            raise ValueError(f"code_bits must be a positive multiple of 8, not {self.code_bits}")
        if not 0 < self.embedding_size <= MOST_NUMBERS:
            raise ValueError(f"embedding_size must be positive, not {self.embedding_size}")

    @property
    def code_bytes(self) -> int:
        """Length of a packed code in bytes."""
        return self.code_bits // 8


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """One raster of an index.

    Attributes:
        path: absolute path of the file.
        fingerprint: changes when the file's content changes.
        crs: authority code such as ``EPSG:32618``, or WKT where there is none.
        resolution_m: ground sampling distance in metres.
        tile_size_m: side of its tiles at scale 1 in metres.
        width: columns of its pixel grid.
        height: rows of its pixel grid.
        stretch: how its values become 8 bit, as ``imagery.stretch.Stretch.to_json`` gives it.
        acquisition: STAC item properties (``datetime``, ``platform``, ``instruments``, ``gsd``, …).
        state: how far indexing came.
        error: why it failed or was skipped.
        windows_done: how many windows of its grid have been dealt with, tiles or not; a second
            run goes on there.
        content: what the file is recognised by wherever it lies; None where that is not known.
        damage: which tiles are not there because they cannot be read; None where all could.
        id: number in the index; None before it is written.
    """

    path: str
    fingerprint: str = ""
    crs: str = ""
    resolution_m: float | None = None
    tile_size_m: float | None = None
    width: int = 0
    height: int = 0
    stretch: Mapping[str, Any] = field(default_factory=dict)
    acquisition: Mapping[str, Any] = field(default_factory=dict)
    state: SourceState = "indexing"
    error: str | None = None
    windows_done: int = 0
    content: str | None = None
    damage: str | None = None
    id: int | None = None

    @property
    def acquired(self) -> datetime | None:
        """When the imagery was taken, in UTC: STAC ``datetime``, else ``start_datetime``."""
        for key in ("datetime", "start_datetime"):
            value = self.acquisition.get(key)
            if isinstance(value, str) and value:
                return from_text(value)
        return None

    @property
    def gsd_m(self) -> float | None:
        """Ground sampling distance in metres: measured on the grid, else as STAC ``gsd`` states."""
        if self.resolution_m is not None:
            return self.resolution_m
        stated = self.acquisition.get("gsd")
        return float(stated) if isinstance(stated, (int, float)) else None

    @property
    def sensors(self) -> tuple[str, ...]:
        """Names under which the sensor may be asked for: platform, constellation, instruments."""
        names = [self.acquisition.get("platform"), self.acquisition.get("constellation")]
        instruments = self.acquisition.get("instruments")
        names.extend(instruments if isinstance(instruments, list | tuple) else [instruments])
        return tuple(str(name) for name in names if name)


@dataclass(frozen=True, slots=True)
class TileBatch:
    """Tiles of one source that are written together.

    Attributes:
        windows: their windows in source pixels, in the order of the grid, length n.
        footprints: their outlines in WGS 84 (longitude, latitude), length n.
        codes: uint8 ``(n, code_bits / 8)``, packed big-endian as ``np.packbits`` does.
        embeddings: ``(n, D)`` of unit length; kept as float16.
        valid: share of valid pixels of each, 0 to 1, length n.
        acquired: when the source was taken; without a time zone it is taken as UTC.
        windows_done: value for the source's ``windows_done`` after this batch; None leaves it.
        context_codes: as ``codes``, of the tiles with the context of their acquisition; there if
            and only if the index has context.
        context_embeddings: as ``embeddings``, likewise.
        damage: value for the source's ``damage`` after this batch; None leaves it.
    """

    windows: Sequence[TileWindow]
    footprints: Sequence[BaseGeometry]
    codes: np.ndarray
    embeddings: np.ndarray
    valid: Sequence[float] | np.ndarray
    acquired: datetime | None = None
    windows_done: int | None = None
    context_codes: np.ndarray | None = None
    context_embeddings: np.ndarray | None = None
    damage: str | None = None

    def __len__(self) -> int:
        return len(self.windows)

    def check(self, info: IndexInfo) -> None:
        """Raise unless the arrays fit each other and the index.

        Raises:
            ValueError: a length or shape is wrong, or an embedding is not finite.
        """
        n = len(self.windows)
        if len(self.footprints) != n or len(self.valid) != n:
            raise ValueError("windows, footprints and valid must have one length")
        _check_arrays(self.codes, self.embeddings, n, info)
        if not info.context:
            if self.context_codes is not None or self.context_embeddings is not None:
                raise ValueError("the index holds no context")
        elif self.context_codes is None or self.context_embeddings is None:
            raise ValueError("the index holds context, the batch has none")
        else:
            _check_arrays(self.context_codes, self.context_embeddings, n, info)


def _check_arrays(codes: np.ndarray, embeddings: np.ndarray, n: int, info: IndexInfo) -> None:
    if codes.dtype != np.uint8 or codes.shape != (n, info.code_bytes):
        raise ValueError(
            f"codes must be uint8 ({n}, {info.code_bytes}), not {codes.dtype} {codes.shape}"
        )
    if embeddings.shape != (n, info.embedding_size):
        raise ValueError(f"embeddings must be ({n}, {info.embedding_size}), not {embeddings.shape}")
    if not np.isfinite(embeddings).all():
        raise ValueError("embeddings must be finite")


@dataclass(frozen=True, slots=True)
class TileRecord:
    """One tile as the index holds it; ``footprint`` is in WGS 84 (longitude, latitude)."""

    id: int
    source_id: int
    source_path: str
    window: TileWindow
    scale: float
    footprint: BaseGeometry
    valid: float
    acquired: datetime | None


@dataclass(frozen=True, slots=True)
class CodeTable:
    """The codes of all tiles in memory, in the order of their ids.

    Attributes:
        ids: int64 ``(N,)``, ascending.
        codes: uint8 ``(N, code_bits / 8)``, contiguous.
        source_ids: int32 ``(N,)``.
        scales: float32 ``(N,)``.
    """

    ids: np.ndarray
    codes: np.ndarray
    source_ids: np.ndarray
    scales: np.ndarray

    def __len__(self) -> int:
        return len(self.ids)

    def of_sources(self, source_ids: Sequence[int]) -> CodeTable:
        """Return the table without the tiles of other sources than these."""
        kept = np.isin(self.source_ids, np.array(source_ids, dtype=np.int64))
        if kept.all():
            return self
        return CodeTable(self.ids[kept], self.codes[kept], self.source_ids[kept], self.scales[kept])

    def positions(self, ids: np.ndarray) -> np.ndarray:
        """Return the row of each id, int64 ``(n,)``; -1 for an id that is not in the table."""
        ids = np.asarray(ids, dtype=np.int64)
        if not len(self.ids):
            return np.full(ids.shape, -1, dtype=np.int64)
        rows = np.searchsorted(self.ids, ids)
        rows[rows == len(self.ids)] = 0
        return np.where(self.ids[rows] == ids, rows, -1)
