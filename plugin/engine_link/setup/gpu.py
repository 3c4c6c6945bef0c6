"""Whether an NVIDIA GPU can be used, looked up without starting anything."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path


def has_nvidia_gpu() -> bool:
    """Return whether an NVIDIA driver is installed on this machine."""
    if sys.platform == "win32":
        system = Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "System32"
        return (system / "nvcuda.dll").is_file()
    if sys.platform == "darwin":
        return False
    return Path("/proc/driver/nvidia/version").is_file() or shutil.which("nvidia-smi") is not None


def has_gpu_wheels(machine: str) -> bool:
    """Return whether ONNX Runtime has a CUDA build for this system and processor."""
    return sys.platform != "darwin" and machine.lower() in ("x86_64", "amd64")


def with_gpu(requirements: list[str]) -> list[str]:
    """Return the requirements with ONNX Runtime's CUDA build, CUDA and cuDNN included.

    The two builds of ONNX Runtime share a module name and cannot be installed together.
    """
    name = "onnxruntime"
    return [
        f"{name}-gpu[cuda,cudnn]{line[len(name) :]}"
        if line.startswith(name) and not line[len(name) :].startswith("-")
        else line
        for line in requirements
    ]
