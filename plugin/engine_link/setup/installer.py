"""Makes the engine's environment: venv, pip install, a first talk with the engine, marker.

Runs in a background thread and blocks. The environment that was there before is put aside and
comes back when anything fails or the user cancels; the marker is written last.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...engine.errors import SceneSearchError
from ..clean_environment import clean_environment
from ..engine_log import EngineLog
from ..environment import LAUNCHER, EngineEnvironment
from ..errors import EngineCancelledError, EngineDiedError, EngineSetupError
from ..process_lines import run_lines
from ..worker import EngineWorker
from .gpu import has_gpu_wheels, with_gpu
from .interpreter import Interpreter, find_interpreter
from .lock import install_lock
from .pip_failure import explain_pip_failure
from .pip_progress import PipProgress
from .size import SetupSize, setup_size

#: Shares of the whole at which the steps end, for the progress bar.
_PREPARED, _MADE, _INSTALLED, _CHECKED = 0.02, 0.08, 0.92, 1.0


@dataclass(frozen=True)
class InstallPlan:
    """All that the installation needs to know, so that it asks nothing of QGIS meanwhile.

    Attributes:
        environment: what to make.
        requirements: requirement lines for pip.
        interpreter: the Python to make it from; empty for QGIS's own.
        package_index: URL of a package index; empty for pip's own setting.
        wheel_folder: folder to install from without a network; empty for an index.
        gpu: install ONNX Runtime's CUDA build.
        variables: environment variables to add, such as the proxy.
        qgis_folders: QGIS's own folders.
        launcher: the program that the environment's Python runs as the engine.
    """

    environment: EngineEnvironment
    requirements: Sequence[str]
    interpreter: str = ""
    package_index: str = ""
    wheel_folder: str = ""
    gpu: bool = False
    variables: dict[str, str] = field(default_factory=dict)
    qgis_folders: Sequence[Path] = ()
    launcher: Path = LAUNCHER


class EngineInstaller:
    """Carries out an ``InstallPlan``.

    Args:
        plan: what to install and how.
        log: receives every line that is printed.
        progress: told the share done (0 to 1) and what is going on.
        is_cancelled: polled every 100 ms.
    """

    def __init__(
        self,
        plan: InstallPlan,
        log: EngineLog,
        progress: Callable[[float, str], None],
        is_cancelled: Callable[[], bool],
    ) -> None:
        self._plan = plan
        self._log = log
        self._progress = progress
        self._is_cancelled = is_cancelled
        self._directory = plan.environment.directory
        self._env = clean_environment(qgis_folders=plan.qgis_folders, extra=plan.variables)

    def install(self) -> dict[str, Any]:
        """Make the environment and return what the engine says of itself.

        Raises:
            EngineSetupError: with what failed, what to do, and the end of the log.
            EngineCancelledError: if cancelled; nothing half made is left.
        """
        self._say(0.0, "Looking for Python")
        try:
            self._check_wheel_folder()
            interpreter = find_interpreter(self._plan.interpreter)
            self._check_cancelled()
            gpu = self._plan.gpu and has_gpu_wheels(interpreter.machine)
            self._log.add(f"Interpreter: {interpreter.label}")
            with install_lock(self._directory):
                self._check_space(setup_size(gpu))
                return self._install(interpreter, gpu)
        except EngineSetupError as error:
            self._log.add(f"Failed: {error}")
            raise
        except OSError as error:
            self._log.add(f"Failed: {error}")
            raise EngineSetupError(
                f"The engine's folder cannot be written: {error}",
                "Choose another place for the engine in Scene Search's options",
                self._log.tail(),
            ) from error

    def _install(self, interpreter: Interpreter, gpu: bool) -> dict[str, Any]:
        aside = self._put_aside()
        try:
            self._make_venv(interpreter)
            self._pip_install(interpreter, gpu)
            facts = self._ask_engine()
            self._plan.environment.mark_ready(
                made=datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
                interpreter=str(interpreter.path),
                gpu=gpu,
                engine=facts,
            )
        except BaseException:
            self._put_back(aside)
            raise
        if aside is not None:
            shutil.rmtree(aside, ignore_errors=True)
        self._remove_older_versions()
        self._say(_CHECKED, "The engine is ready")
        return facts

    def _check_wheel_folder(self) -> None:
        folder = self._plan.wheel_folder
        if folder and not any(Path(folder).glob("*.whl")):
            raise EngineSetupError(
                f"There are no wheels (*.whl) in {folder}",
                "Choose the folder that holds the engine's packages",
            )

    def _check_space(self, size: SetupSize) -> None:
        place = self._directory.parent
        place.mkdir(parents=True, exist_ok=True)
        free_mb = shutil.disk_usage(place).free / 1e6
        if free_mb < size.needed_mb:
            raise EngineSetupError(
                f"{place} has {free_mb:,.0f} MB free; the engine needs {size.needed_mb:,.0f} MB",
                "Free some space, or choose another place for the engine in the options",
            )

    def _put_aside(self) -> Path | None:
        """Move what is there out of the way: a good environment comes back on failure."""
        aside = self._directory.with_name(self._directory.name + ".previous")
        if aside.exists() and not self._directory.exists():
            aside.replace(self._directory)  # an earlier setup was killed before it put it back
        shutil.rmtree(aside, ignore_errors=True)
        if not self._directory.exists():
            return None
        if not self._plan.environment.facts():
            self._log.add("Removing a half-made environment")
            shutil.rmtree(self._directory)
            return None
        self._directory.replace(aside)
        return aside

    def _put_back(self, aside: Path | None) -> None:
        shutil.rmtree(self._directory, ignore_errors=True)
        if aside is not None:
            with contextlib.suppress(OSError):
                aside.replace(self._directory)

    def _make_venv(self, interpreter: Interpreter) -> None:
        self._say(_PREPARED, f"Making an environment with {interpreter.label}")
        command = [str(interpreter.path), "-I", "-X", "utf8", "-m", "venv"]
        if not interpreter.has_ensurepip:
            command.append("--without-pip")
        if self._run([*command, str(self._directory)]) != 0:
            raise EngineSetupError(
                "The Python environment could not be made",
                "Choose another Python, or another place for the engine, in the options",
                self._log.tail(),
            )

    def _pip_install(self, interpreter: Interpreter, gpu: bool) -> None:
        self._say(_MADE, "Fetching packages")
        command = [
            *self._pip(interpreter),
            "install",
            "--disable-pip-version-check",
            "--no-input",
            "--no-warn-script-location",
            "--progress-bar=off",
            "--only-binary=:all:",
        ]
        env = dict(self._env)
        if self._plan.wheel_folder:
            command += ["--no-index", "--find-links", self._plan.wheel_folder]
            # A configured index or folder must not be mixed in where none is to be used.
            env["PIP_CONFIG_FILE"] = os.devnull
            for name in ("PIP_FIND_LINKS", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"):
                env.pop(name, None)
        elif self._plan.package_index:
            command += ["--index-url", self._plan.package_index]
        requirements = list(self._plan.requirements)
        command += with_gpu(requirements) if gpu else requirements
        pip = PipProgress(self._directory, setup_size(gpu).download_mb, self._say_of_pip)
        if self._run(command, env, pip.follow, pip.tick) != 0:
            raise explain_pip_failure(
                self._log.tail(60),
                wheel_folder=self._plan.wheel_folder,
                python=".".join(map(str, interpreter.version[:2])),
            )

    def _pip(self, interpreter: Interpreter) -> list[str]:
        python = self._plan.environment.python
        if interpreter.has_ensurepip:
            return [str(python), "-I", "-X", "utf8", "-m", "pip"]
        own = [str(interpreter.path), "-I", "-X", "utf8", "-m", "pip"]
        return [*own, "--python", str(python)]

    def _say_of_pip(self, share: float, text: str) -> None:
        self._say(_MADE + share * (_INSTALLED - _MADE), text, log=False)

    def _ask_engine(self) -> dict[str, Any]:
        self._say(_INSTALLED, "Starting the engine for the first time")
        python = self._plan.environment.python
        command = [str(python), "-I", "-X", "utf8", str(self._plan.launcher), "serve"]
        worker = EngineWorker(command, self._env)
        try:
            facts = worker.call("engine.info", is_cancelled=self._is_cancelled)
        except EngineCancelledError:
            raise
        except SceneSearchError as error:
            words = error.log_tail if isinstance(error, EngineDiedError) else str(error)
            for line in words.splitlines():
                self._log.add(line)
            raise EngineSetupError(
                f"The engine was installed but does not start: {error.message}",
                "Copy the log and report it, or try another Python in Scene Search's options",
                self._log.tail(),
            ) from error
        finally:
            worker.stop()
        self._log.add(f"Engine: {facts}")
        return facts

    def _remove_older_versions(self) -> None:
        for folder in self._directory.parent.glob("engine-*"):
            if folder != self._directory and EngineEnvironment(folder).facts():
                shutil.rmtree(folder, ignore_errors=True)

    def _run(
        self,
        command: list[str],
        env: dict[str, str] | None = None,
        follow: Callable[[str], None] = lambda _line: None,
        tick: Callable[[], None] = lambda: None,
    ) -> int:
        self._log.add("$ " + " ".join(command))

        def on_line(line: str) -> None:
            self._log.add(line)
            follow(line)

        def is_cancelled() -> bool:
            tick()
            return self._is_cancelled()

        return run_lines(command, env or self._env, on_line, is_cancelled)

    def _check_cancelled(self) -> None:
        if self._is_cancelled():
            raise EngineCancelledError()

    def _say(self, share: float, text: str, *, log: bool = True) -> None:
        if log:
            self._log.add(text)
        self._progress(share, text)
