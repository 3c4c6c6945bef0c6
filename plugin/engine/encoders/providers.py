"""Which ONNX Runtime execution provider to use, and why it is not a faster one."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import onnxruntime

from ..errors import UsageError

CPU = "CPUExecutionProvider"

#: By the name that users give, the fastest first.
PROVIDERS = {
    "cuda": "CUDAExecutionProvider",
    "directml": "DmlExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "cpu": CPU,
}


@dataclass(frozen=True, slots=True)
class ProviderChoice:
    """Providers to try and what to tell the user.

    Attributes:
        candidates: names as ONNX Runtime has them, the most wanted first, the CPU last.
        note: why a graphics card that seems to be there will not be used; "" if none is lost.
    """

    candidates: tuple[str, ...]
    note: str


def choose_provider(wanted: str = "auto", available: Sequence[str] | None = None) -> ProviderChoice:
    """Return the providers to try.

    Args:
        wanted: ``"auto"``, ``"cuda"``, ``"directml"``, ``"coreml"`` or ``"cpu"``.
        available: what ONNX Runtime offers; asked from it if left out.

    Raises:
        UsageError: for another name.
    """
    if wanted not in ("auto", *PROVIDERS):
        raise UsageError(
            f"Unknown execution provider {wanted!r}",
            hint=f"Use auto, {', '.join(PROVIDERS)}.",
        )
    offered = tuple(onnxruntime.get_available_providers() if available is None else available)
    if wanted == "auto":
        candidates = tuple(name for name in PROVIDERS.values() if name in offered and name != CPU)
        note = "" if candidates else _unused_gpu()
        return ProviderChoice((*candidates, CPU), note)
    name = PROVIDERS[wanted]
    if name in offered:
        return ProviderChoice((name,) if name == CPU else (name, CPU), "")
    return ProviderChoice((CPU,), f"This onnxruntime has no {name}: running on the CPU")


def short_name(provider: str) -> str:
    """Return our name of one of ONNX Runtime's providers, such as ``"cuda"``."""
    return next((key for key, value in PROVIDERS.items() if value == provider), provider)


def _unused_gpu() -> str:
    """Return a note if there is an NVIDIA card that this onnxruntime cannot use."""
    if shutil.which("nvidia-smi") or Path("/proc/driver/nvidia/version").exists():
        return (
            "An NVIDIA graphics card is present, but the engine has no onnxruntime-gpu: "
            "running on the CPU"
        )
    return ""


@lru_cache(maxsize=1)
def preload_cuda() -> None:
    """Load the CUDA libraries that come as Python packages, before the first CUDA session."""
    preload = getattr(onnxruntime, "preload_dlls", None)
    if preload is not None:
        preload()
