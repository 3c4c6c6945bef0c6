"""What a user may choose about an index, and whether an existing one agrees with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..encoders.package.package import EncoderPackage
from ..errors import EncoderMismatchError, UsageError
from ..imagery.tiles.grid import check_tiling
from ..index.schema import IndexInfo

#: The tile side is this many source pixels on the ground where the user gives none.
DEFAULT_SCALES = (1.0,)
DEFAULT_OVERLAP = 0.0


@dataclass(frozen=True, slots=True)
class IndexOptions:
    """Tile parameters and what to do about files that are gone.

    A parameter left at None is the index's own where there is an index already, else the default.

    Attributes:
        tile_size_m: side of a tile in metres on the ground; by default as many metres as 256
            pixels of each raster.
        scales: multiples of the tile size to index; 1 by default.
        overlap: share of a tile that its neighbour repeats; 0 by default.
        bits: length of the codes, one that the encoder makes; its usual one by default.
        remove_missing: whether sources whose files are not there any more are removed with their
            tiles; otherwise both stay and the source is marked as missing.
    """

    tile_size_m: float | None = None
    scales: tuple[float, ...] | None = None
    overlap: float | None = None
    remove_missing: bool = False
    bits: int | None = None

    def check(self) -> None:
        """Raise if a number is out of range.

        Raises:
            UsageError: naming it.
        """
        check_tiling(
            1.0 if self.tile_size_m is None else self.tile_size_m,
            DEFAULT_SCALES if self.scales is None else self.scales,
            DEFAULT_OVERLAP if self.overlap is None else self.overlap,
        )

    def new_info(self, package: EncoderPackage) -> IndexInfo:
        """Return what a new index says of itself.

        Raises:
            UsageError: the encoder makes no codes of the length asked for.
        """
        bits = package.code_bits if self.bits is None else self.bits
        package.layout.check_bits(bits)
        return IndexInfo(
            encoder_id=package.id,
            encoder_sha256=package.sha256,
            encoder_name=package.name,
            encoder_path=str(package.directory.absolute()),
            embedding_size=package.embedding_size,
            code_bits=bits,
            tile_size_m=self.tile_size_m,
            scales=_ordered(DEFAULT_SCALES if self.scales is None else self.scales),
            overlap=DEFAULT_OVERLAP if self.overlap is None else self.overlap,
            context="context" in package.roles,
        )

    def check_existing(self, info: IndexInfo, package: EncoderPackage, path: Path) -> None:
        """Raise unless an index can be continued with this encoder and these parameters.

        Raises:
            EncoderMismatchError: its tiles were encoded by another encoder.
            UsageError: its tiles were cut or hashed otherwise.
        """
        if info.encoder_sha256 != package.sha256:
            raise EncoderMismatchError(
                f"{path.name} was made with the encoder {info.encoder_name}, "
                f"not with {package.name}{_version_note(info, package)}",
                hint="Go on with its own encoder (leave the encoder out), or make another index "
                "for this one",
                index_encoder=info.encoder_sha256,
                encoder=package.sha256,
            )
        if self.tile_size_m is not None and self.tile_size_m != info.tile_size_m:
            raise _other_tiles(path, "tile size", _metres(info.tile_size_m))
        if self.scales is not None and _ordered(self.scales) != _ordered(info.scales):
            raise _other_tiles(path, "scales", ",".join(f"{scale:g}" for scale in info.scales))
        if self.bits is not None and self.bits != info.code_bits:
            raise _other_tiles(path, "code length", f"{info.code_bits} bits")
        if self.overlap is not None and self.overlap != info.overlap:
            raise _other_tiles(path, "overlap", f"{info.overlap:g}")


def _ordered(scales: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(sorted({float(scale) for scale in scales}))


def _version_note(info: IndexInfo, package: EncoderPackage) -> str:
    return " of another version" if info.encoder_name == package.name else ""


def _metres(size: float | None) -> str:
    return "256 pixels of each raster" if size is None else f"{size:g} m"


def _other_tiles(path: Path, what: str, value: str) -> UsageError:
    return UsageError(
        f"The {what} of {path.name} is {value} and cannot be changed",
        hint=f"Leave the {what} out to go on with it, or make another index",
    )
