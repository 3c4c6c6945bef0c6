"""What a run logs is there as CSV and for TensorBoard, of every piece of it."""

import csv
import struct

import lightning.pytorch as pl
import pytest
from scene_search.training.data.labelled_images import read_images
from scene_search.training.hashing.recipe import hashing_recipe
from scene_search.training.hashing.run import train_hashing
from scene_search.training.running.logs import loggers
from tensorboardX.proto import event_pb2

RECIPE = {
    "name": "small",
    "seed": 1,
    "embedding_size": 16,
    "bits": [8],
    "image": {"input_size": 48, "mean": [0.5] * 3, "std": [0.5] * 3},
    "image_size": 48,
    "cache_size": 48,
    "epochs": 2,
    "batch_size": 8,
}


def events(folder):
    """Return (step, name, value) of every scalar, from the files' records as TensorBoard has them:
    length, its checksum, an event, its checksum."""
    found = []
    for file in sorted(folder.glob("events.out.tfevents.*")):
        content = file.read_bytes()
        place = 0
        while place < len(content):
            (length,) = struct.unpack_from("<Q", content, place)
            event = event_pb2.Event.FromString(content[place + 12 : place + 12 + length])
            found += [(event.step, v.tag, v.simple_value) for v in event.summary.value]
            place += length + 16
    return found


def rows(file):
    with file.open(newline="") as lines:
        return list(csv.DictReader(lines))


class _StopInSecondEpoch(pl.Callback):
    def on_train_batch_end(self, trainer, *_):
        if trainer.current_epoch == 1:
            raise KeyboardInterrupt


def test_both_logs_hold_every_piece_of_a_run(tiny_backbones, data_folder, tmp_path):
    image = RECIPE["image"] | {"backbone": str(tiny_backbones / "image")}
    recipe = hashing_recipe(RECIPE | {"image": image}, "small")
    images = read_images("ucmd", data_folder)
    with pytest.raises((KeyboardInterrupt, SystemExit)):
        train_hashing(recipe, images, data_folder, tmp_path, callbacks=[_StopInSecondEpoch()])
    first = rows(tmp_path / "log" / "metrics.csv")
    train_hashing(recipe, images, data_folder, tmp_path, resume=True)
    second = rows(tmp_path / "log-2" / "metrics.csv")
    assert rows(tmp_path / "log" / "metrics.csv") == first  # not deleted by going on
    assert int(first[0]["step"]) < int(second[0]["step"])
    written = [(int(row["step"]), float(row["loss/total"])) for row in first + second]
    shown = [(s, value) for s, name, value in events(tmp_path / "tensorboard") if "total" in name]
    assert [step for step, _ in shown] == [step for step, _ in written]
    assert [value for _, value in shown] == pytest.approx([value for _, value in written])


def test_folders_are_counted_up_and_made_only_when_needed(tmp_path):
    folder = tmp_path / "Läufe"
    loggers(folder)
    assert not folder.exists()
    for name in ("log", "log-2"):
        (folder / name).mkdir(parents=True)
    assert loggers(folder)[0].version == "log-3"


def test_pieces_begun_in_the_same_second_have_files_of_their_own(tmp_path):
    for piece in ("log", "log-2"):
        csv_log, tensorboard = loggers(tmp_path)
        tensorboard.log_metrics({"loss": 1.0}, 1)
        tensorboard.finalize("success")
        (tmp_path / piece).mkdir()
        assert csv_log.version == piece
    assert len(list((tmp_path / "tensorboard").glob("events.out.tfevents.*"))) == 2
