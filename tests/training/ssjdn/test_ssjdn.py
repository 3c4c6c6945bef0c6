"""SSJDN as a whole: what it begins with, its switches, its losses, padding, its graphs."""

import numpy as np
import onnxruntime
import pytest
import torch
from scene_search.engine.errors import UsageError
from scene_search.training.data.caption_batches import Texts, tokenise
from scene_search.training.export.graphs import export_graphs
from scene_search.training.losses.semantic_triplet import semantic_triplet
from scene_search.training.systems.ssjdn import Ssjdn
from scene_search.training.towers.class_words import class_vectors, readable
from torch.nn.functional import normalize

CLASS_LOSSES = {"image_class", "text_class"}
BSD_OFF = {"forwards": False, "backwards": False}


def only(*losses):
    return {name: float(name in losses) for name in Ssjdn.WEIGHTS}


def test_it_begins_with_what_the_towers_know(build, batch):
    system = build().eval()
    given = batch(system)
    with torch.no_grad():
        image = system.image_tower.projection(given.views[0][0])
        text = system.text_tower(given.texts.input_ids, given.texts.attention_mask)
        assert torch.allclose(system.encode_visual(given.views[0]), normalize(image, dim=1))
        assert torch.allclose(system.encode_texts(given.texts), normalize(text, dim=1), atol=1e-6)


def test_kept_maps_are_bounded_and_keep_their_means(build, batch):
    system = build()
    pixels = system.normalised(torch.rand(2, 3, 96, 96))
    pooled, *maps = system.visual(pixels)
    full = system.image_tower.maps(pixels)
    assert [tuple(m.shape[2:]) for m in full] == [(12, 12), (6, 6), (3, 3)]
    assert [tuple(m.shape[2:]) for m in maps] == [(6, 6), (4, 4), (2, 2)]
    for kept, whole in zip(maps, full, strict=True):
        assert torch.allclose(kept.mean((2, 3)), whole.mean((2, 3)), atol=1e-5)
    assert torch.allclose(pooled, maps[-1].mean((2, 3)), atol=1e-5)


def test_every_loss_is_finite_and_reaches_every_part(build, batch, stir):
    system = stir(build()).train()
    parts = system.losses(batch(system))
    assert set(parts) == set(Ssjdn.WEIGHTS)
    assert all(float(part.detach()) > 0 for part in parts.values())
    sum(system.weights[name] * part for name, part in parts.items()).backward()
    idle = [
        name
        for name, parameter in system.named_parameters()
        if parameter.requires_grad and (parameter.grad is None or not bool(parameter.grad.any()))
    ]
    assert idle == []
    assert all(p.grad is None for p in system.image_tower.backbone.parameters())


@pytest.mark.parametrize("left_out", sorted(Ssjdn.WEIGHTS))
def test_a_loss_of_weight_zero_is_not_computed(build, batch, left_out):
    system = build(weights={left_out: 0})
    assert set(system.losses(batch(system))) == set(Ssjdn.WEIGHTS) - {left_out}


@pytest.mark.parametrize(
    ("settings", "absent"),
    [
        ({"forwards": False}, ("image_side.scales.forwards",)),
        ({"backwards": False}, ("image_side.scales.backwards",)),
        (BSD_OFF, ("image_side.scales",)),
        ({"extraction": False, "suppression": False}, (".salience.",)),
        ({"extraction": False}, ()),
        ({"suppression": False}, ()),
        ({"semantic": False}, (".semantics.",)),
        ({"semantic": False, **BSD_OFF}, (".semantics.", "image_side")),
        ({"gru": False}, ("text_side.gru",)),
        ({"gru": False, "semantic": False}, ("text_side",)),
        ({"adaptive_margin": False}, ()),
    ],
)
def test_a_part_switched_off_is_not_there_and_the_rest_learns(build, batch, stir, settings, absent):
    system = stir(build(**settings)).train()
    names = [name for name, _ in system.named_parameters()]
    assert not [name for name in names if any(part in name for part in absent)]
    parts = system.losses(batch(system))
    expected = set(Ssjdn.WEIGHTS)
    if not settings.get("semantic", True):
        expected -= CLASS_LOSSES
    assert set(parts) == expected
    sum(parts.values()).backward()
    trained = [p for p in system.parameters() if p.requires_grad]
    assert all(p.grad is not None and bool(p.grad.isfinite().all()) for p in trained)


