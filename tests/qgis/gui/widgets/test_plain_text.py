"""Names with markup are drawn as text, everywhere: a picture in one would be loaded."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[4]
#: What may be shown with markup in it: the texts of the program itself, and what is made plain.
PLAIN = {"tr", "_tr", "tool_tip", "toolTip"}
#: Labels that are rich text on purpose, for links; all that goes in is escaped.
RICH = {"gui/dock/welcome_page.py", "gui/index/section.py", "gui/widgets/notice_bar.py"}


def calls(name: str):
    """Every call of a function or method in the window's code, with its file."""
    for path in sorted((ROOT / "plugin" / "gui").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if called == name:
                    yield path.relative_to(ROOT / "plugin").as_posix(), node


def is_plain(node: ast.expr, file: str) -> bool:
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.IfExp):
        return is_plain(node.body, file) and is_plain(node.orelse, file)
    if isinstance(node, ast.Name) and node.id == "tip":  # a parameter of a helper, checked below
        return True
    called = getattr(node, "func", None)
    return getattr(called, "attr", getattr(called, "id", "")) in PLAIN


def test_no_label_guesses_and_no_tool_tip_is_taken_for_rich_text():
    """A guard for what is written later: the widgets here are found by their construction."""
    labels = {file for file, _ in calls("QLabel")}
    assert labels == RICH
    tips = [(file, node) for file, node in calls("setToolTip")]
    assert len(tips) > 20
    guessed = [f"{file}:{node.lineno}" for file, node in tips if not is_plain(node.args[-1], file)]
    assert guessed == []


