"""How near indexing comes to its slowest part: encoding alone, or reading alone.

Writes rasters of several kinds, indexes each with the default encoder, and prints the time as a
multiple of the time that the encoder needs for as many tiles, and that reading them needs,
measured in turn within the same run; the processor's time likewise; and the peak of memory.

    python benchmarks/indexing/throughput.py [--size 6144] [--rounds 3] [--kinds 8-bit,jpeg]
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from types import SimpleNamespace

import numpy as np

ROOT = Path(__file__).resolve().parents[2]


class NoEncoder:
    """An encoder that says nothing of what it is given, where reading alone is measured."""

    def __init__(self, encoder, bits):
        self._encoder = encoder
        self._bits = bits

    def __getattr__(self, name):
        return getattr(self._encoder, name)

    def with_bits(self, bits):
        return NoEncoder(self._encoder, bits)

    def encode_images(self, rgb):
        return self._nothing(len(rgb))

    def encode_context(self, _embeddings, texts):
        return self._nothing(len(texts))

    def _nothing(self, tiles):
        from scene_search.engine.encoders.encoder import Encoded

        return Encoded(
            np.zeros((tiles, self.package.embedding_size), np.float32),
            np.zeros((tiles, self._bits // 8), np.uint8),
        )


def timed(work):
    """Return wall and processor seconds of a piece of work."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - processor


def measure(path: Path, rounds: int) -> dict[str, object]:
    """Measure one raster, in this process."""
    from scene_search.engine.encoders.encoder import Encoder
    from scene_search.engine.encoders.package.package import EncoderPackage
    from scene_search.engine.indexing.index_imagery import index_imagery
    from scene_search.engine.indexing.options import IndexOptions
    from scene_search.engine.indexing.pipeline import Pipeline
    from scene_search.engine.indexing.plan import make_plan
    from scene_search.engine.progress import Progress

    encoder = Encoder(EncoderPackage.load(ROOT / "models/default"))
    side = encoder.package.input_size
    some = np.random.default_rng(0).integers(0, 256, (64, side, side, 3), np.uint8)
    encoder.encode_images(some)
    info = IndexOptions().new_info(encoder.package)
    plan = make_plan([path], info, [], remove_missing=False, progress=Progress())
    reading = SimpleNamespace(tiles=0)

    def read():
        pipeline = Pipeline(info, NoEncoder(encoder, info.code_bits), Progress(), lambda: None)
        reading.tiles = sum(len(chunk.encoded) for chunk in pipeline.run(plan.sources))

    def encode():
        for start in range(0, reading.tiles, len(some)):
            encoder.encode_images(some[: reading.tiles - start])

    def index():
        with tempfile.TemporaryDirectory() as folder:
            index_imagery([path], Path(folder) / "bench.gpkg", encoder)

    parts = {"reading": read, "encoder": encode, "whole": index}
    seconds = {name: [] for name in parts}
    for _ in range(rounds):
        for name, work in parts.items():
            seconds[name].append(timed(work))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if sys.platform == "darwin":
        peak /= 1024
    return {"tiles": reading.tiles, "seconds": seconds, "peak_mb": peak / 1024}


def line(kind: str, result) -> str:
    """Return the row of a kind: medians over rounds of ratios within each round."""
    wall, processor = (
        {name: [both[i] for both in values] for name, values in result["seconds"].items()}
        for i in (0, 1)
    )

    def ratio(seconds, *names):
        rows = zip(seconds["whole"], *(seconds[name] for name in names), strict=True)
        return median(whole / max(others) for whole, *others in rows)

    share = median(
        whole / (encoder + reading)
        for whole, encoder, reading in zip(
            processor["whole"], processor["encoder"], processor["reading"], strict=True
        )
    )
    return (
        f"{kind:13} {result['tiles']:6} {result['tiles'] / median(wall['whole']):8.0f}"
        f" {ratio(wall, 'encoder'):10.2f} {ratio(wall, 'reading'):10.2f}"
        f" {ratio(wall, 'encoder', 'reading'):10.2f} {share:10.2f} {result['peak_mb']:8.0f}"
    )


def main() -> None:
    """Measure each kind in a process of its own, for its peak of memory."""
    from rasters import KINDS, write_kinds

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=6144, help="pixels on a side")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--folder", type=Path, default=ROOT / "build/bench")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure, options.rounds)))
        return
    paths = write_kinds(options.folder, options.size, options.kinds.split(","))
    print("              tiles  tiles/s  × encoder  × reading   × slower  CPU × sum  peak MB")
    for kind, path in paths.items():
        command = [sys.executable, __file__, "--measure", path, "--rounds", str(options.rounds)]
        # what goes wrong in it is to be seen
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        print(line(kind, json.loads(done.stdout)), flush=True)


if __name__ == "__main__":
    main()
