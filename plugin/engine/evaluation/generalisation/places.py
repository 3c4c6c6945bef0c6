"""The places benchmark: an image finds the same place at other dates.

Likeness of place is what a benchmark of classes does not measure: an encoder trained for classes
may put all housing estates on one point. Each image asks the images of other dates, and those of
its own place are right. Images of its own date are neither found nor missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...encoders.encoder import Encoded, Encoder
from ...progress import Progress
from ..image_encoding import encode_image_files
from ..rankings import SHORTLIST, take
from ..report import encoder_facts
from .judged import Mask, measure_judged
from .place_names import compile_pattern, dated_places


@dataclass(frozen=True, slots=True)
class PlaceBenchmark:
    """Encoded images of places at several dates.

    Attributes:
        encoded: of N images.
        place: int64 (N,), number of the place.
        date: int64 (N,), number of the date.
    """

    encoded: Encoded
    place: npt.NDArray[np.int64]
    date: npt.NDArray[np.int64]

    @property
    def queries(self) -> npt.NDArray[np.int64]:
        """The images whose place has an image of another date."""
        return np.flatnonzero([self.judge(row)[0].any() for row in range(len(self.place))])

    def judge(self, rows: int | npt.NDArray[np.int64]) -> tuple[Mask, Mask]:
        """Return which images are right for some images, and which may be found, (…, N)."""
        allowed = self.date != self.date[rows, None]
        return (self.place == self.place[rows, None]) & allowed, allowed


def evaluate_places(
    encoder: Encoder,
    images_dir: str | Path,
    pattern: str,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Measure how well an image finds its place at other dates.

    Args:
        encoder: what is measured.
        images_dir: folder of the images.
        pattern: regular expression for the whole path of a file below the folder, with a group
            ``date`` and one or more other named groups, which together are the place.
        progress: told the images done; can cancel.

    Returns:
        A JSON object in percent: ``r1``, ``r10`` and ``map`` of the ranking by embedding; the same
        under ``code`` and ``pipeline``; what was measured on what.

    Raises:
        UsageError: a pattern that says no place or date, or no place with two dates.
        RasterError: an image cannot be read.
        CancelledError: if cancelled.
    """
    found = dated_places(Path(images_dir), compile_pattern(pattern))
    images = encode_image_files(encoder, Path(images_dir), found.names, progress)
    benchmark = PlaceBenchmark(images.encoded, _numbers(found.places), _numbers(found.dates))
    return {
        **measure_places(encoder, benchmark),
        "unmatched_files": found.unmatched,
        "identical_files": images.copies()[:50],
        "seconds": round(images.seconds, 3),
        "images_per_second": round(len(found.names) / max(images.seconds, 1e-9), 1),
    }


def measure_places(encoder: Encoder, benchmark: PlaceBenchmark) -> dict[str, Any]:
    """Return the object of ``evaluate_places`` for images that are encoded."""
    asking = benchmark.queries
    measured = measure_judged(
        take(benchmark.encoded, asking),
        benchmark.encoded,
        lambda rows: benchmark.judge(asking[rows]),
    )
    return {
        "benchmark": "places",
        "unit": "percent",
        **measured["embedding"],
        "code": {**measured["code"], "bits": encoder.code_bits},
        "pipeline": {
            **measured["pipeline"],
            "shortlist": min(SHORTLIST, len(benchmark.encoded)),
        },
        "queries": len(asking),
        "images": len(benchmark.encoded),
        "places": len(set(benchmark.place.tolist())),
        "dates": len(set(benchmark.date.tolist())),
        "protocol": (
            "each image asks the images of all other dates, its own place is right; tied items "
            "count by expectation over their orders"
        ),
        "encoder": encoder_facts(encoder),
    }


def _numbers(values: tuple[Any, ...]) -> npt.NDArray[np.int64]:
    rows = {value: row for row, value in enumerate(dict.fromkeys(values))}
    return np.array([rows[value] for value in values], np.int64)
