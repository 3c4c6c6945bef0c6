"""Finds a Python that the engine's environment can be made from.

QGIS embeds Python: on Windows ``sys.executable`` is QGIS itself and on macOS the application,
so the interpreter that belongs to it is looked for where each kind of installation puts it,
and every candidate is run once to see what it can do.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..clean_environment import clean_environment
from ..errors import InterpreterError

OLDEST = (3, 10)
#: The newest version that every requirement has wheels for.
NEWEST = (3, 14)
_PROBE = """
import importlib.util as u, json, platform, struct, sys
print(json.dumps({
    "version": list(sys.version_info[:3]),
    "bits": struct.calcsize("P") * 8,
    "machine": platform.machine(),
    "venv": u.find_spec("venv") is not None,
    "ensurepip": u.find_spec("ensurepip") is not None,
    "pip": u.find_spec("pip") is not None,
    "executable": sys.executable,
}))
"""
_PROBE_SECONDS = 30


@dataclass(frozen=True)
class Interpreter:
    """A Python that can carry the engine.

    Attributes:
        path: the program.
        version: major, minor and patch number.
        machine: processor architecture, such as ``"x86_64"``.
        has_ensurepip: whether it can put pip into a new environment.
    """

    path: Path
    version: tuple[int, int, int]
    machine: str
    has_ensurepip: bool

    @property
    def label(self) -> str:
        """How the interpreter is shown."""
        return f"Python {'.'.join(map(str, self.version))} ({self.path})"


def version_range() -> str:
    """Return the supported versions for messages, such as ``3.10 to 3.14``."""
    return f"{OLDEST[0]}.{OLDEST[1]} to {NEWEST[0]}.{NEWEST[1]}"


def inspect_interpreter(path: Path) -> Interpreter:
    """Run a Python once and return what it is.

    Blocks for up to some seconds: not for the main thread.

    Raises:
        InterpreterError: if it cannot carry the engine, with what to do instead.
    """
    choose = f"Choose a Python {version_range()} in Scene Search's options"
    if not path.is_file():
        raise InterpreterError(f"There is no Python interpreter at {path}", choose)
    try:
        answer = subprocess.run(  # nosec B603 - an interpreter the user chose, no shell
            [str(path), "-I", "-X", "utf8", "-c", _PROBE],
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PROBE_SECONDS,
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        facts = json.loads(answer.stdout)
        version = tuple(facts["version"])
    except (OSError, subprocess.TimeoutExpired, ValueError, KeyError, TypeError) as error:
        raise InterpreterError(f"{path} is not a working Python interpreter", choose) from error
    shown = ".".join(map(str, version))
    if not OLDEST <= version[:2] <= NEWEST:
        raise InterpreterError(
            f"{path} is Python {shown}; the search engine needs {version_range()}", choose
        )
    if facts["bits"] != 64:
        raise InterpreterError(f"{path} is a 32-bit Python; the engine needs 64 bits", choose)
    if not facts["venv"] or not (facts["ensurepip"] or facts["pip"]):
        raise InterpreterError(
            f"{path} cannot make virtual environments (its venv or pip is missing)",
            f"{_how_to_get_venv(version)}, or {choose[0].lower()}{choose[1:]}",
        )
    return Interpreter(path, version, facts["machine"], facts["ensurepip"])


def find_interpreter(chosen: str = "") -> Interpreter:
    """Return the interpreter to make the environment from.

    Args:
        chosen: the one that the user points at; empty for QGIS's own, or else the first that
            fits on the ``PATH``.

    Raises:
        InterpreterError: if none fits. It is about QGIS's own where there are several reasons.
    """
    if chosen:
        return inspect_interpreter(Path(chosen))
    first_error: InterpreterError | None = None
    for path in candidates():
        try:
            return inspect_interpreter(path)
        except InterpreterError as error:
            first_error = first_error or error
    raise first_error or InterpreterError(
        "No Python interpreter was found",
        f"Install Python {version_range()} and choose it in Scene Search's options",
    )


def candidates() -> list[Path]:
    """Return existing programs that may be a suitable Python, QGIS's own first."""
    found: list[Path] = []
    for path in (*_of_qgis(), *_on_path()):
        if path.is_file() and path not in found:
            found.append(path)
    return found


def _of_qgis() -> Iterator[Path]:
    major_minor = f"{sys.version_info[0]}.{sys.version_info[1]}"
    executable = Path(sys.executable or "")
    if sys.platform == "win32":
        for prefix in (sys.base_prefix, sys.base_exec_prefix, sys.exec_prefix):
            yield Path(prefix) / "python.exe"
        root = os.environ.get("OSGEO4W_ROOT")
        if root:
            yield from sorted(Path(root).glob("apps/Python3*/python.exe"), reverse=True)
            yield Path(root) / "bin" / "python3.exe"
        yield executable.parent / "python3.exe"
        yield executable.parent / "python.exe"
    elif sys.platform == "darwin":
        contents = next((p for p in executable.parents if p.name == "Contents"), None)
        for folder in (contents / "MacOS" / "bin", contents / "MacOS") if contents else ():
            yield folder / f"python{major_minor}"
            yield folder / "python3"
        yield Path(sys.base_prefix) / "bin" / f"python{major_minor}"
    else:
        if executable.name.startswith("python"):
            yield executable
        yield Path(sys.base_prefix) / "bin" / f"python{major_minor}"
        yield Path("/usr/bin/python3")


def _on_path() -> Iterator[Path]:
    names = ["python3"]
    names += [f"python3.{minor}" for minor in range(NEWEST[1] - 1, OLDEST[1] - 1, -1)]
    names += [f"python3.{NEWEST[1]}"]
    if sys.platform == "win32":
        names = ["python", "python3"]
    elif sys.platform == "darwin":
        for folder in ("/opt/homebrew/bin", "/usr/local/bin"):
            yield from (Path(folder) / name for name in names)
    for name in names:
        place = shutil.which(name)
        # Windows offers a "python.exe" that only opens its shop.
        if place and "WindowsApps" not in place:
            yield Path(place)


def _how_to_get_venv(version: tuple[int, ...]) -> str:
    if shutil.which("apt-get"):
        return f"Run: sudo apt install python{version[0]}.{version[1]}-venv"
    return "Install the venv and pip modules of this Python"
