import pytest

DURATIONS = {
    0: "0 s",
    -3: "0 s",
    59.4: "59 s",
    59.6: "1 min 0 s",
    200: "3 min 20 s",
    3600: "1 h 0 min",
    7380: "2 h 3 min",
}


@pytest.mark.parametrize(("seconds", "expected"), DURATIONS.items())
def test_duration(qgis_app, seconds, expected):
    from scene_search.processing.feedback import duration

    assert duration(seconds) == expected


def test_progress_line_names_counts_rate_time_and_file(qgis_app):
    from scene_search.processing.feedback import progress_text

    value = {
        "done": 1200,
        "total": 5000,
        "unit": "tiles",
        "message": "port.tif",
        "rate": 140.2,
        "remaining_seconds": 27.1,
    }
    assert progress_text(value) == "1,200 of 5,000 tiles, 140 a second, 27 s left: port.tif"


def test_progress_line_without_a_total(qgis_app):
    from scene_search.processing.feedback import progress_text

    value = {"done": 3, "total": None, "unit": "rasters", "message": "", "rate": 0.0}
    assert progress_text(value) == "3 rasters"


def test_progress_moves_the_bar(listener):
    from scene_search.processing.feedback import show_progress

    value = {"done": 1, "total": 4, "unit": "tiles", "rate": 0.0, "message": "ä.tif"}
    show_progress(listener.feedback, value)
    assert listener.feedback.progress() == 25
    assert listener.texts == ["1 of 4 tiles: ä.tif"]


def test_a_cancelled_feedback_cancels_the_call(worker, listener):
    from scene_search.processing.feedback import engine_calls

    worker.answers["x"] = lambda params, progress, is_cancelled: {"cancelled": is_cancelled()}
    call = engine_calls(worker, listener.feedback)
    assert call("x", {}) == {"cancelled": False}
    listener.feedback.cancel()
    assert call("x", {}) == {"cancelled": True}
