"""Whether a part does what its paper claims, from the numbers with and without it.

The rule is one of thumb and no test of significance: a part counts if the mean over the seeds
falls by more than the pooled standard deviation when it is taken away. With a few seeds that is
easily met by chance, so the table shows the numbers beside the word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev

HOLDS, NO_EFFECT, HURTS = "holds", "no effect seen", "hurts"
UNDECIDED = "undecided: one seed"


@dataclass(frozen=True, slots=True)
class Sample:
    """One number measured over seeds, per cent.

    Attributes:
        values: one a seed.
    """

    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        """The mean."""
        return fmean(self.values)

    @property
    def deviation(self) -> float | None:
        """The standard deviation of a sample (n − 1); None for a single value."""
        return stdev(self.values) if len(self.values) > 1 else None

    def __str__(self) -> str:
        spread = self.deviation
        return f"{self.mean:.2f}" if spread is None else f"{self.mean:.2f} ± {spread:.2f}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The full system against a variant without a part.

    Attributes:
        full, variant: of the same seeds.
        difference: what the part adds, in points; negative if the variant is better.
        deviation: pooled over both; None with one seed.
        verdict: one of this module's words.
    """

    full: Sample
    variant: Sample
    difference: float
    deviation: float | None
    verdict: str


def compare(full: Sequence[float], variant: Sequence[float]) -> Comparison:
    """Return what a part adds and whether that is more than chance between seeds.

    Args:
        full: with the part, one value a seed.
        variant: without it, of the same seeds.

    Raises:
        ValueError: if they are not of as many seeds, or of none.
    """
    if not full or len(full) != len(variant):
        raise ValueError("a comparison needs the same seeds of both")
    ours, theirs = Sample(tuple(full)), Sample(tuple(variant))
    difference = ours.mean - theirs.mean
    pooled = _pooled(ours, theirs)
    return Comparison(ours, theirs, difference, pooled, _verdict(difference, pooled))


def _pooled(one: Sample, other: Sample) -> float | None:
    """Return the pooled standard deviation of two samples of equal size."""
    if one.deviation is None or other.deviation is None:
        return None
    return sqrt((one.deviation**2 + other.deviation**2) / 2)


def _verdict(difference: float, pooled: float | None) -> str:
    if pooled is None:
        return UNDECIDED
    if abs(difference) <= pooled:
        return NO_EFFECT
    return HOLDS if difference > 0 else HURTS
