"""MTGFE as a system: its losses and what each one trains, and what it offers to the export."""

import pytest
import torch
from scene_search.engine.errors import UsageError
from scene_search.training.data.caption_batches import CaptionBatch, CaptionBatches, tokenise
from scene_search.training.data.captioned_images import read_captioned
from scene_search.training.data.owned_captions import owned_captions
from scene_search.training.export.graphs import roles_of
from scene_search.training.systems.mtgfe import OWNED, Mtgfe
from scene_search.training.towers.image_tower import ImageTower
from scene_search.training.towers.text_tower import TextTower
from scene_search.training.towers.vocabulary import prune_vocabulary

SENTENCES = [
    "two boats lie in a harbor",
    "a dense forest with a road through it",
    "two boats lie in a harbor",
    "white storage tanks on a lawn",
    "an airport with three planes",
]
N, W = len(SENTENCES), 16
EVERY = {"itc", "itm", "mlm", "mvjrc", "code_contrast", "quantisation"}


@pytest.fixture(scope="module")
def words(tiny_backbones):
    return prune_vocabulary(tiny_backbones / "text" / "tokenizer.json", SENTENCES, 50)


@pytest.fixture
def build(tiny_backbones, words):
    def make(**settings):
        torch.manual_seed(0)
        options = {"frozen_backbone": True, "width": W, "heads": 2, "joint": 8, "queue": 7}
        return Mtgfe(
            ImageTower(tiny_backbones / "image", 12),
            TextTower(tiny_backbones / "text", words, 2, 1, 12),
            embedding_size=12,
            bits=16,
            classes=(),
            tokenizer=words.load(16),
            image_size=64,
            mean=(0.5, 0.5, 0.5),
            std=(0.5, 0.5, 0.5),
            **{**options, **settings},
        ).train()

    return make


def batch_of(system, images=None):
    texts = tokenise(system.tokenizer, SENTENCES)
    if images is None:
        images = torch.randn(2, N, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        views = tuple(system.visual(view) for view in images)
    caption = torch.tensor([0, 1, 0, 2, 3])
    return CaptionBatch(
        None,
        views,
        texts,
        caption,
        caption[:, None] == caption[None, :],
        torch.arange(N),
        torch.zeros(N, dtype=torch.long),
        {OWNED: caption[:, None]},
    )


def trained_by(system, loss):
    """Return the modules that a loss alone moves."""
    system.zero_grad()
    torch.manual_seed(5)
    system.losses(batch_of(system))[loss].backward()
    return {
        name.split(".")[0] if "backbone" not in name else name[: name.index("backbone") + 8]
        for name, weights in system.named_parameters()
        if weights.grad is not None and bool((weights.grad != 0).any())
    }


TEXT = {"text_tower.backbone", "project_text"}
FUSED = TEXT | {"image_tokens", "fusion"}
UNIMODAL = {"image_tower", "text_tower", "text_tower.backbone"}


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        ("itc", UNIMODAL | {"log_temperature"}),
        ("itm", FUSED | {"match_head"}),
        ("mlm", FUSED | {"word_head"}),
        ("mvjrc", FUSED | {"joint_head"}),
        ("code_contrast", UNIMODAL | {"hash_head", "log_code_temperature"}),
        ("quantisation", UNIMODAL | {"hash_head"}),
    ],
)
def test_every_loss_reaches_what_it_trains_and_nothing_else(build, loss, expected):
    system = build(masked=0.5)
    system.momentum.update(system._unimodal())
    assert trained_by(system, loss) == expected


