"""Measures an encoder package on the benchmarks, exactly as ``scene-search evaluate`` does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..engine.encoders.encoder import Encoder
from ..engine.evaluation.captions import evaluate_captions
from ..engine.evaluation.hashing import evaluate_hashing

_HASHING = (
    ("UCMD", "UCMerced_LandUse/Images", "splits/UCMerced_LandUse_{}.txt"),
    ("AID at 150 px", "AID", "splits/AID_{}.txt"),
)
_CAPTIONS = (
    ("UCM-captions", "UCMerced_LandUse/Images", "captions/dataset_ucm.json"),
    ("RSICD, 10,000 images, 150 px", "AID", "captions/dataset_rsicd.json"),
)


def measure(encoder: Encoder, precision: str, data: Path) -> list[Mapping[str, Any]]:
    """Return one entry a benchmark: what was measured, how, and a summary for the card.

    Args:
        encoder: the packaged encoder.
        precision: of its graphs, for the table.
        data: the data folder.
    """
    results: list[Mapping[str, Any]] = []
    for name, images, lists in _HASHING:
        found = evaluate_hashing(
            encoder, data / images, data / lists.format("train"), data / lists.format("test")
        )
        results.append(
            {
                "benchmark": f"{name}, hashing",
                "precision": precision,
                "protocol": f"{found['bits']} bits; {found['queries']} test queries, "
                f"{found['database']} train images as database; tie-aware",
                "summary": f"mAP {found['map']:.2f}, mAP@20 {found['map_at_20']:.2f}, "
                f"P@10 {found['precision_at_10']:.2f}; by embedding mAP "
                f"{found['embedding']['map']:.2f}",
                **{key: found[key] for key in ("map", "map_at_20", "precision_at_10")},
                "embedding_map": found["embedding"]["map"],
            }
        )
    for name, images, captions in _CAPTIONS:
        found = evaluate_captions(encoder, data / images, data / captions)
        results.append(
            {
                "benchmark": name,
                "precision": precision,
                "protocol": f"test split, {found['images']} images, {found['captions']} captions; "
                "R@1/5/10 image → text, then text → image",
                "summary": f"mR {found['mr']:.2f} ({_recalls(found['i2t'])}; "
                f"{_recalls(found['t2i'])}); by code alone {found['code']['mr']:.2f}, shortlist "
                f"and re-rank {found['pipeline']['mr']:.2f}",
                **{key: found[key] for key in ("mr", "i2t", "t2i")},
                "code_mr": found["code"]["mr"],
                "pipeline_mr": found["pipeline"]["mr"],
            }
        )
    return results


def _recalls(values: list[float]) -> str:
    return "/".join(f"{value:.1f}" for value in values)
