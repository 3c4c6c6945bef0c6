"""Which machine this is, so that every number names where it came from."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import torch


def machine() -> str:
    """Return what training runs on: the GPU, if PyTorch has one, and otherwise the processor."""
    if torch.cuda.is_available():
        return f"{torch.cuda.get_device_name()}, CUDA {torch.version.cuda}"
    return processor()


def processor() -> str:
    """Return the processor's model and the cores that this process may use."""
    return f"{_model()}, {_cores()} cores"


def _model() -> str:
    """Return the processor's model, which ``platform`` does not know on Linux."""
    facts = Path("/proc/cpuinfo")
    if facts.is_file():
        for line in facts.read_text(encoding="utf-8", errors="replace").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name" and value.strip():
                return " ".join(value.split())
    return platform.processor() or platform.machine() or "unknown processor"


def _cores() -> int:
    """Return the cores that this process may use, which can be fewer than there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
