"""The index file that a typed name means."""

from __future__ import annotations

import os
import re
from pathlib import Path

from qgis.PyQt.QtCore import QCoreApplication, QUrl

from ..engine.errors import IndexFileError
from ..file_checks import is_database_name_too_long, is_folder

_DRIVE = re.compile(r"[A-Za-z]:[\\/]*")


def index_file(text: str, folder: Path) -> Path:
    """Return the file, absolute, with the ending of a GeoPackage.

    Args:
        text: what was typed or chosen: a path, a name alone, or a ``file:`` address.
        folder: where a name alone belongs.

    Raises:
        IndexFileError: it names a folder, a drive or nothing, or the name is too long.
    """
    text = text.strip()
    if text.startswith("file:"):
        text = QUrl(text).toLocalFile()
    if text.startswith("~"):
        text = os.path.expanduser(text)  # noqa: PTH111 (pathlib's raises where there is no home)
    path = folder / text
    ends_in_folder = text.endswith(("/", os.sep)) or path.name in ("", ".", "..")
    if ends_in_folder or _DRIVE.fullmatch(text) or is_folder(path):
        raise IndexFileError(
            _tr("{0} is a folder").format(text or path),
            hint=_tr("Add the name of a file, such as index.gpkg"),
        )
    if not path.is_absolute():  # Windows: a place on a drive's own working folder
        raise IndexFileError(
            _tr("{0} does not say in which folder").format(text), hint=_tr("Give the whole path")
        )
    if path.suffix.lower() != ".gpkg":
        path = path.with_name(f"{path.name}.gpkg")
    if is_database_name_too_long(path):
        raise IndexFileError(
            _tr("The name of the file is too long"), hint=_tr("Choose a shorter one")
        )
    return path


def _tr(text: str) -> str:
    return str(QCoreApplication.translate("IndexFile", text))
