"""Tables of several labels an image, such as UC Merced's multi-labels (Chaudhuri et al. 2018)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ...errors import UsageError


@dataclass(frozen=True, slots=True)
class LabelTable:
    """Which labels belong to which image.

    Attributes:
        labels: L names.
        rows: by name of the image without folder and suffix, bool (L,).
    """

    labels: tuple[str, ...]
    rows: dict[str, npt.NDArray[np.bool_]]

    def of(self, names: list[str]) -> npt.NDArray[np.bool_]:
        """Return bool (N, L) of image files.

        Raises:
            UsageError: an image is not in the table.
        """
        absent = [name for name in names if Path(name).stem not in self.rows]
        if absent:
            raise UsageError(
                f"{len(absent)} of {len(names)} images have no labels, first {absent[0]}",
                hint="The table's first column names images without folder and suffix.",
            )
        return np.stack([self.rows[Path(name).stem] for name in names])


def read_labels(path: Path) -> LabelTable:
    """Read a table, tab separated: a header of labels, then an image and its 0s and 1s a line.

    Raises:
        UsageError: the file is missing or no such table.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = [line for line in csv.reader(file, delimiter="\t") if any(line)]
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"The labels {path} cannot be read: {error}", hint="Check --labels."
        ) from error
    header = [name.strip() for name in (lines[0][1:] if lines else [])]
    rows: dict[str, npt.NDArray[np.bool_]] = {}
    for number, line in enumerate(lines[1:], start=2):
        marks = [mark.strip() for mark in line[1 : len(header) + 1]]
        if len(marks) != len(header) or not set(marks) <= {"0", "1"}:
            raise UsageError(
                f"Line {number} of {path} does not have {len(header)} times 0 or 1",
                hint="The table is tab separated, one label a column.",
            )
        rows[line[0].strip()] = np.array([mark == "1" for mark in marks])
    if not header or not rows:
        raise UsageError(
            f"{path} holds no labels", hint="Give a tab-separated table with a header."
        )
    return LabelTable(tuple(header), rows)
