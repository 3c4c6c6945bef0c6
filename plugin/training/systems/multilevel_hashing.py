"""Multi-level contrastive deep hashing: image → image retrieval by compact codes.

After Li et al., "Deep Hashing with Multi-Level Contrastive Learning Framework for Remote Sensing
Image Retrieval" (IAF Earth Observation Symposium). From the abstract: two branches that see
different augmentations of the same images, a category contrastive loss on features, and
inter-class and intra-class contrastive losses on hash codes. A reconstruction: no full text or
code was found. The form of each loss, their weights, the shared weights of both branches, the
projection head, quantisation and balance are ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, cast

import lightning.pytorch as pl
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 (torch's own custom)

from ..data.augment import Augmentation
from ..data.labelled_images import ImageBatch
from ..losses.category_contrast import category_contrast
from ..losses.inter_class_hash import inter_class_hash
from ..losses.intra_class_hash import intra_class_hash
from ..losses.quantisation import balance, quantisation
from ..towers.hash_head import HashHead
from ..towers.image_tower import ImageTower
from .optimisation import Schedule, one_cycle


@dataclass(frozen=True, slots=True)
class MultilevelWeights:
    """Weight of each part of the loss; 0 leaves a part out, for ablations."""

    category: float = 1.0
    intra: float = 1.0
    inter: float = 1.0
    quantisation: float = 0.1
    balance: float = 0.01


class MultilevelHashing(pl.LightningModule):
    """Trains an image tower and hash heads with contrast at two levels.

    Without classes the number of the image takes the class's place (instance discrimination), so
    that the same system learns from a folder of unlabelled imagery.

    Args:
        image_tower: tower into the feature space.
        embedding_size: D of that space.
        bits: code lengths K. Several heads share one backbone; each has code losses of its own,
            whose mean over the heads counts.
        image_size: side of the training views, pixels.
        mean, std: normalisation of 0..1 RGB.
        smallest_crop: smallest share of an image that a view shows.
    """

    # Buffers, which Module types as "Tensor | Module".
    mean: Tensor
    std: Tensor

    def __init__(
        self,
        image_tower: ImageTower,
        *,
        embedding_size: int,
        bits: Sequence[int],
        image_size: int,
        mean: tuple[float, float, float],
        std: tuple[float, float, float],
        smallest_crop: float = 0.5,
        weights: MultilevelWeights | None = None,
        schedule: Schedule | None = None,
    ) -> None:
        super().__init__()
        self.image_tower = image_tower
        self.projector = nn.Sequential(
            nn.Linear(embedding_size, embedding_size), nn.ReLU(), nn.Linear(embedding_size, 128)
        )
        self.hash_heads = nn.ModuleDict({str(k): HashHead(embedding_size, k) for k in bits})
        self.register_buffer("mean", torch.tensor(mean).reshape(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(std).reshape(1, 3, 1, 1))
        self.augmentation = Augmentation(image_size, smallest_crop)
        self.weights = weights or MultilevelWeights()
        self.schedule = schedule or Schedule()

    def features(self, images: Tensor) -> Tensor:
        """Return unit-length features f (N, D) of 0..1 RGB (N, 3, H, W)."""
        return F.normalize(self.image_tower((images - self.mean) / self.std).float(), dim=1)

    def losses(self, first: Tensor, second: Tensor, labels: Tensor) -> dict[str, Tensor]:
        """Return each part of the loss, unweighted.

        Args:
            first: one branch's views (N, 3, H, W), 0..1 RGB.
            second: the other's of the same images.
            labels: int64 (N,).
        """
        # one pass for both branches, whose weights are the same; batch statistics over both
        features = self.features(torch.cat([first, second]))
        # products of τ-divided similarities and of whole codes want more than bfloat16's 8 bits
        with torch.autocast(features.device.type, enabled=False):
            one, two = F.normalize(self.projector(features), dim=1).chunk(2)
            parts = {"category": category_contrast(one, two, labels)}
            by_head = [self.code_losses(head(features), labels) for head in self._heads()]
            for name in by_head[0]:
                parts[name] = torch.stack([codes[name] for codes in by_head]).mean()
        return parts

    def head(self, bits: int) -> HashHead:
        """Return the hash head of a code length."""
        return cast(HashHead, self.hash_heads[str(bits)])

    def _heads(self) -> list[HashHead]:
        return [self.head(int(bits)) for bits in self.hash_heads]

    def code_losses(self, relaxed: Tensor, labels: Tensor) -> dict[str, Tensor]:
        """Return each loss of one head's relaxed codes u (2N, K), a branch after the other."""
        first, second = relaxed.chunk(2)
        return {
            "intra": intra_class_hash(first, second),
            "inter": (inter_class_hash(first, labels) + inter_class_hash(second, labels)) / 2,
            "quantisation": quantisation(relaxed),
            "balance": balance(relaxed),
        }

    def training_step(self, batch: ImageBatch, _index: int) -> Tensor:
        """Return the weighted loss of one batch."""
        with torch.autocast(self.device.type, enabled=False):
            first, second = self.augmentation(batch.images), self.augmentation(batch.images)
        parts = self.losses(first, second, batch.label)
        weights = asdict(self.weights)
        total = torch.stack([weights[name] * part for name, part in parts.items()]).sum()
        self.log_dict({f"loss/{name}": part.detach() for name, part in parts.items()})
        self.log("loss/total", total.detach(), prog_bar=True)
        return total

    def configure_optimizers(self) -> Any:
        """Return AdamW with a rate for each part and a one-cycle schedule a step."""
        return one_cycle(self, [(self.image_tower.backbone, self.schedule.backbone)], self.schedule)
