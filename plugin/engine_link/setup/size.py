"""How much the engine's environment takes, for the consent and the check of disk space."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SetupSize:
    """Sizes in megabytes (10⁶ bytes).

    Attributes:
        download_mb: what is fetched.
        installed_mb: what stays on disk.
    """

    download_mb: float
    installed_mb: float

    @property
    def needed_mb(self) -> float:
        """Free space that the setup asks for: packages are unpacked beside the download."""
        return self.download_mb + 1.2 * self.installed_mb


# Measured with Python 3.11 on Linux, rounded up; wheels for other systems differ by a fifth.
_CPU = SetupSize(170, 480)
_GPU = SetupSize(2000, 3600)


def setup_size(gpu: bool) -> SetupSize:
    """Return the sizes with or without ONNX Runtime's CUDA build."""
    return _GPU if gpu else _CPU
