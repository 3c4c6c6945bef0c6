"""Checking an index, and mending it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..index.tile_index import TileIndex
from ..indexing.lock import IndexLock


def check_index(path: Path, *, repair: bool) -> dict[str, Any]:
    """Say what is wrong in an index, and put it right in one transaction if asked to.

    An index that is only looked at may lie in a read-only place and may be in use.

    Returns:
        What ``index.check`` answers: ``index``, ``tiles``, ``sources``, ``faults`` and whether
        they were ``repaired``.

    Raises:
        IndexFileError: no index, damaged beyond repair; to mend it: read-only, being indexed.
        StorageError: the disk is full; the index is as it was.
    """
    if repair:
        with IndexLock(path), TileIndex.open(path) as index:
            faults = index.faults(thorough=True) and index.repair()
            index.checkpoint()
            return _answer(index, [fault.as_dict() for fault in faults], repaired=bool(faults))
    with TileIndex.open(path, read_only=True) as index:
        faults = index.faults(thorough=True)
        return _answer(index, [fault.as_dict() for fault in faults], repaired=False)


def _answer(index: TileIndex, faults: list[dict[str, Any]], *, repaired: bool) -> dict[str, Any]:
    return {
        "index": str(index.path),
        "tiles": index.tile_count(),
        "sources": index.complete_count(),
        "faults": faults,
        "repaired": repaired,
    }
