"""The part of a system that turns images into features and codes: what is exported."""

from __future__ import annotations

from typing import Protocol

from torch import nn

from ..towers.hash_head import HashHead
from ..towers.image_tower import ImageTower


class HashesImages(Protocol):
    """Any system with an image tower and one hash head."""

    image_tower: ImageTower
    hash_head: HashHead


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
