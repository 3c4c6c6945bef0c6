"""Why a process ended, from its exit status."""

from __future__ import annotations

import enum
import signal
from dataclasses import dataclass


class ExitKind(enum.Enum):
    """The cases that users are told apart."""

    START = "start"
    MEMORY = "memory"
    CRASH = "crash"
    EXIT = "exit"


#: Windows' NTSTATUS values that end processes, as ``Popen.returncode`` shows them.
_NTSTATUS = {
    0xC0000005: (ExitKind.CRASH, "access violation"),
    0xC0000017: (ExitKind.MEMORY, "no memory"),
    0xC000001D: (ExitKind.CRASH, "illegal instruction"),
    0xC00000FD: (ExitKind.CRASH, "stack overflow"),
    0xC0000135: (ExitKind.CRASH, "a DLL was not found"),
    0xC0000142: (ExitKind.CRASH, "a DLL failed to initialise"),
    0xC0000409: (ExitKind.CRASH, "stack buffer overrun"),
}


@dataclass(frozen=True)
class ExitReason:
    """Why the engine is not running.

    Attributes:
        kind: the case.
        detail: signal name, exit code or operating-system message.
        message: one line for the user.
        hint: what to do next.
    """

    kind: ExitKind
    detail: str
    message: str
    hint: str


def describe_exit(returncode: int | None) -> ExitReason:
    """Return why a process with this ``Popen.returncode`` ended.

    ``None`` stands for a process that closed its end of the link without exiting.
    """
    if returncode is None:
        return _reason(ExitKind.EXIT, "its output was closed")
    if returncode < 0:
        return _from_signal(-returncode)
    if 128 < returncode < 160:  # a shell's or container's way to say "killed by signal"
        return _from_signal(returncode - 128)
    if returncode in _NTSTATUS:
        kind, text = _NTSTATUS[returncode]
        return _reason(kind, f"{text}, 0x{returncode:08X}")
    return _reason(ExitKind.EXIT, f"exit code {returncode}")


def describe_start_failure(command: str, error: OSError) -> ExitReason:
    """Return why ``command`` could not be started."""
    return ExitReason(
        ExitKind.START,
        error.strerror or str(error),
        f"The search engine could not be started: {command}: {error.strerror or error}",
        "Set the engine up again in Scene Search's options",
    )


def _from_signal(number: int) -> ExitReason:
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = f"signal {number}"
    # The kernel's out-of-memory killer sends SIGKILL, and hardly anything else does.
    if name in ("SIGKILL", "signal 9"):
        return _reason(ExitKind.MEMORY, name)
    if name in ("SIGTERM", "SIGINT", "SIGHUP"):
        return _reason(ExitKind.EXIT, name)
    return _reason(ExitKind.CRASH, name)


def _reason(kind: ExitKind, detail: str) -> ExitReason:
    again = "It starts again with the next search; what was indexed so far is kept"
    if kind is ExitKind.MEMORY:
        return ExitReason(
            kind,
            detail,
            f"The search engine was killed ({detail}), most likely because memory ran out",
            f"Close other programs or use fewer threads in Scene Search's options. {again}",
        )
    if kind is ExitKind.CRASH:
        return ExitReason(kind, detail, f"The search engine crashed ({detail})", again)
    return ExitReason(kind, detail, f"The search engine stopped ({detail})", again)
