"""Where the pretrained networks that towers start from are found."""

from __future__ import annotations

import importlib.util
from pathlib import Path


def backbone_folder(name: str, data: Path) -> str:
    """Return where ``from_pretrained`` finds a backbone.

    A folder below the data folder, a folder, a Python package with a ``model`` folder, or else
    the name itself, which is then a hub id.
    """
    for folder in (data / name, Path(name)):
        if folder.is_dir():
            return str(folder)
    if name.isidentifier() and (spec := importlib.util.find_spec(name)) and spec.origin:
        return str(Path(spec.origin).parent / "model")
    return name
