"""Masked language modelling: words are guessed from the rest of the sentence and the image.

MLM is named in MTGFE's abstract; 15 % of the tokens and the 80/10/10 rule are BERT's (Devlin et
al. 2019, arXiv:1810.04805, section 3.1), guessed from the fused states as in ALBEF (Li et al.
2021, arXiv:2107.07651): a reconstruction.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 (torch's own custom)


class MaskedTexts(NamedTuple):
    """Sentences with tokens hidden.

    Attributes:
        input_ids: int64 (N, L) with some tokens replaced.
        chosen: bool (N, L), the tokens to be guessed, the unchanged ones among them too.
    """

    input_ids: Tensor
    chosen: Tensor


@torch.no_grad()
def mask_tokens(
    input_ids: Tensor,
    attention_mask: Tensor,
    *,
    mask_id: int,
    first_word: int,
    vocabulary: int,
    share: float = 0.15,
) -> MaskedTexts:
    """Choose tokens at random; hide 80 % of them, swap 10 % for random words, leave 10 %.

    Args:
        input_ids: int64 (N, L) token ids.
        attention_mask: int64 (N, L), 1 for tokens and 0 for padding.
        mask_id: of the [MASK] token.
        first_word: the ids below it are special tokens: never chosen, and never swapped in.
        vocabulary: number of ids.
        share: probability of a token to be chosen.
    """
    candidates = (attention_mask == 1) & (input_ids >= first_word)
    chosen = candidates & (torch.rand(input_ids.shape, device=input_ids.device) < share)
    lot = torch.rand(input_ids.shape, device=input_ids.device)
    random_words = torch.randint_like(input_ids, first_word, vocabulary)
    hidden = torch.where(
        lot < 0.8,
        torch.full_like(input_ids, mask_id),
        torch.where(lot < 0.9, random_words, input_ids),
    )
    return MaskedTexts(torch.where(chosen, hidden, input_ids), chosen)


def masked_language(logits: Tensor, words: Tensor) -> Tensor:
    """Return the mean cross-entropy over the chosen tokens; zero where none was chosen.

    Args:
        logits: scores (M, V) of the vocabulary for each chosen token.
        words: the true ids (M,).
    """
    if not len(words):
        return logits.sum() * 0.0
    return F.cross_entropy(logits, words)
