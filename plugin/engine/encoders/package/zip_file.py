"""Packs an encoder package into a zip, which loads as its folder does."""

from __future__ import annotations

import zipfile
from pathlib import Path

from ...errors import StorageError
from ...staging import staging_folder

#: The earliest moment a zip can hold: the same package gives the same bytes whenever it is packed.
_DATE = (1980, 1, 1, 0, 0, 0)


def zip_package(folder: Path, target: Path) -> Path:
    """Pack a package and return the zip; one that is there is replaced when the new is complete.

    Weights of eight bits shrink by a quarter.

    Args:
        folder: of the package.
        target: the zip.

    Raises:
        StorageError: if it cannot be written.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with staging_folder(target.parent) as own:
            partial = own / "package.zip"
            with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
                for file in sorted(path for path in folder.iterdir() if path.is_file()):
                    entry = zipfile.ZipInfo(file.name, _DATE)
                    entry.external_attr = 0o100644 << 16
                    archive.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED, 9)
            partial.replace(target)
    except OSError as error:
        raise StorageError(
            f"The encoder package {target} cannot be written: {error.strerror or error}",
            hint="Choose a folder that can be written and has space left.",
        ) from error
    return target
