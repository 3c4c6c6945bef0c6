"""Finding files whose end was lost in a copy or download, before hours are spent on them."""

from __future__ import annotations

import mmap
from pathlib import Path

from rasterio.io import DatasetReader

from ...errors import RasterError

#: Blocks looked at along each axis.
_SAMPLES = 6

#: Markers of a JPEG: its start, the start of its pixels, and the end, which pixels never contain.
_START, _PIXELS, _END = b"\xff\xd8", 0xDA, b"\xff\xd9"


def check_complete(dataset: DatasetReader, file_size: int) -> None:
    """Compare where the TIFF's blocks should lie with the size of the file.

    Only the block index is read. Blocks that were never written (sparse files) are fine.

    Args:
        dataset: an open GeoTIFF.
        file_size: its size in bytes.

    Raises:
        RasterError: if a block lies beyond the end of the file.
    """
    block_height, block_width = dataset.block_shapes[0]
    rows = _spread(-(-dataset.height // block_height))
    columns = _spread(-(-dataset.width // block_width))
    for row in rows:
        for column in columns:
            where = f"{column}_{row}"
            offset = dataset.get_tag_item(f"BLOCK_OFFSET_{where}", "TIFF", bidx=1)
            length = dataset.get_tag_item(f"BLOCK_SIZE_{where}", "TIFF", bidx=1)
            if offset is None or length is None:
                continue
            end = int(offset) + int(length)
            if end > file_size:
                name = Path(dataset.name).name
                raise RasterError(
                    f"{name} is truncated: it should have at least {end:,} bytes"
                    f" but has {file_size:,}",
                    hint="Copy or download it again",
                    path=dataset.name,
                )


def check_complete_jpeg(path: Path) -> None:
    """Look for the end of a JPEG, without which GDAL gives grey for what is lost, often unsaid.

    What cameras write behind the end is fine.

    Raises:
        RasterError: if the picture has no end.
        OSError: if the file cannot be read.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        pixels = _pixels_of(data)
        if pixels is not None and data.rfind(_END, pixels) < 0:
            raise RasterError(
                f"{path.name} is truncated: the picture has no end",
                hint="Copy or download it again",
                path=str(path),
            )


def _pixels_of(data: mmap.mmap) -> int | None:
    """Return where the pixels of a JPEG begin, behind its previews; None if that is not clear."""
    if data[:2] != _START:
        return None
    place = 2
    while place + 4 <= len(data) and data[place] == 0xFF:
        if data[place + 1] == _PIXELS:
            return place
        if data[place + 1] == 0xFF:  # a byte that only fills up
            place += 1
        else:
            place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    return None


def _spread(count: int) -> list[int]:
    """Return up to ``_SAMPLES`` block numbers spread over ``count``, the last one first."""
    last = count - 1
    return sorted({last * i // (_SAMPLES - 1) for i in range(_SAMPLES)}, reverse=True)
