"""A report on the engine and its machine, to paste into a bug."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from ... import paths
from ..encoders.catalog import shipped_encoders
from ..encoders.compute_options import wanted_provider, wanted_threads
from ..encoders.encoder import Encoder
from ..encoders.package.package import EncoderPackage
from ..encoders.session import available_threads
from ..errors import SceneSearchError
from .runtime import engine_facts

#: The packages that the engine stands on; the rest of the environment matters little.
PACKAGES = (
    *("numpy", "onnxruntime", "onnxruntime-gpu", "rasterio", "shapely", "pyproj", "pyogrio"),
    *("fudgeo", "tokenizers", "pillow", "geopandas", "pyarrow"),
)

#: Tiles encoded to measure the rate.
_TRIAL_TILES = 16


def examine() -> dict[str, Any]:
    """Return the facts, with the user's home folder and name left out of every path."""
    facts: dict[str, Any] = {
        "engine": engine_facts(),
        "machine": _machine(),
        "packages": _packages(),
        "libraries": _libraries(),
        "encoders": [_encoder(path) for path in shipped_encoders()],
        "folders": _folders(),
    }
    facts["problems"] = _problems(facts)
    scrubbed: dict[str, Any] = scrub(facts)
    return scrubbed


def report(facts: dict[str, Any]) -> str:
    """Return the facts as text."""
    lines = [f"Scene Search {facts['engine']['version']}", ""]
    for title in ("engine", "machine", "packages", "libraries"):
        lines += [title.capitalize()]
        lines += [f"  {key}: {_shown(value)}" for key, value in facts[title].items()]
    lines += ["Encoders"]
    for encoder in facts["encoders"]:
        lines += [f"  {encoder.get('name', encoder['path'])}"]
        lines += [f"    {key}: {_shown(value)}" for key, value in encoder.items() if key != "name"]
    lines += ["Folders"]
    lines += [
        f"  {folder['use']}: {folder['path']} ({folder['state']})" for folder in facts["folders"]
    ]
    lines += ["Problems"]
    lines += [f"  {problem}" for problem in facts["problems"]] or ["  none found"]
    return "\n".join(lines)


def scrub(value: Any) -> Any:
    """Return a value with the home folder in its texts replaced by ``~``."""
    if isinstance(value, str):
        for home in _homes():
            value = value.replace(home, "~")
        return value
    if isinstance(value, dict):
        return {key: scrub(item) for key, item in value.items()}
    if isinstance(value, list):
        return [scrub(item) for item in value]
    return value


def _homes() -> list[str]:
    """Return the spellings of the home folder, the longest first."""
    homes = {os.path.expanduser("~"), os.path.realpath(os.path.expanduser("~"))}  # noqa: PTH111
    homes |= {Path(home).as_posix() for home in homes}
    return sorted((home for home in homes if len(home) > 1), key=len, reverse=True)


def _machine() -> dict[str, Any]:
    return {
        "system": platform.platform(),
        "processor": platform.processor() or platform.machine(),
        "processors": os.cpu_count(),
        "threads_used": wanted_threads() or available_threads(),
        "memory_gb": _memory_gb(),
        "python": sys.version.replace("\n", " "),
        "encoding": f"{sys.getfilesystemencoding()}, {sys.stdout.encoding}",
    }


def _memory_gb() -> float | None:
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return None
    return round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9, 1)


def _packages() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def _libraries() -> dict[str, str]:
    import pyogrio
    import pyproj
    import rasterio
    import shapely

    return {
        "gdal_rasterio": rasterio.__gdal_version__,
        "gdal_pyogrio": ".".join(map(str, pyogrio.__gdal_version__)),
        "proj_pyproj": pyproj.proj_version_str,
        "proj_data": pyproj.datadir.get_data_dir(),
        "geos": shapely.geos_version_string,
        "sqlite": sqlite3.sqlite_version,
        "proj_works": _attempt(_project),
    }


def _project() -> str:
    import pyproj
    import rasterio.warp

    x, _ = pyproj.Transformer.from_crs(4326, 3857, always_xy=True).transform(10.0, 50.0)
    (other,), _ = rasterio.warp.transform("EPSG:4326", "EPSG:3857", [10.0], [50.0])
    return "yes" if abs(x - other) < 0.01 else f"no: {x} and {other} differ"


def _encoder(path: Path) -> dict[str, Any]:
    """Return what an encoder is, whether its files are sound, and how fast it runs here."""
    facts: dict[str, Any] = {"path": str(path)}
    try:
        package = EncoderPackage.load(path)
        facts["name"] = package.name
        facts["sha256"] = package.sha256
        facts["roles"] = sorted(package.roles)
        facts["files"] = "all checksums agree"
        encoder = Encoder(package, wanted_threads(), wanted_provider())
        facts["provider"] = encoder.provider
        facts["provider_note"] = encoder.provider_note
        facts["tiles_per_second"] = _rate(encoder)
    except SceneSearchError as error:
        facts["files"] = str(error)
        facts["problem"] = str(error)
    return facts


def _rate(encoder: Encoder) -> float:
    size = encoder.package.input_size
    rgb = np.random.default_rng(0).integers(0, 256, (_TRIAL_TILES, size, size, 3), np.uint8)
    encoder.encode_images(rgb[:1])
    started = time.monotonic()
    encoder.encode_images(rgb)
    return round(_TRIAL_TILES / max(time.monotonic() - started, 1e-9), 1)


def _folders() -> list[dict[str, str]]:
    uses = {
        "plugin": paths.root(),
        "temporary files": Path(tempfile.gettempdir()),
        "home": Path.home(),
    }
    return [
        {"use": use, "path": str(path), "state": _folder_state(path)} for use, path in uses.items()
    ]


def _folder_state(path: Path) -> str:
    try:
        free = shutil.disk_usage(path).free
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    writable = "writable" if os.access(path, os.W_OK) else "read-only"
    return f"{free / 1e9:.1f} GB free, {writable}"


def _problems(facts: dict[str, Any]) -> list[str]:
    problems = [encoder["problem"] for encoder in facts["encoders"] if "problem" in encoder]
    if not facts["encoders"]:
        problems.append("No encoder comes with this copy: install the plugin again")
    if facts["engine"]["provider_note"]:
        problems.append(facts["engine"]["provider_note"])
    if facts["libraries"]["proj_works"] != "yes":
        problems.append(f"PROJ: {facts['libraries']['proj_works']}")
    return problems


def _attempt(action: Callable[[], str]) -> str:
    try:
        return action()
    except Exception as error:  # noqa: BLE001 (whatever is wrong is what the report is for)
        return f"{type(error).__name__}: {error}"


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)
