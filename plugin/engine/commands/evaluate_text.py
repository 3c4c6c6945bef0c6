"""What ``scene-search evaluate`` prints for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

#: Metrics in the order they are printed, with their names.
_METRICS = {
    "r1": "R@1",
    "r10": "R@10",
    "ndcg_at_10": "nDCG@10",
    "ndcg_at_100": "nDCG@100",
    "top1": "top-1",
    "top5": "top-5",
    "map": "mAP",
    "map_at_20": "mAP@20",
    "precision_at_10": "precision@10",
}


def summary(result: dict[str, Any]) -> str:
    """Return the measured numbers, one ranking a line."""
    return "\n".join(_lines(result))


def _lines(result: dict[str, Any]) -> Iterator[str]:
    yield f"{result['encoder']['name']}, {result['benchmark']}: {result['protocol']}"
    if result["benchmark"] == "coarser":
        for factor in ("x2", "x4"):
            for ranking in ("embedding", "code", "pipeline"):
                numbers = result[factor] if ranking == "embedding" else result[factor][ranking]
                yield f"  {factor} {ranking:<10} {_numbers(numbers)}"
        return
    # hashing and its kin rank by code first, all others by embedding
    if "embedding" in result:
        rankings = {"code": result, "embedding": result["embedding"]}
    else:
        rankings = {"embedding": result, "code": result["code"]}
    rankings |= {"pipeline": result.get("pipeline"), "re-ranked": result.get("reranked")}
    for name, numbers in rankings.items():
        if numbers:
            yield f"  {name:<10} {_numbers(numbers)}"
    if "left_out" in result:
        yield f"  {_LEFT_OUT[result['left_out']]}"
    if again := result.get("reranked"):
        yield from _reranking(again)


#: By what the card says of the classes.
_LEFT_OUT = {
    True: "the encoder's card says that its training left these classes out",
    False: "the encoder was trained on some of these classes, by its card",
    None: "the encoder's card does not say that its training left these classes out",
}


def _reranking(again: dict[str, Any]) -> Iterator[str]:
    find, match = (1000 * again[name] for name in ("filter_seconds_a_query", "seconds_a_query"))
    yield (
        f"  the best {again['shortlist']} of a query re-ranked, {again['pairs']:,} of "
        f"{again['all_pairs']:,} pairs: {find:.3f} ms a query to find them, {match:.1f} ms to "
        "match them"
    )
    if plain := again.get("without_hubness"):
        yield f"  re-ranked with hubs left where they are: {_numbers(plain)}"


def _numbers(result: dict[str, Any]) -> str:
    if "i2t" not in result:
        known = (key for key in _METRICS if key in result)
        return "  ".join(f"{_METRICS[key]} {result[key]:.2f}" for key in known)
    recalls = "  ".join(
        f"{label} {'/'.join(f'{value:.2f}' for value in result[key])}"
        for label, key in (("image to text", "i2t"), ("text to image", "t2i"))
    )
    return f"R@1/5/10: {recalls}  mR {result['mr']:.2f}"
