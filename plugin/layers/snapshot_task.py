"""Renders a snapshot in the background."""

from __future__ import annotations

from qgis.core import QgsTask
from qgis.PyQt.QtCore import QCoreApplication, pyqtSignal

from ..engine.errors import CancelledError, SceneSearchError
from ..plain_text import without_markup
from .snapshot import render_snapshot
from .snapshot_plan import SnapshotPlan


class SnapshotTask(QgsTask):
    """Renders a :class:`SnapshotPlan` off the main thread; its signals come on the main thread.

    Attributes:
        succeeded: the path of the GeoTIFF, as text.
        failed: the :class:`SceneSearchError`.
        cancelled: nothing was left behind.
    """

    succeeded = pyqtSignal(str)
    failed = pyqtSignal(object)
    cancelled = pyqtSignal()

    def __init__(self, plan: SnapshotPlan) -> None:
        super().__init__(
            QCoreApplication.translate("Snapshot", "Rendering {layer}").format(
                layer=without_markup(plan.layer.name())
            ),
            QgsTask.Flag.CanCancel,
        )
        self._plan = plan
        self._error: SceneSearchError | None = None

    def run(self) -> bool:
        """Render; called in the background by the task manager."""
        try:
            render_snapshot(
                self._plan,
                progress=lambda share: self.setProgress(100 * share),
                is_cancelled=self.isCanceled,
            )
        except CancelledError:
            return False
        except SceneSearchError as error:
            self._error = error
            return False
        return True

    def finished(self, result: bool) -> None:
        """Tell the outcome; called on the main thread by the task manager."""
        if result:
            self.succeeded.emit(str(self._plan.path))
        elif self._error is not None:
            self.failed.emit(self._error)
        else:
            self.cancelled.emit()
