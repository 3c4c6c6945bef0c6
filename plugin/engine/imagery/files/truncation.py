"""Finding TIFF files whose end was lost in a copy or download, before hours are spent on them."""

from __future__ import annotations

from pathlib import Path

from rasterio.io import DatasetReader

from ...errors import RasterError

#: Blocks looked at along each axis.
_SAMPLES = 6


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


def _spread(count: int) -> list[int]:
    """Return up to ``_SAMPLES`` block numbers spread over ``count``, the last one first."""
    last = count - 1
    return sorted({last * i // (_SAMPLES - 1) for i in range(_SAMPLES)}, reverse=True)
