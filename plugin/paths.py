"""Where the project's own files lie, in an installed copy and in a checkout alike.

In the zip, ``metadata.txt``, ``resources`` and ``models`` lie inside the package; in a
checkout they lie beside it. Both are found by walking up to the nearest ``metadata.txt``.
This module imports neither qgis nor anything outside the standard library.
"""

from __future__ import annotations

import configparser
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def root() -> Path:
    """Return the folder that holds ``metadata.txt``, ``resources`` and ``models``.

    Raises:
        FileNotFoundError: if the copy is incomplete.
    """
    package = Path(__file__).resolve().parent
    for folder in (package, package.parent):
        if (folder / "metadata.txt").is_file():
            return folder
    raise FileNotFoundError(f"metadata.txt is missing beside {package}: install the plugin again")


def resources() -> Path:
    """Return the folder of icons, layer styles, translations and help pages."""
    return root() / "resources"


def models() -> Path:
    """Return the folder of shipped encoder packages."""
    return root() / "models"


def default_encoder() -> Path:
    """Return the encoder package an index uses when none is chosen."""
    return models() / "default"


@lru_cache(maxsize=1)
def version() -> str:
    """Return the version in ``metadata.txt``, the one place it is written."""
    parser = configparser.ConfigParser()
    parser.read(root() / "metadata.txt", encoding="utf-8")
    return parser["general"]["version"]
