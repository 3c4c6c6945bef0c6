"""The folders of trained runs, what their checkpoints say, and training what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .commands import scene_search
from .goals import BITS, System

#: The system whose towers the caption systems start from.
TOWERS = "plain-contrast"
#: The system that trains all its code lengths together.
HASHING = "multilevel-hashing"
#: The code length of the caption systems' recipes; heads of other lengths are trained after it.
CAPTION_BITS = 64


@dataclass(frozen=True, slots=True)
class Run:
    """One system trained on one benchmark.

    Attributes:
        system: its name.
        benchmark: its name.
        folder: of the run, named after the benchmark; ``BENCHMARK-16`` holds the system with codes
            of another length, of which nothing but the code is measured.
    """

    system: str
    benchmark: str
    folder: Path

    @property
    def name(self) -> str:
        """Of its folder, below that of all runs."""
        return f"{self.system}/{self.folder.name}"

    @property
    def further(self) -> bool:
        """Whether it is there for its code length only."""
        return self.folder.name != self.benchmark

    @property
    def whole(self) -> Run:
        """The run that a further one is a code length of."""
        return Run(self.system, self.benchmark, self.folder.with_name(self.benchmark))

    @property
    def last(self) -> Path:
        """The checkpoint of the last pass."""
        return self.folder / "last.ckpt"

    @property
    def checkpoint(self) -> Path:
        """What is measured: the best on the validation split where training watched one."""
        best = self.folder / "best.ckpt"
        return best if best.is_file() else self.last

    @property
    def exists(self) -> bool:
        """Whether there is anything to measure."""
        return self.last.is_file()


def find_runs(
    systems: Sequence[System], runs: Path, only: str | None = None, *, further: bool = False
) -> list[Run]:
    """Return every run that the table has rows for, whether it exists or not, and further ones.

    Args:
        systems: what is measured.
        runs: the folder that ``SYSTEM/BENCHMARK`` lie in.
        only: a system, or a system/benchmark, that everything else is left out for.
        further: caption systems' other code lengths too, where they do not exist yet.
    """
    found = []
    for system in systems:
        for benchmark in system.benchmarks:
            folder = runs / system.name
            found.append(Run(system.name, benchmark, folder / benchmark))
            for bits in BITS:
                other = Run(system.name, benchmark, folder / f"{benchmark}-{bits}")
                missing = further and system.name != HASHING and bits != CAPTION_BITS
                if other.exists or missing:
                    found.append(other)
    return [run for run in found if only in (None, run.system, f"{run.system}/{run.benchmark}")]


@dataclass(frozen=True, slots=True)
class Trained:
    """What a checkpoint says of itself.

    Attributes:
        bits: code lengths that it has heads for.
        passes: over the train list, that it has seen; epochs: that its recipe asks for.
        seconds: of training until then, all pieces together.
        machine: that it was trained on.
        recipe: as the checkpoint keeps it.
    """

    bits: tuple[int, ...]
    passes: int
    epochs: int
    seconds: float
    machine: str
    recipe: dict[str, Any]

    @property
    def finished(self) -> bool:
        """Whether it has seen all that its recipe asks for."""
        return self.passes >= self.epochs


def read_trained(checkpoint: Path) -> Trained:
    """Return what a checkpoint says of itself; its weights stay on disk."""
    import torch  # only where there is something to measure
    from scene_search.training.running.checkpoint_facts import Facts

    content = torch.load(checkpoint, weights_only=True, map_location="cpu", mmap=True)
    facts = content[Facts.KEY]
    recipe = facts["recipe"]
    bits = recipe["bits"]
    return Trained(
        (bits,) if isinstance(bits, int) else tuple(bits),
        int(content["epoch"]) + 1,
        int(recipe["epochs"]),
        float(facts["seconds"]),
        str(facts.get("machine", "not recorded")),
        recipe,
    )


def train(run: Run, data: Path, runs: Path, config: Path | None = None) -> None:
    """Train a run that is missing, or go on with one that was stopped.

    Args:
        run: what is to be there.
        data: the data folder.
        runs: folder of the runs, where the benchmark's towers lie.
        config: recipe instead of the shipped one.

    Raises:
        CommandFailed: if the command fails.
    """
    if run.exists and read_trained(run.last).finished:
        return
    options: list[object] = ["--resume"] if run.exists else []
    if run.further:
        bits = run.folder.name.rpartition("-")[2]
        options += ["--code-of", run.whole.checkpoint, "--bits", bits]
    elif config:
        options += ["--config", config]
    towers = Run(TOWERS, run.benchmark, runs / TOWERS / run.benchmark).checkpoint
    if run.system not in (HASHING, TOWERS) and not run.further:
        options += ["--towers", towers]
    where = ["--data", data, "--benchmark", run.benchmark, "--output", run.folder]
    scene_search("train", run.system, *where, *options, show=True)
