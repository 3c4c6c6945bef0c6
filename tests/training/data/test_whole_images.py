import numpy as np
import pytest
import torch
from PIL import Image
from scene_search.training.data.whole_images import whole, whole_batches

CPU = torch.device("cpu")


def test_images_of_the_size_are_only_scaled():
    pixels = np.random.default_rng(0).integers(0, 256, (130, 8, 8, 3), dtype=np.uint8)
    batches = list(whole_batches(pixels, 8, CPU))
    assert len(batches) > 1
    seen = torch.cat(batches)
    expected = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255
    torch.testing.assert_close(seen, expected, rtol=0, atol=0)


@pytest.mark.parametrize("size", [24, 96])
def test_others_are_resampled_as_pillow_does(size):
    """Antialiased bilinear resampling, which cuts no edge off."""
    pixels = np.random.default_rng(1).integers(0, 256, (3, 48, 48, 3), dtype=np.uint8)
    seen = torch.cat(list(whole_batches(pixels, size, CPU)))
    for image, view in zip(pixels, seen, strict=True):
        expected = Image.fromarray(image).resize((size, size), Image.Resampling.BILINEAR)
        found = view.permute(1, 2, 0).numpy() * 255
        # Pillow rounds after columns and after rows
        assert np.abs(found - np.asarray(expected, float)).max() < 1.01


def test_turned_and_read_only_arrays_are_taken():
    pixels = np.random.default_rng(2).integers(0, 256, (2, 6, 6, 3), dtype=np.uint8)
    pixels.setflags(write=False)
    turned = torch.cat(list(whole_batches(pixels.transpose(0, 2, 1, 3), 6, CPU)))
    plain = whole(torch.from_numpy(pixels.copy()).permute(0, 3, 1, 2), 6)
    torch.testing.assert_close(turned, plain.transpose(2, 3), rtol=0, atol=0)
