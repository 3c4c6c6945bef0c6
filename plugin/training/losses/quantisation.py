"""Keeps relaxed codes near ±1, so that taking their sign loses little, and bits in use."""

from __future__ import annotations

from torch import Tensor


def quantisation(relaxed: Tensor) -> Tensor:
    """Return mean (|u| − 1)² of relaxed codes u (N, K)."""
    return (relaxed.abs() - 1.0).square().mean()


def balance(relaxed: Tensor) -> Tensor:
    """Return ‖mean over the batch of u‖² / K, zero when every bit is on for half the batch."""
    return relaxed.mean(0).square().mean()
