"""Measures indexing and searching briefly on this machine: ``make bench``.

The scripts beside this one measure more, with options of their own. ``--tiny`` only shows that
each of them works: its figures mean nothing.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent

#: What is run: a script, its arguments, and those of a size that takes seconds. ``{folder}`` is a
#: temporary folder.
RUNS = (
    (
        "indexing/throughput.py",
        "--size 4096 --rounds 3",
        "--size 512 --rounds 1 --folder {folder}/rasters",
    ),
    ("search/index_file.py", "--tiles 50000", "--tiles 500"),
    ("search/scan.py", "--counts 1000000", "--counts 2000 --hits 10 --rounds 1"),
    (
        "search/tree.py",
        "--counts 1000000 --rounds 3 --without-ivf",
        "--counts 2000 --hits 10 --rounds 1 --without-ivf",
    ),
)

#: What takes longer and is run by hand.
LONGER = (("sample/text_queries.py", "{folder}/sample", "{folder}/sample --size 512"),)


def main(argv: list[str] | None = None) -> int:
    """Run each script; return 1 if one of them failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tiny", action="store_true", help="show that every script works")
    tiny = parser.parse_args(argv).tiny
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for script, usual, small in RUNS + LONGER if tiny else RUNS:
            arguments = [word.format(folder=folder) for word in (small if tiny else usual).split()]
            print(f"== {script} {' '.join(arguments)}", flush=True)
            command = [sys.executable, str(HERE / script), *arguments]
            failed |= subprocess.run(command, check=False).returncode != 0
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
