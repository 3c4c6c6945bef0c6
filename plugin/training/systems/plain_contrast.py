"""Two towers by plain image–text contrast: the common start of the published systems.

InfoNCE as in CLIP (Radford et al. 2021, arXiv:2103.00020) on embeddings and on relaxed codes,
with repeated captions masked. It is what the systems' own parts are measured against.

Where the images have scene classes, the backbone's features can learn to tell them too. Some
thousand captions are few to train a backbone with, and a tower that mistakes the class has the
caption wrong however well it reads. The classifier is not exported.
"""

from __future__ import annotations

from typing import Any, ClassVar, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 (torch's own custom)

from ..data.caption_batches import CaptionBatch
from ..losses.contrastive import image_text_contrast
from ..losses.quantisation import quantisation
from .caption_system import CaptionSystem

#: Share of the scene classifier's target that is spread over all classes.
_SMOOTHING = 0.1


class PlainContrast(CaptionSystem):
    """Trains both towers and the hash head; see ``CaptionSystem`` for the arguments."""

    WEIGHTS: ClassVar = {"contrast": 1.0, "code_contrast": 0.25, "quantisation": 0.05, "scene": 0.0}

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        # images in one folder have no classes
        self.scenes = self.on("scene") and len(self.classes) > 1
        if self.scenes:
            width = cast(nn.Linear, self.image_tower.projection[1]).in_features
            self.scene_head = nn.Linear(width, len(self.classes))
        self.log_temperature = nn.Parameter(torch.tensor(0.07).log())
        self.log_code_temperature = nn.Parameter(torch.tensor(0.1).log())

    def losses(self, batch: CaptionBatch) -> dict[str, Tensor]:
        """Return contrast of embeddings and of codes, quantisation, and scene classification."""
        image = self.encode_visual(batch.views[0])
        text = self.encode_texts(batch.texts)
        neutral = batch.also_describes
        parts: dict[str, Tensor] = {}
        # products of τ-divided similarities want more than bfloat16's 8 bits
        with torch.autocast(image.device.type, enabled=False):
            if self.on("contrast"):
                temperature = self.log_temperature.exp().clamp_min(0.01)
                parts["contrast"] = image_text_contrast(image, text, temperature, neutral)
            if self.on("code_contrast") or self.on("quantisation"):
                image_code, text_code = self.hash_head(image), self.hash_head(text)
            if self.on("code_contrast"):
                root = self.bits**-0.5
                temperature = self.log_code_temperature.exp().clamp_min(0.02)
                parts["code_contrast"] = image_text_contrast(
                    image_code * root, text_code * root, temperature, neutral
                )
            if self.on("quantisation"):
                parts["quantisation"] = (quantisation(image_code) + quantisation(text_code)) / 2
        if self.scenes:
            scores = self.scene_head(batch.views[0][0]).float()
            with torch.autocast(image.device.type, enabled=False):
                parts["scene"] = F.cross_entropy(scores, batch.label, label_smoothing=_SMOOTHING)
        return parts
