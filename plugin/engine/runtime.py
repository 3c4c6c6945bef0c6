"""Facts about the running engine: versions and execution providers."""

from __future__ import annotations

import os
import platform
import sys
from typing import Any

from ..paths import version
from .rpc.protocol import PROTOCOL_VERSION


def engine_facts() -> dict[str, Any]:
    """Return what ``engine.info`` answers.

    ``provider`` is the execution provider that encoders will run on and ``provider_note`` says
    why, where that is not the fastest one that the machine seems to have.
    """
    import onnxruntime

    providers = onnxruntime.get_available_providers()
    return {
        "version": version(),
        "protocol": PROTOCOL_VERSION,
        "python": platform.python_version(),
        "executable": sys.executable,
        "platform": platform.platform(),
        "onnxruntime": onnxruntime.__version__,
        "providers": providers,
        "provider": providers[0],
        "provider_note": "",
        "pid": os.getpid(),
    }
