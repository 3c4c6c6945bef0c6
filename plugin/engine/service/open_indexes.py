"""Index files that stay open between requests, whatever happens to them meanwhile."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..errors import IndexFileError
from ..index.tile_index import TileIndex
from ..progress import Progress
from .opening import Opener

#: Indexes kept open; an analyst works with one or two.
KEPT_INDEXES = 4

#: Seconds in which a file must answer: a drive that has to spin up does.
ANSWER_SECONDS = 10.0

#: Seconds to wait for requests that still read an index that was overwritten under them.
DRAIN_SECONDS = 10.0

Mark = tuple[int, int, int, int] | None


@dataclass(eq=False, slots=True)
class _Open:
    """An open index.

    Attributes:
        index: the index.
        mark: what its file looked like when it was opened.
        users: requests that work with it.
        kept: whether new requests may use it; if not, the last user closes it.
    """

    index: TileIndex
    mark: Mark
    users: int = 0
    kept: bool = True


class OpenIndexes:
    """Opens index files for reading and keeps the last few. Safe to use from several threads.

    A file that was replaced, overwritten or written to since it was opened is opened anew by the
    next request; requests under way go on with what they have, and nothing is closed under them.
    A path that does not answer, on a share that is away, keeps nobody from other indexes.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._open: OrderedDict[str, _Open] = OrderedDict()
        self._retired: list[_Open] = []
        self._opener: Opener[_Open] = Opener()

    @contextmanager
    def use(self, path: Path, progress: Progress | None = None) -> Iterator[TileIndex]:
        """Have an index open for a block.

        Args:
            path: its file.
            progress: cancels the waiting for it.

        Raises:
            IndexFileError: the file is missing, damaged, no index, does not answer, or was
                replaced during the block so that reading it failed.
            CancelledError: when cancelled.
        """
        opened = self._take(path, progress)
        try:
            yield opened.index
        except IndexFileError as error:
            if _mark(path) == opened.mark:
                raise
            raise _replaced_error(path) from error
        finally:
            with self._changed:
                opened.users -= 1
                self._changed.notify_all()
            self._close_unused()

    def close(self) -> None:
        """Close all indexes; those in use by whoever uses them last."""
        with self._changed:
            for key in list(self._open):
                self._retire(key)
        self._close_unused()

    def _take(self, path: Path, progress: Progress | None) -> _Open:
        key = str(path.absolute())
        while True:
            try:
                opened = self._opener.open(
                    key, lambda: self._current(key, path), progress, ANSWER_SECONDS
                )
            except TimeoutError as error:
                raise IndexFileError(
                    f"{path} does not answer",
                    hint="Check that its drive or share is connected, then try again. "
                    "Other indexes can be used meanwhile",
                ) from error
            with self._changed:
                if opened.kept:  # else it was retired since it was opened
                    opened.users += 1
                    return opened

    def _current(self, key: str, path: Path) -> _Open:
        """Return the index as its file is now, opened anew if need be."""
        mark = _mark(path)
        with self._changed:
            known = self._open.get(key)
            if known is not None and known.mark == mark:
                self._open.move_to_end(key)
                return known
            if known is not None:
                self._retire(key)
        self._close_unused()
        opened = _Open(self._fresh(path), mark)
        with self._changed:
            self._open[key] = opened
            while len(self._open) > KEPT_INDEXES:
                self._retire(next(iter(self._open)))
        self._close_unused()
        return opened

    def _fresh(self, path: Path) -> TileIndex:
        """Open a file, free of what earlier connections know of another content of it.

        SQLite's connections of a process share what they know of a file. Where it was copied
        over, that is wrong, and the new content looks damaged, until the last old one is closed.
        """
        try:
            return TileIndex.open(path, read_only=True)
        except IndexFileError:
            with self._changed:
                if not self._in_use(path):
                    raise
                self._changed.wait_for(lambda: not self._in_use(path), DRAIN_SECONDS)
        return TileIndex.open(path, read_only=True)

    def _in_use(self, path: Path) -> bool:
        return any(opened.index.path == path for opened in self._retired)

    def _retire(self, key: str) -> None:
        opened = self._open.pop(key)
        opened.kept = False
        self._retired.append(opened)

    def _close_unused(self) -> None:
        with self._changed:
            unused = [opened for opened in self._retired if not opened.users]
        # outside the lock, since closing a file on a share that is away may take for ever
        for opened in unused:
            opened.index.close()
        if unused:
            with self._changed:
                self._retired = [opened for opened in self._retired if opened not in unused]
                self._changed.notify_all()


def _mark(path: Path) -> Mark:
    """Return what tells a file from the one that had its name before; None without a file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _replaced_error(path: Path) -> IndexFileError:
    return IndexFileError(
        f"{path} was replaced or deleted while it was being read", hint="Do it again"
    )
