"""Momentum features of the last few thousand image–caption pairs, with what each one is.

The queue of ALBEF (Li et al. 2021, arXiv:2107.07651) and MoCo (He et al. 2020,
arXiv:1911.05722): many candidates for a contrast without a large batch. Every entry keeps its
image's number and the numbers of all captions known to stand on that image, so that a copy or a
repeated sentence is recognised and never taken as a negative.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

#: Number of no caption, which fills the places of an image that has fewer captions than others.
NONE = -1


class Pairs(NamedTuple):
    """Image–caption pairs.

    Attributes:
        image_features, text_features: unit-length features (N, D).
        image: int64 (N,) number of the image, equal for copies.
        caption: int64 (N,) number of the sentence, equal for equal sentences.
        owned: int64 (N, C) numbers of the captions known to stand on the image, ``NONE`` filled.
    """

    image_features: Tensor
    text_features: Tensor
    image: Tensor
    caption: Tensor
    owned: Tensor


def describes(image: Tensor, owned: Tensor, text_image: Tensor, caption: Tensor) -> Tensor:
    """Return bool (N, M), True at (i, j) where text j describes image i.

    It does where both come from the same image (or from copies), and where its sentence stands
    on image i as well.

    Args:
        image: numbers (N,) of the images.
        owned: numbers (N, C) of the captions on them.
        text_image: numbers (M,) of the images that the texts were written for.
        caption: numbers (M,) of the texts' sentences.
    """
    stands = (owned[:, :, None] == caption[None, None, :]).any(1)
    return stands | (image[:, None] == text_image[None, :])


class PairQueue(nn.Module):
    """A ring of the last ``size`` pairs; all of it is state that a checkpoint restores.

    Args:
        size: Q, pairs kept.
        width: D of the features.
        captions: C, places for the captions of one image.
    """

    # Buffers, which Module types as "Tensor | Module".
    image_features: Tensor
    text_features: Tensor
    image: Tensor
    caption: Tensor
    owned: Tensor
    written: Tensor

    def __init__(self, size: int, width: int, captions: int) -> None:
        super().__init__()
        self.register_buffer("image_features", torch.zeros(size, width))
        self.register_buffer("text_features", torch.zeros(size, width))
        self.register_buffer("image", torch.full((size,), NONE))
        self.register_buffer("caption", torch.full((size,), NONE))
        self.register_buffer("owned", torch.full((size, captions), NONE))
        self.register_buffer("written", torch.zeros((), dtype=torch.int64))

    def pairs(self) -> Pairs:
        """Return the pairs kept so far; fewer than ``size`` at the beginning."""
        count = min(int(self.written), len(self.image))
        return Pairs(
            self.image_features[:count],
            self.text_features[:count],
            self.image[:count],
            self.caption[:count],
            self.owned[:count],
        )

    @torch.no_grad()
    def push(self, pairs: Pairs) -> None:
        """Keep the pairs in the place of the oldest ones.

        Raises:
            ValueError: if an image has more captions than there are places for.
        """
        size, places = self.owned.shape
        if pairs.owned.shape[1] > places:
            raise ValueError(f"{pairs.owned.shape[1]} captions on an image, places for {places}")
        kept = Pairs(*(values[-size:] for values in pairs))
        skipped = len(pairs.image) - len(kept.image)
        at = torch.arange(len(kept.image), device=self.image.device) + self.written + skipped
        at %= size
        self.image_features[at] = kept.image_features.to(self.image_features.dtype)
        self.text_features[at] = kept.text_features.to(self.text_features.dtype)
        self.image[at] = kept.image
        self.caption[at] = kept.caption
        self.owned[at] = NONE
        self.owned[at, : kept.owned.shape[1]] = kept.owned
        self.written += len(pairs.image)
