"""What every benchmark's result says beside its numbers."""

from __future__ import annotations

from typing import Any

from ..encoders.encoder import Encoder


def percent(share: float) -> float:
    """Return a share of 0..1 in percent, to the thousandth."""
    return round(100.0 * float(share), 3)


def encoder_facts(encoder: Encoder) -> dict[str, Any]:
    """Return which encoder was measured, and where it ran."""
    package = encoder.package
    return {
        "id": package.id,
        "name": package.name,
        "sha256": package.sha256,
        "files": encoder.files,
        "provider": encoder.provider,
        "code_bits": encoder.code_bits,
        "embedding_size": package.embedding_size,
        "input_size": package.input_size,
    }
