"""Images with one of their captions each, as batches of tensors; backbone maps where kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer
from torch import Tensor

from .captioned_images import CaptionedImages
from .epoch_batches import EpochBatches
from .frozen_texts import FrozenTexts
from .frozen_views import FrozenViews

#: Further tensors of the images ``rows``, drawn by a random generator.
Extras = Callable[[npt.NDArray[np.int64], np.random.Generator], dict[str, Tensor]]


class Texts(NamedTuple):
    """N sentences.

    Attributes:
        input_ids, attention_mask: int64 (N, L).
        hidden: (N, L, W), what the text tower's frozen layers make of them, where it is kept.
    """

    input_ids: Tensor
    attention_mask: Tensor
    hidden: Tensor | None = None


class CaptionBatch(NamedTuple):
    """One batch of N images.

    Attributes:
        images: uint8 (N, 3, S, S); None where ``views`` were kept.
        views: for each branch of the system what its ``visual`` makes of a view of the images.
        texts: one caption for each image.
        caption: int64 (N,), equal for equal sentences.
        also_describes: bool (N, N), True at (i, j) where caption j stands on image i or on a
            copy of it; the diagonal is True.
        image: int64 (N,), equal for byte-identical images.
        label: int64 (N,) class numbers.
        extra: further tensors that a system asks for.
    """

    images: Tensor | None
    views: tuple[tuple[Tensor, ...], ...]
    texts: Texts
    caption: Tensor
    also_describes: Tensor
    image: Tensor
    label: Tensor
    extra: dict[str, Tensor]


class CaptionBatches(EpochBatches[CaptionBatch]):
    """Shuffled batches, every image with a random caption of its own.

    Args:
        images: what there is.
        pixels: uint8 (N, S, S, 3), in the same order.
        tokenizer: with padding and truncation set.
        batch_size: images a batch; the last, smaller one is dropped unless it is the only one.
        seed: of the order; ``set_epoch`` makes every epoch's order its own.
        views: what the frozen backbone makes of the images, in place of the pixels.
        texts: what the frozen text layers make of the sentences.
        extras: gives a batch its ``extra``.
    """

    def __init__(
        self,
        images: CaptionedImages,
        pixels: npt.NDArray[np.uint8],
        tokenizer: Tokenizer,
        batch_size: int,
        seed: int,
        *,
        views: FrozenViews | None = None,
        texts: FrozenTexts | None = None,
        extras: Extras | None = None,
    ) -> None:
        count = len(images.names)
        super().__init__(np.arange(count), min(batch_size, count), seed)
        self.pixels = pixels
        self.sentences = distinct_sentences(images)
        number = {sentence: i for i, sentence in enumerate(self.sentences)}
        self.captions = [[number[s] for s in own] for own in images.captions]
        self.contents = np.asarray(images.contents)
        owned: dict[int, set[int]] = {}
        for content, own in zip(self.contents, self.captions, strict=True):
            owned.setdefault(int(content), set()).update(own)
        self.owned = [owned[int(content)] for content in self.contents]
        self.labels = np.asarray(images.labels, np.int64)
        self.tokenizer = tokenizer
        self.views, self.texts, self.extras = views, texts, extras

    def batch(self, rows: npt.NDArray[np.int64], rng: np.random.Generator) -> CaptionBatch:
        """Return the batch of the images ``rows``, each with a caption drawn by ``rng``."""
        caption = [int(rng.choice(self.captions[row])) for row in rows]
        images = None
        views: tuple[tuple[Tensor, ...], ...] = ()
        if self.views is None:
            stacked = np.stack([self.pixels[row] for row in rows])
            images = torch.from_numpy(stacked).permute(0, 3, 1, 2)
        else:
            views = self.views.draw(rows, rng)
        return CaptionBatch(
            images,
            views,
            self._texts(caption),
            torch.tensor(caption),
            torch.tensor([[c in self.owned[row] for c in caption] for row in rows]),
            torch.from_numpy(self.contents[rows]),
            torch.from_numpy(self.labels[rows]),
            self.extras(rows, rng) if self.extras else {},
        )

    def _texts(self, caption: Sequence[int]) -> Texts:
        texts = tokenise(self.tokenizer, [self.sentences[c] for c in caption])
        if self.texts is None:
            return texts
        return texts._replace(hidden=self.texts.padded(caption, texts.input_ids.shape[1]))


def distinct_sentences(images: CaptionedImages) -> list[str]:
    """Return every sentence of a set once, sorted."""
    return sorted({sentence for own in images.captions for sentence in own})


def tokenise(tokenizer: Tokenizer, sentences: Sequence[str]) -> Texts:
    """Return the token ids and masks of sentences, padded to the longest."""
    encodings = tokenizer.encode_batch(list(sentences))
    mask = torch.tensor([e.attention_mask for e in encodings])
    return Texts(torch.tensor([e.ids for e in encodings]), mask)
