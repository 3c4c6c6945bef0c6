"""Make a plugin folder that QGIS loads straight from this checkout.

QGIS wants one folder named like the package, with metadata.txt inside; a checkout keeps
``plugin/``, ``metadata.txt``, ``resources/`` and ``models/`` side by side. The folder made
here holds links to them, so that an edit is live at the next plugin reload.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BESIDE = ("metadata.txt", "LICENSE", "resources", "models")


def link_plugin(folder: Path) -> None:
    """Fill ``folder`` with links to the plugin's parts and drop links that lead nowhere.

    Args:
        folder: the package folder, such as ``build/dev/python/plugins/scene_search``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {
        part.name: part
        for part in (ROOT / "plugin").iterdir()
        if part.name != "__pycache__" and not part.name.startswith(".")
    }
    wanted.update({name: ROOT / name for name in BESIDE})
    for link in folder.iterdir():
        if link.is_symlink() and link.name not in wanted:
            link.unlink()
    for name, target in wanted.items():
        link = folder / name
        if link.is_symlink() and link.resolve() == target:
            continue
        link.unlink(missing_ok=True)
        link.symlink_to(target)


if __name__ == "__main__":
    link_plugin(Path(sys.argv[1]))
