"""Decoded pixels kept on disk as one memory-mapped array, so that no epoch decodes twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ...engine.imagery.tiles.reader import read_image
from ...engine.staging import staging_folder


def cached_pixels(
    paths: Sequence[Path],
    size: int,
    cache: Path,
    read: Callable[[Path, int], npt.NDArray[np.uint8]] = read_image,
) -> npt.NDArray[np.uint8]:
    """Return the images as uint8 (N, size, size, 3), resampled as the engine resamples.

    The cache file is named after the paths, their sizes and dates, so that changed data is read
    again; it is renamed into place when complete, so that a kill leaves no half-filled cache.
    """
    key = hashlib.sha256(str(size).encode())
    for path in paths:
        stat = path.stat()
        key.update(f"{path}|{stat.st_size}|{stat.st_mtime_ns}\n".encode())
    target = cache / f"pixels-{size}-{key.hexdigest()[:16]}.npy"
    if not target.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        with staging_folder(cache) as folder:
            array = np.lib.format.open_memmap(
                folder / target.name, mode="w+", dtype=np.uint8, shape=(len(paths), size, size, 3)
            )
            with ThreadPoolExecutor(2) as pool:
                for row, image in enumerate(pool.map(lambda path: read(path, size), paths)):
                    array[row] = image
            array.flush()
            del array
            (folder / target.name).replace(target)
    pixels: npt.NDArray[np.uint8] = np.load(target, mmap_mode="r")
    return pixels
