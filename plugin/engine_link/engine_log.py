"""What the engine and its setup said: the last lines in memory, more in a bounded file."""

from __future__ import annotations

import threading
from collections import deque
from pathlib import Path

from .scrub import scrub


class EngineLog:
    """Keeps the last lines of a log in memory and, where a file is given, on disk.

    The file never grows past twice ``max_bytes``: when it reaches ``max_bytes`` it replaces
    the one before it, named with ``.1``. Lines are scrubbed of secrets. Thread-safe. A file
    that cannot be written is given up: a full disk must not stop the engine's output being
    drained, or the engine would block.
    """

    def __init__(
        self, file: Path | None = None, *, lines: int = 400, max_bytes: int = 1_000_000
    ) -> None:
        self.file = file
        self._max_bytes = max_bytes
        self._ring: deque[str] = deque(maxlen=lines)
        self._lock = threading.Lock()

    def add(self, line: str) -> None:
        """Append one line."""
        line = scrub(line.rstrip())[:4000]
        with self._lock:
            self._ring.append(line)
            if self.file is not None:
                try:
                    self._write(self.file, line)
                except OSError:
                    self.file = None

    def tail(self, lines: int = 30) -> str:
        """Return the last ``lines`` lines."""
        with self._lock:
            kept = list(self._ring)
        return "\n".join(kept[-lines:])

    def _write(self, file: Path, line: str) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.is_file() and file.stat().st_size > self._max_bytes:
            file.replace(file.with_name(file.name + ".1"))
        with file.open("a", encoding="utf-8", errors="replace") as stream:
            stream.write(line + "\n")
