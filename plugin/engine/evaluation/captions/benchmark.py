"""The images and captions of a caption benchmark, encoded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ...encoders.encoder import Encoded, Encoder
from ...encoders.tokens import normalise_text
from ...progress import Progress
from ..image_encoding import encode_image_files
from ..image_lists import check_files
from ..rankings import take
from .karpathy import CaptionedImages, read_captions

_TEXTS = 256


@dataclass(frozen=True, slots=True)
class CaptionBenchmark:
    """One split of a caption file. Equal files and equal sentences are encoded once.

    Attributes:
        folder: of the images.
        split: which split it is.
        listed: names of the images, captions and whose they are.
        images: of the V distinct images.
        texts: of the W distinct sentences.
        image_row: int64 (I,), the distinct image that each image is.
        text_row: int64 (T,), the distinct sentence that each caption is.
        identical: groups of names of files that are the same byte for byte.
        seconds: taken for reading and encoding the images.
    """

    folder: Path
    split: str
    listed: CaptionedImages
    images: Encoded
    texts: Encoded
    image_row: npt.NDArray[np.int64]
    text_row: npt.NDArray[np.int64]
    identical: list[list[str]]
    seconds: float

    @property
    def owner(self) -> npt.NDArray[np.int64]:
        """The image (T,) of each caption."""
        return np.array(self.listed.owners, np.int64)

    @property
    def distinct_texts(self) -> list[str]:
        """The W distinct sentences."""
        first = np.unique(self.text_row, return_index=True)[1]
        return [normalise_text(self.listed.captions[row]) for row in first]


def encode_captions(
    encoder: Encoder,
    images_dir: str | Path,
    captions_json: str | Path,
    split: str = "test",
    progress: Progress | None = None,
    *,
    tokens: bool = False,
) -> CaptionBenchmark:
    """Read a caption file and encode the images and sentences of a split.

    Args:
        encoder: with a text part.
        images_dir: folder of the images.
        captions_json: caption file in Karpathy's layout.
        split: which of its splits.
        progress: told the images done; can cancel.
        tokens: whether to keep the tokens of the images, which re-ranking needs.

    Raises:
        UsageError: captions or images missing.
        EncoderPackageError: the encoder has no text part, or there are no tokens to keep.
        RasterError: an image cannot be read.
        CancelledError: if cancelled.
    """
    encoder.require("text")
    if tokens:
        encoder.require("fusion")
    folder = Path(images_dir)
    listed = read_captions(Path(captions_json), split)
    check_files(folder, listed.names)
    images = encode_image_files(encoder, folder, listed.names, progress, tokens=tokens)
    texts = [normalise_text(caption) for caption in listed.captions]
    distinct_texts, text_row = _distinct(texts)
    _, image_row = _distinct(images.digests)
    first = np.unique(image_row, return_index=True)[1]
    return CaptionBenchmark(
        folder,
        split,
        listed,
        take(images.encoded, first),
        _encode_texts(encoder, distinct_texts, progress or Progress()),
        image_row,
        text_row,
        images.copies(),
        images.seconds,
    )


def _distinct(values: list[str] | tuple[str, ...]) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Return the distinct values, and for each value the position of its like among them."""
    rows = {value: row for row, value in enumerate(dict.fromkeys(values))}
    return list(rows), np.array([rows[value] for value in values], np.int64)


def _encode_texts(encoder: Encoder, texts: list[str], progress: Progress) -> Encoded:
    parts = []
    for start in range(0, len(texts), _TEXTS):
        progress.report(start, len(texts), unit="captions")
        parts.append(encoder.encode_texts(texts[start : start + _TEXTS]))
    return Encoded(
        np.concatenate([part.embeddings for part in parts]),
        np.concatenate([part.codes for part in parts]),
        code_mask=parts[0].code_mask,
    )
