"""The tiny encoder with a look part: the colours and contrast of the whole picture.

Run ``python tests/support/tiny_two_parts.py DIR`` to write it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
from scene_search.engine.encoders.package.card_format import PREFIX, CardFields
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.encoders.package.writer import PackageFile, write_package
from scene_search.training.two_parts.graphs import (
    CodeLayer,
    Linear,
    hash_graph,
    joined_image_graph,
)

from tests.support import tiny_encoder as tiny

MEANING, LOOK, SHARE = 32, 6, 0.5
#: Bits of the meaning by code length.
CODES = {64: 32, 128: 48}


def write_tiny_two_parts(directory: str | Path) -> Path:
    """Write the package and return its folder."""
    random = np.random.default_rng(3)

    def linear(inputs: int, outputs: int) -> Linear:
        weight = random.normal(size=(inputs, outputs)).astype(np.float32)
        return Linear(weight, np.zeros(outputs, np.float32))

    codes = {
        bits: CodeLayer(linear(MEANING, own), linear(LOOK, bits - own))
        for bits, own in CODES.items()
    }
    look = Linear(np.eye(LOOK, dtype=np.float32), np.zeros(LOOK, np.float32))
    with tempfile.TemporaryDirectory() as temporary:
        plain = EncoderPackage.load(tiny.write_tiny_encoder(Path(temporary) / "tiny"))
        image = onnx.load_from_string(plain.read("image.onnx"))
        files = [
            PackageFile(
                "image.onnx",
                "image",
                joined_image_graph(image, "pixels", look, SHARE).SerializeToString(),
            ),
            PackageFile("text.onnx", "text", plain.read("text.onnx")),
            PackageFile("hash.onnx", "hash", hash_graph(codes, 64).SerializeToString()),
            PackageFile("tokenizer.json", "tokenizer", plain.read("tokenizer.json")),
        ]
    return write_package(directory, card_fields(), files)


def card_fields() -> CardFields:
    """Return what the card says."""
    return CardFields(
        id="tiny-two-parts",
        name="Tiny encoder of two parts",
        description="Colour statistics as meaning, mean colours as look; for tests only.",
        architecture="Colour statistics",
        embedding_size=MEANING + LOOK,
        code_bits=64,
        input_size=64,
        mean=tiny.MEAN,
        std=tiny.STD,
        licence="GPL-3.0-or-later",
        max_text_length=64,
        framework_version=onnx.__version__,
        extra={
            f"{PREFIX}parts": {
                "meaning": {"numbers": MEANING, "share": SHARE},
                "look": {"numbers": LOOK, "share": 1 - SHARE},
            },
            f"{PREFIX}codes": [{"bits": bits, "meaning": own} for bits, own in CODES.items()],
        },
    )


if __name__ == "__main__":
    print(write_tiny_two_parts(sys.argv[1]))
