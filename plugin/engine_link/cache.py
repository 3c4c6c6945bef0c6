"""Folders for thumbnails and snapshots, where the user wants the cache to be."""

from __future__ import annotations

from qgis.PyQt.QtCore import QTemporaryDir

from .settings import EngineSettings


def cache_subfolder(name: str) -> QTemporaryDir:
    """Return a new folder in the cache; it is removed with the returned object.

    Where the cache cannot be written, the folder is in the system's temporary folder: a wrong
    setting must not keep anybody from searching.
    """
    root = EngineSettings.load().cache_folder()
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError:
        return QTemporaryDir()
    folder = QTemporaryDir(str(root / f"{name}-XXXXXX"))
    return folder if folder.isValid() else QTemporaryDir()
