"""The default encoder's last step: a published system on the towers that the stages trained."""

from __future__ import annotations

import json
from pathlib import Path

import torch

from ..captions.recipe import CaptionRecipe, read_caption_recipe
from ..captions.run import train_captions
from ..data.corpus import Corpus
from ..recipe import RECIPES
from ..running.checkpoint_facts import Facts
from ..running.run_folder import CHECKPOINT
from .stages import Run, vocabulary

#: Folder of the last step below the run's.
FOLDER = "system"


def last_recipe(run: Run, beside: Path) -> CaptionRecipe:
    """Return the recipe of the last step: the file beside the run's recipe, or a shipped one.

    Raises:
        RecipeError: if it is none.
    """
    name = f"{run.recipe.finish}.yaml"
    file = beside / name
    return read_caption_recipe(file if file.is_file() else RECIPES / name)


def train_system(run: Run, corpus: Corpus, weights: Path, recipe: CaptionRecipe) -> Path:
    """Train the system on the corpus's captioned images and return its checkpoint.

    One that is complete is not trained again; one that was stopped goes on.

    Args:
        run: recipe and folders of the default encoder.
        corpus: what there is to learn from; nothing of it is a test item.
        weights: what the last stage left.
        recipe: of the system, with towers like those of the stages.
    """
    folder = run.folder / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    words = vocabulary(run, corpus)
    facts = {
        "vocabulary": {
            "tokenizer": json.dumps(words.tokenizer, ensure_ascii=False),
            "kept_ids": list(words.kept_ids),
        }
    }
    towers = folder / "towers.ckpt"
    state = torch.load(weights, weights_only=True, map_location="cpu")
    torch.save({"state_dict": state, Facts.KEY: facts}, towers)
    return train_captions(
        recipe,
        corpus.captioned(run.data),
        None,  # the stages watched the validation items; now they are learnt from
        run.data,
        folder,
        towers=towers,
        resume=(folder / CHECKPOINT).is_file(),
        cache=run.cache,
    )
