"""How deep in the semantic tree the items of a batch agree, duplicates as deep as can be.

Two images agree as deep as the lowest common ancestor of their classes; a sentence belongs to the
class of the image it was drawn for. Identical images, identical sentences, and a sentence that
also stands on another image of the batch agree fully, whatever the classes say.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class PairDepths(NamedTuple):
    """Depths 0 (only the root in common) to D, int64 (N, N).

    Attributes:
        image_image, image_text, text_text: between those items of a batch.
    """

    image_image: Tensor
    image_text: Tensor
    text_text: Tensor

    def all_pairs(self) -> Tensor:
        """Return (2N, 2N) between images and texts, the images first."""
        above = torch.cat([self.image_image, self.image_text], dim=1)
        below = torch.cat([self.image_text.T, self.text_text], dim=1)
        return torch.cat([above, below])


def pair_depths(
    class_depth: Tensor,
    label: Tensor,
    image: Tensor,
    caption: Tensor,
    describes: Tensor,
    levels: int,
) -> PairDepths:
    """Return the depths between the images and captions of a batch.

    Args:
        class_depth: int64 (C, C) of the classes' lowest common ancestors; (0, 0) without classes,
            when only duplicates agree.
        label: class numbers (N,).
        image: int64 (N,), equal for identical images.
        caption: int64 (N,), equal for identical sentences.
        describes: bool (N, N), True at (i, j) where caption j stands on image i.
        levels: D.
    """
    if class_depth.numel():
        depth = class_depth[label[:, None], label[None, :]]
    else:
        depth = torch.zeros(len(label), len(label), dtype=torch.int64, device=label.device)
    return PairDepths(
        depth.masked_fill(image[:, None] == image[None, :], levels),
        depth.masked_fill(describes, levels),
        depth.masked_fill(caption[:, None] == caption[None, :], levels),
    )
