"""Images and texts to embeddings and codes."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import EncoderPackageError, QueryError
from . import fusion
from .codes import Codes
from .graphs import EncoderGraphs
from .package.package import EncoderPackage
from .recent import Recent
from .text_states import TextStates, padded_states
from .tokens import TextTokenizer, normalise_text

Embeddings = npt.NDArray[np.float32]

#: Texts whose embeddings are remembered, and whose hidden states are: these take some 100 kB each,
#: and the tiles of a scene share a few.
_RECENT_TEXTS, _RECENT_STATES = 256, 64

#: Images in one run on a CPU: few, so that what layers hand on stays in the processor's caches
#: (a quarter faster than 16 at a time with the default encoder).
_CPU_IMAGES = 4


@dataclass(frozen=True, slots=True)
class Encoded:
    """What an encoder makes of N images or texts.

    Attributes:
        embeddings: float32 (N, D), each of unit length.
        codes: uint8 (N, K / 8), the first bit highest in the first byte.
        tokens: of images, float32 (N, P, W), for ``Encoder.fuse``; None unless asked for, and
            where there are none.
        code_mask: uint8 (K / 8,), the bits of the codes that say something; None if all do. Those
            of the look say nothing of a text.
    """

    embeddings: Embeddings
    codes: Codes
    tokens: Embeddings | None = None
    code_mask: Codes | None = None

    def __len__(self) -> int:
        return len(self.codes)


class Encoder:
    """Runs the graphs of an encoder package. Safe to use from several threads.

    Args:
        package: what to run.
        threads: threads of one run; all processors this process may use if left out.
        provider: ``"auto"`` (the fastest that works), ``"cuda"``, ``"directml"``, ``"coreml"`` or
            ``"cpu"``.
        batch_size: images or texts in one run at most.
        precision: weights to use where the package has several, such as ``"fp32"``; chosen to suit
            the provider if left out.

    Attributes:
        package: as given.
        layout: where the parts of embeddings and codes lie.
        code_bits: K, bits of the codes that it returns; see ``with_bits``.
        provider: where the image graph runs, such as ``"cpu"``.
        provider_note: why it does not run on a graphics card that is there; "" if none is lost.

    Raises:
        EncoderPackageError: if the image graph cannot be run.

    Examples:
        >>> from scene_search.engine.encoders.package.package import EncoderPackage
        >>> encoder = Encoder(EncoderPackage.load(package_folder))
        >>> texts = encoder.encode_texts(["ships in a harbour", "a forest"])
        >>> texts.embeddings.shape, texts.codes.shape
        ((2, 32), (2, 8))
        >>> side = encoder.package.input_size
        >>> images = encoder.encode_images(np.zeros((3, side, side, 3), np.uint8))
        >>> (images.embeddings @ texts.embeddings.T).shape
        (3, 2)
    """

    def __init__(
        self,
        package: EncoderPackage,
        threads: int | None = None,
        provider: str = "auto",
        *,
        batch_size: int = 32,
        precision: str | None = None,
    ) -> None:
        self.package = package
        self.layout = package.layout
        self.code_bits = package.code_bits
        self._batch_size = batch_size
        self._graphs = EncoderGraphs(package, threads, provider, precision)
        self._recent = Recent(self._run_texts, _RECENT_TEXTS)
        self._recent_states = Recent(self._run_states, _RECENT_STATES)
        image = self._graphs["image"]
        self.provider = image.provider
        self.provider_note = image.note or self._graphs.note
        mean, std = (
            np.asarray(values, np.float32).reshape(1, 3, 1, 1)
            for values in (package.mean, package.std)
        )
        self._scale = (1 / (255 * std)).astype(np.float32)
        self._offset = (mean / std).astype(np.float32)

    @property
    def files(self) -> dict[str, str]:
        """File of each role that has been loaded."""
        return self._graphs.files

    def with_bits(self, bits: int) -> Encoder:
        """Return the same encoder with codes of another length; they share their graphs.

        Raises:
            UsageError: if it makes no codes of that length.
        """
        if bits == self.code_bits:
            return self
        self.layout.check_bits(bits)
        other = copy.copy(self)
        other.code_bits = bits
        other._recent = Recent(other._run_texts, _RECENT_TEXTS)
        return other

    def encode_images(self, rgb: npt.NDArray[np.uint8], *, tokens: bool = False) -> Encoded:
        """Return embeddings and codes of images.

        Args:
            rgb: uint8 (N, S, S, 3), S the package's ``input_size``.
            tokens: whether to return the tokens, too, as ``image_tokens`` does.

        Raises:
            ValueError: for another shape or type.
            EncoderPackageError: if the graph fails or its outputs are of the wrong shape.
        """
        size = self.package.input_size
        if rgb.dtype != np.uint8 or rgb.ndim != 4 or rgb.shape[1:] != (size, size, 3):
            raise ValueError(f"images must be uint8 (N, {size}, {size}, 3), not {rgb.shape}")
        session = self._graphs["image"]
        at_once = self._batch_size
        if session.provider == "cpu":
            at_once = min(at_once, _CPU_IMAGES)
        if tokens:
            self.require("fusion")
            fusion.check_tokens(session)
        encoded = self._empty(len(rgb))
        states = []
        own_code = ("code",) if self._codes_beside else ()
        outputs = ("features", *own_code, *(("tokens",) if tokens else ()))
        for start in range(0, len(rgb), at_once):
            batch = slice(start, start + at_once)
            pixels = self._pixels(rgb[batch])
            features, *found = session.run({"pixels": pixels}, outputs)
            self._store(encoded, batch, features, found.pop(0) if own_code else None)
            states += found
        return replace(encoded, tokens=np.concatenate(states)) if states else encoded

    def image_tokens(self, rgb: npt.NDArray[np.uint8]) -> Embeddings:
        """Return the tokens float32 (N, P, W) of images, at least one, for ``fuse``.

        Args:
            rgb: uint8 (N, S, S, 3), S the package's ``input_size``.

        Raises:
            ValueError: for another shape or type, or no image.
            EncoderPackageError: if the encoder has no fusion part, or the graph fails.
        """
        tokens = self.encode_images(rgb, tokens=True).tokens
        if tokens is None:
            raise ValueError("there is no image")
        return tokens

    def fuse(
        self,
        image_tokens: Embeddings,
        text_tokens: Embeddings,
        text_mask: npt.NDArray[np.int64],
    ) -> Embeddings:
        """Return the probability float32 (K,) that image and text of each pair belong together.

        Args:
            image_tokens: float32 (K, P, W), from ``encode_images``.
            text_tokens: float32 (T, L, V), from ``text_states``; T is 1 or K.
            text_mask: int64 (T, L), from there as well.

        Raises:
            ValueError: for other shapes.
            EncoderPackageError: if the encoder has no fusion part, or it fails.
        """
        self.require("fusion")
        return fusion.fuse(self._graphs["fusion"], image_tokens, text_tokens, text_mask)

    def image_hubness(self, embeddings: Embeddings) -> Embeddings:
        """Return how near images are to all texts, float32 (N,), in units of the cosine.

        Re-ranking takes it from the cosine, so that an image that any description fits does not
        stand before one that this description fits. Zeros where the encoder has no part for it.

        Args:
            embeddings: float32 (N, D) of unit length, of images.

        Raises:
            EncoderPackageError: if the graph fails.
        """
        return self._hubness("image", embeddings)

    def text_hubness(self, embeddings: Embeddings) -> Embeddings:
        """Return how near texts are to all images, as ``image_hubness`` does of images."""
        return self._hubness("text", embeddings)

    def encode_texts(self, texts: Sequence[str]) -> Encoded:
        """Return embeddings and codes of texts; recent ones are remembered.

        Raises:
            QueryError: if a text is empty.
            EncoderPackageError: if the encoder has no text part, or it fails.
        """
        wanted = [normalise_text(text) for text in texts]
        if not all(wanted):
            raise QueryError(
                "The description is empty",
                hint="Describe the scene in a few words, such as: ships in a harbour.",
            )
        result = self._empty(len(wanted))
        for row, (embedding, code) in enumerate(self._recent(wanted)):
            result.embeddings[row], result.codes[row] = embedding, code
        if not self.layout.two_parts:
            return result
        mask = self.layout.code_mask(self.code_bits, meaning=True, look=False)
        return replace(result, code_mask=mask)

    def text_notes(self, texts: Sequence[str]) -> list[str]:
        """Return what a user should know of how texts were read: cut short, words unknown."""
        notes = []
        tokens = self._tokenizer([normalise_text(text) for text in texts])
        for text, cut, unknown in zip(texts, tokens.truncated, tokens.unknown, strict=True):
            start = normalise_text(text)[:40]
            if cut:
                notes.append(
                    f"Only the first {self.package.max_text_length} word pieces of “{start}…” "
                    "were used"
                )
            if unknown > 0.5:
                notes.append(f"The encoder knows few of the words of “{start}”")
        return notes

    def hash_embeddings(self, embeddings: Embeddings) -> Codes:
        """Return the codes uint8 (N, K / 8) of embeddings float32 (N, D), such as combined ones.

        Raises:
            ValueError: for another shape.
            EncoderPackageError: if the encoder has no hash part, or it fails.
        """
        if embeddings.ndim != 2 or embeddings.shape[1] != self.package.embedding_size:
            raise ValueError(f"embeddings must be (N, {self.package.embedding_size})")
        if not len(embeddings):
            return self._empty(0).codes
        features = np.ascontiguousarray(embeddings, np.float32)
        usual = self.code_bits == self.package.code_bits
        output = "code" if usual else f"code_{self.code_bits}"
        (codes,) = self._graphs["hash"].run({"features": features}, (output,))
        self._graphs.check_shape(codes, (len(embeddings), self.code_bits // 8))
        return codes

    def encode_context(self, embeddings: Embeddings, texts: Sequence[str]) -> Encoded:
        """Return embeddings and codes that take the circumstances of acquisition into account.

        Args:
            embeddings: float32 (N, D), of images or of what stands for one.
            texts: what is known of each one's acquisition, as ``context.r2stft`` writes it; where
                nothing is (an empty text), the embedding stays as it is.

        Raises:
            ValueError: for another shape.
            EncoderPackageError: if the encoder has no context part, or it fails.
        """
        if embeddings.shape != (len(texts), self.package.embedding_size):
            raise ValueError(f"{len(texts)} texts do not fit embeddings {embeddings.shape}")
        self.require("context")
        wanted = [normalise_text(text) for text in texts]
        encoded = Encoded(embeddings.astype(np.float32), self.hash_embeddings(embeddings))
        meaning, look = self.layout.split(encoded.embeddings)
        told = [row for row, text in enumerate(wanted) if text]
        for start in range(0, len(told), self._batch_size):
            rows = told[start : start + self._batch_size]
            states = self.text_states([wanted[row] for row in rows])
            inputs: dict[str, npt.NDArray[Any]] = {
                "image_features": np.ascontiguousarray(meaning[rows], np.float32),
                "text_tokens": states.hidden,
                "text_mask": states.mask,
            }
            part = self._empty(len(rows))
            own_code = ("code",) if self._codes_beside else ()
            features, *codes = self._graphs["context"].run(inputs, ("features", *own_code))
            self._graphs.check_shape(features, (len(rows), self.layout.meaning))
            if self.layout.two_parts:
                # when and where an image was taken changes what it means, not how it looks
                features = self.layout.join(features, look[rows])
            self._store(part, slice(0, len(rows)), features, codes[0] if codes else None)
            encoded.embeddings[rows], encoded.codes[rows] = part.embeddings, part.codes
        return encoded

    def text_states(self, texts: Sequence[str]) -> TextStates:
        """Return the last hidden states of texts, which other graphs attend to.

        Recent texts are remembered. Only packages with a fusion or context part have them.

        Raises:
            EncoderPackageError: if the text graph has no output ``tokens``, or it fails.
        """
        return padded_states(self._recent_states(normalise_text(text) for text in texts))

    def require(self, role: str) -> None:
        """Check that the encoder has a part, before work that needs it.

        Raises:
            EncoderPackageError: if it has not.
        """
        self._graphs.require(role)

    def _hubness(self, of: str, embeddings: Embeddings) -> Embeddings:
        if "hubness" not in self._graphs or not len(embeddings):
            return np.zeros(len(embeddings), np.float32)
        features = np.ascontiguousarray(self.layout.split(embeddings)[0], np.float32)
        (found,) = self._graphs["hubness"].run({"features": features}, (f"{of}_hubness",))
        self._graphs.check_shape(found, (len(embeddings),))
        return found

    def _pixels(self, rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Return the normalised input float32 (N, 3, S, S) of images uint8 (N, S, S, 3)."""
        pixels = np.ascontiguousarray(rgb.transpose(0, 3, 1, 2)).astype(np.float32)
        pixels *= self._scale
        pixels -= self._offset
        return pixels

    def _run_texts(self, texts: Sequence[str]) -> list[tuple[Embeddings, Codes]]:
        """Return the embedding (D,) and the code (K / 8,) of each text."""
        encoded = self._empty(len(texts))
        for start in range(0, len(texts), self._batch_size):
            rows = slice(start, start + self._batch_size)
            inputs = self._text_inputs(texts[rows])
            own_code = ("code",) if self._codes_beside else ()
            features, *codes = self._graphs["text"].run(inputs, ("features", *own_code))
            self._graphs.check_shape(features, (len(texts[rows]), self.layout.meaning))
            widened = self.layout.of_texts(features)
            self._store(encoded, rows, widened, codes[0] if codes else None)
        return list(zip(encoded.embeddings, encoded.codes, strict=True))

    def _run_states(self, texts: Sequence[str]) -> list[npt.NDArray[np.float32]]:
        """Return the hidden states (tokens, W) of each text."""
        states: list[npt.NDArray[np.float32]] = []
        for start in range(0, len(texts), self._batch_size):
            inputs = self._text_inputs(texts[start : start + self._batch_size])
            real = inputs["attention_mask"].astype(bool)
            (hidden,) = self._graphs["text"].run(inputs, ("tokens",))
            self._graphs.check_shape(hidden, (*real.shape, hidden.shape[-1]))
            states += [rows[kept] for rows, kept in zip(hidden, real, strict=True)]
        return states

    def _text_inputs(self, texts: Sequence[str]) -> dict[str, npt.NDArray[Any]]:
        """Return the text graph's inputs."""
        tokens = self._tokenizer(texts)
        return {"input_ids": tokens.input_ids, "attention_mask": tokens.attention_mask}

    @cached_property
    def _tokenizer(self) -> TextTokenizer:
        self.require("text")
        content = self.package.read(str(self.package.tokenizer))
        return TextTokenizer(content, self.package.max_text_length)

    @property
    def _codes_beside(self) -> bool:
        """Whether the codes are those that the graphs give beside their features.

        Those know one length, and codes of two parts are made of both.
        """
        return not self.layout.two_parts and self.code_bits == self.package.code_bits

    def _empty(self, count: int) -> Encoded:
        return Encoded(
            np.zeros((count, self.package.embedding_size), np.float32),
            np.zeros((count, self.code_bits // 8), np.uint8),
        )

    def _store(
        self, encoded: Encoded, rows: slice, features: Embeddings, codes: Codes | None
    ) -> None:
        """Check a batch of outputs and put it into the result, embeddings at unit length.

        Codes that are not given are made of the embeddings.
        """
        part = encoded.embeddings[rows]
        self._graphs.check_shape(features, part.shape)
        if codes is not None:
            self._graphs.check_shape(codes, encoded.codes[rows].shape)
        norms = np.linalg.norm(features, axis=1, keepdims=True)
        if not np.isfinite(norms).all():
            raise EncoderPackageError(
                f"The encoder {self.package.name} gave numbers that are not finite",
                hint="The package is damaged or was exported wrongly: export it again.",
            )
        part[:] = features / np.maximum(norms, 1e-12)
        encoded.codes[rows] = self.hash_embeddings(part) if codes is None else codes
