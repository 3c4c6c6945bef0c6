"""What the index file costs: writing, opening, loading codes, and a whole search.

Prints ratios within this run, and absolute times as a guide only.

    python benchmarks/search/index_file.py [--tiles 100000]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from scene_search.engine.encoders.layout import Layout
from scene_search.engine.imagery.tiles.grid import TileWindow
from scene_search.engine.index.schema import IndexInfo, SourceRecord, TileBatch
from scene_search.engine.index.tile_index import TileIndex
from scene_search.engine.retrieval.query import Query
from scene_search.engine.retrieval.search import search
from shapely.geometry import box

INFO = IndexInfo("bench", "00" * 32, "Benchmark", embedding_size=256, code_bits=64)
BATCH = 64


class Planes:
    """An encoder of random planes that is only asked to hash."""

    def __init__(self, rng):
        self.package = SimpleNamespace(
            name="Benchmark",
            sha256=INFO.encoder_sha256,
            input_size=224,
        )
        self.code_bits = INFO.code_bits
        self.layout = Layout(INFO.embedding_size, codes={INFO.code_bits: INFO.code_bits})
        self._planes = rng.normal(size=(INFO.embedding_size, INFO.code_bits)).astype(np.float32)

    def with_bits(self, _bits):
        return self

    def hash_embeddings(self, embeddings):
        return np.packbits(embeddings @ self._planes >= 0, axis=1)


def batches(tiles, encoder, rng):
    across = 1_000
    for start in range(0, tiles, BATCH):
        numbers = range(start, min(start + BATCH, tiles))
        embeddings = rng.normal(size=(len(numbers), INFO.embedding_size)).astype(np.float32)
        embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
        places = [(n % across, n // across) for n in numbers]
        yield TileBatch(
            windows=[TileWindow(256 * x, 256 * y, 256, 256) for x, y in places],
            footprints=[
                box(0.001 * x, 0.001 * y, 0.001 * x + 0.001, 0.001 * y + 0.001) for x, y in places
            ],
            codes=encoder.hash_embeddings(embeddings),
            embeddings=embeddings,
            valid=[1.0] * len(numbers),
        )


def timed(run, rounds=1):
    best = float("inf")
    for _ in range(rounds):
        started = time.perf_counter()
        result = run()
        best = min(best, time.perf_counter() - started)
    return best, result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tiles", type=int, default=100_000)
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    encoder = Planes(rng)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.gpkg"
        made = list(batches(options.tiles, encoder, rng))
        with TileIndex.create(path, INFO) as index:
            source = index.upsert_source(SourceRecord(str(path), state="complete"))
            seconds, _ = timed(lambda: [index.append(source, batch) for batch in made])
            rate = options.tiles / seconds
            print(f"write    {rate:,.0f} tiles/s in batches of {BATCH}")

            def load():
                with TileIndex.open(path, read_only=True) as reader:
                    return reader.load_codes()

            loose, _ = timed(load, 3)
            merging, _ = timed(lambda: index.set_source_state(source, "complete"))
            index.checkpoint()
            merged, _ = timed(load, 5)
            index._connection.execute("DELETE FROM code_segments")
            tiles, _ = timed(load, 1)
            index.rebuild_codes()
            print(f"size     {path.stat().st_size / options.tiles:,.0f} bytes a tile")
            print(
                f"load     {merged * 1e3:.1f} ms merged; {loose / merged:.1f} × as long from "
                f"batches, {tiles / merged:.0f} × from the tiles themselves "
                f"(merging took {merging / merged:.1f} ×)"
            )
        with TileIndex.open(path, read_only=True) as reader:
            first, _ = timed(lambda: search(reader, encoder, Query(tiles=(1,))))
            warm, _ = timed(lambda: search(reader, encoder, Query(tiles=(1,))), 9)
            within = box(0, 0, 0.5, 0.0005 * options.tiles / 1_000)
            area, _ = timed(lambda: search(reader, encoder, Query(tiles=(1,), within=within)), 5)
            print(
                f"search   {warm * 1e3:.1f} ms for 50 hits; the first {first / warm:.1f} ×, "
                f"within an area of {options.tiles // 4:,} tiles {area / warm:.1f} ×"
            )


if __name__ == "__main__":
    main()
