"""Multi-view joint representations contrast (MVJRC) of MTGFE.

Zhang et al., "A Fusion Encoder with Multi-Task Guidance for Cross-Modal Text–Image Retrieval in
Remote Sensing" (Remote Sensing 15, 4637, 2023). From the abstract: the joint representation of a
text and an image stays consistent where views of the image differ in resolution, colour and
angle. A reconstruction: that J = P·h_cls is contrasted by a symmetric InfoNCE over the batch.
"""

from __future__ import annotations

from torch import Tensor

from .contrastive import image_text_contrast


def view_contrast(
    first: Tensor, second: Tensor, neutral: Tensor, temperature: Tensor | float = 0.07
) -> Tensor:
    """Return the symmetric InfoNCE between the joint representations of two views.

    Args:
        first: unit-length joint representations J (N, D) of one view of every image, fused with
            the image's text.
        second: of the other view, fused with the same text.
        neutral: bool (N, N), True at (i, j) where pairs i and j show the same: the same image,
            the same sentence, or a sentence that describes the other image too. Such a pair is
            neither positive nor negative. Taken in both directions; the diagonal is ignored.
        temperature: τ.
    """
    return image_text_contrast(first, second, temperature, neutral | neutral.T)
