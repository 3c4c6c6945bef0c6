"""CCLS2T's parts together: what a batch costs, what settings switch, what is exported."""

import copy

import numpy as np
import onnxruntime as ort
import pytest
import torch
from scene_search.training.data.caption_batches import CaptionBatch, tokenise
from scene_search.training.data.drawn_metadata import origin_of
from scene_search.training.data.metadata import TrainingMetadata
from scene_search.training.export.graphs import export_graphs, roles_of
from scene_search.training.losses.tree_hash import level_bits

PARTS = {
    "contrast", "intermediate", "code_contrast", "tree_hash", "reconstruction", "quantisation",
}  # fmt: skip
SENTENCES = [f"a {'harbor' if i % 2 else 'forest'} with {i // 2} boats" for i in range(8)]


def make_batch(system, seed=0, **metadata):
    """Eight images, the last a copy of the first, whose caption is also the first's."""
    generator = torch.Generator().manual_seed(seed)
    pixels = torch.rand(8, 3, 48, 48, generator=generator) * 2 - 1
    pixels[7] = pixels[0]
    caption = torch.tensor([0, 1, 2, 3, 4, 5, 6, 0])
    describes = caption[:, None] == caption[None, :]
    with torch.no_grad():
        views = (system.visual(pixels),)
    drawn = TrainingMetadata([None] * 8, origin_of("rsicd"), system.tokenizer, **metadata)
    return CaptionBatch(
        None,
        views,
        tokenise(system.tokenizer, [SENTENCES[i] for i in caption]),
        caption,
        describes,
        torch.tensor([0, 1, 2, 3, 4, 5, 6, 0]),
        torch.tensor([0, 1, 0, 1, 0, 1, 0, 0]),
        drawn(np.arange(8), np.random.default_rng(seed)),
    )


@pytest.fixture(scope="module")
def system(make_system):
    made = make_system().eval()
    with torch.no_grad():  # as if it had been trained: nothing at zero any more
        for addition in made.scales.additions:
            addition.weight.normal_(0, 0.02)
    return made


def test_every_part_is_finite_and_reaches_what_is_trained(make_system):
    system = make_system().train()
    batch = make_batch(system, without=0.0)
    parts = system.losses(batch)
    assert set(parts) == PARTS
    assert all(bool(part.isfinite()) for part in parts.values())
    sum(parts.values()).backward()
    trained = {name for name, p in system.named_parameters() if p.requires_grad}
    missed = {
        name
        for name in trained
        if (grad := system.get_parameter(name).grad) is None or not bool(grad.isfinite().all())
    }
    # the shares count once the additions are no longer zero; a key's bias moves all scores alike
    silent = {n for n in trained - missed if float(system.get_parameter(n).grad.abs().max()) == 0}
    assert not missed
    assert silent <= {"scales.logits", "fusion.key.bias"}


@pytest.mark.parametrize("part", sorted(PARTS))
def test_a_weight_of_zero_leaves_a_part_out(make_system, part):
    system = make_system(weights={part: 0.0})
    assert set(system.losses(make_batch(system))) == PARTS - {part}


def test_what_is_switched_off_is_not_there(make_system):
    system = make_system(
        multiscale=False, fusion=False, tree_bits=False, kappa=None, weights={"reconstruction": 0.0}
    )
    names = [name for name, _ in system.named_parameters()]
    assert not [n for n in names if n.startswith(("scales", "fusion", "spatiotemporal"))]
    assert len(system.visual(torch.zeros(2, 3, 48, 48))) == 1
    assert system.extras(None) is None
    assert system.allocation is None
    assert roles_of(system) == ("image", "text", "hash")
    batch = make_batch(system)._replace(extra={})
    assert set(system.losses(batch)) == PARTS - {"reconstruction"}


def test_codes_have_a_part_for_every_level(make_system):
    assert make_system().allocation == level_bits(16)
    assert make_system().class_depth.tolist() == [[3, 0], [0, 3]]


def test_it_begins_as_its_towers_do(make_system):
    system = make_system().eval()
    pixels = torch.rand(3, 3, 48, 48)
    plain = torch.nn.functional.normalize(system.image_tower(pixels), dim=1)
    assert torch.equal(system.encode_visual(system.visual(pixels)), plain)


