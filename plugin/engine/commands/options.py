"""Types of options that several commands share."""

from __future__ import annotations

import argparse


def numbers(text: str) -> tuple[float, ...]:
    """Parse numbers with commas between them, such as ``1,2,4``."""
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"'{text}' are no numbers with commas between them, such as 1,2,4"
        ) from None


def number_range(text: str) -> tuple[float | None, float | None]:
    """Parse a range such as ``0.3:1``; either end may be left out."""
    low, separator, high = text.partition(":")
    try:
        if not separator:
            raise ValueError
        least, most = float(low) if low else None, float(high) if high else None
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no range such as 0.3:1") from None
    if least is not None and most is not None and least > most:
        raise argparse.ArgumentTypeError(f"'{text}': the smaller number comes first")
    return least, most


def positive(text: str) -> int:
    """Parse a whole number above 0."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is no whole number above 0")
    return value
