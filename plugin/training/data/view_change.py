"""Views of an image that differ in resolution, colour and angle.

The changes that MTGFE's multi-view contrast names: "images with significant differences in
resolution, color, and angle". A reconstruction: the range of each is ours.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 (torch's own custom)

from .augment import Augmentation

#: How many times coarser a view may be.
COARSER = (1.0, 1.5, 2.0, 3.0, 4.0)


class ViewChange(nn.Module):
    """Random crops, flips, quarter turns and strong changes of colour, then a coarser resolution.

    Args:
        size: side of the output, pixels.
        smallest_crop: smallest share of an image's area that a view shows.
    """

    def __init__(self, size: int, smallest_crop: float) -> None:
        super().__init__()
        self.augmentation = Augmentation(size, smallest_crop, colour=0.5)

    @torch.no_grad()
    def forward(self, images: Tensor) -> Tensor:
        """Return float32 (N, 3, size, size) in 0..1 from uint8 (N, 3, H, W)."""
        views: Tensor = self.augmentation(images)
        drawn = torch.randint(len(COARSER), (len(views),))
        for number, factor in enumerate(COARSER):
            rows = (drawn == number).nonzero().flatten().to(views.device)
            if factor > 1.0 and len(rows):
                views[rows] = coarser(views[rows], factor)
        return views


def coarser(views: Tensor, factor: float) -> Tensor:
    """Return views (N, 3, S, S) as a sensor of a ``factor`` times larger pixel would see them.

    Pixels are averaged over the larger ones, and the image is brought back to its size.
    """
    size = (int(views.shape[2]), int(views.shape[3]))
    small = (max(1, round(size[0] / factor)), max(1, round(size[1] / factor)))
    seen = F.interpolate(views, small, mode="bilinear", align_corners=False, antialias=True)
    back = F.interpolate(seen, size, mode="bilinear", align_corners=False)
    return back.clamp(0.0, 1.0)