@pytest.fixture
def picture(tmp_path):
    """A red picture, and names that would show it."""
    from qgis.PyQt.QtGui import QColor, QImage

    path = tmp_path / "evil.png"
    image = QImage(300, 300, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    assert image.save(str(path))
    return path


@pytest.fixture(params=["image", "slash", "table", "script"])
def evil(request, picture):
    return {
        "image": f'<img src="{picture}">',
        "slash": f"<img/src='{picture}'>",
        "table": f"<table><tr><td><img\tsrc='{picture}'></table>",
        "script": f"<h1>BIG</h1><a href='x'><img src='{picture}'></a>",
    }[request.param]


def red_pixels(widget) -> int:
    from qgis.PyQt.QtGui import QColor

    widget.resize(700, 400)
    image = widget.grab().toImage()
    red = QColor("red").rgb()
    return sum(
        image.pixel(x, y) == red
        for x in range(0, image.width(), 5)
        for y in range(0, image.height(), 5)
    )


def as_shown(tip: str) -> str:
    """What a tool tip shows, by Qt's own rule."""
    from qgis.PyQt.QtCore import Qt
    from qgis.PyQt.QtGui import QTextDocument

    if not Qt.mightBeRichText(tip):
        return tip
    document = QTextDocument()
    document.setHtml(tip)
    return document.toPlainText()


def check(widget, evil: str) -> None:
    """Nothing in a widget shows the picture, and its tool tips show the name as it is."""
    from qgis.PyQt.QtWidgets import QWidget

    assert red_pixels(widget) == 0
    tips = [child.toolTip() for child in (widget, *widget.findChildren(QWidget))]
    for tip in tips:
        assert "\ufffc" not in as_shown(tip)  # stands for a picture
        if "img" in tip:
            assert " ".join(evil.split()) in " ".join(as_shown(tip).split())


def test_the_fixture_would_be_seen(picture, qgis_app):
    """A plain QLabel shows it: what the tests below look for can be found."""
    from qgis.PyQt.QtWidgets import QLabel

    assert red_pixels(QLabel(f'<img src="{picture}">')) > 100
    assert "\ufffc" in as_shown(f'<img src="{picture}">')


def test_the_index_and_its_progress(evil, info_message, qgis_app):
    from scene_search.gui.index.build_progress import BuildProgress
    from scene_search.gui.index.info import IndexInfo
    from scene_search.gui.index.section import IndexSection

    section = IndexSection(list)
    message = info_message(encoder={"name": evil, "matches": False}, path=f"/data/{evil}.gpkg")
    section.show_index(IndexInfo.from_message(message))
    check(section, evil)
    progress = BuildProgress()
    progress.resize(900, 100)
    progress.show_progress({"done": 1, "total": 3, "message": f"/data/{evil}.tif"})
    check(progress, evil)


def test_recent_indexes_and_the_imagery(evil, qgis_app):
    from qgis.PyQt.QtWidgets import QMenu
    from scene_search.gui.dock.welcome_page import WelcomePage
    from scene_search.gui.index.imagery_picker import ImageryPicker
    from scene_search.gui.index.section import fill_recent

    paths = [Path("/data") / evil.replace("/", "∕")]
    check(WelcomePage(lambda: paths), evil)
    menu = QMenu()
    fill_recent(menu, paths, lambda _path: None)
    assert "\ufffc" not in as_shown(menu.actions()[0].toolTip())
    picker = ImageryPicker([])
    picker.add_paths([f"/data/{evil}"])
    assert red_pixels(picker) == 0
    assert as_shown(picker.list.item(0).toolTip()).startswith("/data/<")


def test_problems_and_what_is_told(evil, qgis_app):
    from scene_search.gui.index.report import Problem
    from scene_search.gui.index.report_dialog import IndexReportDialog
    from scene_search.gui.widgets.notice_bar import NoticeBar
    from scene_search.gui.widgets.state_page import StatePage

    dialog = IndexReportDialog([Problem(f"/data/{evil}", "failed", evil)])
    check(dialog, evil)
    for column in range(dialog.table.columnCount()):
        assert "\ufffc" not in as_shown(dialog.table.item(0, column).toolTip())
    notice = NoticeBar()
    notice.show_notice(evil, evil, links=(("a", evil),))
    check(notice, evil)
    page = StatePage()
    page.show_state(evil, evil, actions=((evil, lambda: None),))
    check(page, evil)


def test_results(evil, qgis_app, search_answer):
    from qgis.core import QgsGeometry
    from qgis.PyQt.QtCore import Qt
    from scene_search.gui.results.hit_menu import hit_menu
    from scene_search.gui.results.hits_model import HitsModel
    from scene_search.gui.results.section import ResultsSection
    from scene_search.gui.search.request import SearchAnswer, SearchRequest
    from scene_search.layers.hit import Hit

    answer = search_answer(2)
    answer["hits"][0]["source"] = f"/data/{evil}.tif"
    hits = tuple(Hit.from_message(hit) for hit in answer["hits"])
    assert isinstance(hits[0].geometry, QgsGeometry)
    model = HitsModel()
    section = ResultsSection(model)
    request = SearchRequest(f"“{evil}”", Path("a.gpkg"), text=evil)
    section.show_answer(SearchAnswer(request, hits, 1.0, (evil, evil)))
    check(section, evil)
    tip = as_shown(model.index(0).data(Qt.ItemDataRole.ToolTipRole))
    assert "\ufffc" not in tip
    assert "<" in tip
    section.show_busy(evil)
    section.show_error(evil, RuntimeError(evil), None)
    check(section, evil)
    nothing = {"zoom": print, "find_similar": print, "add_source": print, "export": print}
    assert red_pixels(hit_menu(hits[0], **nothing)) == 0


def test_what_qgis_draws_itself(evil, iface, qgis_app):
    """The message bar, the log panel and the task manager take rich text."""
    from qgis.core import QgsApplication
    from qgis.gui import QgsMessageLogViewer
    from qgis.PyQt.QtWidgets import QPlainTextEdit
    from scene_search.engine.errors import RasterError, StorageError
    from scene_search.engine_link.errors import EngineCallError
    from scene_search.engine_link.messages import push_error
    from scene_search.engine_link.task import EngineTask

    viewer = QgsMessageLogViewer()
    seen = []
    QgsApplication.messageLog().messageReceived.connect(lambda *parts: seen.append(parts[0]))
    for error in (
        RasterError(f"{evil}.tif cannot be read"),
        StorageError("full", hint=evil),
        EngineCallError(evil, "", "Other", {"traceback": evil}),
    ):
        push_error(iface.messageBar(), error)
        qgis_app.processEvents()
        item = iface.messageBar().currentItem()
        assert red_pixels(item) == 0
        assert "<img" not in item.text()
    assert len(seen) >= 3
    assert not any("<" in text for text in seen)
    for text in (edit.toPlainText() for edit in viewer.findChildren(QPlainTextEdit)):
        assert "\ufffc" not in text
    assert red_pixels(viewer) == 0
    task = EngineTask(f"Searching for {evil}", "search", {})
    assert "<" not in task.description()


def test_processing_progress(evil, qgis_app):
    """The line of progress in Processing's dialog takes rich text, its log does not."""
    from qgis.core import QgsProcessingFeedback
    from scene_search.processing.feedback import show_progress

    class Feedback(QgsProcessingFeedback):
        texts: list[str] = []  # noqa: RUF012

        def setProgressText(self, text):  # noqa: N802
            self.texts.append(text)

    feedback = Feedback()
    show_progress(feedback, {"done": 1, "total": 2, "message": f"/data/{evil}.tif"})
    assert feedback.texts
    assert not any("<" in text for text in feedback.texts)
