"""Offers, when QGIS starts after it was killed, to bring back the results it had found."""

from __future__ import annotations

from qgis.core import Qgis, QgsProject
from qgis.gui import QgsMessageBar, QgsMessageBarItem
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtWidgets import QPushButton

from ...engine.errors import SceneSearchError
from ...engine_link.messages import push_error
from ...layers.results.keeper import ResultsKeeper
from ...layers.results.recovery import Recovery
from ..widgets.text import layers_text


class RecoveryOffer(QObject):
    """A message with two buttons, if there is something to bring back.

    Args:
        keeper: keeps results with the project.
        project: the open project.
        bar: QGIS's message bar.
    """

    def __init__(self, keeper: ResultsKeeper, project: QgsProject, bar: QgsMessageBar) -> None:
        super().__init__()
        self._recovery = Recovery(keeper, project)
        self._bar = bar
        self._item: QgsMessageBarItem | None = None
        number = self._recovery.count()
        if not number:
            return
        self._item = bar.createMessage(
            self.tr("Scene Search"),
            self.tr("QGIS ended before the project was saved: {0} can be brought back.").format(
                layers_text(number)
            ),
        )
        for text, do in (
            (self.tr("Bring back"), self._bring_back),
            (self.tr("Discard"), self._discard),
        ):
            button = QPushButton(text, self._item)
            button.clicked.connect(do)
            self._item.layout().addWidget(button)
        bar.pushWidget(self._item, Qgis.MessageLevel.Info)

    def remove(self) -> None:
        """Take the message away."""
        if self._item is not None and not sip.isdeleted(self._item):
            self._bar.popWidget(self._item)
        self._item = None

    def _bring_back(self) -> None:
        self.remove()
        try:
            self._recovery.bring_back()
        except SceneSearchError as error:
            push_error(self._bar, error)

    def _discard(self) -> None:
        self.remove()
        self._recovery.discard()
