"""What may change about an overhead image without changing what it shows.

Seen from above there is no up or down: flips and quarter turns are free. Crops stand for other
ground sampling distances, colour changes for light, season and sensor.
"""

from __future__ import annotations

import kornia.augmentation as K  # noqa: N812 (kornia's own custom)
import torch
from torch import Tensor, nn


class Augmentation(nn.Module):
    """Random views of a batch.

    Args:
        size: side of the output, pixels.
        smallest_crop: smallest share of the image's area that a view shows.
        colour: strength of the change of brightness, contrast and saturation.
    """

    def __init__(self, size: int, smallest_crop: float = 0.5, colour: float = 0.3) -> None:
        super().__init__()
        self.views = K.AugmentationSequential(
            K.RandomResizedCrop((size, size), scale=(smallest_crop, 1.0), ratio=(0.8, 1.25)),
            K.RandomHorizontalFlip(p=0.5),
            K.RandomVerticalFlip(p=0.5),
            K.RandomRotation90(times=(0, 3), p=1.0),
            # no change of hue: its way through HSV costs more than all other changes together
            K.ColorJitter(colour, colour, colour, 0.0, p=0.8),
            K.RandomGrayscale(p=0.05),
            data_keys=["input"],
        )

    @torch.no_grad()
    def forward(self, images: Tensor) -> Tensor:
        """Return float32 (N, 3, size, size) in 0..1 from uint8 (N, 3, H, W)."""
        views: Tensor = self.views(images.float() / 255.0)
        return views.clamp_(0.0, 1.0)
