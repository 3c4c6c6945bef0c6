"""Whether the semantic tree earns its place beside the exact scan and FAISS.

For codes of several kinds and numbers, prints the time of each way to search as a multiple of the
exact scan's, measured in turns within one run and on one thread, and the share of the true nearest
that the inexact ones find. Less than 1 is faster than the scan.

    python benchmarks/search/tree.py [--counts 100000 1000000] [--kinds uniform clustered]
    python benchmarks/search/tree.py --index FILE.gpkg [--context]

Kinds of codes: ``uniform``, the worst case; ``clustered`` around 4,096 centres with a tenth of all
bits flipped, alike in all parts of the code; ``prefixed``, as codes trained level by level ought
to be: 8 bits that a kind of scene shares, 16 that a class shares, each flipped once in a hundred,
and 40 bits around the class's centre with a tenth flipped; ``collapsed``, as codes trained with
classes mostly turn out: 64 classes, one bit in fifty flipped, so that very many are equal.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
from scan import clustered_codes
from scene_search.engine.index.hamming import nearest
from scene_search.engine.index.semantic_tree import SemanticTree
from scene_search.engine.index.tile_index import TileIndex

try:
    import faiss
except ImportError:
    faiss = None

BITS = 64
KINDS, CLASSES = 24, 512
KIND_NAMES = ["uniform", "clustered", "prefixed", "collapsed"]


def uniform_codes(count, rng):
    return rng.integers(0, 256, (count, BITS // 8), dtype=np.uint8)


def prefixed_codes(count, rng):
    """Codes whose 8, 16 and 40 bits tell kind, class and scene."""
    kinds = rng.integers(0, 256, (KINDS, 1), dtype=np.uint8)
    classes = rng.integers(0, 256, (CLASSES, 7), dtype=np.uint8)
    of = rng.integers(0, CLASSES, count)
    codes = np.concatenate([kinds[of % KINDS], classes[of]], axis=1)
    for start in range(0, count, 1_000_000):
        part = codes[start : start + 1_000_000]
        seldom = np.packbits(rng.random((len(part), 24), np.float32) < 0.01, axis=1)
        often = np.packbits(rng.random((len(part), 40), np.float32) < 0.1, axis=1)
        part ^= np.concatenate([seldom, often], axis=1)
    return codes


def collapsed_codes(count, rng):
    codes = rng.integers(0, 256, (64, BITS // 8), dtype=np.uint8)[rng.integers(0, 64, count)]
    for start in range(0, count, 1_000_000):
        part = codes[start : start + 1_000_000]
        part ^= np.packbits(rng.random((len(part), BITS), np.float32) < 0.02, axis=1)
    return codes


def make_codes(kind, count, rng):
    if kind == "clustered":
        return clustered_codes(count, BITS, rng)
    makers = {
        "uniform": uniform_codes,
        "prefixed": prefixed_codes,
        "collapsed": collapsed_codes,
    }
    return makers[kind](count, rng)


def found_share(found, limit, hits):
    """Share of the ``hits`` nearest that are among distances found; ties count as alike."""
    return min(int((np.asarray(found) <= limit).sum()), hits) / hits


def contestants(codes, hits, ivf):
    """Return name → (seconds to build, search(query) → distances)."""
    made = {"scan": (0.0, lambda query: nearest(codes, query, hits).distances)}
    started = time.perf_counter()
    tree = SemanticTree(codes)
    seconds = time.perf_counter() - started
    made["tree"] = (seconds, lambda query: tree.nearest(query, hits).distances)
    for percent in (1, 5):
        budget = max(hits, len(codes) * percent // 100)
        made[f"tree {percent} %"] = (
            seconds,
            lambda query, budget=budget: tree.nearest(query, hits, budget=budget).distances,
        )
    if faiss is None:
        return made, tree
    faiss.omp_set_num_threads(1)
    bits = codes.shape[1] * 8
    flat = faiss.IndexBinaryFlat(bits)
    flat.add(codes)
    made["faiss flat"] = (0.0, lambda query: flat.search(query[np.newaxis], hits)[0][0])
    if not ivf:
        return made, tree
    lists = int(np.clip(np.sqrt(len(codes)), 64, 2048))
    started = time.perf_counter()
    coarse = faiss.IndexBinaryFlat(bits)
    inverted = faiss.IndexBinaryIVF(coarse, bits, lists)
    inverted.cp.niter = 5
    inverted.train(codes[:: max(1, len(codes) // (lists * 40))])
    inverted.add(codes)
    inverted.nprobe = max(1, lists * 5 // 100)
    inverted.coarse = coarse  # Python would free it
    made["faiss IVF 5 %"] = (
        time.perf_counter() - started,
        lambda query: inverted.search(query[np.newaxis], hits)[0][0],
    )
    return made, tree


def compare(title, codes, hits, rounds, rng, ivf=True):
    queries = codes[rng.integers(0, len(codes), 8)].copy()
    # what is searched for is rarely in the index to the bit
    queries ^= np.packbits(rng.random((len(queries), codes.shape[1] * 8)) < 0.05, axis=1)
    made, tree = contestants(codes, hits, ivf)
    times = {name: [[] for _ in queries] for name in made}
    share = dict.fromkeys(made, 0.0)
    limits = [nearest(codes, query, hits).distances[hits - 1] for query in queries]
    for turn in range(rounds):
        for number, query in enumerate(queries):
            for name, (_, search) in made.items():
                started = time.perf_counter()
                found = search(query)
                times[name][number].append(time.perf_counter() - started)
                if turn == 0:
                    share[name] += found_share(found, limits[number], hits) / len(queries)
    best = {name: sum(min(each) for each in of) / len(queries) for name, of in times.items()}
    print(
        f"{title}: scan {best['scan'] * 1e3:.2f} ms; the {hits}th nearest at "
        f"{np.mean(limits):.1f} bits; tree of {tree.leaves:,} leaves"
    )
    for name, (built, _) in made.items():
        if name != "scan":
            print(
                f"    {name:<14} {best[name] / best['scan']:6.2f} × scan, finds {share[name]:.3f}, "
                f"built in {built / best['scan']:,.0f} scans",
                flush=True,
            )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--counts", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--kinds", nargs="+", default=KIND_NAMES)
    parser.add_argument("--index", type=Path, help="codes of an index instead of made ones")
    parser.add_argument("--context", action="store_true", help="its codes with context")
    parser.add_argument("--hits", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--without-ivf", action="store_true", help="skip FAISS's inverted lists, slow to build"
    )
    options = parser.parse_args()
    if options.index is not None:
        with TileIndex.open(options.index, read_only=True) as index:
            codes = index.load_codes(context=options.context).codes
        hits = min(options.hits, len(codes))
        title = f"{options.index.name}, {len(codes):,} codes"
        compare(title, codes, hits, options.rounds, np.random.default_rng(0))
        return
    for count in options.counts:
        for kind in options.kinds:
            rng = np.random.default_rng(0)
            codes = make_codes(kind, count, rng)
            title = f"{count:,} {kind} codes"
            compare(title, codes, options.hits, options.rounds, rng, not options.without_ivf)


if __name__ == "__main__":
    main()
