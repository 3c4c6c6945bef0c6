"""Damaging blocks of a GeoTIFF as a failing disk does."""

import numpy as np
import rasterio


def damage(path, *blocks):
    """Overwrite blocks, given by column and row, with noise."""
    with rasterio.open(path) as file:
        places = [
            [int(file.get_tag_item(f"BLOCK_{key}_{x}_{y}", "TIFF", bidx=1)) for x, y in blocks]
            for key in ("OFFSET", "SIZE")
        ]
    content = bytearray(path.read_bytes())
    for offset, size in zip(*places, strict=True):
        content[offset : offset + size] = np.random.default_rng(0).bytes(size)
    path.write_bytes(content)
