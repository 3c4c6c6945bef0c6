"""What a process that trains needs: packages, and how memory is handed out.

Shared by the engine's command line and QGIS's side, which both start such processes. This module
imports nothing outside the standard library.
"""

from __future__ import annotations

import re
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parent / "training" / "requirements.txt"

#: Training frees and asks again for the same large blocks every step. glibc gives each back to
#: the system at once; kept, and in huge pages, a step takes two thirds of the time on a CPU.
VARIABLES = {
    "GLIBC_TUNABLES": ":".join(
        (
            "glibc.malloc.hugetlb=1",
            "glibc.malloc.mmap_max=0",
            "glibc.malloc.top_pad=1000000000",
            "glibc.malloc.trim_threshold=100000000000",
        )
    )
}

#: Prints, of the names it is given, those of packages that are not installed, with commas.
PROBE = """
import sys
from importlib.metadata import PackageNotFoundError, distribution
missing = []
for name in sys.argv[1:]:
    try:
        distribution(name)
    except PackageNotFoundError:
        missing.append(name)
print("missing:" + ",".join(missing))
"""


def packages() -> list[str]:
    """Return the names of the packages that training needs."""
    lines = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    names = (re.match(r"[A-Za-z0-9._-]+", line) for line in lines)
    return [found.group() for found in names if found]


def install_command(python: Path | str) -> str:
    """Return the command that installs them, to be typed into a terminal."""
    return f'"{python}" -m pip install -r "{REQUIREMENTS}"'
