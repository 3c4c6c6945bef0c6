"""The same scene at coarser ground sampling distances finds itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from ...encoders.encoder import Encoded, Encoder
from ...imagery.files.dataset import open_dataset
from ...imagery.tiles.reader import read_image
from ...progress import Progress
from ..image_encoding import encode_image_files
from ..image_lists import check_files
from ..report import encoder_facts
from .judged import Mask, measure_judged

#: By how much the ground sampling distance grows.
FACTORS = (2, 4)
_BATCH = 32
_SMALLEST = 8


def evaluate_coarser(
    encoder: Encoder,
    images_dir: str | Path,
    names: Sequence[str],
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Measure whether a scene seen at twice and four times the sampling distance finds itself.

    Args:
        encoder: what is measured.
        images_dir: folder of the images.
        names: image files relative to it; each is one scene.
        progress: told the images done; can cancel.

    Returns:
        A JSON object in percent: under ``x2`` and ``x4`` the metrics ``r1``, ``r10`` and ``map`` of
        the ranking by embedding, and the same under their ``code`` and ``pipeline``.

    Raises:
        UsageError: an image is missing.
        RasterError: an image cannot be read.
        CancelledError: if cancelled.
    """
    folder = Path(images_dir)
    check_files(folder, names)
    progress = progress or Progress()
    scenes = encode_image_files(encoder, folder, names, progress)
    own = np.unique(scenes.digests, return_inverse=True)[1]  # equal files are one scene

    def judge(rows: npt.NDArray[np.int64]) -> tuple[Mask, Mask]:
        right = own[rows, None] == own
        return right, np.ones_like(right)

    found = {}
    for factor in FACTORS:
        measured = measure_judged(
            _encode_coarser(encoder, folder, names, factor, progress), scenes.encoded, judge
        )
        found[f"x{factor}"] = {
            **measured["embedding"],
            "code": measured["code"],
            "pipeline": measured["pipeline"],
        }
    return {
        "benchmark": "coarser",
        "unit": "percent",
        **found,
        "bits": encoder.package.code_bits,
        "images": len(names),
        "protocol": (
            "each scene, reduced to a half and a quarter of its pixels a side, asks all scenes as "
            "they are, and itself is right; tied items count by expectation over their orders"
        ),
        "encoder": encoder_facts(encoder),
    }


def coarser_picture(path: Path, size: int, factor: int) -> npt.NDArray[np.uint8]:
    """Return the picture uint8 (size, size, 3) of an image seen at a coarser sampling distance.

    Raises:
        RasterError: it cannot be read.
    """
    with open_dataset(path) as dataset:
        side = min(dataset.width, dataset.height)
    reduced = read_image(path, max(round(side / factor), _SMALLEST))
    return np.asarray(Image.fromarray(reduced).resize((size, size), Image.Resampling.BILINEAR))


def _encode_coarser(
    encoder: Encoder, folder: Path, names: Sequence[str], factor: int, progress: Progress
) -> Encoded:
    size = encoder.package.input_size
    parts = []
    for start, batch in _batches(names):
        progress.report(start, len(names), unit="images")
        pictures = np.stack([coarser_picture(folder / name, size, factor) for name in batch])
        parts.append(encoder.encode_images(pictures))
    return Encoded(
        np.concatenate([part.embeddings for part in parts]),
        np.concatenate([part.codes for part in parts]),
    )


def _batches(names: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    for start in range(0, len(names), _BATCH):
        yield start, names[start : start + _BATCH]
