"""Names that a new index can have."""

from __future__ import annotations

from pathlib import Path

from ...file_checks import exists, is_database_name_too_long, is_folder
from ..errors import IndexFileError


def check_new_name(path: Path) -> None:
    """Raise if no index can be made at ``path``; what is there already is left to its opening.

    Raises:
        IndexFileError: it is a folder, does not end in ``.gpkg``, or has too long a name.
    """
    if is_folder(path):
        raise IndexFileError(f"{path} is a folder", hint="Add the name of a file: index.gpkg")
    if exists(path):
        return
    if path.suffix.lower() != ".gpkg":
        raise IndexFileError(
            f"{path} is no name for an index", hint="An index is a GeoPackage: end it in .gpkg"
        )
    if is_database_name_too_long(path):
        raise IndexFileError(
            f"The name {path.name[:40]}… is too long for an index",
            hint="Choose a shorter one",
        )
