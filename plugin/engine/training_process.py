"""Hands a command to the training part, which runs in a process of its own.

The engine imports no PyTorch and depends on nothing in ``training``, so the two meet at a process
boundary: the training part has its own command line, writes its result to this process's standard
output and its exit status becomes this one's.
"""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess  # nosec B404 - starts this interpreter with the plugin's own file
import sys
from collections.abc import Sequence
from pathlib import Path

from .errors import SceneSearchError
from .progress import Progress

_POLL_SECONDS = 0.2
_LAUNCHER = Path(__file__).with_name("launch.py")

#: Training frees and asks again for the same large blocks every step. glibc gives each back to
#: the system at once; kept, and in huge pages, a step takes two thirds of the time on a CPU.
_ALLOCATOR = ":".join(
    (
        "glibc.malloc.hugetlb=1",
        "glibc.malloc.mmap_max=0",
        "glibc.malloc.top_pad=1000000000",
        "glibc.malloc.trim_threshold=100000000000",
    )
)


def run_training_command(arguments: Sequence[str], progress: Progress) -> int:
    """Run a command of the training part and return its exit status.

    Args:
        arguments: of its command line.
        progress: a cancellation interrupts the training, which keeps its finished epochs.

    Raises:
        SceneSearchError: if this environment or copy cannot train.
    """
    if not (_LAUNCHER.parent.parent / "training").is_dir():
        raise SceneSearchError(
            "This copy of Scene Search cannot train", hint="Use a checkout of the project."
        )
    if importlib.util.find_spec("torch") is None or importlib.util.find_spec("lightning") is None:
        raise SceneSearchError(
            "Training needs packages that are not installed",
            hint="Install the extra: python -m pip install 'scene-search[train]'.",
        )
    isolated = ["-I"] if sys.flags.isolated else []
    command = [sys.executable, *isolated, str(_LAUNCHER), "--training", *arguments]
    environment = {"GLIBC_TUNABLES": _ALLOCATOR, **os.environ}
    # a session of its own: Ctrl-C reaches it once, through us, and not from the terminal as well
    with subprocess.Popen(  # nosec B603
        command, start_new_session=True, env=environment
    ) as process:
        while True:
            try:
                return process.wait(_POLL_SECONDS)
            except subprocess.TimeoutExpired:
                if progress.is_cancelled:
                    process.send_signal(signal.SIGINT)
                    return process.wait()
            except BaseException:
                process.terminate()
                raise
