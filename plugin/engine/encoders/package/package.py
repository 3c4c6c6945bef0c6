"""An encoder package: a folder or zip with ``model.json`` and the files it names."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ....strict_json import decode
from ...errors import EncoderPackageError
from ..layout import Layout, layout_of
from .card_check import check_card
from .card_format import MULTIHASH_SHA256, PREFIX, identity
from .files import PackageFiles, changed


@dataclass(frozen=True)
class EncoderPackage:
    """What is on disk of an encoder; ``Encoder`` makes it run.

    Attributes:
        directory: the folder, or the zip file, that holds it.
        card: the content of ``model.json``.
    """

    directory: Path
    card: Mapping[str, Any]

    @classmethod
    def load(cls, path: str | Path, verify: bool = True) -> EncoderPackage:
        """Read a package and check it.

        Args:
            path: folder or zip.
            verify: whether to check every file's SHA-256. Within a process a file is read
                again only once its size or time has changed.

        Raises:
            EncoderPackageError: no package, damaged or truncated card, newer format, missing
                or changed file, no image graph.

        Examples:
            >>> package = EncoderPackage.load(package_folder)
            >>> package.name, package.embedding_size, package.code_bits
            ('Tiny test encoder', 32, 64)
        """
        path = Path(path)
        files = PackageFiles(path)
        try:
            card = decode(files.read_card())
        except ValueError as error:  # covers JSON and UTF-8 errors
            raise EncoderPackageError(
                f"model.json of the encoder {path.name} is damaged: {error}",
                hint="Copy or import the package again.",
            ) from error
        check_card(card, path)
        package = cls(path, card)
        if verify:
            package.verify()
        return package

    def verify(self) -> None:
        """Compare every file with the checksum in the card.

        Raises:
            EncoderPackageError: naming the first file that is missing or differs.
        """
        files = PackageFiles(self.directory)
        for name, asset in self.card["assets"].items():
            digest = files.digest(name, asset["file:size"])
            if MULTIHASH_SHA256 + digest != asset["file:checksum"]:
                raise changed(self.directory, name)

    def read(self, name: str) -> bytes:
        """Return the bytes of one of the package's files, checked once more as they are used.

        Raises:
            EncoderPackageError: if it is missing, unreadable, or not what the card records.
        """
        asset = self.card["assets"][name]
        content = PackageFiles(self.directory).read(name, asset["file:size"])
        if MULTIHASH_SHA256 + hashlib.sha256(content).hexdigest() != asset["file:checksum"]:
            raise changed(self.directory, name)
        return content

    def graph(self, role: str, precisions: Sequence[str]) -> str:
        """Return the file of a role in the most wanted precision that there is.

        Args:
            role: such as ``"image"``.
            precisions: the most wanted first; others come after them.

        Raises:
            EncoderPackageError: if the package has no such role.
        """
        variants = self._properties[PREFIX + "variants"].get(role)
        if not variants:
            raise EncoderPackageError(
                f"The encoder {self.name} has no {role} part",
                hint="Choose an encoder that has one; its card lists its parts.",
            )
        order = {precision: rank for rank, precision in enumerate(dict.fromkeys(precisions))}
        best = min(variants, key=lambda v: order.get(v["precision"], len(order)))
        return str(best["file"])

    @property
    def _properties(self) -> Mapping[str, Any]:
        properties: Mapping[str, Any] = self.card["properties"]
        return properties

    @property
    def id(self) -> str:
        """Short stable identifier."""
        return str(self.card["id"])

    @property
    def name(self) -> str:
        """Name shown to people."""
        return str(self._properties["mlm:name"])

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of what decides codes and embeddings: every file's digest and the settings.

        Descriptions and measured results do not enter, so that correcting them leaves the
        indexes made with the encoder valid.
        """
        canonical = json.dumps(identity(self.card), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    @property
    def embedding_size(self) -> int:
        """D, numbers in an embedding."""
        return int(self._properties[PREFIX + "embedding_size"])

    @property
    def code_bits(self) -> int:
        """K, bits in a code."""
        return int(self._properties[PREFIX + "code_bits"])

    @cached_property
    def layout(self) -> Layout:
        """Where the parts of its embeddings and codes lie."""
        return layout_of(self._properties, PREFIX)

    @property
    def roles(self) -> frozenset[str]:
        """The graphs it has, of "image", "text", "fusion", "hubness", "context" and "hash"."""
        return frozenset(self._properties[PREFIX + "variants"])

    @property
    def input_size(self) -> int:
        """S, width and height in pixels of the images it takes."""
        return int(self._image_input["input"]["shape"][-1])

    @property
    def mean(self) -> tuple[float, ...]:
        """What is subtracted from red, green and blue scaled to 0..1."""
        return tuple(float(s["mean"]) / 255.0 for s in self._image_input["value_scaling"])

    @property
    def std(self) -> tuple[float, ...]:
        """What red, green and blue scaled to 0..1 are divided by after that."""
        return tuple(float(s["stddev"]) / 255.0 for s in self._image_input["value_scaling"])

    @property
    def weights(self) -> frozenset[str]:
        """Files that decide codes and embeddings, and whose digests are part of ``sha256``."""
        return frozenset(identity(self.card)["files"])

    @property
    def tokenizer(self) -> str | None:
        """File name of the tokenizer; None without a text role."""
        name = self._properties.get(PREFIX + "tokenizer")
        return None if name is None else str(name)

    @property
    def max_text_length(self) -> int:
        """Tokens in a text at most, special ones included."""
        return int(self._properties.get(PREFIX + "max_text_length") or 64)

    @property
    def _image_input(self) -> Mapping[str, Any]:
        inputs: Sequence[Mapping[str, Any]] = self._properties["mlm:input"]
        return next(item for item in inputs if item["name"] == "image")
