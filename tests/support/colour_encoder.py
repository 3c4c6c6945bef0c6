"""An encoder for tests that sees nothing but colour, without a model."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
from scene_search.engine.encoders.layout import Layout

from tests.support.made_index import INFO

COLOURS = {
    "red": (220, 30, 30),
    "green": (30, 160, 40),
    "blue": (30, 60, 200),
    "grey": (128, 128, 128),
    "yellow": (220, 220, 40),
}


@dataclass
class Encoded:
    embeddings: np.ndarray
    codes: np.ndarray


class ColourEncoder:
    """Embeds the mean colour of an image, or the colour that a text names."""

    def __init__(self, sha256=INFO.encoder_sha256):
        self.package = SimpleNamespace(
            name="Colour encoder",
            sha256=sha256,
            input_size=16,
            embedding_size=INFO.embedding_size,
            code_bits=INFO.code_bits,
        )
        self.code_bits = INFO.code_bits
        self.layout = Layout(INFO.embedding_size, codes={self.code_bits: self.code_bits})
        rng = np.random.default_rng(5)
        self._projection = np.linalg.qr(rng.normal(size=(INFO.embedding_size, 3)))[0]
        self._planes = rng.normal(size=(INFO.embedding_size, INFO.code_bits))
        self.images_seen = 0

    def with_bits(self, bits):
        assert bits == self.code_bits
        return self

    def embed(self, colours):
        """Embed colours (n, 3) of 0..255: hue decides more than lightness."""
        centred = (np.asarray(colours, np.float64) - 127) / 127
        centred[np.linalg.norm(centred, axis=1) < 0.05] = (0.1, 0.1, 0.1)
        vectors = centred @ self._projection.T
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)

    def _encoded(self, embeddings):
        return Encoded(embeddings, self.hash_embeddings(embeddings))

    def encode_images(self, rgb):
        assert rgb.dtype == np.uint8
        assert rgb.shape[1:] == (16, 16, 3)
        self.images_seen += len(rgb)
        return self._encoded(self.embed(rgb.reshape(len(rgb), -1, 3).mean(axis=1)))

    def encode_texts(self, texts):
        return self._encoded(self.embed([COLOURS[text.strip()] for text in texts]))

    def text_notes(self, texts):
        return ["a note on the text"] if "yellow" in texts else []

    def hash_embeddings(self, embeddings):
        assert embeddings.dtype == np.float32
        return np.packbits(embeddings @ self._planes >= 0, axis=1)
