"""From an exported package of one part to a measured package of two parts."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx

from ...engine.encoders.encoder import Encoder
from ...engine.encoders.package.card_format import GRAPH_ROLES
from ...engine.encoders.package.package import EncoderPackage
from ...engine.encoders.package.writer import PackageFile, write_package
from ...engine.imagery.tiles.reader import read_image
from ..data.corpus import read_corpus
from ..export.int8 import quantise_weights
from ..export.parity import INT8_COSINE, ParityError
from ..export.readable_card import readable_card
from ..measure import measure
from .card import card_fields
from .features import seen_by
from .graphs import (
    CodeLayer,
    Head,
    Linear,
    adapted_text_graph,
    hash_graph,
    joined_image_graph,
)
from .heads import Array, Heads, train_heads
from .itq import fit_itq
from .lessons import labelled, lessons_of, training_places
from .place_results import place_results
from .recipe import TwoPartsRecipe
from .whitening import fit_look

#: Roles whose graphs are taken over as they are.
_KEPT = ("context", "fusion", "hubness")

#: Images that the finished graph is checked on.
_CHECKED = 128


@dataclass(frozen=True, slots=True)
class Checked:
    """Images on which the graph must agree with what was fitted.

    Attributes:
        paths: files.
        vectors: what the meaning is made of, a row an image.
        statistics: what the look is made of.
    """

    paths: Sequence[Path]
    vectors: Array
    statistics: Array


@dataclass(frozen=True, slots=True)
class Fitted:
    """What was fitted and trained.

    Attributes:
        heads: of the meaning.
        look: from statistics to the look.
        codes: of each length.
        seconds: it took, without the features.
        images: by data set, how many were learnt from.
    """

    heads: Heads
    look: Linear
    codes: Mapping[int, CodeLayer]
    seconds: float
    images: Mapping[str, int]
    checked: Checked


def make_two_parts(
    base: Path, recipe: TwoPartsRecipe, data: Path, cache: Path, output: Path
) -> list[Mapping[str, Any]]:
    """Fit, assemble, measure and write; return what was measured.

    Args:
        base: package of one part, with image, text and hash graphs.
        recipe: how.
        data: the data folder.
        cache: folder for what the backbone computes.
        output: folder of the package, replaced if it is there.
    """
    package = EncoderPackage.load(base)
    fitted = fit_parts(package, recipe, data, cache)
    graphs = assemble(package, recipe, fitted)
    parity: list[Mapping[str, Any]] = []

    def write(folder: Path, results: Sequence[Mapping[str, Any]]) -> Path:
        fields = card_fields(
            package,
            recipe,
            learnt=fitted.images,
            seconds=fitted.seconds,
            results=results,
            parity=parity,
            parameters=_weights(graphs),
        )
        readable = PackageFile("README.md", "document", readable_card(fields).encode())
        return write_package(folder, fields, [*graphs, readable])

    with tempfile.TemporaryDirectory() as folder:
        encoder = Encoder(EncoderPackage.load(write(Path(folder) / "package", [])))
        parity.append(image_parity(encoder, fitted))
        results = [*measure(encoder, "int8", data), *place_results(encoder, "int8", data)]
    write(output, results)
    return results


def fit_parts(package: EncoderPackage, recipe: TwoPartsRecipe, data: Path, cache: Path) -> Fitted:
    """Train the heads of the meaning, fit the look and the codes."""
    corpus = read_corpus(data)
    images, chips = labelled(corpus), training_places(data)
    paths = [*chips.paths, *(image.path for image in images)]
    seen = seen_by(
        package, [recipe.look_map], recipe.meaning_vectors, paths, cache, _told("images seen")
    )
    started = time.monotonic()
    count = len(chips.paths)
    vectors = np.concatenate(
        [seen[f"vector{number}"] for number in range(len(recipe.meaning_vectors))], axis=1
    )
    lessons = lessons_of(Encoder(package), images, vectors[count:])
    heads = train_heads(
        lessons, recipe.heads, lambda epoch, loss: print(f"pass {epoch}: {loss:.3f}")
    )
    statistics = seen["look0"]
    unlabelled = np.concatenate([np.arange(count), count + _drawn(images, recipe)])
    look = fit_look(
        statistics[unlabelled],
        statistics[:count],
        chips.place,
        recipe.look_numbers,
        recipe.look_directions,
    )
    looks = _unit(look(statistics[unlabelled]))
    codes = {
        bits: CodeLayer(heads.codes[own], fit_itq(looks, bits - own, recipe.seed))
        for bits, own in recipe.codes.items()
    }
    learnt = {name: len(own) for name, own in corpus.images.items()} | {"places": count}
    some = np.random.default_rng(recipe.seed).permutation(len(paths))[:_CHECKED]
    checked = Checked([paths[row] for row in some], vectors[some], statistics[some])
    return Fitted(heads, look, codes, time.monotonic() - started, learnt, checked)


def image_parity(encoder: Encoder, fitted: Fitted) -> Mapping[str, Any]:
    """Return how near the graph of the package is to what was fitted, as a card says it.

    Raises:
        ParityError: they are too far apart for weights of eight bits.
    """
    checked, layout = fitted.checked, encoder.layout
    size = encoder.package.input_size
    found = encoder.encode_images(np.stack([read_image(path, size) for path in checked.paths]))
    meaning = _unit(fitted.heads.image(checked.vectors))
    look = _unit(fitted.look(checked.statistics))
    expected = layout.join(meaning, look)
    code = fitted.codes[encoder.code_bits]
    raised = np.concatenate([code.meaning(meaning), code.look(look)], axis=1)
    cosines = (found.embeddings * expected).sum(axis=1)
    if not cosines.mean() >= INT8_COSINE:
        raise ParityError(f"the image graph has a mean cosine of {cosines.mean():.4f} only")
    differ = np.unpackbits(found.codes ^ np.packbits(raised >= 0, axis=1), axis=1)
    return {
        "role": "image",
        "output": "features",
        "precision": "int8",
        "items": len(expected),
        "largest_difference": float(np.abs(found.embeddings - expected).max()),
        "least_cosine": float(cosines.min()),
        "mean_cosine": float(cosines.mean()),
        "equal_bits": 1 - float(differ.mean()),
    }


def assemble(package: EncoderPackage, recipe: TwoPartsRecipe, fitted: Fitted) -> list[PackageFile]:
    """Return the files of the package of two parts, large weights in eight bits."""
    image = joined_image_graph(
        _graph(package, "image"),
        recipe.look_map,
        fitted.look,
        recipe.share,
        Head(recipe.meaning_vectors, fitted.heads.image),
    )
    text = adapted_text_graph(_graph(package, "text"), fitted.heads.text)
    files = [
        PackageFile("image.onnx", "image", _int8(image), "int8"),
        PackageFile("text.onnx", "text", _int8(text), "int8"),
        PackageFile(
            "hash.onnx",
            "hash",
            hash_graph(fitted.codes, package.code_bits).SerializeToString(),
        ),
    ]
    for role in _KEPT:
        if role in package.roles:
            name = package.graph(role, ("int8",))
            files.append(PackageFile(name, role, package.read(name), "int8"))
    tokenizer = str(package.tokenizer)
    files.append(PackageFile(tokenizer, "tokenizer", package.read(tokenizer)))
    return files


def _weights(files: Sequence[PackageFile]) -> int:
    """Return how many weights the graphs hold; scales of eight-bit weights do not count."""
    total = 0
    for file in files:
        if file.role in GRAPH_ROLES and isinstance(file.content, bytes):
            for tensor in onnx.load_from_string(file.content).graph.initializer:
                own = tensor.data_type in (onnx.TensorProto.FLOAT, onnx.TensorProto.INT8)
                if own and not tensor.name.endswith(".scale"):
                    total += int(np.prod(tensor.dims))
    return total


def _graph(package: EncoderPackage, role: str) -> onnx.ModelProto:
    return onnx.load_from_string(package.read(package.graph(role, ("int8",))))


def _int8(model: onnx.ModelProto) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "fp32.onnx", Path(folder) / "int8.onnx"
        onnx.save(model, str(source))
        quantise_weights(source, target)
        return target.read_bytes()


def _drawn(images: Sequence[Any], recipe: TwoPartsRecipe) -> np.ndarray:
    """Return rows of images of each benchmark, drawn for whitening."""
    rng = np.random.default_rng(recipe.seed)
    parts = []
    for name, most in recipe.unlabelled.items():
        rows = np.array([i for i, image in enumerate(images) if image.label.startswith(f"{name}/")])
        parts.append(rng.choice(rows, min(most, len(rows)), replace=False))
    return np.concatenate(parts)


def _unit(rows: Array) -> Array:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def _told(what: str) -> Any:
    def told(done: int, total: int) -> None:
        if done % 500 < 4 or done == total:
            print(f"{what}: {done} of {total}", flush=True)

    return told
