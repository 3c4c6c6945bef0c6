"""The whole way from the data folder to measured encoder packages."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from ...engine.encoders.encoder import Encoder
from ...engine.encoders.package.package import EncoderPackage
from ...engine.imagery.tiles.reader import read_image
from ..data.corpus import Corpus, read_corpus
from ..data.generated import GENERATED
from ..export.bundle import Words, make_graphs, parity_rows, write_bundle
from ..export.checkpoint import load_checkpoint
from ..export.default_card import card_fields
from ..export.graphs import count_weights
from ..export.material import Material
from ..export.trained import Trained, restore
from ..measure import measure
from ..recipe import Recipe, read_recipe
from ..systems.exportable import Exportable
from .finish import last_recipe, train_system
from .stages import Run, build, train, vocabulary

#: Images and sentences that the graphs are checked on.
_CHECKED_IMAGES, _CHECKED_TEXTS = 128, 256


def make_models(recipe_file: Path, data: Path, runs: Path, output: Path) -> None:
    """Train what is not trained yet, export, measure, and write the packages.

    ``output / name`` holds the int8 package that ships, ``output / (name-fp32)`` the other.
    """
    recipe = read_recipe(recipe_file)
    run = Run(recipe, data, runs)
    corpus = read_corpus(data)
    weights = train(run, corpus)
    words = vocabulary(run, corpus)
    model: Exportable
    trained: Trained | None = None
    if recipe.finish:
        last = train_system(run, corpus, weights, last_recipe(run, recipe_file.parent))
        trained = restore(load_checkpoint(last), None, str(last))
        model = trained.system
    else:
        model = build(run, corpus, words, recipe.stages[-1])
        model.load_state_dict(torch.load(weights, weights_only=True, map_location="cpu"))
    sample = _spread(
        [image for own in corpus.images.values() for image in own],
        _CHECKED_IMAGES,
    )
    size = recipe.image.input_size
    pixels = np.stack([read_image(image.path, size) for image in sample])
    texts = [image.captions[0] for image in sample if image.captions][:_CHECKED_TEXTS]
    text = Words(words, recipe.text.max_length)
    graphs = make_graphs(
        model,
        recipe.image,
        text,
        Material(pixels, texts),
        run.folder / "graphs",
        int8=True,
    )
    parameters = count_weights(
        file for (_, precision), file in graphs.files.items() if precision == "fp32"
    )
    items = [*(len(own) for own in corpus.images.values()), _generated(recipe, corpus)]

    def write(precision: str, folder: Path, results: Sequence[Mapping[str, Any]]) -> Path:
        fields = card_fields(
            recipe,
            parameters=parameters,
            items=items,
            results=results,
            parity=parity_rows(graphs),
            trained=trained,
        )
        return write_bundle(graphs, precision, folder, fields, text)

    results = [
        entry for precision in ("fp32", "int8") for entry in _measured(write, precision, data)
    ]
    for precision, name in (("fp32", f"{recipe.name}-fp32"), ("int8", recipe.name)):
        print(write(precision, output / name, results))
    for entry in results:
        print(f"{entry['benchmark']}, {entry['precision']}: {entry['summary']}")


def _measured(
    write: Callable[[str, Path, Sequence[Mapping[str, Any]]], Path], precision: str, data: Path
) -> list[Mapping[str, Any]]:
    """Measure the package as a user would load it, from disk through the engine."""
    with tempfile.TemporaryDirectory() as folder:
        package = write(precision, Path(folder) / "package", [])
        return measure(Encoder(EncoderPackage.load(package)), precision, data)


def _spread(items: Sequence[Any], count: int) -> list[Any]:
    """Return ``count`` items evenly over the whole, in a fixed shuffled order."""
    order: npt.NDArray[np.int64] = np.random.default_rng(0).permutation(len(items))[:count]
    return [items[i] for i in order]


def _generated(recipe: Recipe, corpus: Corpus) -> int:
    classes = sum(name.startswith(f"{GENERATED}/") for name in corpus.classes)
    return max(stage.generated_scenes for stage in recipe.stages) * classes
