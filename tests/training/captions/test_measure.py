"""Measuring in torch gives what the engine measures of the exported package."""

import lightning.pytorch as pl
import numpy as np
import pytest
import torch
from scene_search.engine.encoders.encoder import Encoder
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.evaluation.captions.measure import evaluate_captions
from scene_search.training.captions.measure import measure_captions, read_measured
from scene_search.training.captions.rerank import reranked_scores
from scene_search.training.captions.run import train_captions
from scene_search.training.data.captioned_images import CAPTION_BENCHMARKS, read_captioned
from scene_search.training.data.pixels import cached_pixels
from scene_search.training.export.checkpoint import load_checkpoint
from scene_search.training.export.system_package import export_system
from scene_search.training.export.trained import restore

from tests.support.small_recipe import FROZEN, MTGFE, small_recipe


class _Kept(pl.Callback):
    def on_fit_end(self, _trainer, pl_module):
        self.system = pl_module


@pytest.fixture(scope="module")
def trained(tiny_backbones, data_folder, tmp_path_factory):
    """A system of one epoch, its checkpoint and a folder."""
    recipe = small_recipe(tiny_backbones, "mtgfe", settings=MTGFE, **FROZEN)
    folder, kept = tmp_path_factory.mktemp("run"), _Kept()
    images = read_captioned("ucm-captions", data_folder)
    checkpoint = train_captions(recipe, images, None, data_folder, folder, callbacks=[kept])
    return kept.system, checkpoint, folder


def test_it_is_what_the_engine_measures_of_the_package(trained, data_folder):
    _, checkpoint, folder = trained
    # with the prototypes of hubs, which the checkpoint has learnt after training
    system = restore(load_checkpoint(checkpoint), None, "it").system
    images = read_measured("ucm-captions", data_folder)
    pixels = cached_pixels(images.paths, 64, folder / "cache")
    system.train()
    found = measure_captions(system, images, pixels, shortlist=2)
    assert system.training
    export_system(checkpoint, folder / "package", data=data_folder)
    benchmark = CAPTION_BENCHMARKS["ucm-captions"]
    engine = evaluate_captions(
        Encoder(EncoderPackage.load(folder / "package")),
        data_folder / benchmark.images,
        data_folder / benchmark.captions,
        rerank=True,
    )
    for name, theirs in (("embedding", engine), ("code", engine["code"])):
        for way in ("i2t", "t2i"):
            assert found[name][way] == pytest.approx(theirs[way], abs=0.01), (name, way)
    whole = measure_captions(system, images, pixels, shortlist=128)
    assert whole["reranked"]["mr"] == pytest.approx(engine["reranked"]["mr"], abs=0.01)
    assert "without_hubness" in engine["reranked"]
    matched = engine["reranked"]["match_only"]["mr"]
    assert whole["match_only"]["mr"] == pytest.approx(matched, abs=0.01)


def test_every_sentence_of_a_split_is_counted(data_folder):
    images = read_measured("ucm-captions", data_folder)
    assert len(images.names) == 4  # two of each class
    assert all(len(own) == 2 for own in images.captions)


def test_images_and_pixels_must_be_as_many(trained, data_folder):
    images = read_measured("ucm-captions", data_folder)
    with pytest.raises(ValueError, match="differ in number"):
        measure_captions(trained[0], images, np.zeros((1, 64, 64, 3), np.uint8))


class _Matches:
    """Says of every pair what a table says; tokens are the numbers of image and text."""

    def __init__(self, table):
        self.table, self.asked = table, 0

    def fusion_outputs(self, image_tokens, text_tokens, text_mask):
        assert text_mask.all()
        self.asked += len(image_tokens)
        rows, column = image_tokens[:, 0, 0].long(), int(text_tokens[0, 0, 0])
        return {"match": self.table[rows, column]}

    def hubness_outputs(self, features):
        return {"image_hubness": features[:, 0] / 2, "text_hubness": features[:, 1] / 3}


def test_a_shortlist_is_ranked_by_the_match_and_the_rest_by_cosine():
    torch.manual_seed(0)
    images, texts = (torch.nn.functional.normalize(torch.randn(n, 4), dim=1) for n in (6, 5))
    table = torch.rand(6, 5)
    system = _Matches(table)
    outputs = [
        {"features": of, "tokens": torch.arange(len(of)).float().reshape(-1, 1, 1)}
        for of in (images, texts)
    ]
    outputs[1] |= {"mask": torch.ones(5, 1, dtype=torch.int64)}
    found = reranked_scores(system, *outputs, shortlist=2, weight=3.0)
    by_image, by_text = found["match_only"]
    cosine = (images @ texts.T).numpy()
    for scores, of in ((by_text, cosine.T), (by_image, cosine)):
        for row, own in zip(scores, of, strict=True):
            assert set(np.argsort(-row)[:2]) == set(np.argsort(-own)[:2])
            assert np.argsort(-row)[2:].tolist() == np.argsort(-own)[2:].tolist()
    first = by_text.argsort(axis=1)[:, ::-1][:, :2]
    for text, (one, two) in enumerate(first):
        assert table[one, text] >= table[two, text]
        odds = torch.logit(table[one, text]) + 3.0 * float(cosine[one, text] - images[one, 0] / 2)
        assert found["reranked"][1][text, one] == pytest.approx(float(odds), abs=1e-4)
    for image, text in enumerate(by_image.argmax(axis=1)):
        odds = torch.logit(table[image, text])
        odds += 3.0 * float(cosine[image, text] - texts[text, 1] / 3)
        assert found["reranked"][0][image, text] == pytest.approx(float(odds), abs=1e-4)
    assert system.asked < 6 * 5  # pairs that neither direction wants are not looked at
