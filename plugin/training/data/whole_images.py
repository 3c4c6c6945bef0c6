"""Whole images as a network sees them when it is used, without augmentation."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 (torch's own custom)

_AT_ONCE = 64


def whole(images: Tensor, size: int) -> Tensor:
    """Return uint8 images (N, 3, H, W) as float32 (N, 3, size, size) in 0..1, on their device."""
    view = images.float() / 255
    if view.shape[-2:] == (size, size):
        return view
    return F.interpolate(view, (size, size), mode="bilinear", antialias=True, align_corners=False)


def whole_batches(
    pixels: npt.NDArray[np.uint8], size: int, device: torch.device
) -> Iterator[Tensor]:
    """Yield float32 (n, 3, size, size) in 0..1 of all images of uint8 (N, H, W, 3), in order."""
    for start in range(0, len(pixels), _AT_ONCE):
        # a copy: torch takes no array that may not be written to, and none that is turned
        batch = torch.from_numpy(np.array(pixels[start : start + _AT_ONCE], order="C"))
        yield whole(batch.to(device).permute(0, 3, 1, 2), size)
