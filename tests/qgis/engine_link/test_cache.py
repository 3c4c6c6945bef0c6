from __future__ import annotations

from pathlib import Path

from scene_search.engine_link.cache import cache_subfolder
from scene_search.engine_link.settings import EngineSettings


def test_lies_in_the_chosen_cache_and_goes_away(profile, tmp_path):
    EngineSettings(cache=str(tmp_path / "große Platte")).save()
    folder = cache_subfolder("thumbnails")
    path = Path(folder.path())
    assert EngineSettings.load().cache_folder() in path.parents
    assert path.is_dir()
    folder.remove()
    assert not path.exists()


def test_a_place_that_cannot_be_written_does_not_stop_anybody(profile, tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    EngineSettings(cache=str(file)).save()
    folder = cache_subfolder("thumbnails")
    assert folder.isValid()
    folder.remove()
