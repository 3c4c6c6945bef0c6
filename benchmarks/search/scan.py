"""How near the exact scan comes to what the machine can do.

Prints ratios of times within this run: the scan against FAISS's flat binary index and against
reading the same bytes once. Absolute times depend on the machine and on what else it does;
ratios much less. One thread each, best of several rounds that take turns, so that a busy moment
hits all alike.

    python benchmarks/search/scan.py [--counts 1000000 10000000] [--bits 64] [--hits 100]
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from scene_search.engine.index.hamming import nearest

try:
    import faiss
except ImportError:
    faiss = None


def clustered_codes(count, bits, rng):
    """Codes around a few thousand centres, as real ones are, with a tenth of the bits flipped."""
    width = bits // 8
    centres = rng.integers(0, 256, (4096, width), dtype=np.uint8)
    codes = np.empty((count, width), dtype=np.uint8)
    for start in range(0, count, 1_000_000):
        part = centres[rng.integers(0, len(centres), min(1_000_000, count - start))]
        # three random bytes have a common bit in an eighth of all cases
        flips = [rng.integers(0, 256, part.shape, dtype=np.uint8) for _ in range(3)]
        codes[start : start + len(part)] = part ^ (flips[0] & flips[1] & flips[2])
    return codes


def best_of(rounds, contestants):
    best = dict.fromkeys(contestants, float("inf"))
    for _ in range(rounds):
        for name, run in contestants.items():
            started = time.perf_counter()
            run()
            best[name] = min(best[name], time.perf_counter() - started)
    return best


def read_once(words):
    """Touch every byte, in pieces that the cache holds, with the cheapest reduction there is."""
    for start in range(0, len(words), 65_536):
        np.bitwise_or.reduce(words[start : start + 65_536])


def compare(count, bits, hits, rounds):
    rng = np.random.default_rng(0)
    codes = clustered_codes(count, bits, rng)
    query = codes[rng.integers(0, count)].copy()
    words = codes.view(np.uint64).reshape(-1)
    contestants = {
        "scan": lambda: nearest(codes, query, hits),
        "read": lambda: read_once(words),
    }
    if faiss is not None:
        faiss.omp_set_num_threads(1)
        flat = faiss.IndexBinaryFlat(bits)
        flat.add(codes)
        contestants["faiss"] = lambda: flat.search(query[np.newaxis], hits)
    best = best_of(rounds, contestants)
    line = f"{count:>11,} codes of {bits} bits: scan {best['scan'] * 1e3:7.2f} ms"
    line += f", {best['scan'] / best['read']:.2f} × reading once"
    if faiss is not None:
        line += f", {best['scan'] / best['faiss']:.2f} × FAISS flat"
        ours = nearest(codes, query, hits).distances[:hits]
        theirs = flat.search(query[np.newaxis], hits)[0][0]
        line += ", same distances" if np.array_equal(ours, theirs) else ", DIFFERENT DISTANCES"
    print(line, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--counts", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--bits", type=int, default=64)
    parser.add_argument("--hits", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    if faiss is None:
        print(
            "FAISS is not installed (pip install scene-search[bench]): compared with reading only"
        )
    for count in options.counts:
        compare(count, options.bits, options.hits, options.rounds)


if __name__ == "__main__":
    main()
