"""Which encoders there are, and which of them made an index."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ... import paths
from ..errors import EncoderMismatchError, EncoderPackageError
from ..index.schema import IndexInfo
from .package.card_format import CARD_NAME
from .package.package import EncoderPackage

_ELSEWHERE = "Name the folder of that encoder, or index the imagery again with another one"
_EARLIER = (
    "It came with another version of Scene Search, in the folder models of its zip: unpack that "
    "and name the encoder's folder, or index the imagery again"
)


def shipped_encoders() -> list[Path]:
    """Return the folders and zips of the encoders that are there, the default one first."""
    default = paths.default_encoder()
    if not paths.models().is_dir():
        return []
    found = [
        path
        for path in sorted(paths.models().iterdir())
        if path.suffix == ".zip" or (path / CARD_NAME).is_file()
    ]
    return sorted(found, key=lambda path: path != default)


def describe_encoder(package: EncoderPackage) -> dict[str, Any]:
    """Return what a list of encoders shows of one."""
    return {
        "name": package.name,
        "path": str(package.directory),
        "roles": sorted(package.roles),
        "code_bits": package.code_bits,
        "embedding_size": package.embedding_size,
        "summary": str(package.card["properties"].get("description", "")),
    }


def load_encoder(path: Path | None = None) -> EncoderPackage:
    """Return the encoder package of a folder or zip, or the default one.

    Raises:
        EncoderPackageError: it is missing, incomplete, altered, or of a newer format.
    """
    if path is not None:
        return EncoderPackage.load(path)
    default = paths.default_encoder()
    if not (default / CARD_NAME).is_file():
        raise EncoderPackageError(
            "This copy of Scene Search comes without its default encoder",
            hint="Install the plugin again, or name an encoder package",
            path=str(default),
        )
    return EncoderPackage.load(default)


def encoder_of(info: IndexInfo, index: Path, chosen: Path | None = None) -> EncoderPackage:
    """Return the encoder that made an index.

    Args:
        info: what the index says of itself.
        index: its path, for messages.
        chosen: the encoder that the user names, where they name one.

    Raises:
        EncoderMismatchError: the chosen encoder did not make it, or none is named and the one
            that did is not to be found.
        EncoderPackageError: it is found, but incomplete or altered.
    """
    if chosen is not None:
        package = EncoderPackage.load(chosen)
        if package.sha256 != info.encoder_sha256:
            raise EncoderMismatchError(
                f"{index.name} was made with the encoder {info.encoder_name}, "
                f"not with {package.name}",
                hint="Leave the encoder out to use the index's own, or index the imagery again "
                "with this one",
            )
        return package
    spoilt: EncoderPackageError | None = None
    for path in _places(info):
        try:
            # The card says which encoder it is; only the right one's files are worth hashing.
            if EncoderPackage.load(path, verify=False).sha256 == info.encoder_sha256:
                return EncoderPackage.load(path)
        except EncoderPackageError as error:
            spoilt = spoilt or error
    if spoilt is not None:
        raise spoilt
    raise EncoderMismatchError(
        f"{index.name} was made with the encoder {info.encoder_name}"
        f"{' of another version' if _earlier(info) else ''}, which is not here",
        hint=_EARLIER if _earlier(info) else _ELSEWHERE,
        encoder_id=info.encoder_id,
        encoder_path=info.encoder_path,
    )


def _earlier(info: IndexInfo) -> bool:
    """Whether the encoder that made an index has the id of one that comes with this version."""
    cards = (EncoderPackage.load(path, verify=False) for path in shipped_encoders())
    return any(package.id == info.encoder_id for package in cards)


def _places(info: IndexInfo) -> Iterator[Path]:
    if info.encoder_path:
        path = Path(info.encoder_path)
        if path.exists():
            yield path
    yield from shipped_encoders()
