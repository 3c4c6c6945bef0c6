"""Made-up tiles for tests of the index and of searching."""

from datetime import datetime, timezone

import numpy as np
from scene_search.engine.imagery.tiles.grid import TileWindow
from scene_search.engine.index.schema import IndexInfo, SourceRecord, TileBatch
from shapely.geometry import box

INFO = IndexInfo(
    encoder_id="test-encoder",
    encoder_sha256="ab" * 32,
    encoder_name="Test encoder",
    embedding_size=16,
    code_bits=64,
    tile_size_m=128.0,
    scales=(1.0, 2.0),
    overlap=0.25,
)


def make_source(path="/imagery/Zürich west.tif", **changes):
    values = {
        "path": path,
        "fingerprint": "f1",
        "crs": "EPSG:32632",
        "resolution_m": 0.5,
        "tile_size_m": 128.0,
        "width": 2560,
        "height": 2560,
        "stretch": {"bands": [1, 2, 3], "low": [0, 0, 0], "high": [255, 255, 255]},
        "acquisition": {"datetime": "2021-05-04T10:20:30Z", "platform": "sentinel-2a"},
    }
    return SourceRecord(**(values | changes))


def make_batch(n, *, seed=0, first=0, windows_done=None, scale=1.0, info=INFO):
    """n tiles in a row from column ``first`` on, at 8.5° E 47.3° N."""
    rng = np.random.default_rng(seed)
    embeddings = rng.normal(size=(n, info.embedding_size))
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    columns = range(first, first + n)
    return TileBatch(
        windows=[TileWindow(256 * c, 0, 256, 256, scale) for c in columns],
        footprints=[box(8.5 + 0.002 * c, 47.3, 8.502 + 0.002 * c, 47.302) for c in columns],
        codes=rng.integers(0, 256, (n, info.code_bytes), dtype=np.uint8),
        embeddings=embeddings.astype(np.float16),
        valid=rng.uniform(0.5, 1, n),
        acquired=datetime(2021, 5, 4, 10, 20, 30, tzinfo=timezone.utc),
        windows_done=windows_done,
    )
