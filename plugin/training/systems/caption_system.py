"""What the systems for text ↔ image retrieval have in common: two towers and a hash layer."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import lightning.pytorch as pl
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 (torch's own custom)

from ..data.augment import Augmentation
from ..data.caption_batches import CaptionBatch, Extras, Texts, tokenise
from ..data.captioned_images import CaptionedImages
from ..towers.hash_head import HashHead, pack
from ..towers.image_tower import ImageTower
from ..towers.text_tower import TextTower
from .optimisation import Schedule, one_cycle

#: Encoded at a time.
_SENTENCES = 256


class CaptionSystem(pl.LightningModule):
    """Base of the systems; a subclass adds its modules, its ``losses`` and what differs.

    The image side is parted in two: ``visual``, which the backbone computes and which can be
    computed once where the backbone is frozen, and ``encode_visual``, which is always trained.

    Args:
        image_tower, text_tower: towers into the same space.
        embedding_size: D of that space.
        bits: code length K.
        classes: names of the scene classes, in the order of their numbers.
        tokenizer: of the text tower, for systems that read class names.
        image_size: side of the training views, pixels.
        mean, std: normalisation of 0..1 RGB.
        smallest_crop: smallest share of an image that a view shows.
        frozen_backbone: keep the image backbone as it is, statistics included.
        weights: of the losses by name, over the system's ``WEIGHTS``; 0 leaves a loss and its
            work out.
        schedule: learning rates.

    Raises:
        ValueError: for a weight that the system does not have.
    """

    #: The system's losses with their weights.
    WEIGHTS: ClassVar[Mapping[str, float]]
    #: How many views of each image a step needs.
    branches: int = 1

    # Buffers, which Module types as "Tensor | Module".
    mean: Tensor
    std: Tensor

    def __init__(
        self,
        image_tower: ImageTower,
        text_tower: TextTower,
        *,
        embedding_size: int,
        bits: int,
        classes: Sequence[str],
        tokenizer: Tokenizer,
        image_size: int,
        mean: tuple[float, float, float],
        std: tuple[float, float, float],
        smallest_crop: float = 0.5,
        frozen_backbone: bool = False,
        weights: Mapping[str, float] | None = None,
        schedule: Schedule | None = None,
    ) -> None:
        super().__init__()
        self.image_tower = image_tower
        self.text_tower = text_tower
        self.hash_head = HashHead(embedding_size, bits)
        self.embedding_size, self.bits, self.image_size = embedding_size, bits, image_size
        self.classes, self.tokenizer = tuple(classes), tokenizer
        self.register_buffer("mean", torch.tensor(mean).reshape(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(std).reshape(1, 3, 1, 1))
        self.augmentation = Augmentation(image_size, smallest_crop)
        self.frozen_backbone = frozen_backbone
        if frozen_backbone:
            image_tower.backbone.requires_grad_(False)
        if unknown := set(weights or {}) - set(self.WEIGHTS):
            raise ValueError(f"no losses {sorted(unknown)}; known: {sorted(self.WEIGHTS)}")
        self.weights = {**self.WEIGHTS, **(weights or {})}
        self.schedule = schedule or Schedule()

    def train(self, mode: bool = True) -> CaptionSystem:
        """Switch to training, but for the statistics of a frozen backbone."""
        super().train(mode)
        if self.frozen_backbone:
            self.image_tower.backbone.eval()
        return self

    # the image side

    @torch.no_grad()
    def augment(self, images: Tensor, branch: int) -> Tensor:  # noqa: ARG002 (for subclasses)
        """Return a view, float32 (N, 3, S, S) in 0..1, of uint8 images (N, 3, H, W)."""
        views: Tensor = self.augmentation(images)
        return views

    def normalised(self, views: Tensor) -> Tensor:
        """Return the image tower's input of views in 0..1."""
        return (views - self.mean) / self.std

    def visual(self, pixels: Tensor) -> tuple[Tensor, ...]:
        """Return what the backbone sees in normalised pixels (N, 3, S, S): tensors (N, …)."""
        return (self.image_tower.pooled(pixels),)

    def encode_visual(self, visual: tuple[Tensor, ...]) -> Tensor:
        """Return unit-length embeddings (N, D) of what ``visual`` returned."""
        return F.normalize(self.image_tower.projection(visual[0]).float(), dim=1)

    # the text side

    def text_tokens(self, texts: Texts) -> Tensor:
        """Return the text tower's last hidden states (N, L, W)."""
        hidden = texts.hidden
        if hidden is None:
            hidden = self.text_tower.early(texts.input_ids, texts.attention_mask)
        return self.text_tower.late(hidden, texts.attention_mask)

    def encode_texts(self, texts: Texts) -> Tensor:
        """Return unit-length embeddings (N, D)."""
        tokens = self.text_tokens(texts)
        return F.normalize(self.text_tower.embed(tokens, texts.attention_mask).float(), dim=1)

    @torch.no_grad()
    def encode_sentences(self, sentences: Sequence[str]) -> Tensor:
        """Return unit-length embeddings (T, D) of sentences, float32 on the CPU."""
        parts = []
        for start in range(0, len(sentences), _SENTENCES):
            ids, mask, _ = tokenise(self.tokenizer, sentences[start : start + _SENTENCES])
            texts = Texts(ids.to(self.device), mask.to(self.device))
            parts.append(self.encode_texts(texts).float().cpu())
        return torch.cat(parts)

    # training

    def extras(self, images: CaptionedImages) -> Extras | None:  # noqa: ARG002 (for subclasses)
        """Return what gives every batch its ``extra`` tensors, where the system wants any."""
        return None

    @abstractmethod
    def losses(self, batch: CaptionBatch) -> dict[str, Tensor]:
        """Return each part of the loss, unweighted, but those of weight 0."""

    def on(self, loss: str) -> bool:
        """Whether a loss is in use."""
        return self.weights[loss] != 0

    def training_step(self, batch: CaptionBatch, _index: int) -> Tensor:
        """Return the weighted loss of one batch."""
        if batch.images is not None:
            with torch.autocast(self.device.type, enabled=False):
                views = [self.augment(batch.images, branch) for branch in range(self.branches)]
            batch = batch._replace(views=tuple(self.visual(self.normalised(v)) for v in views))
        parts = self.losses(batch)
        total = torch.stack([self.weights[name] * part for name, part in parts.items()]).sum()
        self.log_dict({f"loss/{name}": part.detach() for name, part in parts.items()})
        self.log("loss/total", total.detach(), prog_bar=True)
        return total

    def configure_optimizers(self) -> Any:
        """Return AdamW with a rate for each part and a one-cycle schedule a step."""
        rates = self.schedule
        return one_cycle(
            self,
            [(self.image_tower.backbone, rates.backbone), (self.text_tower.backbone, rates.text)],
            rates,
        )

    # what is exported

    def image_outputs(self, pixels: Tensor) -> dict[str, Tensor]:
        """Return ``features`` (N, D) and packed ``code`` of normalised pixels (N, 3, S, S)."""
        features = self.encode_visual(self.visual(pixels))
        return {"features": features, **self.hash_outputs(features)}

    def text_outputs(self, input_ids: Tensor, attention_mask: Tensor) -> dict[str, Tensor]:
        """Return ``features`` (N, D) and packed ``code`` of token ids (N, L)."""
        features = self.encode_texts(Texts(input_ids, attention_mask))
        return {"features": features, **self.hash_outputs(features)}

    def hash_outputs(self, features: Tensor) -> dict[str, Tensor]:
        """Return the packed ``code`` uint8 (N, K / 8) of unit-length features (N, D)."""
        return {"code": pack(self.hash_head(features))}