def test_without_metadata_the_contexts_do_nothing_to_the_bit(system):
    batch = make_batch(system, without=1.0)
    image = system.encode_visual(batch.views[0])
    text = system.encode_texts(batch.texts)
    fused = system._fused(image, text, system._context_tokens(batch), batch)
    assert torch.equal(fused[0], image)
    assert torch.equal(fused[1], text)


def test_losses_do_not_depend_on_the_order_of_the_batch(system):
    batch = make_batch(system)
    order = torch.randperm(8, generator=torch.Generator().manual_seed(1))
    extra = dict(batch.extra)
    for side in ("context_of_image", "context_of_query"):
        extra[side] = extra[side][order]
    mixed = batch._replace(
        views=(tuple(part[order] for part in batch.views[0]),),
        texts=type(batch.texts)(batch.texts.input_ids[order], batch.texts.attention_mask[order]),
        caption=batch.caption[order],
        also_describes=batch.also_describes[order][:, order],
        image=batch.image[order],
        label=batch.label[order],
        extra=extra,
    )
    one, other = system.losses(batch), system.losses(mixed)
    for name in PARTS:
        assert float(one[name]) == pytest.approx(float(other[name]), rel=1e-4), name


def test_padding_changes_no_loss(system):
    batch = make_batch(system)
    pad = torch.nn.functional.pad
    extra = dict(batch.extra)
    extra |= {key: pad(extra[key], (0, 4)) for key in ("context_ids", "context_mask")}
    ids, mask, _ = batch.texts
    longer = batch._replace(
        texts=type(batch.texts)(pad(ids, (0, 5)), pad(mask, (0, 5))), extra=extra
    )
    one, other = system.losses(batch), system.losses(longer)
    for name in PARTS:
        assert float(one[name]) == pytest.approx(float(other[name]), rel=1e-4), name


def test_classes_unknown_to_the_tree_are_clustered_by_their_names(make_system):
    system = make_system(classes=("quay", "wharf", "wood", "grove"))
    depth = system.class_depth
    assert depth.diagonal().tolist() == [3] * 4
    assert torch.equal(depth, depth.T)
    assert torch.equal(depth, make_system(classes=("quay", "wharf", "wood", "grove")).class_depth)


def test_without_classes_only_duplicates_agree(make_system):
    system = make_system(classes=())
    batch = make_batch(system)._replace(label=torch.zeros(8, dtype=torch.long))
    assert all(bool(part.isfinite()) for part in system.losses(batch).values())


def test_graphs_compute_what_torch_does(system, tmp_path):
    own = copy.deepcopy(system)
    assert roles_of(own) == ("image", "text", "hash", "context")
    files = export_graphs(own, 48, tmp_path)
    pixels = torch.rand(5, 3, 48, 48) * 2 - 1
    texts = tokenise(own.tokenizer, ["gsd 10 m | lat 48.2 N", "cloud 5 % | summer, July, 2023", ""])
    inputs = {"input_ids": texts.input_ids, "attention_mask": texts.attention_mask}

    def run(role, given):
        session = ort.InferenceSession(files[role])
        names = [output.name for output in session.get_outputs()]
        arrays = {name: tensor.numpy() for name, tensor in given.items()}
        return dict(zip(names, session.run(names, arrays), strict=True))

    with torch.no_grad():
        image, text = own.image_outputs(pixels), own.text_outputs(*inputs.values())
        given = {
            "image_features": image["features"][:3],
            "text_tokens": text["tokens"],
            "text_mask": texts.attention_mask,
        }
        context = own.context_outputs(*given.values())
    for role, arguments, expected in (
        ("image", {"pixels": pixels}, image),
        ("text", inputs, text),
        ("context", given, context),
    ):
        found = run(role, arguments)
        assert set(found) == set(expected)
        for name, tensor in expected.items():
            if name == "code":
                np.testing.assert_array_equal(found[name], tensor.numpy())
            else:
                np.testing.assert_allclose(found[name], tensor.numpy(), atol=2e-5)
    # an empty text, and a mask of nothing, give the features back to the bit
    found = run("context", {**given, "text_mask": torch.zeros_like(texts.attention_mask)})
    np.testing.assert_array_equal(found["features"], given["image_features"].numpy())
    np.testing.assert_array_equal(
        run("context", given)["features"][2], given["image_features"][2].numpy()
    )
