"""The engine's state in words, from what lies on disk and whether it runs."""

from __future__ import annotations

import os
from dataclasses import dataclass

from qgis.PyQt.QtCore import QCoreApplication

from ...engine_link import session
from ...engine_link.environment import (
    OVERRIDE,
    EnvironmentState,
    find_engine_python,
    profile_environment,
)
from ...engine_link.errors import EngineNotInstalledError
from ...engine_link.setup import task as setup_task


@dataclass(frozen=True)
class EngineStatus:
    """How the engine stands.

    Attributes:
        is_ready: whether it can be used.
        is_overridden: whether an environment variable says which engine to use.
        is_running: whether its process is alive.
        text: one or two sentences.
        place: where it is or will be.
    """

    is_ready: bool
    is_overridden: bool
    is_running: bool
    text: str
    place: str


def engine_status() -> EngineStatus:
    """Return how the engine stands. Cheap: starts nothing."""
    overridden = bool(os.environ.get(OVERRIDE))
    environment = profile_environment()
    place = os.environ[OVERRIDE] if overridden else str(environment.directory)
    if setup_task.running() is not None:
        return EngineStatus(False, overridden, False, _tr("Being set up"), place)
    try:
        find_engine_python()
    except EngineNotInstalledError as error:
        return EngineStatus(False, overridden, False, f"{error.message}.", place)
    worker = session.current()
    running = worker is not None and worker.is_running
    parts = [_tr("Ready, running") if running else _tr("Ready; starts with the first search")]
    if overridden:
        parts.append(_tr("named by the environment variable {0}").format(OVERRIDE))
    elif environment.state() is EnvironmentState.READY:
        parts += _versions(environment.facts().get("engine"))
    return EngineStatus(True, overridden, running, "\n".join(parts), place)


def provider_label(provider: str) -> str:
    """Return how the engine's name of an execution provider is shown."""
    labels = {
        "cpu": _tr("processor (CPU)"),
        "cuda": _tr("NVIDIA GPU (CUDA)"),
        "directml": _tr("GPU (DirectML)"),
        "coreml": _tr("Apple (Core ML)"),
    }
    return labels.get(provider, provider)


def _versions(engine: object) -> list[str]:
    if not isinstance(engine, dict):
        return []
    lines = [
        _tr("Python {0}, ONNX Runtime {1}").format(
            engine.get("python", "?"), engine.get("onnxruntime", "?")
        )
    ]
    if engine.get("provider"):
        lines.append(_tr("Runs on: {0}").format(provider_label(str(engine["provider"]))))
    if engine.get("provider_note"):
        lines.append(str(engine["provider_note"]))
    return lines


def _tr(text: str) -> str:
    return str(QCoreApplication.translate("SceneSearchEngineStatus", text))