def test_the_margin_adapts_only_where_it_is_asked_to(build, batch):
    weights = only("triplet")
    adaptive, plain = (build(weights=weights, adaptive_margin=on).eval() for on in (True, False))
    plain.load_state_dict(adaptive.state_dict())
    given = batch(adaptive)
    # every pair has some probability of a class in common, and a smaller margin for it
    assert float(adaptive.losses(given)["triplet"]) < float(plain.losses(given)["triplet"])


def test_a_sentence_that_also_describes_an_image_is_no_negative(build, batch):
    losses = ("triplet", "triplet_all", "contrast", "code_contrast")
    system = build(weights=only(*losses), adaptive_margin=False).eval()
    given = batch(system)
    image, text = system.encode_visual(given.views[0]), system.encode_texts(given.texts)
    told = system.losses(given)
    for name, hardest in (("triplet", True), ("triplet_all", False)):
        expected = semantic_triplet(image @ text.T, 0.2, given.also_describes, hardest=hardest)
        assert torch.allclose(told[name], expected)
    untold = system.losses(given._replace(also_describes=torch.eye(6, dtype=torch.bool)))
    assert all(float(told[name]) < float(untold[name]) for name in ("contrast", "code_contrast"))
    everywhere = given._replace(also_describes=torch.ones(6, 6, dtype=torch.bool))
    assert all(float(part) == 0.0 for part in system.losses(everywhere).values())


def test_the_losses_do_not_depend_on_the_order_of_the_batch(build, batch, stir):
    system = stir(build()).eval()
    given = batch(system)
    order = torch.tensor([3, 0, 5, 1, 4, 2])
    shuffled = given._replace(
        views=(tuple(one[order] for one in given.views[0]),),
        texts=Texts(given.texts.input_ids[order], given.texts.attention_mask[order]),
        also_describes=given.also_describes[order][:, order],
        label=given.label[order],
    )
    ours, again = system.losses(given), system.losses(shuffled)
    assert all(torch.allclose(ours[name], again[name], atol=1e-5) for name in ours)


@pytest.mark.parametrize("settings", [{}, {"gru": False}, {"semantic": False}])
def test_padding_does_not_change_a_sentence(build, stir, settings):
    system = stir(build(**settings)).eval()
    short = "a long sandy beach"
    with torch.no_grad():
        alone = system.encode_texts(tokenise(system.tokenizer, [short]))
        padded = system.encode_texts(
            tokenise(system.tokenizer, [short, short + " with many boats and a harbor"])
        )
    assert torch.allclose(alone[0], padded[0], atol=1e-6)
    assert not torch.allclose(padded[0], padded[1], atol=1e-3)


def test_classes_are_read_as_words(build):
    assert readable("BareLand") == readable("bare_land") == readable("bare land") == "bare land"
    system = build().eval()
    assert system.words.shape == (4, 32)
    alone = class_vectors(system.text_tower, system.tokenizer, ["bare land"])
    assert torch.allclose(system.words[1], alone[0], atol=1e-6)


def test_without_classes_semantic_decoupling_says_what_to_do(build):
    with pytest.raises(UsageError, match="no classes") as raised:
        build(classes=())
    assert "semantic: false" in str(raised.value.hint)
    assert build(classes=(), semantic=False).words.shape == (0, 32)


@pytest.mark.parametrize("settings", [{}, {"forwards": False}, {"semantic": False, "gru": False}])
def test_the_graphs_compute_what_torch_computes(build, stir, settings, tmp_path):
    system = stir(build(**settings)).eval()
    files = export_graphs(system, 64, tmp_path)
    assert set(files) == {"image", "text", "hash"}
    sessions = {
        role: onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
        for role, file in files.items()
    }
    torch.manual_seed(6)
    for number, length in ((1, 3), (3, 17), (5, 8)):  # traced with two of eight
        pixels = torch.randn(number, 3, 64, 64)
        ids = torch.randint(5, 400, (number, length))
        mask = (torch.arange(length) < torch.randint(1, length + 1, (number, 1))).long()
        for role, inputs, outputs in (
            ("image", {"pixels": pixels}, system.image_outputs),
            ("text", {"input_ids": ids, "attention_mask": mask}, system.text_outputs),
        ):
            features, code = sessions[role].run(
                ["features", "code"], {name: value.numpy() for name, value in inputs.items()}
            )
            with torch.no_grad():
                expected = outputs(*inputs.values())
            assert np.abs(features - expected["features"].numpy()).max() < 1e-4
            assert features.shape == (number, 16)
            relaxed = system.hash_head(expected["features"])
            sure = (relaxed.abs() > 1e-3).numpy()
            bits = np.unpackbits(code, axis=1).astype(bool)
            assert np.array_equal(bits[sure], (relaxed >= 0).numpy()[sure])
