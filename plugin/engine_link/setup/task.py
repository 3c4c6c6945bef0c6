"""Setting up the engine as a QGIS task."""

from __future__ import annotations

import traceback
from typing import Any

from qgis.core import QgsApplication, QgsTask
from qgis.PyQt.QtCore import QTimer, pyqtSignal

from ...engine.errors import SceneSearchError
from .. import session
from ..engine_log import EngineLog
from ..environment import profile_environment, qgis_folders, requirements
from ..errors import EngineCancelledError, EngineSetupError
from ..settings import EngineSettings, data_folder
from .gpu import has_nvidia_gpu
from .installer import EngineInstaller, InstallPlan
from .proxy import proxy_environment

_running: SetupTask | None = None
#: Tasks that have been started; QGIS owns their C++ side only.
_alive: set[SetupTask] = set()


def plan_from_settings(settings: EngineSettings) -> InstallPlan:
    """Return what to install, as the user's settings and QGIS's network settings say.

    To be called on the main thread.
    """
    return InstallPlan(
        environment=profile_environment(settings),
        requirements=requirements(),
        interpreter=settings.interpreter,
        package_index=settings.package_index,
        wheel_folder=settings.wheel_folder,
        gpu=settings.use_gpu and has_nvidia_gpu(),
        variables=proxy_environment(),
        qgis_folders=qgis_folders(),
    )


class SetupTask(QgsTask):
    """Installs the engine in the background; its signals come on the main thread.

    Exactly one of ``succeeded``, ``failed`` and ``cancelled`` ends it.
    """

    #: the engine's answer to ``engine.info``, a dict
    succeeded = pyqtSignal(object)
    #: a SceneSearchError
    failed = pyqtSignal(object)
    cancelled = pyqtSignal()
    #: share done (0 to 1) and what is going on
    stepped = pyqtSignal(float, str)
    #: a line of the log
    logged = pyqtSignal(str)

    def __init__(self, plan: InstallPlan, title: str) -> None:
        super().__init__(title, QgsTask.Flag.CanCancel)
        self._plan = plan
        file = data_folder() / "setup.log"
        for old in (file, file.with_name(file.name + ".1")):
            old.unlink(missing_ok=True)
        self.log = _SignallingLog(self, file=file, lines=5000)
        self._facts: dict[str, Any] | None = None
        self._error: Exception | None = None

    def start(self) -> SetupTask:
        """Hand the task to QGIS's task manager and return it."""
        global _running
        _running = self
        _alive.add(self)
        QgsApplication.taskManager().addTask(self)
        return self

    def run(self) -> bool:
        """Install (QGIS calls this in a background thread)."""
        try:
            session.stop()  # the engine in use: its environment is about to be replaced
            self._facts = EngineInstaller(
                self._plan, self.log, self._step, self.isCanceled
            ).install()
        except SceneSearchError as error:
            self._error = error
        except Exception as error:  # noqa: BLE001 (an exception here would end QGIS)
            self.log.add(traceback.format_exc())
            self._error = EngineSetupError(
                f"Unexpected error: {error}", "Please report this with the log", self.log.tail()
            )
        return self._error is None

    def finished(self, _result: bool) -> None:
        """Tell the listeners (QGIS calls this on the main thread)."""
        global _running
        _running = None
        # The C++ side still runs this method, so the reference goes with the next event.
        QTimer.singleShot(0, lambda: _alive.discard(self))
        if self._facts is not None:  # a Cancel that came too late changes nothing
            self.succeeded.emit(self._facts)
        elif isinstance(self._error, EngineCancelledError) or self._error is None:
            self.cancelled.emit()
        else:
            self.failed.emit(self._error)

    def _step(self, share: float, text: str) -> None:
        self.setProgress(100.0 * share)
        self.stepped.emit(share, text)


def running() -> SetupTask | None:
    """Return the setup that is going on, if any."""
    return _running


def cancel_running(wait_ms: int = 3000) -> None:
    """Cancel a setup that is going on and wait a while for it to end."""
    task = _running
    if task is not None:
        task.cancel()
        if task.status() == QgsTask.TaskStatus.Running:
            task.waitForFinished(wait_ms)


class _SignallingLog(EngineLog):
    def __init__(self, task: SetupTask, **options: Any) -> None:
        super().__init__(**options)
        self._task = task

    def add(self, line: str) -> None:
        super().add(line)
        self._task.logged.emit(self.tail(1))
