"""Train lists, class folders and unlabelled folders; the order of batches."""

import numpy as np
import pytest
import torch
from PIL import Image
from scene_search.training.data.benchmarks import TrainingDataError
from scene_search.training.data.labelled_images import ImageBatches, read_images


def write(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((8, 8, 3), value, np.uint8)).save(path)


def test_the_class_is_the_folder(data_folder):
    images = read_images("aid", data_folder)
    assert images.classes == 2
    folders = [name.split("/")[0] for name in images.names]
    assert len(set(zip(folders, images.labels, strict=True))) == 2


def test_copies_share_their_number_where_there_are_no_classes(tmp_path):
    for name, value in (("a.png", 1), ("b.png", 2), ("c.png", 1)):
        write(tmp_path / name, value)
    images = read_images(str(tmp_path), tmp_path)
    assert images.classes == 0
    a, b, c = images.labels
    assert a == c != b


def test_a_folder_of_class_folders_has_classes_unless_they_are_not_wanted(tmp_path):
    write(tmp_path / "sea/a.png", 1)
    write(tmp_path / "land/b.png", 2)
    write(tmp_path / "land/c.png", 3)
    assert read_images(str(tmp_path), tmp_path).labels == (0, 0, 1)
    assert len(set(read_images(str(tmp_path), tmp_path, labelled=False).labels)) == 3


@pytest.mark.parametrize("source", ["no-such-folder", "ucmd"])
def test_missing_data_is_named(source, tmp_path):
    with pytest.raises(TrainingDataError, match=source if source != "ucmd" else "missing"):
        read_images(source, tmp_path)


def test_an_epoch_shows_every_image_once_in_an_order_of_its_own():
    pixels = np.arange(12, dtype=np.uint8)[:, None, None, None].repeat(3, axis=3)
    batches = ImageBatches(pixels, range(12), 4, seed=1)
    first, again = ([b.label for b in batches] for _ in range(2))
    batches.set_epoch(1)
    second = [b.label for b in batches]
    assert sorted(torch.cat(first).tolist()) == list(range(12))
    assert torch.equal(torch.cat(first), torch.cat(again))
    assert not torch.equal(torch.cat(first), torch.cat(second))
    batch = next(iter(batches))
    assert torch.equal(batch.images[:, 0, 0, 0].long(), batch.label)
