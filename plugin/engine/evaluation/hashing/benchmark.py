"""The queries and the database of a hashing benchmark, encoded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ...encoders.codes import truncate_codes
from ...encoders.encoder import Encoded, Encoder
from ...errors import UsageError
from ...progress import Progress
from ..image_encoding import encode_image_files
from ..image_lists import check_files, class_of, read_list
from ..rankings import take


@dataclass(frozen=True, slots=True)
class HashingBenchmark:
    """Images to search with and images to search in.

    Attributes:
        folder: of the images.
        query_names: Q files relative to it; database_names: N files.
        queries: (Q) embeddings and codes, the codes cut to ``bits`` and filled up with zeros.
        items: (N), the same of the database.
        query_class: (Q,) names of classes; item_class: (N,).
        bits: used of each code.
        identical: groups of names of files that are the same byte for byte.
        seconds: taken for reading and encoding.
    """

    folder: Path
    query_names: tuple[str, ...]
    database_names: tuple[str, ...]
    queries: Encoded
    items: Encoded
    query_class: npt.NDArray[np.str_]
    item_class: npt.NDArray[np.str_]
    bits: int
    identical: list[list[str]]
    seconds: float

    @property
    def answerable(self) -> npt.NDArray[np.bool_]:
        """Whether the database has an image of the query's class (Q,)."""
        return np.asarray(np.isin(self.query_class, self.item_class))


def encode_hashing(
    encoder: Encoder,
    images_dir: str | Path,
    database_list: str | Path,
    query_list: str | Path,
    bits: int | None = None,
    progress: Progress | None = None,
) -> HashingBenchmark:
    """Read both lists and encode their images; see ``encode_lists``.

    Raises:
        UsageError: a list is missing, empty or names a file twice, and as ``encode_lists`` does.
        RasterError: an image cannot be read.
        CancelledError: if cancelled.
    """
    database, queries = read_list(Path(database_list)), read_list(Path(query_list))
    return encode_lists(encoder, Path(images_dir), database, queries, bits, progress)


def encode_lists(
    encoder: Encoder,
    folder: Path,
    database: Sequence[str],
    queries: Sequence[str],
    bits: int | None = None,
    progress: Progress | None = None,
) -> HashingBenchmark:
    """Encode the images of two lists, those in both once.

    Raises:
        UsageError: images missing, more bits than the code has, or no query that can be
            answered.
        RasterError: an image cannot be read.
        CancelledError: if cancelled.
    """
    if bits is not None and bits in encoder.layout.codes:
        encoder = encoder.with_bits(bits)
    available = encoder.code_bits
    used = available if bits is None else bits
    truncate_codes(np.zeros((0, available // 8), np.uint8), used)  # refuses before the work
    names = list(dict.fromkeys((*database, *queries)))
    classes = {name: class_of(name) for name in names}
    check_files(folder, names)
    if not {classes[name] for name in database} & {classes[name] for name in queries}:
        raise UsageError(
            "No query has an image of its class in the database",
            hint="Check that both lists are of the same benchmark.",
        )
    images = encode_image_files(encoder, folder, names, progress)
    row = {name: number for number, name in enumerate(names)}
    codes = truncate_codes(images.encoded.codes, used)
    encoded = Encoded(images.encoded.embeddings, _whole_words(codes))
    return HashingBenchmark(
        folder,
        tuple(queries),
        tuple(database),
        take(encoded, np.array([row[name] for name in queries])),
        take(encoded, np.array([row[name] for name in database])),
        np.array([classes[name] for name in queries]),
        np.array([classes[name] for name in database]),
        used,
        images.copies(),
        images.seconds,
    )


def _whole_words(codes: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Fill codes up to a multiple of 8 bytes with zeros, which count faster and change nothing."""
    return np.pad(codes, ((0, 0), (0, -codes.shape[1] % 8)))
