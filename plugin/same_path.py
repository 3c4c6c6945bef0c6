r"""Whether two paths name the same file. The file system decides, not the spelling.

``c:\img`` and ``C:\Img`` are one folder on Windows and macOS, and on drives and shares that
come from there; on most Linux disks they are two. A link and what it points to are one file.
Nothing here needs a file to exist: imagery on a drive that is away is compared by what the
nearest folder that is there says of letters.
"""

from __future__ import annotations

import os
import sys
import unicodedata
from pathlib import Path

#: Entries of a folder that are looked at for a letter to try.
_TRIED = 200


def same_path(one: Path | str, other: Path | str) -> bool:
    """Whether two paths name the same file or folder, which need not exist.

    Two names of one file in a file system (hard links) are the same here: writing to one writes
    to the other.
    """
    try:
        if os.path.samefile(one, other):  # noqa: PTH121 - texts are as good
            return True
    except (OSError, ValueError):
        pass
    keys = PathKeys()
    return keys.of(one) == keys.of(other)


class PathKeys:
    """Gives paths a text that is equal for paths of the same file.

    What is found out about folders is kept: use one object for the paths of one piece of work,
    and another later, when drives may have been exchanged.
    """

    def __init__(self) -> None:
        self._keys: dict[str, str] = {}
        self._real: dict[str, str] = {}
        self._ignoring: dict[str, bool] = {}

    def of(self, path: Path | str) -> str:
        """Return the key of a path, whose links are followed as far as they lead."""
        text = os.fspath(path)
        if text not in self._real:
            self._real[text] = self._key(os.path.realpath(text))
        return self._real[text]

    def is_under(self, path: Path | str, folder: Path | str) -> bool:
        """Whether a path is a folder or lies below it, by its own name or behind a link."""
        return _is_below(self._spelled(path), self._spelled(folder)) or _is_below(
            self.of(path), self.of(folder)
        )

    def _spelled(self, path: Path | str) -> str:
        """Return the key of a path whose links count as folders of their own."""
        return self._key(os.path.abspath(path))  # noqa: PTH100 (resolve would follow links)

    def _key(self, path: str) -> str:
        below: list[str] = []
        folder, name = os.path.split(path)
        while name and path not in self._keys:
            below.append(path)
            path = folder
            folder, name = os.path.split(path)
        # else a root: "/", "C:\", "\\server\share\"
        key = self._keys[path] if name else os.path.normcase(path)
        for path in reversed(below):
            folder, name = os.path.split(path)
            if self._ignores_case(folder):
                name = "".join(letter.lower() for letter in name)
            if sys.platform == "darwin":  # its file systems take both forms of é for one
                name = unicodedata.normalize("NFC", name)
            key = os.path.join(key, name)  # noqa: PTH118
            if path is not below[0]:  # folders are asked for again
                self._keys[path] = key
        return key

    def _ignores_case(self, folder: str) -> bool:
        """Whether names in a folder that differ in their case alone are the same."""
        untold: list[str] = []
        answer = None
        while folder not in self._ignoring and answer is None:
            untold.append(folder)
            answer = _tried(folder)
            parent = os.path.dirname(folder)  # noqa: PTH120
            if parent == folder:
                break
            folder = parent  # where there is nothing to try: like the folder that it is in
        if answer is None:
            answer = self._ignoring.get(folder, _USUAL)
        self._ignoring.update(dict.fromkeys(untold, answer))
        return answer


#: Where nothing at all can be tried.
_USUAL = sys.platform in ("win32", "darwin")


def _tried(folder: str) -> bool | None:
    """Look for an entry of a folder under its name in the other case; None without an entry."""
    try:
        with os.scandir(folder) as entries:
            for _, entry in zip(range(_TRIED), entries):  # noqa: B905
                other = _other_case(entry.name)
                if other != entry.name:
                    path = os.path.join(folder, other)  # noqa: PTH118
                    # where case counts, both may be there
                    return os.path.lexists(path) and other not in os.listdir(folder)  # noqa: PTH208
    except OSError:
        pass
    return None


def _other_case(name: str) -> str:
    """Return a name with its plain Latin letters in the other case: of these, all systems know."""
    return "".join(letter.swapcase() if letter.isascii() else letter for letter in name)


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
