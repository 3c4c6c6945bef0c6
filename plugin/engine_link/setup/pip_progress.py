"""How far pip is: megabytes while it fetches, packages while it installs."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

_FETCHED = re.compile(r"(?:Downloading|Using cached) \S+ \((?P<size>[\d.]+) (?P<unit>kB|MB|GB)\)")
_UNITS = {"kB": 1e-3, "MB": 1.0, "GB": 1e3}
_INSTALLING = "Installing collected packages: "
#: Share of pip's time until all is fetched.
_FETCHING = 0.8
#: Seconds between looks at what is installed.
_EVERY = 0.5


class PipProgress:
    """Follows one ``pip install`` by what it prints and by what it leaves in the environment.

    While it installs, which takes minutes on a slow disk, pip prints nothing: what has arrived in
    the environment tells how far it is.

    Args:
        directory: the environment.
        expected_mb: what is to be fetched.
        say: told the share done, 0 to 1, and what is going on.
    """

    def __init__(
        self, directory: Path, expected_mb: float, say: Callable[[float, str], None]
    ) -> None:
        self._directory = directory
        self._expected_mb = expected_mb
        self._say = say
        self._fetched_mb = 0.0
        self._packages = 0
        self._before = self._installed()
        self._looked = time.monotonic()

    def follow(self, line: str) -> None:
        """Take note of a line of pip's."""
        match = _FETCHED.search(line)
        if match:
            self._fetched_mb += float(match["size"]) * _UNITS[match["unit"]]
            self._say(_FETCHING * min(1.0, self._fetched_mb / self._expected_mb), line.strip())
        elif line.startswith(_INSTALLING):
            self._packages = len(line.removeprefix(_INSTALLING).split(","))
            self.look()

    def look(self) -> None:
        """Tell how many packages are installed by now."""
        done = min(max(self._installed() - self._before, 0), self._packages)
        share = _FETCHING + (1 - _FETCHING) * done / self._packages
        self._say(share, f"Installing packages ({done} of {self._packages})")

    def tick(self) -> None:
        """Look again if it is time; called often."""
        now = time.monotonic()
        if self._packages and now - self._looked >= _EVERY:
            self._looked = now
            self.look()

    def _installed(self) -> int:
        # pip writes RECORD last
        places = ("lib/python*/site-packages", "Lib/site-packages")
        return len(
            {
                record.resolve()
                for place in places
                for record in self._directory.glob(f"{place}/*.dist-info/RECORD")
            }
        )
