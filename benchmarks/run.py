"""Measures indexing and searching briefly on this machine: ``make bench``.

The scripts beside this one measure more, with options of their own.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent

#: What is run: a script and its arguments.
RUNS = (
    ("indexing/throughput.py", "--size", "4096", "--rounds", "3"),
    ("search/index_file.py", "--tiles", "50000"),
    ("search/scan.py", "--counts", "1000000"),
    ("search/tree.py", "--counts", "1000000", "--rounds", "3", "--without-ivf"),
)


def main() -> int:
    """Run each script; return 1 if one of them failed."""
    failed = False
    for script, *arguments in RUNS:
        print(f"== {script} {' '.join(arguments)}", flush=True)
        command = [sys.executable, str(HERE / script), *arguments]
        failed |= subprocess.run(command, check=False).returncode != 0
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
