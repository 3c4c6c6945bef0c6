"""How much of a backbone is left as it is, whatever backbone a user brings."""

import pytest
from scene_search.training.towers.image_tower import first_layers
from torch import nn
from transformers import (
    MobileNetV2Config,
    MobileNetV2Model,
    ResNetConfig,
    ResNetModel,
    ViTConfig,
    ViTModel,
)


def resnet(stages):
    sizes = [16 * 2**i for i in range(stages)]
    return ResNetModel(
        ResNetConfig(embedding_size=16, hidden_sizes=sizes, depths=[1] * stages, layer_type="basic")
    )


def vit():
    return ViTModel(
        ViTConfig(
            hidden_size=16,
            num_hidden_layers=12,
            num_attention_heads=2,
            intermediate_size=16,
            image_size=32,
        )
    )


@pytest.mark.parametrize(
    ("backbone", "asked", "frozen"),
    [
        (lambda: MobileNetV2Model(MobileNetV2Config(depth_multiplier=0.35)), 4, 4),
        (lambda: MobileNetV2Model(MobileNetV2Config(depth_multiplier=0.35)), 2, 2),
        (vit, 4, 3),
        (lambda: resnet(4), 4, 1),
        (lambda: resnet(3), 4, 0),
        (lambda: resnet(4), 0, 0),
    ],
)
def test_no_more_than_a_quarter_of_the_layers_is_frozen(backbone, asked, frozen):
    model = backbone()
    found = first_layers(model, asked)
    lists = [module for module in model.modules() if isinstance(module, nn.ModuleList)]
    layers = max(lists, key=len)
    assert [module for module in found if module in list(layers)] == list(layers[:frozen])
    # what comes before the first layer is frozen with it, and alone never
    assert (len(found) > frozen) == bool(frozen)


def test_a_backbone_without_a_list_of_layers_is_trained_whole():
    assert first_layers(nn.Sequential(nn.Conv2d(3, 4, 3)), 4) == ()
