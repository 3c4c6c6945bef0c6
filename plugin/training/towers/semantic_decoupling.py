"""Label-supervised Semantic Decoupling (LSD): one feature for every class, in either modality.

After Zheng et al., "Scale-Semantic Joint Decoupling Network for Image-Text Retrieval in Remote
Sensing" (ACM TOMM): the category labels supervise images and texts to find what belongs to each
class. A reconstruction: the attention guided by a class's word vector is SSGRL's (Chen et al.
2019, arXiv:1908.07325); its use on tokens, and the sum that goes on to retrieval, are ours.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn


class Semantics(NamedTuple):
    """What a modality says about the classes.

    Attributes:
        logits: (N, C) of the classes.
        vector: (N, W), the sum of the classes' features weighted by their probabilities.
        attention: a (N, P, C), which sums to one over the places that are no padding.
    """

    logits: Tensor
    vector: Tensor
    attention: Tensor


class SemanticDecoupling(nn.Module):
    """Attention over places for every class, and a classifier of every class's feature.

    Per class c with word vector x_c: a = softmax over places of w · tanh(U f ⊙ V x_c), the
    class's feature f_c = Σ a f, its logit r_c · f_c + b_c.

    Args:
        width: W of the places' features f.
        word_width: of the word vectors.
        classes: C.
        hidden: size of the space that both are compared in.
    """

    def __init__(self, width: int, word_width: int, classes: int, hidden: int = 96) -> None:
        super().__init__()
        self.place = nn.Linear(width, hidden, bias=False)
        self.word = nn.Linear(word_width, hidden, bias=False)
        self.attend = nn.Linear(hidden, 1, bias=False)
        self.classify = nn.Parameter(torch.empty(classes, width))
        nn.init.normal_(self.classify, std=width**-0.5)
        self.bias = nn.Parameter(torch.zeros(classes))

    def forward(self, places: Tensor, words: Tensor, mask: Tensor | None = None) -> Semantics:
        """Return what the places say about every class.

        Args:
            places: f (N, P, W): cells of a map or tokens of a sentence.
            words: word vectors x (C, word width).
            mask: (N, P), 0 at padding; every row has a place that is not.
        """
        compared = self.place(places)[:, :, None, :] * self.word(words)[None, None, :, :]
        scores: Tensor = self.attend(compared.tanh()).squeeze(3)
        if mask is not None:
            scores = scores.masked_fill(mask[:, :, None] == 0, torch.finfo(scores.dtype).min)
        attention = scores.softmax(1)
        features = attention.transpose(1, 2) @ places
        logits = (features * self.classify).sum(2) + self.bias
        vector = (logits.softmax(1)[:, :, None] * features).sum(1)
        return Semantics(logits, vector, attention)
