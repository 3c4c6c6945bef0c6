"""Brings thumbnails as they come into view, a handful at a time."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QPixmap

from ...engine_link.cache import cache_subfolder
from ...engine_link.call import EngineCall, StartCall

#: As many as a screenful, so that the first pictures do not wait for the last.
_BATCH = 12
#: Collects what one repaint asks for.
_WAIT_MS = 20


class ThumbnailLoader(QObject):
    """Asks the engine for pictures of tiles; the last asked for are the first to come.

    Attributes:
        loaded: a tile's id, and its picture or None where there is none.
    """

    loaded = pyqtSignal(int, object)

    def __init__(self, start_call: StartCall, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._start = start_call
        self._folder = cache_subfolder("thumbnails")
        self._index: Path | None = None
        self._version = ""
        self._side = 128
        self._ratio = 1.0
        self._waiting: dict[int, None] = {}
        self._call: EngineCall | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT_MS)
        self._timer.timeout.connect(self._next)

    def set_index(self, index: Path, version: str, side: int, ratio: float = 1.0) -> None:
        """Load from another answer on; what was asked for before is dropped.

        Args:
            index: the index file.
            version: changes when the index does, since tile ids may then mean other tiles.
            side: logical pixels a side.
            ratio: physical pixels a logical one, on high-density screens.
        """
        self.drop()
        self._index, self._version = index, version
        self._side, self._ratio = side, ratio

    def request(self, tile: int) -> None:
        """Ask for a tile's picture."""
        if self._index is None:
            return
        self._waiting.pop(tile, None)
        self._waiting[tile] = None
        if self._call is None and not self._timer.isActive():
            self._timer.start()

    def drop(self) -> None:
        """Ask for nothing any more."""
        self._timer.stop()
        self._waiting.clear()
        call, self._call = self._call, None
        if call is not None:
            call.drop()

    def shutdown(self) -> None:
        """Stop, and remove the pictures."""
        self.drop()
        self._folder.remove()

    def _next(self) -> None:
        if not self._waiting or self._index is None:
            return
        batch = list(self._waiting)[-_BATCH:]
        for tile in batch:
            del self._waiting[tile]
        task = self._start(
            self.tr("Making thumbnails"),
            "thumbnails",
            {
                "index": str(self._index),
                "tiles": sorted(batch),
                "size": round(self._side * self._ratio),
                "directory": self._directory(),
            },
        )
        self._call = EngineCall(
            task,
            succeeded=lambda answer: self._on_batch(batch, answer),
            failed=lambda _error: self._on_batch(batch, {}),
        )

    def _directory(self) -> str:
        name = hashlib.sha256(f"{self._index}\n{self._version}".encode()).hexdigest()[:16]
        folder = Path(self._folder.path()) / name
        folder.mkdir(parents=True, exist_ok=True)
        return str(folder)

    def _on_batch(self, batch: list[int], answer: dict[str, Any]) -> None:
        self._call = None
        paths = answer.get("paths") or {}
        for tile in batch:
            path = paths.get(str(tile))
            picture = QPixmap(str(path)) if path else None
            if picture is not None and picture.isNull():
                picture = None
            if picture is not None:
                picture.setDevicePixelRatio(self._ratio)
            self.loaded.emit(tile, picture)
        self._next()
