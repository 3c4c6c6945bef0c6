"""CCLS2T in small: trained with the runner, resumed from its checkpoint, exported to ONNX."""

import json

import pytest
import torch
from scene_search.training.captions.recipe import caption_recipe
from scene_search.training.captions.run import train_captions
from scene_search.training.data.captioned_images import read_captioned

PARTS = {
    "contrast", "intermediate", "code_contrast", "tree_hash", "reconstruction", "quantisation",
}  # fmt: skip


@pytest.fixture(scope="module")
def ucm(data_folder):
    return [read_captioned("ucm-captions", data_folder, split) for split in ("train", "val")]


def test_it_trains_with_cached_views_and_logs_every_part(entries, ucm, data_folder, tmp_path):
    checkpoint = train_captions(caption_recipe(entries, "small"), *ucm, data_folder, tmp_path)
    state = torch.load(checkpoint, weights_only=True)["state_dict"]
    assert all(bool(t.isfinite().all()) for t in state.values() if t.is_floating_point())
    assert float(state["scales.additions.0.weight"].abs().max()) > 0  # it began at zero
    logged = "".join(path.read_text() for path in tmp_path.rglob("*.csv"))
    assert all(f"loss/{part}" in logged for part in PARTS)
    lines = (tmp_path / "held_out.jsonl").read_text().splitlines()
    assert [json.loads(line)["epoch"] for line in lines] == [1, 2]


def test_it_trains_end_to_end(entries, ucm, data_folder, tmp_path):
    whole = entries | {"frozen_backbone": False, "cached_views": 0, "epochs": 1}
    checkpoint = train_captions(caption_recipe(whole, "small"), *ucm, data_folder, tmp_path)
    state = torch.load(checkpoint, weights_only=True)["state_dict"]
    assert all(bool(t.isfinite().all()) for t in state.values() if t.is_floating_point())
