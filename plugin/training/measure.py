"""Measures an encoder package on the benchmarks, exactly as ``scene-search evaluate`` does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..engine.encoders.encoder import Encoder
from ..engine.evaluation.captions.measure import evaluate_captions
from ..engine.evaluation.hashing.measure import evaluate_hashing

Result = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class HashingBenchmark:
    """Images of a class found by images of it.

    Attributes:
        title: for tables.
        images, lists: below the data folder; ``{}`` in the lists stands for train or test.
    """

    title: str
    images: str
    lists: str

    def measure(self, encoder: Encoder, precision: str, data: Path) -> Result:
        """Return what was measured, how, and a summary for the card."""
        database, queries = (data / self.lists.format(split) for split in ("train", "test"))
        found = evaluate_hashing(encoder, data / self.images, database, queries)
        return {
            "benchmark": f"{self.title}, hashing",
            "precision": precision,
            "protocol": f"{found['bits']} bits; {found['queries']} test queries, "
            f"{found['database']} train images as database; tie-aware",
            "summary": f"mAP {found['map']:.2f}, mAP@20 {found['map_at_20']:.2f}, "
            f"P@10 {found['precision_at_10']:.2f}; by embedding mAP "
            f"{found['embedding']['map']:.2f}",
            **{key: found[key] for key in ("map", "map_at_20", "precision_at_10")},
            "embedding_map": found["embedding"]["map"],
        }


@dataclass(frozen=True, slots=True)
class CaptionBenchmark:
    """Images found by their captions, and captions by their images.

    Attributes:
        title: for tables.
        images, captions: below the data folder.
    """

    title: str
    images: str
    captions: str

    def measure(self, encoder: Encoder, precision: str, data: Path) -> Result:
        """Return what was measured, how, and a summary for the card."""
        fusion = "fusion" in encoder.package.roles
        found = evaluate_captions(encoder, data / self.images, data / self.captions, rerank=fusion)
        summary = (
            f"mR {found['mr']:.2f} ({_recalls(found['i2t'])}; {_recalls(found['t2i'])}); by code "
            f"alone {found['code']['mr']:.2f}, shortlist and cosine {found['pipeline']['mr']:.2f}"
        )
        numbers = {key: found[key] for key in ("mr", "i2t", "t2i")}
        numbers |= {f"{key}_mr": found[key]["mr"] for key in ("code", "pipeline")}
        if fusion:
            ranked = found["reranked"]
            summary += (
                f", re-ranked by the fusion part {ranked['mr']:.2f} "
                f"({_recalls(ranked['i2t'])}; {_recalls(ranked['t2i'])})"
            )
            if "without_hubness" in ranked:
                summary += f", {ranked['without_hubness']['mr']:.2f} with hubs left where they are"
            numbers["reranked"] = {key: ranked[key] for key in ("mr", "i2t", "t2i")}
        return {
            "benchmark": self.title,
            "precision": precision,
            "protocol": f"test split, {found['images']} images, {found['captions']} captions; "
            "R@1/5/10 image → text, then text → image",
            "summary": summary,
            **numbers,
        }


#: By the names that ``scene-search train`` and ``export`` take.
BENCHMARKS: Mapping[str, HashingBenchmark | CaptionBenchmark] = {
    "ucmd": HashingBenchmark("UCMD", "UCMerced_LandUse/Images", "splits/UCMerced_LandUse_{}.txt"),
    "aid": HashingBenchmark("AID at 150 px", "AID", "splits/AID_{}.txt"),
    "ucm-captions": CaptionBenchmark(
        "UCM-captions", "UCMerced_LandUse/Images", "captions/dataset_ucm.json"
    ),
    "rsicd": CaptionBenchmark("RSICD, 10,000 images, 150 px", "AID", "captions/dataset_rsicd.json"),
}


def measure(encoder: Encoder, precision: str, data: Path) -> list[Result]:
    """Return one entry a benchmark.

    Args:
        encoder: the packaged encoder.
        precision: of its graphs, for the table.
        data: the data folder.
    """
    return [benchmark.measure(encoder, precision, data) for benchmark in BENCHMARKS.values()]


def headline(result: Result) -> float:
    """Return the number that a result is judged by, in percent.

    mAP by code of a hashing benchmark; the mean recall of a caption benchmark, after re-ranking
    where the encoder has a fusion part.
    """
    if "map" in result:
        return float(result["map"])
    return float(result.get("reranked", result)["mr"])


def _recalls(values: list[float]) -> str:
    return "/".join(f"{value:.1f}" for value in values)
