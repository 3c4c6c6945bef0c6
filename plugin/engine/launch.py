"""Starts the engine that lies beside this file: ``python -I <package>/engine/launch.py serve``.

QGIS runs its engine with this rather than with the installed ``scene-search`` script, so that
the engine's code is always that of the plugin, whatever the environment holds. The package is
registered from its own place; the folder of plugins does not get onto ``sys.path``, where it
would offer every other plugin for import.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

PACKAGE = "scene_search"


def register_package(folder: Path) -> None:
    """Make ``folder`` importable under the package's name, wherever it lies.

    Args:
        folder: the package's folder, which may have another name, as in a checkout.

    Raises:
        ImportError: if the folder is no package.
    """
    spec = importlib.util.spec_from_file_location(
        PACKAGE, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{folder} is not the folder of a package")
    module = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = module
    spec.loader.exec_module(module)


def main() -> int:
    """Register the package and hand over to a command line: the engine's, or training's."""
    register_package(Path(__file__).resolve().parent.parent)
    part = "engine"
    if sys.argv[1:2] == ["--training"]:
        part = sys.argv.pop(1).lstrip("-")
    cli = importlib.import_module(f"{PACKAGE}.{part}.cli")
    status: int = cli.main()
    return status


if __name__ == "__main__":
    sys.exit(main())
