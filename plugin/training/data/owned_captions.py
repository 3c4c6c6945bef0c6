"""Which sentences stand on an image, as a table of numbers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .caption_batches import distinct_sentences
from .captioned_images import CaptionedImages


def owned_captions(images: CaptionedImages, fill: int) -> npt.NDArray[np.int64]:
    """Return int64 (N, C): the numbers of the captions of every image and of its copies.

    Args:
        images: numbered as batches number them, by their place among the distinct sentences.
        fill: stands where an image has fewer than C, the most that any has.
    """
    number = {sentence: i for i, sentence in enumerate(distinct_sentences(images))}
    owned: dict[int, set[int]] = {}
    for content, own in zip(images.contents, images.captions, strict=True):
        owned.setdefault(content, set()).update(number[sentence] for sentence in own)
    table = np.full((len(images.contents), max(map(len, owned.values()))), fill, np.int64)
    for row, content in enumerate(images.contents):
        table[row, : len(owned[content])] = sorted(owned[content])
    return table
