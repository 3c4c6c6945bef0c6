"""Where the engine's Python environment is, whether it is usable, and how it is started.

``SCENE_SEARCH_ENGINE_PYTHON`` names an existing interpreter with the engine's requirements
and wins over the environment in the QGIS profile; developers and tests set it.
"""

from __future__ import annotations

import enum
import hashlib
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qgis.core import QgsApplication

from .. import offline, paths
from ..same_path import same_path
from ..strict_json import decode
from .clean_environment import clean_environment
from .errors import EngineNotInstalledError
from .settings import EngineSettings

OVERRIDE = "SCENE_SEARCH_ENGINE_PYTHON"
_PACKAGE = Path(__file__).resolve().parent.parent
REQUIREMENTS = _PACKAGE / "engine" / "requirements.txt"
LAUNCHER = _PACKAGE / "engine" / "launch.py"
_MARKER = "scene_search_engine.json"


class EnvironmentState(enum.Enum):
    """What lies at an environment's place."""

    ABSENT = "absent"
    PARTIAL = "partial"
    OUTDATED = "outdated"
    COPIED = "copied"
    READY = "ready"


@dataclass(frozen=True)
class EngineEnvironment:
    """A virtual environment that holds the engine's requirements.

    The marker file is written last, so an environment without one was interrupted and is
    made anew; one whose marker names other requirements belongs to another version. It also says
    where it was made: QGIS 4 copies the profile of QGIS 3 with all that lies in it, and absolute
    paths all over a virtual environment lead back to where it was.
    """

    directory: Path

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        if sys.platform == "win32":
            return self.directory / "Scripts" / "python.exe"
        return self.directory / "bin" / "python"

    @property
    def marker(self) -> Path:
        """The file that says that the environment is complete."""
        return self.directory / _MARKER

    def facts(self) -> dict[str, Any]:
        """Return what the marker says, empty if there is none or it is unreadable."""
        try:
            facts = decode(self.marker.read_bytes())
        except (OSError, ValueError):
            return {}
        return facts if isinstance(facts, dict) else {}

    def state(self) -> EnvironmentState:
        """Return what lies at the environment's place."""
        if not self.directory.exists():
            return EnvironmentState.ABSENT
        facts = self.facts()
        if not facts or not self.python.exists():
            return EnvironmentState.PARTIAL
        if facts.get("requirements") != requirements_digest():
            return EnvironmentState.OUTDATED
        if not same_path(str(facts.get("place") or ""), self.directory):
            return EnvironmentState.COPIED
        return EnvironmentState.READY

    def mark_ready(self, **facts: Any) -> None:
        """Write the marker, the last step of making the environment."""
        own = {"requirements": requirements_digest(), "place": str(self.directory.absolute())}
        text = json.dumps({**own, **facts}, indent=2)
        draft = self.marker.with_suffix(".part")
        draft.write_text(text, encoding="utf-8")
        draft.replace(self.marker)


def profile_environment(settings: EngineSettings | None = None) -> EngineEnvironment:
    """Return the environment of this version of the plugin, existing or not."""
    settings = settings or EngineSettings.load()
    return EngineEnvironment(settings.location_folder() / f"engine-{paths.version()}")


def requirements() -> list[str]:
    """Return the requirement lines of the engine, without comments."""
    lines = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    stripped = (line.split("#", 1)[0].strip() for line in lines)
    return [line for line in stripped if line]


def requirements_digest() -> str:
    """Return a hash of the requirements, to recognise an environment of another version."""
    return hashlib.sha256("\n".join(requirements()).encode("utf-8")).hexdigest()


def find_engine_python(settings: EngineSettings | None = None) -> Path:
    """Return the interpreter that runs the engine.

    Raises:
        EngineNotInstalledError: if there is none yet, with a hint that says what to do.
    """
    override = os.environ.get(OVERRIDE)
    if override:
        if Path(override).is_file():
            return Path(override)
        raise EngineNotInstalledError(
            "Correct or remove this environment variable and start QGIS again",
            f"{OVERRIDE} names an interpreter that is not there: {override}",
        )
    environment = profile_environment(settings)
    state = environment.state()
    if state is EnvironmentState.READY:
        return environment.python
    if state is EnvironmentState.PARTIAL:
        raise EngineNotInstalledError(
            "Open Scene Search's dock in QGIS and choose Set up the engine",
            "Setting up the search engine was interrupted",
        )
    if state is EnvironmentState.OUTDATED:
        raise EngineNotInstalledError(
            "Open Scene Search's dock in QGIS and choose Set up the engine",
            "The search engine belongs to another version of the plugin",
        )
    if state is EnvironmentState.COPIED:
        raise EngineNotInstalledError(
            "Open Scene Search's dock in QGIS and choose Set up the engine",
            "The search engine was copied here with the profile, and works only where it was made",
        )
    raise EngineNotInstalledError()


def engine_command(python: Path, *arguments: str) -> list[str]:
    """Return the command that starts the engine, isolated from the user's Python settings.

    ``-I`` makes Python ignore ``PYTHONUTF8``, so UTF-8 mode is asked for once more.
    """
    return [str(python), "-I", "-X", "utf8", str(LAUNCHER), *(arguments or ("serve",))]


def engine_environment(settings: EngineSettings | None = None) -> dict[str, str]:
    """Return the environment variables for the engine's process, which reaches no network."""
    settings = settings or EngineSettings.load()
    extra = dict(offline.VARIABLES)
    if settings.threads:
        extra["SCENE_SEARCH_THREADS"] = str(settings.threads)
    if settings.provider != "auto":
        extra["SCENE_SEARCH_PROVIDER"] = settings.provider
    return clean_environment(qgis_folders=qgis_folders(), extra=extra)


def qgis_folders() -> list[Path]:
    """Return the folders that QGIS was installed to."""
    folders = [Path(QgsApplication.prefixPath())]
    if sys.platform == "win32" and os.environ.get("OSGEO4W_ROOT"):
        folders.append(Path(os.environ["OSGEO4W_ROOT"]))
    return folders
