"""Shows how the index and its building stand, in the dock's header and notices."""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..index.actions import IndexActions
from ..index.build_request import BuildRequest
from ..index.care import IndexCare
from ..index.controller import IndexController
from ..index.info import IndexInfo
from ..index.report import REMARKS, IndexReport, Problem
from ..widgets.notice_bar import NoticeBar
from ..widgets.text import error_parts
from .welcome_page import WelcomePage
from .work_page import WorkPage


class IndexPresenter(QObject):
    """Connects the index controller with the widgets, in both directions.

    Args:
        controller: the index in use.
        actions: what menus and buttons do.
        care: removes, locates and mends.
        page: shows the index.
        welcome: is shown without one.
        notice: tells what happened.
        parent: owner.

    Attributes:
        working: there is an index to show, or one in the making.
        nothing_open: there is none.
        trouble: something failed; the engine may be the cause.
    """

    working = pyqtSignal()
    nothing_open = pyqtSignal()
    trouble = pyqtSignal()

    def __init__(
        self,
        controller: IndexController,
        actions: IndexActions,
        care: IndexCare,
        page: WorkPage,
        welcome: WelcomePage,
        notice: NoticeBar,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._controller, self._actions, self._care = controller, actions, care
        self._page, self._notice = page, notice
        self._told_of: Path | None = None  # the index that the notice is about
        section = page.index
        for asking in (welcome, section):
            asking.new_requested.connect(actions.new_index)
            asking.open_requested.connect(actions.open_index)
            asking.recent_requested.connect(actions.open_recent)
        section.add_folder_requested.connect(actions.add_folder)
        section.add_layers_requested.connect(actions.add_layers)
        section.update_requested.connect(controller.update)
        section.coverage_requested.connect(actions.show_coverage)
        section.report_requested.connect(actions.show_report)
        section.images_requested.connect(actions.show_images)
        section.locate_requested.connect(actions.locate)
        section.remove_missing_requested.connect(actions.remove_missing)
        section.cancel_requested.connect(controller.cancel)
        notice.link_activated.connect(self._on_link)
        actions.failed.connect(self.show_failure)
        care.failed.connect(self.show_failure)
        care.done.connect(self._on_care)
        controller.changed.connect(self._on_index)
        controller.failed.connect(self.show_failure)
        controller.problems_changed.connect(self._on_problems)
        controller.build_started.connect(self._on_started)
        controller.build_progressed.connect(section.progress.show_progress)
        controller.build_finished.connect(self._on_finished)
        controller.build_cancelled.connect(self._on_cancelled)

    def show_failure(self, title: str, error: Exception) -> None:
        """Say what failed, and the error's advice."""
        self._page.index.set_building(self._controller.is_building)
        message, hint = error_parts(error)
        text = f"{message}. {hint}" if hint else message
        self._notice.show_notice(title, text, level="warning")
        self._say_if_nothing()
        self.trouble.emit()

    def _on_index(self, info: IndexInfo | None) -> None:
        self._page.index.show_index(info)
        if info is None:
            self._on_problems([])
            self._say_if_nothing()
            return
        if info.path != self._told_of:
            self._notice.hide()
            self._told_of = info.path
        self.working.emit()
        if not info.encoder_matches:
            advice = self.tr("Install the encoder {0} again, or make a new index.")
            self._notice.show_notice(
                self.tr("This index was made by another encoder"),
                advice.format(info.encoder),
                level="warning",
            )

        elif info.faults:
            self._notice.show_notice(
                self.tr("This index was edited in another program"),
                "\n".join(f"{fault}." for fault in info.faults),
                level="warning",
                link=("repair", self.tr("Repair")),
            )

    def _on_care(self, title: str, text: str) -> None:
        """Say what was removed, found again or mended."""
        if self._controller.info is not None:
            self._told_of = self._controller.info.path
        self._notice.show_notice(title, text, level="info" if text else "good")

    def _on_problems(self, problems: list[Problem]) -> None:
        self._actions.problems = list(problems)
        # what is missing has a line of its own
        kinds = [problem.kind for problem in problems if problem.kind != "missing"]
        left_out = sum(kind not in REMARKS for kind in kinds)
        self._page.index.show_problems(left_out, len(kinds) - left_out)

    def _on_started(self, request: BuildRequest) -> None:
        self._notice.hide()
        self._told_of = request.index
        self._page.index.show_index(self._controller.info, request.index)
        self._page.index.set_building(True)
        self.working.emit()

    def _on_finished(self, report: IndexReport) -> None:
        self._page.index.set_building(False)
        self._on_problems(list(report.problems))
        if not report.tiles and report.problems:
            self._show_nothing(report.problems)
            return
        if report.provider_note:
            self._notice.show_notice(report.summary(), report.provider_note, level="warning")
            return
        link = ("coverage", self.tr("Show on the map")) if report.changed else None
        title = self.tr("Indexed") if report.changed else self.tr("The index is up to date")
        text = report.summary() if report.changed else ""
        self._notice.show_notice(title, text, level="good", link=link)

    def _show_nothing(self, problems: tuple[Problem, ...]) -> None:
        """Say why not a single tile came of a run; then a new index has not been made at all."""
        text = problems[0].reason
        if len(problems) > 1:
            text += " " + self.tr("(and {0} more)").format(len(problems) - 1)
        self._notice.show_notice(
            self.tr("Nothing could be indexed"),
            text,
            level="warning",
            link=("report", self.tr("Why?")),
        )
        self._say_if_nothing()

    def _on_cancelled(self, is_index: bool) -> None:
        self._page.index.set_building(False)
        text = self.tr("The tiles so far can be searched. “Update” goes on where it stopped.")
        if not is_index:
            text = self.tr("Nothing had been indexed yet.")
        self._notice.show_notice(self.tr("Indexing stopped"), text)
        self._say_if_nothing()

    def _say_if_nothing(self) -> None:
        if self._controller.info is None and not self._controller.is_building:
            self.nothing_open.emit()

    def _on_link(self, link: str) -> None:
        if link == "coverage":
            self._actions.show_coverage()
        elif link == "report":
            self._actions.show_report()
        elif link == "repair":
            self._care.repair()
