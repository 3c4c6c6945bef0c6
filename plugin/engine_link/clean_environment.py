"""The environment variables that the engine and its setup run with.

QGIS sets variables that point Python, GDAL, PROJ and Qt at its own files; inherited by another
Python they load the wrong libraries. They are taken out, everything else is kept: home,
temporary folder, language, proxies, certificates, CUDA.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

_PREFIXES = (
    "PYTHON",
    "PYQT",
    "GDAL_",
    "OGR_",
    "CPL_",
    "VSI_",
    "PROJ_",
    "QT_",
    "QML",
    "QGIS",
    "OSGEO4W",
    "O4W_",
    "GRASS",
    "GISBASE",
    "GISRC",
    "GEOTIFF_",
    "DYLD_",
    "LD_",
    "VIRTUAL_ENV",
    "CONDA_",
    "PDAL_",
    "SAGA",
    "OTB_",
    "__PYVENV_LAUNCHER__",
)
#: pip settings that would put packages elsewhere than into the engine's environment.
_PIP_PLACES = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_PYTHON", "PIP_REQUIRE_")


def clean_environment(
    base: Mapping[str, str] | None = None,
    *,
    qgis_folders: Iterable[Path] = (),
    extra: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return the environment for the engine's process.

    Args:
        base: where to start from; this process's environment by default.
        qgis_folders: QGIS's own folders. What lies in them goes to the end of ``PATH``: a
            Python that comes with QGIS may still need its libraries, but nothing of QGIS is
            found before the system's.
        extra: variables to add or replace.
    """
    source = os.environ if base is None else base
    env = {
        name: value
        for name, value in source.items()
        if not name.upper().startswith(_PREFIXES + _PIP_PLACES)
    }
    path = next((name for name in env if name.upper() == "PATH"), None)
    if path is not None:
        env[path] = _own_last(env[path], [Path(folder) for folder in qgis_folders])
    env["PYTHONUTF8"] = "1"
    env["PYTHONNOUSERSITE"] = "1"
    env["PYTHONUNBUFFERED"] = "1"
    env.update(extra or {})
    return env


def _own_last(path: str, own: list[Path]) -> str:
    entries = [entry for entry in path.split(os.pathsep) if entry]

    def is_own(entry: str) -> bool:
        place = Path(entry)
        return any(place == folder or folder in place.parents for folder in own)

    # On Linux QGIS lives in /usr, where "its own" folders are the system's.
    if sys.platform.startswith("linux"):
        return os.pathsep.join(entries)
    return os.pathsep.join(
        [entry for entry in entries if not is_own(entry)]
        + [entry for entry in entries if is_own(entry)]
    )
