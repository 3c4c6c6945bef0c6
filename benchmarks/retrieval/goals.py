"""What the project wants of each system on each benchmark, and what others have published.

Nothing here was measured by the project. "Must reach" and "aim" are its targets, the aim being
the published best. A floor is what a head reaches on backbone features that were not trained
(MobileNetV2, MiniLM): a system below it has a fault.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Where a benchmark lies below the data folder.

    Attributes:
        name: as ``scene-search train --benchmark`` takes it, and of the folder of its run.
        title: in tables.
        images: folder of the images.
        lists: train and test list of a hashing benchmark, ``{}`` in place of the split.
        captions: caption file of a caption benchmark.
    """

    name: str
    title: str
    images: str
    lists: str = ""
    captions: str = ""


@dataclass(frozen=True, slots=True)
class Published:
    """A published number of another code base, usually with a far larger model.

    Attributes:
        value: in per cent.
        source: who reports it, and how it differs from what is measured here.
    """

    value: float
    source: str


@dataclass(frozen=True, slots=True)
class Goal:
    """What one row of the table is held against, in per cent; None where nothing is set.

    Attributes:
        must_reach: the project's target.
        aim: the published best, of any model.
        published: of the system itself.
        floor: of a head on frozen features.
    """

    must_reach: float | None = None
    aim: float | None = None
    published: Published | None = None
    floor: float | None = None


@dataclass(frozen=True, slots=True)
class System:
    """A system, the benchmarks it is measured on, and whether it re-ranks."""

    name: str
    benchmarks: tuple[str, ...]
    reranks: bool = False
    #: goal by (benchmark, bits) for codes and by (benchmark, ranking) for captions
    goals: Mapping[tuple[str, int | str], Goal] = field(default_factory=dict)


BITS = (16, 32, 64)

BENCHMARKS = {
    benchmark.name: benchmark
    for benchmark in (
        Benchmark(
            "ucmd",
            "UCMD",
            "UCMerced_LandUse/Images",
            lists="splits/UCMerced_LandUse_{}.txt",
        ),
        Benchmark("aid", "AID at 150 px", "AID", lists="splits/AID_{}.txt"),
        Benchmark(
            "ucm-captions",
            "UCM-captions",
            "UCMerced_LandUse/Images",
            captions="captions/dataset_ucm.json",
        ),
        Benchmark(
            "rsicd",
            "RSICD, 10,000 at 150 px",
            "AID",
            captions="captions/dataset_rsicd.json",
        ),
    )
}

# Li et al., IAF Earth Observation Symposium, abstract; it gives no number for UCMD.
_LI = "Li et al., abstract; AID at 600 px"
# Zhang et al., Remote Sensing 15 (18), 2023, table of RSICD; all 10,921 images at full size.
_MTGFE = "Zhang et al. 2023; RSICD at full size"

_UCM_FLOOR, _RSICD_FLOOR = 48.0, 16.6
_UCM_AIM, _RSICD_AIM = 60.0, 36.0

SYSTEMS = (
    System(
        "multilevel-hashing",
        ("ucmd", "aid"),
        goals={
            ("ucmd", 16): Goal(97.5, 99.6, floor=96.9),
            ("ucmd", 32): Goal(98.2, 99.6),
            ("ucmd", 64): Goal(98.6, 99.6),
            ("aid", 16): Goal(91.0, 99.5, Published(99.54, _LI), 85.8),
            ("aid", 32): Goal(93.0, 99.5, Published(99.37, _LI)),
            ("aid", 64): Goal(94.0, 99.5, Published(99.60, _LI)),
        },
    ),
    System(
        "plain-contrast",
        ("ucm-captions", "rsicd"),
        goals={
            ("ucm-captions", "embedding"): Goal(floor=_UCM_FLOOR),
            ("rsicd", "embedding"): Goal(floor=_RSICD_FLOOR),
        },
    ),
    System(
        "ssjdn",
        ("ucm-captions", "rsicd"),
        goals={
            ("ucm-captions", "embedding"): Goal(50.0, _UCM_AIM, floor=_UCM_FLOOR),
            ("rsicd", "embedding"): Goal(19.0, _RSICD_AIM, floor=_RSICD_FLOOR),
        },
    ),
    System(
        "mtgfe",
        ("ucm-captions", "rsicd"),
        reranks=True,
        goals={
            ("ucm-captions", "embedding"): Goal(floor=_UCM_FLOOR),
            ("rsicd", "embedding"): Goal(floor=_RSICD_FLOOR),
            ("ucm-captions", "reranked"): Goal(56.0, _UCM_AIM, floor=_UCM_FLOOR),
            ("rsicd", "reranked"): Goal(
                25.0, _RSICD_AIM, Published(30.68, _MTGFE), floor=_RSICD_FLOOR
            ),
        },
    ),
    System(
        "ccls2t",
        ("ucm-captions", "rsicd"),
        goals={
            ("ucm-captions", "embedding"): Goal(54.0, _UCM_AIM, floor=_UCM_FLOOR),
            ("rsicd", "embedding"): Goal(22.0, _RSICD_AIM, floor=_RSICD_FLOOR),
        },
    ),
)

#: Other systems' published numbers on the same benchmarks, for the reader to place ours.
ANCHORS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "UCMD, mAP@20 at 16 / 32 / 64 bits": (("DHCL", "98.97 / 99.34 / 99.60"),),
    "AID at 600 px, mAP@20 at 16 / 32 / 64 bits": (("DHCL", "94.75 / 98.08 / 99.02"),),
    "RSICD at full size, mR": (
        ("AMFMN", "16.4"),
        ("SWAN", "20.6"),
        ("PIR", "24.5"),
        ("KAMCL with ResNet-50", "26.1"),
        ("MTGFE", "30.7"),
        ("RemoteCLIP ViT-B/32", "35.3"),
        ("GeoRSCLIP fine-tuned", "38.9"),
    ),
    "UCM-captions, mR": (("AMFMN", "46.1"), ("RemoteCLIP ViT-B/32", "56.4")),
}


def goal(system: System, benchmark: str, row: int | str) -> Goal:
    """Return what a row is held against; nothing where the project set nothing."""
    return system.goals.get((benchmark, row), Goal())


def repository() -> Path:
    """Return the folder of the checkout."""
    return Path(__file__).resolve().parents[2]
