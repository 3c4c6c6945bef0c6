"""Turning pictures so that north is up, in quarter turns and flips."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Direction = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Orientation:
    """What to do to a picture read row by row so that north comes nearest to up.

    South-up rasters would otherwise be seen in a mirror. Only quarter turns and flips are done:
    they lose nothing, and what is left is at most 45°.

    Attributes:
        transpose: exchange rows and columns first.
        flip_rows: then put the last row first.
        flip_columns: then put the last column first.
    """

    transpose: bool = False
    flip_rows: bool = False
    flip_columns: bool = False

    @classmethod
    def of(cls, up: Direction, right: Direction) -> Orientation:
        """Return the orientation for a grid.

        Args:
            up: (east, north) of the direction from a row to the one before it.
            right: (east, north) of the direction from a column to the next.
        """
        best, most = cls(), -np.inf
        for transpose in (False, True):
            row_up = (-right[0], -right[1]) if transpose else up
            row_right = (-up[0], -up[1]) if transpose else right
            for flip_rows in (False, True):
                for flip_columns in (False, True):
                    north = -row_up[1] if flip_rows else row_up[1]
                    east = -row_right[0] if flip_columns else row_right[0]
                    # The first of equal ones wins: a grid turned by 45° stays as it is.
                    if north + east > most + 1e-9:
                        most = north + east
                        best = cls(transpose, flip_rows, flip_columns)
        return best

    @classmethod
    def of_exif(cls, number: int) -> Orientation:
        """Return what to do to a photo with an EXIF orientation, 1 to 8, so that it is upright."""
        turned = number >= 5  # the first row of the file is a side of the scene
        flip_rows = number in (3, 4, 7, 8)
        flip_columns = number in (2, 3, 6, 7)
        return cls(turned, flip_rows, flip_columns)

    def apply(self, picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """Return the picture (rows, columns, 3) turned."""
        if self.transpose:
            picture = picture.transpose(1, 0, 2)
        if self.flip_rows:
            picture = picture[::-1]
        if self.flip_columns:
            picture = picture[:, ::-1]
        return np.ascontiguousarray(picture)
