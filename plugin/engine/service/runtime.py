"""Facts about the running engine: versions and execution providers."""

from __future__ import annotations

import os
import platform
import sys
from typing import Any

from ...paths import version

#: Raised when a JSON-RPC message changes its meaning; told by ``engine.info``.
PROTOCOL_VERSION = 1


def engine_facts() -> dict[str, Any]:
    """Return what ``engine.info`` answers.

    ``provider`` is the execution provider that encoders will try first; ``provider_note`` says
    why a graphics card that seems to be there will not be used.
    """
    import onnxruntime

    from ..encoders.compute_options import wanted_provider
    from ..encoders.providers import PROVIDERS, choose_provider

    choice = choose_provider(wanted_provider())
    names = {value: key for key, value in PROVIDERS.items()}
    return {
        "version": version(),
        "protocol": PROTOCOL_VERSION,
        "python": platform.python_version(),
        "executable": sys.executable,
        "platform": platform.platform(),
        "onnxruntime": onnxruntime.__version__,
        "providers": onnxruntime.get_available_providers(),
        "provider": names.get(choice.candidates[0], choice.candidates[0]),
        "provider_note": choice.note,
        "pid": os.getpid(),
    }
