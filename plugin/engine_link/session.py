"""The one engine of this QGIS, shared by the dock and the Processing algorithms."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable

from .environment import engine_command, engine_environment, find_engine_python
from .errors import EngineDiedError
from .settings import EngineSettings, data_folder
from .worker import EngineWorker

DeathListener = Callable[[EngineDiedError, int], None]

_lock = threading.Lock()
_worker: EngineWorker | None = None
_death_listeners: list[DeathListener] = []


def engine() -> EngineWorker:
    """Return the shared engine; its process starts with the first call, not here.

    Raises:
        EngineNotInstalledError: if the engine is not set up, with a hint.
    """
    global _worker
    with _lock:
        if _worker is None:
            settings = EngineSettings.load()
            _worker = EngineWorker(
                engine_command(find_engine_python(settings)),
                engine_environment(settings),
                log_file=data_folder() / "engine.log",
                on_death=_tell_listeners,
            )
            # The engine ends by itself when its input closes; this comes before Python's
            # teardown takes the threads that serve it.
            atexit.register(stop)
        return _worker


def current() -> EngineWorker | None:
    """Return the shared engine if one has been asked for, without making one."""
    return _worker


def stop() -> None:
    """End the engine; the next ``engine()`` makes a new one with the settings of then."""
    global _worker
    with _lock:
        worker, _worker = _worker, None
        atexit.unregister(stop)
    if worker is not None:
        worker.stop()


def stop_in_background() -> None:
    """Like ``stop``, without waiting for the process to end."""
    threading.Thread(target=stop, name="scene-search-stop", daemon=True).start()


def on_death(listener: DeathListener) -> Callable[[], None]:
    """Have ``listener`` told, from a background thread, when the engine dies.

    Returns:
        A function that takes the listener off again.
    """
    _death_listeners.append(listener)

    def remove() -> None:
        if listener in _death_listeners:
            _death_listeners.remove(listener)

    return remove


def _tell_listeners(error: EngineDiedError, calls_in_flight: int) -> None:
    for listener in list(_death_listeners):
        listener(error, calls_in_flight)
