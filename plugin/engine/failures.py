"""What a user is told of an exception that is none of the engine's own.

Every way out of the engine (an answer over the link, the last line of a command) goes through
here, so that a full disk is a full disk everywhere.
"""

from __future__ import annotations

import errno

from .errors import OutOfMemoryError, SceneSearchError, StorageError

#: No space on the disk, or none left in the user's quota (which Windows does not number).
_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}

#: What to do, by the system's reason.
_HINTS = {
    errno.EACCES: "Check that you may read and write there",
    errno.EPERM: "Check that you may read and write there",
    errno.EROFS: "Choose a place that can be written",
    errno.ENOENT: "Check that the path is right and its drive connected",
    errno.ENOTDIR: "Check that the path is right and its drive connected",
    errno.EISDIR: "Name a file rather than a folder",
    errno.ENAMETOOLONG: "Choose a shorter name",
    errno.ELOOP: "Mend the links along the path, which lead in a circle",
    errno.EMFILE: "Close other programs, or raise the number of files that may be open",
}

#: Characters of a file name that are shown.
_SHOWN = 120


def typed_error(error: BaseException) -> SceneSearchError | None:
    """Return what to tell the user of an exception, or None where it is a defect.

    Args:
        error: of any kind; the engine's own come back as they are.
    """
    if isinstance(error, SceneSearchError):
        return error
    if isinstance(error, MemoryError):
        return OutOfMemoryError()
    if isinstance(error, OSError) and error.errno is not None:
        return _of_the_system(error)
    return None


def _of_the_system(error: OSError) -> StorageError:
    if error.errno in _FULL:
        return StorageError("The disk is full", hint="Free some space and run it again")
    reason = error.strerror or str(error)
    name = "" if error.filename is None else str(error.filename)
    if len(name) > _SHOWN:
        name = f"{name[: _SHOWN // 2]}…{name[-_SHOWN // 2 :]}"
    return StorageError(
        f"{reason}: {name}" if name else reason,
        hint=_HINTS.get(error.errno or 0, "Check the drive or network share, and run it again"),
    )
