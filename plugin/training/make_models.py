"""The whole way from the data folder to measured encoder packages."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from ..engine.encoders.encoder import Encoder
from ..engine.encoders.package import EncoderPackage
from ..engine.imagery.reader import read_image
from .data.corpus import Corpus, read_corpus
from .data.generated import GENERATED
from .default_encoder import Run, build, train, vocabulary
from .export.bundle import Graphs, make_graphs, write_bundle
from .measure import measure
from .recipe import Recipe, read_recipe
from .towers.vocabulary import PrunedVocabulary

#: Images that fix the int8 ranges and that check the graphs: the first share checks, the rest fix.
_SAMPLED_IMAGES = 448
_CHECKED_SHARE = 2 / 7
_CHECKED_TEXTS = 256


def make_models(recipe_file: Path, data: Path, runs: Path, output: Path) -> None:
    """Train what is not trained yet, export, measure, and write the packages.

    ``output / name`` holds the int8 package that ships, ``output / (name-fp32)`` the other.
    """
    recipe = read_recipe(recipe_file)
    run = Run(recipe, data, runs)
    corpus = read_corpus(data)
    weights = train(run, corpus)
    words = vocabulary(run, corpus)
    model = build(run, corpus, words, recipe.stages[-1])
    model.load_state_dict(torch.load(weights, weights_only=True, map_location="cpu"))
    sample = _spread(
        [image for own in corpus.images.values() for image in own],
        _SAMPLED_IMAGES,
    )
    size = recipe.image.input_size
    pixels = np.stack([read_image(image.path, size) for image in sample])
    checked = int(len(sample) * _CHECKED_SHARE)
    texts = [image.captions[0] for image in sample if image.captions][:_CHECKED_TEXTS]
    graphs = make_graphs(
        model,
        recipe,
        words,
        pixels[checked:],
        pixels[:checked],
        texts,
        run.folder / "graphs",
    )
    parameters = sum(
        p.numel()
        for part in (model.image_tower, model.text_tower, model.hash_head)
        for p in part.parameters()
    )
    items = [*(len(own) for own in corpus.images.values()), _generated(recipe, corpus)]
    results = [
        entry
        for precision in ("fp32", "int8")
        for entry in _measured(graphs, recipe, words, precision, data, parameters, items)
    ]
    for precision, name in (("fp32", f"{recipe.name}-fp32"), ("int8", recipe.name)):
        folder = write_bundle(
            graphs,
            recipe,
            words,
            precision,
            output / name,
            parameters=parameters,
            items=items,
            results=results,
        )
        print(folder)
    for entry in results:
        print(f"{entry['benchmark']}, {entry['precision']}: {entry['summary']}")


def _measured(
    graphs: Graphs,
    recipe: Recipe,
    words: PrunedVocabulary,
    precision: str,
    data: Path,
    parameters: int,
    items: Sequence[int],
) -> list[Mapping[str, Any]]:
    """Measure the package as a user would load it, from disk through the engine."""
    with tempfile.TemporaryDirectory() as folder:
        package = write_bundle(
            graphs,
            recipe,
            words,
            precision,
            Path(folder) / "package",
            parameters=parameters,
            items=items,
            results=[],
        )
        return measure(Encoder(EncoderPackage.load(package)), precision, data)


def _spread(items: Sequence[Any], count: int) -> list[Any]:
    """Return ``count`` items evenly over the whole, in a fixed shuffled order."""
    order: npt.NDArray[np.int64] = np.random.default_rng(0).permutation(len(items))[:count]
    return [items[i] for i in order]


def _generated(recipe: Recipe, corpus: Corpus) -> int:
    classes = sum(name.startswith(f"{GENERATED}/") for name in corpus.classes)
    return max(stage.generated_scenes for stage in recipe.stages) * classes
