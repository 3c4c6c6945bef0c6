"""Looking after processes that should have ended."""

from __future__ import annotations

import os
import time
from pathlib import Path


def runs(pid):
    """Whether a process is there and is not only waiting for its parent to ask how it ended."""
    try:
        os.kill(pid, 0)
        status = Path(f"/proc/{pid}/stat")
        return status.read_text().rsplit(")", 1)[1].split()[0] != "Z" if status.exists() else True
    except (ProcessLookupError, FileNotFoundError):
        return False


def wait_until_gone(pid, seconds=15):
    end = time.monotonic() + seconds
    while runs(pid):
        assert time.monotonic() < end, f"process {pid} still runs"
        time.sleep(0.02)
