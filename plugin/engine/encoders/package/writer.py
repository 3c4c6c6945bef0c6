"""Writes encoder packages; training and imported encoders end here."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...errors import EncoderPackageError, StorageError
from ...staging import staging_folder
from .card_build import build_card
from .card_check import check_card
from .card_format import (
    CARD_NAME,
    GRAPH_ROLES,
    OTHER_ROLES,
    PRECISIONS,
    CardFields,
    FileFacts,
)
from .files import plain_name


@dataclass(frozen=True, slots=True)
class PackageFile:
    """A file to put into a package.

    Attributes:
        name: file name inside the package, such as ``"image.int8.onnx"``.
        role: ``"image"``, ``"text"``, ``"hash"``, ``"fusion"``, ``"hubness"``, ``"context"``,
            ``"tokenizer"`` or ``"document"``.
        content: its bytes, or the file to copy.
        precision: of a graph's weights: ``"fp32"``, ``"fp16"`` or ``"int8"``.
    """

    name: str
    role: str
    content: bytes | Path
    precision: str = "fp32"


def write_package(directory: str | Path, fields: CardFields, files: Sequence[PackageFile]) -> Path:
    """Write a package, replacing one that is there; a failure leaves the old one as it was.

    Args:
        directory: folder to make.
        fields: what the card says about the encoder.
        files: the graphs, the tokenizer and documents.

    Returns:
        The folder.

    Raises:
        EncoderPackageError: if the package would not load (no image graph, unknown role, …).
        StorageError: if it cannot be written.
    """
    directory = Path(directory)
    _check_files(directory, files)
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        with staging_folder(directory.parent) as folder:
            new = folder / "new"
            new.mkdir()
            facts = [_place(new, file) for file in files]
            card = build_card(fields, facts)
            check_card(json.loads(json.dumps(card)), directory)
            text = json.dumps(card, indent=2, ensure_ascii=False) + "\n"
            (new / CARD_NAME).write_text(text, encoding="utf-8")
            _swap(new, directory)
    except OSError as error:
        raise StorageError(
            f"The encoder package {directory} cannot be written: {error.strerror or error}",
            hint="Choose a folder that can be written and has space left.",
        ) from error
    return directory


def _check_files(directory: Path, files: Sequence[PackageFile]) -> None:
    names = [plain_name(file.name, directory) for file in files]
    for file in files:
        if file.role not in GRAPH_ROLES | OTHER_ROLES:
            raise EncoderPackageError(f"Unknown role {file.role!r} of {file.name}")
        if file.role in GRAPH_ROLES and file.precision not in PRECISIONS:
            raise EncoderPackageError(f"Unknown precision {file.precision!r} of {file.name}")
    if len(set(names)) != len(names) or CARD_NAME in names:
        raise EncoderPackageError("Two files of the package have the same name")


def _place(folder: Path, file: PackageFile) -> FileFacts:
    """Copy a file into the new package and return what the card says of it."""
    content = file.content if isinstance(file.content, bytes) else file.content.read_bytes()
    target = folder / file.name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    precision = file.precision if file.role in GRAPH_ROLES else ""
    sha256 = hashlib.sha256(content).hexdigest()
    return FileFacts(file.name, file.role, precision, len(content), sha256)


def _swap(new: Path, directory: Path) -> None:
    """Put ``new`` in the place of ``directory``; a folder cannot be replaced in one call."""
    # not in a staging folder, which the next run would remove if this one were killed here
    old = directory.with_name(f".{directory.name}.previous")
    if old.exists() and not directory.exists():
        old.rename(directory)
    shutil.rmtree(old, ignore_errors=True)
    if directory.exists():
        directory.rename(old)
    try:
        new.rename(directory)
    except OSError:
        if old.exists():
            old.rename(directory)
        raise
    shutil.rmtree(old, ignore_errors=True)
