"""Encoders and indexes that stay open between requests."""

from __future__ import annotations

import threading
from collections import OrderedDict
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType

from ...file_checks import exists
from ..encoders.catalog import encoder_of, load_encoder
from ..encoders.compute_options import wanted_provider, wanted_threads
from ..encoders.encoder import Encoder
from ..encoders.package.package import EncoderPackage
from ..index.schema import IndexInfo
from ..index.tile_index import TileIndex
from ..progress import Progress
from .open_indexes import OpenIndexes
from .opening import Opener

#: Encoders kept; an analyst works with one or two.
KEPT_ENCODERS = 2


class Workspace:
    """Opens encoders and indexes once. Safe to use from several threads.

    Packages are checked on every request, which costs nothing while their files are as they
    were: one that was altered meanwhile is refused rather than used from memory.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._encoders: OrderedDict[tuple[str, str], Encoder] = OrderedDict()
        self._opener: Opener[Encoder] = Opener()
        self._indexes = OpenIndexes()

    def __enter__(self) -> Workspace:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def encoder(self, path: Path | None = None) -> Encoder:
        """Return the encoder of a package, or the default one.

        Raises:
            EncoderPackageError: it is missing, incomplete, altered, or cannot be run.
        """
        return self._running(load_encoder(path))

    def encoder_of(self, info: IndexInfo, index: Path, chosen: Path | None = None) -> Encoder:
        """Return the encoder that made an index; see ``encoder_catalog.encoder_of``."""
        return self._running(encoder_of(info, index, chosen))

    def encoder_for_build(self, index: Path, chosen: Path | None = None) -> Encoder:
        """Return the encoder to index with: the chosen one, else the index's own, else default.

        Raises:
            EncoderMismatchError: the index's own is not to be found.
            EncoderPackageError: it is missing, incomplete, altered, or cannot be run.
            IndexFileError: the file is there but is no index.
        """
        if chosen is not None or not exists(index):
            return self.encoder(chosen)
        with TileIndex.open(index, read_only=True) as opened:
            return self.encoder_of(opened.info, index)

    def index(
        self, path: Path, progress: Progress | None = None
    ) -> AbstractContextManager[TileIndex]:
        """Have an index open for reading for a block; see ``OpenIndexes.use``."""
        return self._indexes.use(path, progress)

    def close(self) -> None:
        """Close all indexes; those in use by whoever uses them last."""
        self._indexes.close()
        with self._lock:
            self._encoders.clear()

    def _running(self, package: EncoderPackage) -> Encoder:
        key = (str(package.directory.resolve()), package.sha256)
        with self._lock:
            known = self._encoders.get(key)
            if known is not None:
                self._encoders.move_to_end(key)
                return known
        # loading takes seconds, in which other encoders can be used
        return self._opener.open(key, lambda: self._load(key, package))

    def _load(self, key: tuple[str, str], package: EncoderPackage) -> Encoder:
        with self._lock:
            known = self._encoders.get(key)
        if known is not None:  # loaded between looking and asking
            return known
        encoder = Encoder(package, wanted_threads(), wanted_provider())
        with self._lock:
            self._encoders[key] = encoder
            while len(self._encoders) > KEPT_ENCODERS:
                self._encoders.popitem(last=False)
        return encoder
