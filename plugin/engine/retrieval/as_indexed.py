"""Whether a source still shows what was indexed."""

from __future__ import annotations

from ...file_checks import is_file
from ...source_files import names
from ..imagery.fingerprint import is_unchanged
from ..index.schema import SourceRecord


def change_of(source: SourceRecord) -> str:
    """Return why a source does not show what was indexed, empty where it does.

    Raises:
        OSError: if the file cannot be read.
    """
    label = names.shown(source.path)
    if not names.exists(source.path):
        return f"{label} is missing from disk"
    # a raster that is a folder has no fingerprint
    is_compared = source.fingerprint and is_file(names.file_of(source.path))
    if is_compared and not is_unchanged(source.path, source.fingerprint):
        return f"{label} was changed since it was indexed"
    return ""