def test_a_loss_of_weight_0_is_left_out_with_its_work(build, monkeypatch):
    for name in EVERY:
        assert set(build(weights={name: 0.0}).losses(batch_of(build()))) == EVERY - {name}
    without = build(weights={"itc": 0, "mlm": 0})
    assert not {"queue", "momentum", "word_head"} & {n for n, _ in without.named_children()}
    assert without.extras(None) is None
    # nothing is fused where no loss asks for it
    unimodal = build(weights={"itm": 0, "mvjrc": 0, "mlm": 0})
    monkeypatch.setattr(unimodal.fusion, "forward", None)
    assert set(unimodal.losses(batch_of(unimodal))) == {"itc", "code_contrast", "quantisation"}
    # a second view is computed only where it is used or kept
    assert build(frozen_backbone=False).branches == 2
    assert build(frozen_backbone=False, weights={"mvjrc": 0}).branches == 1


@torch.no_grad()
def test_repeated_sentences_are_never_matched_as_negatives(build, monkeypatch):
    system = build(weights={"mlm": 0}).eval()  # without dropout tokens tell their sentence
    seen = []
    fuse = system._fuse
    monkeypatch.setattr(system, "_fuse", lambda *a: seen.append(a) or fuse(*a))
    batch = batch_of(system)
    # untrained backbones see little difference between images
    views = tuple((pooled, torch.randn_like(last)) for pooled, last in batch.views)
    batch = batch._replace(views=views)
    for _ in range(20):
        system.losses(batch)
    negatives = [call for call in seen if len(call[0]) == 2 * N]
    assert len(negatives) == 20
    images = system.image_tokens(batch.views[0][1])
    texts = system.project_text(system.text_tokens(batch.texts))
    drawn = set()
    for image_tokens, text_tokens, _ in negatives:
        for image, text in zip(image_tokens, text_tokens, strict=True):
            i = next(k for k in range(N) if torch.equal(images[k], image))
            j = next(k for k in range(N) if torch.equal(texts[k], text))
            assert SENTENCES[i] != SENTENCES[j]
            drawn.add((i, SENTENCES[j]))
    assert len(drawn) > N


def test_the_queue_fills_in_training_only(build):
    system = build()
    system.momentum.update(system._unimodal())
    system.losses(batch_of(system))
    assert len(system.queue.pairs().image) == N
    system.losses(batch_of(system))
    assert len(system.queue.pairs().image) == 7
    written = int(system.queue.written)
    system.eval().losses(batch_of(system))
    assert int(system.queue.written) == written


def test_a_batch_in_another_order_has_the_same_losses(build):
    system = build(weights={"itm": 0, "mlm": 0}).eval()
    batch = batch_of(system)
    order = torch.tensor([3, 1, 4, 0, 2])
    turned = batch._replace(
        views=tuple(tuple(t[order] for t in view) for view in batch.views),
        texts=type(batch.texts)(*(t[order] for t in batch.texts[:2])),
        caption=batch.caption[order],
        also_describes=batch.also_describes[order][:, order],
        extra={OWNED: batch.extra[OWNED][order]},
    )
    first, second = system.losses(batch), system.losses(turned)
    for name, value in first.items():
        assert torch.allclose(value, second[name], atol=1e-5), name


def test_a_trained_backbone_has_a_momentum_copy_that_sees_the_views(build):
    images = torch.randn(N, 3, 64, 64)
    frozen, live = build(), build(frozen_backbone=False)
    assert len(frozen.visual(images)) == 2
    live.momentum.update(live._unimodal())
    assert len(live.visual(images)) == 3
    assert not live.visual(images)[2].requires_grad
    assert len(live.eval().visual(images)) == 2
    copied = {n for n, _ in live.momentum.copy["image"].named_parameters()}
    assert any(name.startswith("backbone.") for name in copied)
    assert not any("backbone" in n for n, _ in frozen.momentum.copy["image"].named_parameters())


