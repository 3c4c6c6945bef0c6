"""The shipped default: two towers, one shared space, one hash layer.

A plain dual encoder, the common ground of the four published systems: symmetric image–text
contrast (Radford et al. 2021) on embeddings and on relaxed codes, supervised contrast (Khosla et
al. 2020) and classification by scene class where classes are known, and quantisation. It is no
reproduction of any one paper.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import lightning.pytorch as pl
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 (torch's own custom)

from ..data.augment import Augmentation
from ..data.scenes import SceneBatch
from ..losses.class_contrast import class_contrast
from ..losses.contrastive import image_text_contrast
from ..losses.quantisation import balance, quantisation
from ..towers.hash_head import HashHead, pack
from ..towers.image_tower import ImageTower
from ..towers.text_tower import TextTower
from .optimisation import Schedule, one_cycle


@dataclass(frozen=True, slots=True)
class LossWeights:
    """Weight of each part of the loss."""

    contrast: float = 1.0
    code_contrast: float = 0.5
    image_class: float = 0.5
    code_class: float = 0.5
    text_class: float = 0.25
    class_contrast: float = 0.5
    quantisation: float = 0.1
    balance: float = 0.01


class DualHashing(pl.LightningModule):
    """Trains an image tower, a text tower and a hash head together.

    Args:
        image_tower, text_tower: towers into the same space.
        embedding_size: D of that space.
        bits: code length K.
        classes: number of classes over all datasets.
        class_domain: dataset number of every class (classes,): an image competes only with the
            classes of its own dataset.
        image_size: side of the training views, pixels.
        mean, std: normalisation of 0..1 RGB.
        smallest_crop: smallest share of an image that a view shows.
    """

    # Buffers, which Module types as "Tensor | Module".
    class_domain: Tensor
    mean: Tensor
    std: Tensor

    def __init__(
        self,
        image_tower: ImageTower,
        text_tower: TextTower,
        *,
        embedding_size: int,
        bits: int,
        class_domain: Tensor,
        image_size: int,
        mean: tuple[float, float, float],
        std: tuple[float, float, float],
        smallest_crop: float = 0.5,
        weights: LossWeights | None = None,
        schedule: Schedule | None = None,
    ) -> None:
        super().__init__()
        self.image_tower = image_tower
        self.text_tower = text_tower
        self.hash_head = HashHead(embedding_size, bits)
        classes = len(class_domain)
        self.image_classifier = nn.Linear(embedding_size, classes)
        self.text_classifier = nn.Linear(embedding_size, classes)
        self.code_classifier = nn.Linear(bits, classes)
        self.log_temperature = nn.Parameter(torch.tensor(0.07).log())
        self.log_code_temperature = nn.Parameter(torch.tensor(0.1).log())
        self.register_buffer("class_domain", class_domain)
        self.register_buffer("mean", torch.tensor(mean).reshape(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(std).reshape(1, 3, 1, 1))
        self.augmentation = Augmentation(image_size, smallest_crop)
        self.weights = weights or LossWeights()
        self.schedule = schedule or Schedule()

    def encode_images(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return unit-length embeddings (N, D) and relaxed codes (N, K) of 0..1 RGB."""
        features = F.normalize(self.image_tower((images - self.mean) / self.std).float(), dim=1)
        return features, self.hash_head(features)

    def encode_texts(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor]:
        """Return unit-length embeddings (N, D) and relaxed codes (N, K) of token ids (N, L)."""
        features = F.normalize(self.text_tower(input_ids, attention_mask).float(), dim=1)
        return features, self.hash_head(features)

    def image_outputs(self, pixels: Tensor) -> dict[str, Tensor]:
        """Return features (N, D) and packed code of normalised pixels (N, 3, S, S)."""
        features = F.normalize(self.image_tower(pixels), dim=1)
        return {"features": features, **self.hash_outputs(features)}

    def text_outputs(self, input_ids: Tensor, attention_mask: Tensor) -> dict[str, Tensor]:
        """Return features (N, D) and packed code of token ids (N, L)."""
        features = F.normalize(self.text_tower(input_ids, attention_mask), dim=1)
        return {"features": features, **self.hash_outputs(features)}

    def hash_outputs(self, features: Tensor) -> dict[str, Tensor]:
        """Return the packed code (N, K / 8) of features (N, D)."""
        return {"code": pack(self.hash_head(features))}

    def losses(self, batch: SceneBatch, views: Tensor) -> dict[str, Tensor]:
        """Return each part of the loss, unweighted."""
        image, image_code = self.encode_images(views)
        text, text_code = self.encode_texts(batch.input_ids, batch.attention_mask)
        captioned = batch.caption >= 0
        neutral = (batch.caption[:, None] == batch.caption[None, :]) | batch.also_describes
        neutral = neutral[captioned][:, captioned]
        other = self.class_domain[None, :] != batch.domain[:, None]
        root = image_code.shape[1] ** -0.5

        def classify(head: nn.Linear, vectors: Tensor, rows: Tensor | slice) -> Tensor:
            logits = head(vectors[rows]).float().masked_fill(other[rows], -1e4)
            # smoothing by hand: the masked classes of other datasets get none of it
            share = (~other[rows]).float()
            target = 0.1 * share / share.sum(1, keepdim=True)
            target.scatter_add_(1, batch.label[rows][:, None], torch.full_like(target[:, :1], 0.9))
            return F.cross_entropy(logits, target)

        everything = slice(None)
        return {
            "contrast": image_text_contrast(
                image[captioned],
                text[captioned],
                self.log_temperature.exp().clamp_min(0.01),
                neutral,
            ),
            "code_contrast": image_text_contrast(
                image_code[captioned] * root,
                text_code[captioned] * root,
                self.log_code_temperature.exp().clamp_min(0.02),
                neutral,
            ),
            # 16·f: a linear classifier on a unit vector needs longer logits to be decided
            "image_class": classify(self.image_classifier, 16 * image, everything),
            "code_class": classify(self.code_classifier, image_code, everything),
            "text_class": classify(self.text_classifier, 16 * text, captioned),
            "class_contrast": class_contrast(
                F.normalize(image_code, dim=1), batch.label, batch.domain
            ),
            "quantisation": (quantisation(image_code) + quantisation(text_code)) / 2,
            "balance": balance(image_code),
        }

    def training_step(self, batch: SceneBatch, _index: int) -> Tensor:
        """Return the weighted loss of one batch."""
        with torch.autocast(self.device.type, enabled=False):
            views = self.augmentation(batch.images)
        parts = self.losses(batch, views)
        weights = asdict(self.weights)
        total = torch.stack([weights[name] * part for name, part in parts.items()]).sum()
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
