"""``scene-search``: the engine's own face, of which QGIS is one client.

Exit status: 0 on success, 1 on a failure with a one-line reason, 2 on a usage error, 130 when
interrupted. With ``--json`` one object goes to standard output; all else goes to standard error.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import sys
import traceback
from collections.abc import Iterator, Sequence
from typing import Any

from ..paths import version
from .commands import (
    check,
    doctor,
    encoder,
    evaluate,
    export,
    index,
    locate,
    remove,
    sample,
    search,
    serve,
    train,
)
from .commands.command import Command
from .commands.console import ConsoleProgress, print_any_name
from .errors import CancelledError, SceneSearchError, UsageError
from .failures import typed_error
from .lifeline import end_process
from .progress import Progress, governed_by

COMMANDS: dict[str, Command] = {
    "sample": sample,
    "index": index,
    "locate": locate,
    "remove": remove,
    "check": check,
    "search": search,
    "evaluate": evaluate,
    "encoder": encoder,
    "train": train,
    "export": export,
    "doctor": doctor,
    "serve": serve,
}

FAILURE = 1
USAGE = 2
INTERRUPTED = 130


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="scene-search",
        description="Find similar scenes in remote-sensing imagery, by example or description.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"scene-search {version()}")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--json", action="store_true", help="print one JSON object to standard output"
    )
    common.add_argument(
        "--verbose", action="store_true", help="show where an unexpected failure happened"
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        command.configure(
            commands.add_parser(
                name,
                help=command.HELP,
                description=command.HELP[0].upper() + command.HELP[1:] + ".",
                parents=[common],
                allow_abbrev=False,
            )
        )
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return the exit status.

    Args:
        argv: the arguments after the program's name; the process's own if None.
    """
    status = _run(argv)
    if status == INTERRUPTED and argv is None:
        # Python would wait for threads that read a raster, one of which may be stuck in it.
        end_process(status)
    return status


def _run(argv: Sequence[str] | None) -> int:
    print_any_name()
    arguments = build_parser().parse_args(argv)
    command = COMMANDS[arguments.command]
    console = ConsoleProgress(sys.stderr)
    progress = Progress(console)
    try:
        with _interruptible(progress), governed_by(progress):
            result = command.run(arguments, progress)
        console.finish()
        if isinstance(result, int):
            return result
        _print(result, command, as_json=arguments.json)
        problem = command.problem(result)
        if problem is not None:
            return _fail(problem, FAILURE)
    except (KeyboardInterrupt, CancelledError):
        console.finish()
        print("scene-search: cancelled; what was finished is kept", file=sys.stderr)
        return INTERRUPTED
    except SceneSearchError as error:
        console.finish()
        return _fail(str(error), USAGE if isinstance(error, UsageError) else FAILURE)
    except BrokenPipeError:
        # The reader of standard output (head, less) has gone. Python would complain once more
        # on flushing at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILURE
    except Exception as error:  # noqa: BLE001 (the process's edge: one line, not a traceback)
        console.finish()
        if arguments.verbose:
            traceback.print_exc()
        return _fail(explain(error), FAILURE)
    return 0


def explain(error: Exception) -> str:
    """Return one line on an exception that is none of the engine's own."""
    typed = typed_error(error)
    if typed is not None:
        return str(typed)
    return (
        f"Unexpected {type(error).__name__}: {error}. This is a defect: please report it with "
        "the output of --verbose and of scene-search doctor"
    )


def _print(result: dict[str, Any], command: Command, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(result, ensure_ascii=True, allow_nan=False))
    else:
        print(command.text(result))
    sys.stdout.flush()


def _fail(reason: str, status: int) -> int:
    line = " ".join(reason.split())
    print(f"scene-search: error: {line}", file=sys.stderr)
    return status


@contextlib.contextmanager
def _interruptible(progress: Progress) -> Iterator[None]:
    """Turn the first Ctrl-C into a cancellation; a second one interrupts at once."""

    def cancel(_signal: int, _frame: object) -> None:
        if progress.is_cancelled:
            raise KeyboardInterrupt
        progress.cancel()

    try:
        before = signal.signal(signal.SIGINT, cancel)
    except ValueError:  # not in the main thread, as in a test
        yield
        return
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGINT) is cancel:
            signal.signal(signal.SIGINT, before)


if __name__ == "__main__":
    sys.exit(main())
