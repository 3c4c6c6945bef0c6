import io

import pytest
from scene_search.engine.commands.console import ConsoleProgress, describe, duration
from scene_search.engine.progress import ProgressReport


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_report_as_a_line():
    report = ProgressReport(1200, 5000, "tiles", "a.tif", 310.4, 12.3)
    assert describe(report) == "1,200 of 5,000 tiles (24 %), 310/s, 0:12 left: a.tif"
    assert describe(ProgressReport(3, None, "files", "", 0.0, None)) == "3 files"
    assert describe(ProgressReport(1, 2, "tiles", "", 0.25, 4.0)) == (
        "1 of 2 tiles (50 %), 0.25/s, 0:04 left"
    )


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (59.6, "1:00"), (3599, "59:59"), (3725, "1:02:05")]
)
def test_durations(seconds, text):
    assert duration(seconds) == text


def test_a_terminal_shows_one_moving_line_and_is_left_clean(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    stream = Terminal()
    progress = ConsoleProgress(stream)
    progress(ProgressReport(10, 20, "tiles", "a very long name of a raster.tif", 5.0, 2.0))
    progress(ProgressReport(20, 20, "tiles", "b.tif", 5.0, 0.0))
    progress.finish()
    text = stream.getvalue()
    assert "\n" not in text
    shown = text.split("\r")
    assert all(len(line) < 40 for line in shown)
    assert len(shown[2]) >= len(shown[1]), "the longer line before is overwritten"
    assert shown[-1] == ""
    assert shown[-2].strip() == ""


def test_a_log_gets_whole_lines_now_and_then():
    stream = io.StringIO()
    progress = ConsoleProgress(stream)
    for done in range(100):
        progress(ProgressReport(done, 100, "tiles", "a.tif", 5.0, 2.0))
    progress.finish()
    assert stream.getvalue() == "0 of 100 tiles (0 %), 5/s, 0:02 left: a.tif\n"
