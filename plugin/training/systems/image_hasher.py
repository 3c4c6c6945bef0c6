"""The part of a system that turns images into features and codes: what is exported."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 (torch's own custom)

from ..towers.hash_head import HashHead, pack
from ..towers.image_tower import ImageTower


class ImageHasher(nn.Module):
    """An image tower with one hash head, taken out of a system that may train several.

    Args:
        image_tower: the tower.
        hash_head: the head of the code length wanted.
    """

    def __init__(self, image_tower: ImageTower, hash_head: HashHead) -> None:
        super().__init__()
        self.image_tower = image_tower
        self.hash_head = hash_head

    def image_outputs(self, pixels: Tensor) -> dict[str, Tensor]:
        """Return features (N, D) and code (N, K / 8) of normalised pixels (N, 3, S, S)."""
        features = F.normalize(self.image_tower(pixels), dim=1)
        return {"features": features, **self.hash_outputs(features)}

    def hash_outputs(self, features: Tensor) -> dict[str, Tensor]:
        """Return the code (N, K / 8) of features (N, D)."""
        return {"code": pack(self.hash_head(features))}
