"""Text tables."""

from __future__ import annotations

from collections.abc import Collection, Sequence


def aligned(
    header: Sequence[str], rows: Sequence[Sequence[str]], left: Collection[str] = ()
) -> list[str]:
    """Return lines with the columns aligned, to the right but for those named in ``left``."""
    widths = [max(len(row[i]) for row in (header, *rows)) for i in range(len(header))]
    lines = []
    for row in (header, *rows):
        cells = [
            cell.ljust(width) if name in left else cell.rjust(width)
            for cell, width, name in zip(row, widths, header, strict=True)
        ]
        lines.append("  ".join(cells).rstrip())
    return lines


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, such as ``1 raster`` and ``1,200 rasters``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
