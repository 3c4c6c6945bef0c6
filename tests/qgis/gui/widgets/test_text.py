from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0.2, "0 s"),
        (42.4, "42 s"),
        (59.6, "1 min 0 s"),
        (125, "2 min 5 s"),
        (1500, "25 min"),
        (7322, "2 h 2 min"),
    ],
)
def test_durations(qgis_app, seconds, expected):
    from scene_search.gui.widgets.text import duration_text

    assert duration_text(seconds) == expected


def test_progress_lines(qgis_app):
    from scene_search.gui.index.build_progress import progress_text

    planning = {"done": 2, "total": 8, "unit": "rasters", "rate": 3.0}
    assert progress_text(planning) == "Looking through the imagery: 2 of 8 images"
    slow = {"done": 1, "total": 1, "unit": "tiles", "rate": 0.5, "remaining_seconds": 0}
    assert progress_text(slow) == "1 of 1 tile · 0.5 tiles/s · 0 s left"
    assert progress_text({"done": 5, "total": None, "unit": "tiles"}) == "5 tiles"


def test_every_icon_is_drawn_and_follows_the_theme(qgis_app):
    from qgis.PyQt.QtGui import QColor, QPalette
    from qgis.PyQt.QtWidgets import QApplication
    from scene_search.gui.widgets.icons import icon
    from scene_search.paths import resources

    def darkest(name):
        image = icon(name).pixmap(24, 24).toImage()
        places = [(x, y) for x in range(image.width()) for y in range(image.height())]
        colors = [image.pixelColor(*place) for place in places]
        inked = [color for color in colors if color.alpha() > 200]
        assert inked, name
        return min(color.lightness() for color in inked)

    palette = QApplication.palette()
    try:
        for ink, is_dark in (("#101010", True), ("#eeeeee", False)):
            changed = QPalette(palette)
            changed.setColor(QPalette.ColorRole.WindowText, QColor(ink))
            QApplication.setPalette(changed)
            for file in (resources() / "icons").glob("*.svg"):
                if not file.stem.startswith(("state_", "scene_search")):
                    assert (darkest(file.stem) < 100) is is_dark, file.stem
    finally:
        QApplication.setPalette(palette)


def test_a_date_in_a_narrow_card_is_coarser_never_cut(qgis_app):
    from qgis.PyQt.QtGui import QFont, QFontMetrics
    from scene_search.gui.results.hit_delegate import _fitting
    from scene_search.gui.widgets.text import date_text, date_texts

    moment = "2023-07-14T10:30:00Z"
    forms = date_texts(moment)
    assert forms[0] == date_text(moment)
    assert forms[-1] == "2023"
    assert "2023" in forms[1]
    metrics = QFontMetrics(QFont())
    wide, narrow = (metrics.horizontalAdvance(form) for form in forms[:2])
    assert narrow < wide
    assert _fitting(forms, metrics, wide) == forms[0]
    assert _fitting(forms, metrics, narrow) == forms[1]
    assert _fitting(forms, metrics, 1) == ""
    assert date_texts("") == ("",)


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        (
            "coast_utm_2024-01-20.tif",
            ("coast_utm_2024-01-20.tif", "coast_utm_2024-01-20", "coast…2024-01-20", "coast_utm…",
             "coast…"),
        ),
        ("DJI_0042.JPG", ("DJI_0042.JPG", "DJI_0042", "DJI…")),
        ("Küste.tif", ("Küste.tif", "Küste")),
        (".hidden", (".hidden",)),
        ("2024-01-20.tif", ("2024-01-20.tif", "2024-01-20")),
        ("…", ("…",)),
        ("", ("",)),
    ],
)  # fmt: skip
def test_a_name_in_a_narrow_card_loses_whole_words(name, forms):
    from scene_search.gui.widgets.text import name_texts

    assert name_texts(name) == forms


def test_a_long_name_keeps_its_words():
    from scene_search.gui.widgets.text import name_texts

    name = "S2A_MSIL2A_20220828T102601_N0400_R108_T32UQD_20220828T164158.jp2"
    words = set(name.split(".")[0].split("_")) | {"S2A_MSIL2A"}
    forms = name_texts(name)
    assert list(forms) == sorted(forms, key=len, reverse=True)
    for form in forms[2:]:
        for part in form.split("…"):
            assert not part or set(part.split("_")) <= words
