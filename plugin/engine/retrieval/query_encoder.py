"""What searching needs of an encoder; ``encoders.encoder.Encoder`` has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from ..encoders.layout import Layout
from ..encoders.text_states import TextStates
from ..errors import EncoderMismatchError
from ..index.connection import damaged_error
from ..index.tile_index import TileIndex


class PackageFacts(Protocol):
    """The part of an encoder package that tells it from others."""

    @property
    def name(self) -> str:
        """Name for people."""

    @property
    def sha256(self) -> str:
        """SHA-256 of its canonical card."""

    @property
    def input_size(self) -> int:
        """Side of an image in pixels."""

    @property
    def embedding_size(self) -> int:
        """Length D of an embedding."""

    @property
    def code_bits(self) -> int:
        """Length of a code in bits."""

    @property
    def card(self) -> Mapping[str, Any]:
        """Content of its ``model.json``."""


class EncodedItems(Protocol):
    """Embeddings of unit length and codes of n images or texts."""

    @property
    def embeddings(self) -> np.ndarray:
        """float32 ``(n, D)``."""


class QueryEncoder(Protocol):
    """Turns images and texts into embeddings, and embeddings into codes."""

    @property
    def package(self) -> PackageFacts:
        """What it was loaded from."""

    @property
    def layout(self) -> Layout:
        """Where the parts of embeddings and codes lie."""

    @property
    def code_bits(self) -> int:
        """Length of its codes."""

    def with_bits(self, bits: int) -> QueryEncoder:
        """Return it with codes of another length."""

    def encode_images(self, rgb: np.ndarray) -> EncodedItems:
        """Encode images uint8 ``(n, S, S, 3)``."""

    def encode_texts(self, texts: Sequence[str]) -> EncodedItems:
        """Encode texts."""

    def text_notes(self, texts: Sequence[str]) -> list[str]:
        """Return what a user should know of how texts were read."""

    def hash_embeddings(self, embeddings: np.ndarray) -> np.ndarray:
        """Return codes uint8 ``(n, bits / 8)`` of embeddings float32 ``(n, D)``."""

    def encode_context(self, embeddings: np.ndarray, texts: Sequence[str]) -> EncodedItems:
        """Encode embeddings float32 ``(n, D)`` together with texts on their acquisition."""

    def require(self, role: str) -> None:
        """Raise ``EncoderPackageError`` unless it has a part, such as ``"fusion"``."""

    def image_tokens(self, rgb: np.ndarray) -> np.ndarray:
        """Return the tokens float32 ``(n, P, W)`` of images uint8 ``(n, S, S, 3)``."""

    def image_hubness(self, embeddings: np.ndarray) -> np.ndarray:
        """Return how near images with embeddings float32 ``(n, D)`` are to all texts, ``(n,)``."""

    def text_states(self, texts: Sequence[str]) -> TextStates:
        """Return the states of the tokens of texts."""

    def fuse(
        self, image_tokens: np.ndarray, text_tokens: np.ndarray, text_mask: np.ndarray
    ) -> np.ndarray:
        """Return the probability ``(K,)`` that image and text of each pair belong together."""


def check_match(index: TileIndex, encoder: QueryEncoder) -> None:
    """Raise unless the encoder is the one that made the index.

    Raises:
        EncoderMismatchError: distances between their codes would mean nothing.
        IndexFileError: it is, but the index is damaged and says otherwise of its tiles.
    """
    info, package = index.info, encoder.package
    if info.encoder_sha256 == package.sha256:
        layout = encoder.layout
        if info.embedding_size != layout.size or info.code_bits not in layout.codes:
            raise damaged_error(
                index.path,
                f"embeddings of {info.embedding_size} numbers and codes of {info.code_bits} bits, "
                f"where its encoder gives {layout.size} and {layout.code_lengths}",
            )
        return
    raise EncoderMismatchError(
        f"{index.path.name} was made with the encoder {info.encoder_name} "
        f"({info.encoder_sha256[:12]}), not with {package.name} ({package.sha256[:12]})",
        hint="Choose the encoder it was made with, or index the imagery again with this one",
        index=info.encoder_sha256,
        encoder=package.sha256,
    )
