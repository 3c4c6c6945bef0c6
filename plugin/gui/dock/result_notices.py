"""Tells in the dock what became of results on the map, and offers what can be done about it."""

from __future__ import annotations

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject

from ...layers.results.group import Removal
from ...layers.results.keeper import ResultsKeeper
from ..widgets.notice_bar import NoticeBar
from ..widgets.text import layers_text
from .searching import SearchPresenter

_UNDO, _SHOW, _NEVER = "undo-removal", "show-imagery", "never-imagery"


class ResultNotices(QObject):
    """Connects what happens to results with the notice bar and its links.

    Args:
        searching: the answers, in list and map.
        keeper: keeps the layers of answers with the project.
        project: the open project.
        notice: tells it.
        parent: owner.
    """

    def __init__(
        self,
        searching: SearchPresenter,
        keeper: ResultsKeeper,
        project: QgsProject,
        notice: NoticeBar,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._searching, self._keeper = searching, keeper
        self._project, self._notice = project, notice
        self._removal: Removal | None = None
        searching.actions.cleared.connect(self._on_cleared)
        searching.actions.exported.connect(self._on_exported)
        searching.imagery.offered.connect(self._on_imagery_offered)
        keeper.told.connect(self._on_told)
        notice.link_activated.connect(self._on_link)
        project.projectSaved.connect(self.forget)
        project.cleared.connect(self.forget)

    def forget(self) -> None:
        """Let go of layers that were removed: they cannot come back any more."""
        if self._removal is not None:
            self._removal = None
            self._notice.hide()

    def shutdown(self) -> None:
        """Stop watching the project."""
        self._removal = None
        self._keeper.told.disconnect(self._on_told)
        self._project.projectSaved.disconnect(self.forget)
        self._project.cleared.disconnect(self.forget)

    def _on_cleared(self, removal: Removal) -> None:
        self._removal = removal if removal.layers else None
        kept = ""
        if removal.kept:
            kept = self.tr("{0} that you edited stay; remove them in the Layers panel.").format(
                layers_text(removal.kept)
            )
        if self._removal is not None:
            title = self.tr("Removed {0}").format(layers_text(len(removal.layers)))
            self._notice.show_notice(title, kept, links=((_UNDO, self.tr("Undo")),))
        elif kept:
            self._notice.show_notice(self.tr("Nothing was removed"), kept)

    def _on_exported(self, path: str) -> None:
        text = self.tr("Written to {0}").format(path)
        self._notice.show_notice(self.tr("Exported"), text, level="good")

    def _on_imagery_offered(self) -> None:
        if self._notice.is_warning:
            return  # what is wrong goes first; the next search offers again
        self._notice.show_notice(
            self.tr("The map does not show the images of these results"),
            self.tr("Add the images that results are found in?"),
            links=((_SHOW, self.tr("Add them, always")), (_NEVER, self.tr("Never"))),
        )

    def _on_told(self, text: str) -> None:
        self._notice.show_notice(self.tr("Results of this project"), text, level="warning")

    def _on_link(self, link: str) -> None:
        if link == _UNDO and self._removal is not None:
            removal, self._removal = self._removal, None
            self._notice.hide()
            self._searching.restore(removal)
        elif link in (_SHOW, _NEVER):
            self._notice.hide()
            self._searching.imagery.answer(show=link == _SHOW)
