"""Hands a command to the training part, which runs in a process of its own.

The engine imports no PyTorch and depends on nothing in ``training``, so the two meet at a process
boundary: the training part has its own command line, writes its result to this process's standard
output and its exit status becomes this one's.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import subprocess  # nosec B404 - starts this interpreter with the plugin's own file
import sys
from collections.abc import Sequence
from pathlib import Path

from ... import training_needs
from ..errors import SceneSearchError
from ..progress import Progress

_POLL_SECONDS = 0.2
_LAUNCHER = Path(__file__).resolve().parent.parent / "launch.py"


def run_training_command(arguments: Sequence[str], progress: Progress) -> int:
    """Run a command of the training part and return its exit status.

    Args:
        arguments: of its command line.
        progress: a cancellation interrupts the training, which keeps its finished epochs, and
            ends it for certain.

    Raises:
        SceneSearchError: if this environment or copy cannot train.
    """
    if not (_LAUNCHER.parent.parent / "training").is_dir():
        raise SceneSearchError(
            "This copy of Scene Search cannot train", hint="Use a checkout of the project."
        )
    if missing := [name for name in training_needs.packages() if not _installed(name)]:
        raise SceneSearchError(
            f"Training needs packages that are not installed: {', '.join(missing)}",
            hint=f"Install them: {training_needs.install_command(sys.executable)}",
        )
    isolated = ["-I"] if sys.flags.isolated else []
    name, *rest = arguments
    training = ["--training", name, "--tethered", *rest]
    command = [sys.executable, *isolated, str(_LAUNCHER), *training]
    environment = {**training_needs.VARIABLES, **os.environ}
    # a session of its own: Ctrl-C reaches it once, through us, and not from the terminal as well
    # and at the end of a pipe, whose end interrupts it: with this process it ends in any case, and
    # no signal is needed to cancel it, which Windows has none for
    with subprocess.Popen(  # nosec B603
        command,
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        env=environment,
        stdin=subprocess.PIPE,
    ) as process:
        try:
            while not progress.is_cancelled:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    return process.wait(_POLL_SECONDS)
            process.communicate()  # closes the pipe, and waits
        except BaseException:
            process.terminate()
            raise
        return process.returncode


def _installed(name: str) -> bool:
    try:
        importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True
