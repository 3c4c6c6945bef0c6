"""Finding the imagery of an index again after its folder was moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...file_checks import exists
from ...same_path import PathKeys
from ...source_files import names
from ..errors import RasterError
from ..imagery.contents import pictures_in
from ..imagery.discovery import find_rasters
from ..index.schema import SourceRecord
from ..index.tile_index import TileIndex
from ..progress import Progress
from .gone import is_there
from .lock import IndexLock
from .moves import Move, find_moves
from .plan import SourcePlan, absolute_path, is_text, look_at


@dataclass(frozen=True, slots=True)
class Located:
    """What became of the imagery that was not where it had been.

    Attributes:
        index: the index.
        moves: what was found.
        missing: paths of what was not.
    """

    index: str
    moves: tuple[Move, ...]
    missing: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON object of the command line and the link."""
        return {
            "index": self.index,
            "moved": [{"from": move.old.path, "to": move.new.path} for move in self.moves],
            "missing": list(self.missing),
        }


def locate_imagery(path: Path, folders: Sequence[Path], progress: Progress) -> Located:
    """Look in some folders for the imagery of an index that is not where it was.

    What is recognised by its content gets its new path and keeps its tiles, nothing is encoded.
    Imagery that is where it was, and files that the index does not know, are left alone.

    Args:
        path: the index.
        folders: folders that are searched with everything below them, or files.
        progress: told of each file looked at; cancels.

    Raises:
        CancelledError: when cancelled; nothing was changed then.
        IndexFileError: no index, read-only, or being indexed.
        RasterError: a folder is not there.
    """
    for folder in folders:
        if not exists(folder):
            raise RasterError(f"{folder} does not exist", hint="Choose the folder anew")
    with IndexLock(path), TileIndex.open(path) as index:
        known = index.sources()
        absent = [record for record in known if record.windows_done and not is_there(record)]
        unknown = _unknown(folders, known, progress) if absent else []
        moves = find_moves(unknown, absent, progress)
        # looked at before the first change, so that cancelling leaves all as it was
        wholes = [_is_whole(move, index, progress) for move in moves]
        index.move_sources([move.new for move in moves])
        for move, whole in zip(moves, wholes, strict=True):
            if move.new.id is not None:
                index.set_source_state(move.new.id, "complete" if whole else "indexing")
        index.checkpoint()
        found = {move.old.id for move in moves}
        left = tuple(record.path for record in absent if record.id not in found)
        return Located(str(path), tuple(moves), left)


def _unknown(
    folders: Sequence[Path], known: Sequence[SourceRecord], progress: Progress
) -> list[str]:
    """Return the pictures in files of some folders that the index does not know."""
    keys = PathKeys()
    taken = {keys.of(names.file_of(record.path)) for record in known}
    unknown: list[str] = []
    for file in find_rasters(folders, keys=keys, check=progress.check):
        progress.check()
        path = absolute_path(names.file_of(file))
        if keys.of(path) not in taken and is_text(path):
            unknown += pictures_in(names.with_file(file, path), progress.check).pictures
    return unknown


def _is_whole(move: Move, index: TileIndex, progress: Progress) -> bool:
    """Whether every tile of a moved source is in the index, so that no run need go on with it."""
    outcome = look_at(move.new.path, index.info, move.new, progress)
    return isinstance(outcome, SourcePlan) and outcome.action == "unchanged"
