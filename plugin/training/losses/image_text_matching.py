"""Image–text matching with hard negatives.

ITM is named in MTGFE's abstract. Its form here, a binary decision on the fused [CLS] state with
one hard negative text for every image and one hard negative image for every text, drawn in
proportion to the contrast's softmax similarity, is that of ALBEF (Li et al. 2021,
arXiv:2107.07651, section 3.2): a reconstruction.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 (torch's own custom)


class HardNegatives(NamedTuple):
    """Pairs that do not belong together: row ``image[k]`` with row ``text[k]``, int64 (R,) both."""

    image: Tensor
    text: Tensor


@torch.no_grad()
def hard_negatives(similarity: Tensor, forbidden: Tensor) -> HardNegatives:
    """Draw a text for every image and an image for every text, the likelier the more alike.

    An image all of whose texts are forbidden gets none, and a text likewise: there are at most
    2N pairs.

    Args:
        similarity: similarities (N, N) of image i and text j, divided by the temperature.
        forbidden: bool (N, N), True where text j also describes image i; the diagonal must be
            True.
    """
    image, text = [], []
    for turned in (False, True):
        allowed = ~(forbidden.T if turned else forbidden)
        rows = allowed.any(1).nonzero().flatten()
        logits = (similarity.T if turned else similarity).float()[rows]
        share = torch.softmax(logits.masked_fill(~allowed[rows], float("-inf")), dim=1)
        drawn = torch.multinomial(share, 1).flatten() if len(rows) else rows
        image.append(drawn if turned else rows)
        text.append(rows if turned else drawn)
    return HardNegatives(torch.cat(image), torch.cat(text))


def image_text_matching(positive: Tensor, negative: Tensor) -> Tensor:
    """Return the mean binary cross-entropy over all pairs.

    Args:
        positive: match logits (N,) of pairs that belong together.
        negative: match logits (R,) of hard negatives; R may be 0.
    """
    logits = torch.cat([positive, negative])
    target = torch.cat([torch.ones_like(positive), torch.zeros_like(negative)])
    return F.binary_cross_entropy_with_logits(logits, target)
