"""How well the finished package finds places at other dates, for its card."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...engine.encoders.encoder import Encoder
from ...engine.evaluation.generalisation.places import evaluate_places
from .lessons import PLACES

#: A city that nothing was fitted on.
_PATTERN = r"(?P<city>long_beach)_(?P<date>\d{4})_(?P<number>\d+)\.tif"


def place_results(encoder: Encoder, precision: str, data: Path) -> list[Mapping[str, Any]]:
    """Return an entry of the card for each code length.

    Args:
        encoder: the packaged encoder.
        precision: of its graphs, for the table.
        data: the data folder.
    """
    entries: list[Mapping[str, Any]] = []
    for bits in sorted(encoder.layout.codes):
        found = evaluate_places(encoder.with_bits(bits), data / PLACES, _PATTERN)
        code = found["code"]
        entries.append(
            {
                "benchmark": "Same place, another date (NAIP, Long Beach)",
                "precision": precision,
                "protocol": f"{bits} bits; {found['images']} chips of {found['places']} places at "
                f"{found['dates']} dates ask those of the other dates; tie-aware",
                "summary": f"by embedding R@1 {found['r1']:.2f}, mAP {found['map']:.2f}; by code "
                f"R@1 {code['r1']:.2f}, mAP {code['map']:.2f}",
                "embedding_map": found["map"],
                "code_map": code["map"],
            }
        )
    return entries
