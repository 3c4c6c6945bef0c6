"""Generated scenes with generated captions, beside the photographs.

They teach the encoder the sample imagery that users try first, and captions that count and
name colours truly.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from ...engine import sample
from ...engine.sample import SCENE_CLASSES, captions, paint_scene
from ...engine.staging import staging_folder

#: Name of the dataset that generated scenes form.
GENERATED = "generated"

#: Ground sampling distance of training scenes, metres; the sample's own is 0.3–0.6.
_GSD_M = (0.3, 0.6)
#: A tile's pixels in its source, before it is resampled to the encoder's input.
_CHIP_PX = 256
#: Training seeds begin here; the sample imagery draws with small ones.
_FIRST_SEED = 1_000_000


def generated_classes() -> tuple[str, ...]:
    """Return the class names of generated scenes."""
    return tuple(SCENE_CLASSES)


def generated_pixels(
    each: int, size: int, cache: Path, seed: int
) -> tuple[npt.NDArray[np.uint8], list[tuple[str, Sequence[str]]]]:
    """Return ``each`` scenes of every class, uint8 (N, size, size, 3), with class and captions."""
    folder = Path(inspect.getfile(sample)).parent
    painters = hashlib.sha256()
    for file in sorted(folder.rglob("*.py")):
        painters.update(file.read_bytes())
    first = _FIRST_SEED + seed * 10_000
    own = [(scene, first + i) for scene in SCENE_CLASSES for i in range(each)]
    target = cache / f"generated-{size}-{each}-{seed}-{painters.hexdigest()[:12]}.npy"
    if not target.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        with staging_folder(cache) as staging:
            array = np.lib.format.open_memmap(
                staging / target.name, mode="w+", dtype=np.uint8, shape=(len(own), size, size, 3)
            )
            for row, (scene, number) in enumerate(own):
                chip = Image.fromarray(paint_scene(scene, number, _CHIP_PX, _gsd_m(number)))
                array[row] = np.asarray(chip.resize((size, size), Image.Resampling.BILINEAR))
            array.flush()
            del array
            (staging / target.name).replace(target)
    pixels: npt.NDArray[np.uint8] = np.load(target, mmap_mode="r")
    return pixels, [
        (scene, captions(scene, number, _CHIP_PX, _gsd_m(number))) for scene, number in own
    ]


def _gsd_m(number: int) -> float:
    """Return a scene's ground sampling distance, which decides what of it is in the picture."""
    low, high = _GSD_M
    return float(low * (high / low) ** np.random.default_rng(number).random())
