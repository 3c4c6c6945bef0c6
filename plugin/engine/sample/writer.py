"""Writes the sample imagery: rasters of several kinds, and what they show."""

from __future__ import annotations

import math
import shutil
import time
from collections import Counter
from pathlib import Path
from typing import Any

from ..errors import StorageError, UsageError
from ..progress import Progress
from .acquisitions import ACQUISITIONS, Acquisition, ground_transform, light_at
from .landscape import BLOCK, MAX_SIZE, Landscape
from .raster_writer import write_raster
from .truth import TruthPolygon, to_lonlat, write_truth

DEFAULT_SIZE = 4096
_MIN_SIZE = 512
TRUTH_NAME = "truth.gpkg"
#: Bytes a compressed pixel with its overviews takes, by type; measured, rounded up.
_BYTES = {"uint8": 3.6, "uint16": 6.4}


def write_sample(
    directory: Path | str,
    size: int = DEFAULT_SIZE,
    seed: int = 0,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Write sample imagery with known scene classes.

    Writes a coast in June (UTM, 8 bit) and again in January (16 bit), a valley (degrees, with
    nodata borders) and a town (Web Mercator), as tiled, compressed GeoTIFF with overviews, and
    ``truth.gpkg`` with a layer ``truth`` of polygons (``scene_class``, ``raster``, ``date``).
    Files appear under their names only when they are complete; memory does not grow with ``size``.

    Args:
        directory: created if missing; files of the same names are replaced.
        size: edge of the largest raster in pixels, 512 to 40,000.
        seed: chooses the places; the same seed gives the same pixels.
        progress: told of the blocks written; cancels between two.

    Returns:
        A JSON object: ``directory``, ``rasters`` (``path``, ``crs``, ``width``, ``height``,
        ``dtype``, ``gsd_m``, ``acquired``, ``nodata``), ``truth``, ``classes`` (polygons of each),
        ``tiles`` (of 256 pixels), ``seconds``.

    Raises:
        UsageError: for a size or seed out of range.
        StorageError: if the folder cannot be written or has too little space.
        CancelledError: when cancelled; complete files stay.

    Examples:
        >>> sample = write_sample(folder, size=512, seed=3)
        >>> [raster["crs"] for raster in sample["rasters"]]
        ['EPSG:32629', 'EPSG:32629', 'EPSG:4326', 'EPSG:3857']
    """
    if not _MIN_SIZE <= size <= MAX_SIZE:
        raise UsageError(
            f"Sample imagery of {size} pixels cannot be written",
            hint=f"Use a size from {_MIN_SIZE} to {MAX_SIZE} pixels",
        )
    if seed < 0:
        raise UsageError(f"The seed {seed} is negative", hint="Use 0 or a larger whole number")
    progress = progress or Progress()
    started = time.monotonic()
    folder = _prepare(Path(directory), size)
    blocks = sum(math.ceil(_edge(a, size) / BLOCK) ** 2 for a in ACQUISITIONS)
    done = 0
    rasters: list[dict[str, Any]] = []
    truth: list[TruthPolygon] = []
    progress.restart()
    for acquisition in ACQUISITIONS:
        edge = _edge(acquisition, size)
        progress.report(done, blocks, unit="blocks", message=acquisition.file_name, force=True)
        landscape = Landscape(
            seed + acquisition.place_seed,
            edge,
            edge,
            acquisition.gsd_m,
            light=light_at(acquisition.taken, acquisition.lat, acquisition.dryness, seed),
            visit=acquisition.visit,
            coast=acquisition.coast,
        )
        transform = ground_transform(acquisition)

        def count(name: str = acquisition.file_name) -> None:
            nonlocal done
            done += 1
            progress.report(done, blocks, unit="blocks", message=name)

        path = folder / acquisition.file_name
        write_raster(path, landscape, acquisition, transform, count, progress.check)
        rasters.append(_describe(folder, acquisition, edge))
        truth += [
            TruthPolygon(
                to_lonlat(polygon, transform, acquisition.epsg),
                scene_class,
                acquisition.file_name,
                acquisition.taken.date().isoformat(),
            )
            for scene_class, polygon in landscape.truth()
        ]
    write_truth(folder / TRUTH_NAME, truth)
    progress.report(blocks, blocks, unit="blocks", message=TRUTH_NAME, force=True)
    return {
        "directory": str(folder),
        "rasters": rasters,
        "truth": str(folder / TRUTH_NAME),
        "classes": dict(sorted(Counter(p.scene_class for p in truth).items())),
        "tiles": sum(math.ceil(_edge(a, size) / 256) ** 2 for a in ACQUISITIONS),
        "seconds": round(time.monotonic() - started, 2),
    }


def _edge(acquisition: Acquisition, size: int) -> int:
    return (
        max(_MIN_SIZE, round(size * acquisition.share / 16) * 16) if acquisition.share < 1 else size
    )


def _describe(folder: Path, acquisition: Acquisition, edge: int) -> dict[str, Any]:
    return {
        "path": str(folder / acquisition.file_name),
        "crs": f"EPSG:{acquisition.epsg}",
        "width": edge,
        "height": edge,
        "dtype": acquisition.dtype,
        "gsd_m": acquisition.gsd_m,
        "acquired": acquisition.taken.isoformat(),
        "nodata": 0 if acquisition.border else None,
    }


def _prepare(folder: Path, size: int) -> Path:
    """Create the folder and check that the sample will fit."""
    hint = "Choose a folder that you may write to"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".scene-search-probe"
        probe.touch()
        probe.unlink()
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise StorageError(f"{folder} cannot be written: {error.strerror}", hint=hint) from error
    needed = sum(_edge(a, size) ** 2 * _BYTES[a.dtype] for a in ACQUISITIONS)
    if needed > free:
        raise StorageError(
            f"The sample needs about {needed / 1e9:.1f} GB and {folder} has {free / 1e9:.1f} GB",
            hint="Free some space or ask for a smaller size",
            needed=int(needed),
            free=free,
        )
    return folder
