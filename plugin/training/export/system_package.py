"""From the checkpoint of any system to an encoder package, checked before it is written."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...engine.errors import UsageError
from ...engine.imagery.tiles.reader import read_image
from ..measure import BENCHMARKS, headline
from .bundle import Graphs, make_graphs, parity_rows, write_bundle
from .checkpoint import load_checkpoint
from .graphs import count_weights
from .int8_loss import measured_results
from .material import Material
from .system_card import system_card
from .trained import Trained, restore

#: Training images, and sentences, that the graphs are checked on.
_CHECKED = 64


def export_system(
    checkpoint_file: Path,
    output: Path,
    *,
    int8: bool = False,
    bits: int | None = None,
    images: Path | None = None,
    benchmarks: Sequence[str] = (),
    data: Path | None = None,
) -> dict[str, Any]:
    """Export, check against torch, measure if asked to, and write the package.

    Args:
        checkpoint_file: what training left.
        output: folder of the package.
        int8: keep the weights in eight bits.
        bits: which of the trained code lengths; the longest if left out.
        images: folder of the training images, where it is no longer where it was.
        benchmarks: measure the package on these, and with ``int8`` what quantising costs there.
        data: the data folder with the benchmarks.

    Returns:
        The JSON object of the command: where the package is, how near its graphs are to torch,
        and what was measured.

    Raises:
        UsageError: if the checkpoint is none, was not trained at ``bits``, or its images are gone.
        ParityError: if a graph does not compute what the system computes, or int8 costs too much;
            nothing is written.
    """
    if (unknown := sorted(set(benchmarks) - set(BENCHMARKS))) or (benchmarks and data is None):
        raise UsageError(
            f"The package cannot be measured on {', '.join(unknown or benchmarks)}",
            hint=f"Name one of {', '.join(BENCHMARKS)}, and the data folder with --data.",
        )
    trained = restore(load_checkpoint(checkpoint_file), bits, str(checkpoint_file))
    material = _material(trained, images)
    precision = "int8" if int8 else "fp32"
    with tempfile.TemporaryDirectory() as folder:
        graphs = make_graphs(
            trained.system,
            trained.image,
            trained.words,
            material,
            Path(folder) / "graphs",
            int8=int8,
        )

        def write(own: str, where: Path, results: Sequence[Mapping[str, Any]]) -> Path:
            return _write(trained, graphs, own, where, results)

        results: list[Mapping[str, Any]] = []
        losses: dict[str, float] = {}
        precisions = ("fp32", "int8") if int8 else ("fp32",)
        for name in benchmarks:
            found = measured_results(write, name, data or Path(), precisions)
            results += found
            if int8:
                losses[name] = round(headline(found[0]) - headline(found[-1]), 3)
        write(precision, output, results)
    report: dict[str, Any] = {
        "package": str(output),
        "system": trained.facts["system"],
        "bits": trained.bits,
        "precision": precision,
        "bytes": sum(file.stat().st_size for file in output.iterdir()),
        "parity": parity_rows(graphs),
    }
    if results:
        report["results"] = [dict(entry) for entry in results]
    if losses:
        report["int8_loss"] = losses
    return report


def _write(
    trained: Trained,
    graphs: Graphs,
    precision: str,
    where: Path,
    results: Sequence[Mapping[str, Any]],
) -> Path:
    fields = system_card(
        trained,
        parameters=count_weights(file for (_, own), file in graphs.files.items() if own == "fp32"),
        parity=parity_rows(graphs),
        results=results,
    )
    return write_bundle(graphs, precision, where, fields, trained.words)


def _material(trained: Trained, images: Path | None) -> Material:
    """Return images and sentences that the system has been trained on."""
    facts, seed = trained.facts["images"], trained.facts["recipe"]["seed"]
    folder = images or Path(facts["folder"])
    names = facts["names"]
    order = np.random.default_rng(seed).permutation(len(names))[:_CHECKED]
    files = [folder / names[i] for i in order]
    if missing := [file for file in files if not file.is_file()]:
        raise UsageError(
            f"The training image {missing[0]} is gone, and the export is checked on such images",
            hint="Give their folder with --images.",
        )
    pixels = np.stack([read_image(file, trained.image.input_size) for file in files])
    sentences = facts.get("sentences", [])[:_CHECKED] if trained.words else ()
    return Material(pixels, sentences)
