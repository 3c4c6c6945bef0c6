from __future__ import annotations

import pytest


@pytest.fixture
def loader(fake_engine, tmp_path):
    from scene_search.gui.results.thumbnail_loader import ThumbnailLoader

    made = ThumbnailLoader(fake_engine.start)
    made.set_index(tmp_path / "a.gpkg", "1", 64, 2.0)
    made.seen = []
    made.loaded.connect(lambda tile, picture: made.seen.append((tile, picture)))
    yield made
    made.shutdown()


def test_pictures_come_in_batches_and_the_last_asked_first(loader, fake_engine, wait_until):
    for tile in range(30):
        loader.request(tile)
    wait_until(lambda: len(fake_engine.of("thumbnails")) == 1)
    first = fake_engine.of("thumbnails")[0].params
    assert first["size"] == 128  # 64 logical pixels on a high-density screen
    assert first["tiles"] == list(range(18, 30))
    fake_engine.answer("thumbnails", {"paths": {}})
    assert [tile for tile, _ in loader.seen] == list(range(18, 30))
    assert all(picture is None for _, picture in loader.seen)
    assert fake_engine.of("thumbnails")[1].params["tiles"] == list(range(6, 18))


def test_another_answer_drops_the_work_for_the_first(loader, fake_engine, wait_until, tmp_path):
    loader.request(1)
    wait_until(lambda: len(fake_engine.of("thumbnails")) == 1)
    task = fake_engine.of("thumbnails")[0]
    before = task.params["directory"]
    loader.set_index(tmp_path / "a.gpkg", "2", 64)
    assert task.is_cancelled
    task.succeeded.emit({"paths": {"1": "/nowhere.png"}})
    assert loader.seen == []
    loader.request(1)
    wait_until(lambda: len(fake_engine.of("thumbnails")) == 2)
    assert fake_engine.of("thumbnails")[1].params["directory"] != before
