"""Encodes the images of a benchmark, reading some while others are encoded."""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..encoders.encoder import Encoded, Encoder
from ..imagery.tiles.reader import read_image
from ..progress import Progress

_BATCH = 32
_READERS = 2
#: Images read ahead of the encoder, which bounds the memory.
_AHEAD = 3 * _BATCH

Picture = tuple[npt.NDArray[np.uint8], str]


@dataclass(frozen=True, slots=True)
class EncodedImages:
    """Images of a benchmark.

    Attributes:
        names: file names relative to the image folder.
        encoded: embeddings and codes, a row an image.
        digests: of the bytes of each file, equal for files that are copies.
        seconds: taken for reading and encoding.
    """

    names: tuple[str, ...]
    encoded: Encoded
    digests: tuple[str, ...]
    seconds: float

    def copies(self) -> list[list[str]]:
        """Return the groups of files that are the same byte for byte."""
        groups: dict[str, list[str]] = {}
        for name, digest in zip(self.names, self.digests, strict=True):
            groups.setdefault(digest, []).append(name)
        return [names for names in groups.values() if len(names) > 1]


def encode_image_files(
    encoder: Encoder,
    folder: Path,
    names: Sequence[str],
    progress: Progress | None = None,
    *,
    tokens: bool = False,
) -> EncodedImages:
    """Read and encode image files.

    Args:
        encoder: the encoder.
        folder: the image folder.
        names: files relative to it.
        progress: told the images done; can cancel.
        tokens: whether to keep the tokens, too, which takes some 10 to 100 kB an image.

    Raises:
        EncoderPackageError: if there are no tokens to keep.
        RasterError: if an image cannot be read.
        CancelledError: if cancelled.
    """
    progress = progress or Progress()
    started = time.monotonic()
    size = encoder.package.input_size
    digests: list[str] = []
    parts: list[Encoded] = []
    batch: list[npt.NDArray[np.uint8]] = []
    for number, (picture, digest) in enumerate(_pictures(folder, names, size), start=1):
        batch.append(picture)
        digests.append(digest)
        if len(batch) == _BATCH or number == len(names):
            parts.append(encoder.encode_images(np.stack(batch), tokens=tokens))
            batch.clear()
            progress.report(number, len(names), unit="images", force=number == len(names))
    encoded = Encoded(
        np.concatenate([part.embeddings for part in parts]),
        np.concatenate([part.codes for part in parts]),
        np.concatenate([part.tokens for part in parts if part.tokens is not None])
        if tokens
        else None,
    )
    return EncodedImages(tuple(names), encoded, tuple(digests), time.monotonic() - started)


def _pictures(folder: Path, names: Sequence[str], size: int) -> Iterator[Picture]:
    """Yield pictures in order, with some being read ahead."""
    waiting: deque[Future[Picture]] = deque()
    with ThreadPoolExecutor(_READERS, "read-image") as pool:
        try:
            for name in names:
                waiting.append(pool.submit(_read, folder / name, size))
                if len(waiting) >= _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:  # on an error or cancellation, do not read what nobody waits for
            for future in waiting:
                future.cancel()


def _read(path: Path, size: int) -> Picture:
    digest = hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()
    return read_image(path, size), digest
