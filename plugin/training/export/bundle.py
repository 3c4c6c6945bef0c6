"""From a trained system to an encoder package: graphs, int8, parity, tokenizer, card."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...engine.encoders.package.card_format import CardFields
from ...engine.encoders.package.writer import PackageFile, write_package
from ..recipe import ImageSettings
from ..systems.exportable import Exportable
from ..towers.vocabulary import PrunedVocabulary
from .graphs import INPUTS, export_graphs
from .int8 import quantise_weights
from .material import Material, batches_of
from .parity import Parity, compare
from .readable_card import readable_card


@dataclass(frozen=True, slots=True)
class Words:
    """What a text part reads: its vocabulary, and how many word pieces at most."""

    vocabulary: PrunedVocabulary
    max_length: int


@dataclass(frozen=True, slots=True)
class Graphs:
    """Exported graph files by (role, precision), and how near they are to torch."""

    files: Mapping[tuple[str, str], Path]
    parity: tuple[Parity, ...]

    def chosen(self, precision: str) -> dict[str, tuple[Path, str]]:
        """Return file and precision of every role, the nearest there is to the one asked for."""
        found = {}
        for role in (role for role in INPUTS if (role, "fp32") in self.files):
            own = precision if (role, precision) in self.files else "fp32"
            found[role] = (self.files[role, own], own)
        return found


def make_graphs(
    system: Exportable,
    image: ImageSettings,
    words: Words | None,
    material: Material,
    folder: Path,
    *,
    int8: bool,
) -> Graphs:
    """Export, quantise and check every graph.

    In int8 the graphs keep their weights in eight bits, which are most of a package's size. The
    hash graph is one small matrix, in fp32.

    Args:
        system: trained; it is left in float32, in evaluation mode, on the CPU.
        image: input size and normalisation.
        words: what its text part reads; None without one.
        material: what the graphs are checked on.
        folder: where the graphs go.
        int8: whether to make int8 variants.

    Raises:
        ParityError: if a graph does not compute what the system computes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    exported = export_graphs(system, image.input_size, folder)
    files = {(role, "fp32"): file for role, file in exported.items()}
    for role in ("image", "text", "fusion", "context") if int8 else ():
        if role in exported:
            files[role, "int8"] = folder / f"{role}.int8.onnx"
            quantise_weights(exported[role], files[role, "int8"])
    tokenizer = words.vocabulary.load(words.max_length) if words else None
    batches = batches_of(system, image, material, tokenizer)
    parity = tuple(
        entry
        for precision in ("fp32", "int8")
        for role in exported
        if (role, precision) in files
        for entry in compare(system, role, precision, files[role, precision], batches[role])
    )
    return Graphs(files, parity)


def write_bundle(
    graphs: Graphs, precision: str, output: Path, fields: CardFields, words: Words | None
) -> Path:
    """Write the package of one precision and return its folder."""
    files: list[PackageFile] = [
        PackageFile(f"{role}.onnx", role, file, own)
        for role, (file, own) in graphs.chosen(precision).items()
    ]
    if words is not None:
        files.append(PackageFile("tokenizer.json", "tokenizer", _compact(words.vocabulary)))
    files.append(PackageFile("README.md", "document", readable_card(fields).encode()))
    return write_package(output, fields, files)


def parity_rows(graphs: Graphs) -> Sequence[Mapping[str, object]]:
    """Return the JSON objects of the comparisons, as a card and a command's result hold them."""
    return [entry.as_dict() for entry in graphs.parity]


def _compact(words: PrunedVocabulary) -> bytes:
    return json.dumps(words.tokenizer, ensure_ascii=False, separators=(",", ":")).encode()
