"""How the user wants encoders to run: ``SCENE_SEARCH_THREADS`` and ``SCENE_SEARCH_PROVIDER``.

Environment variables, because they are one machine's choice rather than one request's: QGIS
sets them from its options page, a cluster job from its allocation.
"""

from __future__ import annotations

import os

from ..errors import UsageError

THREADS = "SCENE_SEARCH_THREADS"
PROVIDER = "SCENE_SEARCH_PROVIDER"


def wanted_threads() -> int | None:
    """Return the number of threads to run encoders with, None where nothing is said.

    Raises:
        UsageError: if the variable holds anything but a positive whole number.
    """
    text = os.environ.get(THREADS, "").strip()
    if not text:
        return None
    if not text.isdecimal() or int(text) < 1:
        raise UsageError(
            f"{THREADS} is {text!r}", hint="Set it to a number of threads from 1 on, or unset it."
        )
    return int(text)


def wanted_provider() -> str:
    """Return the name of the execution provider to use, ``"auto"`` where nothing is said."""
    return os.environ.get(PROVIDER, "").strip().lower() or "auto"
