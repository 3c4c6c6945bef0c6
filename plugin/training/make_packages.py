"""Packages of the published systems, of runs that are trained first where they are missing."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ..engine.encoders.package.zip_file import zip_package
from .captions.recipe import read_caption_recipe, shipped_caption_recipe
from .captions.run import BEST
from .captions.stages import train_stages
from .captions.systems import CAPTION_SYSTEMS
from .data.labelled_images import read_images
from .export.system_package import export_system
from .hashing.recipe import with_options
from .hashing.run import train_hashing
from .recipe import RECIPES, RecipeError, build_settings
from .running.run_folder import CHECKPOINT

PACKAGES = RECIPES / "packages.yaml"


@dataclass(frozen=True, slots=True)
class Package:
    """A package to make.

    Attributes:
        system: that is trained.
        benchmark: that it is trained and measured on.
        bits: code length, of a run with several; its longest if None.
    """

    system: str
    benchmark: str
    bits: int | None = None

    def run(self, runs: Path) -> Path:
        """Return the folder of its run."""
        return runs / self.system / self.benchmark


def read_packages(file: Path) -> dict[str, Package]:
    """Return the packages that a YAML file names, by their folder.

    Raises:
        RecipeError: if it is no such list.
    """
    entries = yaml.safe_load(file.read_text(encoding="utf-8"))
    if not isinstance(entries, dict):
        raise RecipeError(f"{file} lists no packages")
    return {
        name: build_settings(Package, own, f"{file.name}, {name}") for name, own in entries.items()
    }


def make_packages(
    packages: dict[str, Package], data: Path, runs: Path, output: Path
) -> Iterator[dict[str, Any]]:
    """Train what has no checkpoint, write zips of int8 packages, and yield each one's report.

    Args:
        packages: what to make.
        data: the data folder.
        runs: where the runs lie.
        output: where the packages go.

    Raises:
        ParityError: if a package fails its checks; those before it are written.
    """
    for name, package in packages.items():
        with tempfile.TemporaryDirectory() as folder:
            report = export_system(
                _checkpoint(package, data, runs),
                Path(folder) / name,
                int8=True,
                bits=package.bits,
                benchmarks=[package.benchmark],
                data=data,
            )
            made = zip_package(Path(folder) / name, output / f"{name}.zip")
        yield {**report, "package": str(made), "bytes": made.stat().st_size}


def _checkpoint(package: Package, data: Path, runs: Path) -> Path:
    """Return the checkpoint of a package's run, trained now if there is none."""
    folder = package.run(runs)
    for name in (BEST, CHECKPOINT):
        if (folder / name).is_file():
            return folder / name
    if package.system not in CAPTION_SYSTEMS:
        recipe = with_options(RECIPES / f"{package.system}.yaml", bits=None, epochs=None)
        return train_hashing(recipe, read_images(package.benchmark, data), data, folder)
    file = shipped_caption_recipe(package.system, package.benchmark)
    first = read_caption_recipe(file).towers
    towers = _checkpoint(Package(first, package.benchmark), data, runs) if first else None
    found = train_stages(package.system, None, package.benchmark, data, folder, towers=towers)
    return Path(found["checkpoint"])