def test_the_momentum_encoder_takes_on_towers_that_are_loaded_later(build):
    system = build()
    state = system.state_dict()
    other = {
        name: value + 0.1
        for name, value in state.items()
        if name.startswith(("image_tower.", "text_tower.")) and value.is_floating_point()
    }
    system.load_state_dict({**state, **other})  # as the run does
    for name, value in other.items():
        assert torch.equal(system.state_dict()[name], value), name
    system.momentum.update(system._unimodal())
    system.eval()
    batch = batch_of(system)
    pairs = system._momentum_pairs(batch)
    assert torch.allclose(pairs.image_features, system.encode_visual(batch.views[0]), atol=1e-6)
    assert torch.allclose(pairs.text_features, system.encode_texts(batch.texts), atol=1e-6)


def test_pooled_features_and_map_come_from_one_look(build):
    tower = build().eval().image_tower
    images = torch.randn(2, 3, 64, 96)
    pooled, last = tower.pooled_and_map(images)
    assert torch.equal(pooled, tower.pooled(images))
    assert torch.equal(last, tower.maps(images, 1)[0])


def test_masked_words_are_guessed_in_a_share_of_the_texts(build, monkeypatch):
    read = []
    for share, expected in ((1.0, N), (0.4, 2), (0.01, 1)):
        system = build(masked_texts=share, weights={"itc": 0, "itm": 0, "mvjrc": 0})
        fuse = system.fusion.forward
        monkeypatch.setattr(system.fusion, "forward", lambda *a, f=fuse: read.append(a) or f(*a))
        system.losses(batch_of(system))
        assert [len(part) for part in read.pop()] == [expected] * 3
    assert not read


@torch.no_grad()
def test_what_is_exported_fits_together(build):
    system = build().eval()
    assert roles_of(system) == ("image", "text", "hash", "hubness", "fusion")
    image = system.image_outputs(torch.randn(3, 3, 96, 96))
    texts = tokenise(system.tokenizer, SENTENCES[:3])
    text = system.text_outputs(texts.input_ids, texts.attention_mask)
    assert image["tokens"].shape == (3, 9, W)
    assert text["tokens"].shape == (*texts.input_ids.shape, W)
    for side in (image, text):
        assert torch.allclose(side["features"].norm(dim=1), torch.ones(3), atol=1e-6)
        assert (side["code"].dtype, side["code"].shape) == (torch.uint8, (3, 2))
    assert torch.equal(text["features"], system.encode_texts(texts))
    pairs = system.fusion_outputs(image["tokens"], text["tokens"], texts.attention_mask)["match"]
    assert pairs.shape == (3,)
    assert bool(((pairs > 0) & (pairs < 1)).all())
    for k in range(3):
        mask = texts.attention_mask[k : k + 1]
        one = system.fusion_outputs(image["tokens"], text["tokens"][k : k + 1], mask)["match"]
        assert torch.allclose(one[k], pairs[k], atol=1e-6)
        # without its padding the text is the same
        length = int(mask.sum())
        short = text["tokens"][k : k + 1, :length]
        alone = system.fusion_outputs(image["tokens"][k : k + 1], short, mask[:, :length])["match"]
        assert torch.allclose(alone[0], pairs[k], atol=1e-6)


def test_batches_are_told_every_caption_of_their_images(build, data_folder):
    images = read_captioned("ucm-captions", data_folder)
    table = owned_captions(images, -1)
    system = build()
    batches = CaptionBatches(
        images,
        torch.zeros(len(images.names), 8, 8, 3, dtype=torch.uint8).numpy(),
        system.tokenizer,
        8,
        0,
        extras=system.extras(images),
    )
    for row in range(len(images.names)):
        assert {int(c) for c in table[row] if c >= 0} == set(batches.owned[row])
    batch = next(iter(batches))
    stands = (batch.extra[OWNED][:, :, None] == batch.caption[None, None, :]).any(1)
    assert torch.equal(stands, batch.also_describes)


def test_more_captions_than_the_queue_has_places_for_are_refused(build, data_folder):
    images = read_captioned("ucm-captions", data_folder)
    with pytest.raises(UsageError, match="keeps 1"):
        build(captions_per_image=1).extras(images)
