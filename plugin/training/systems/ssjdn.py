"""SSJDN: text ↔ image retrieval by features that are decoupled by scale and by meaning.

After Zheng et al., "Scale-Semantic Joint Decoupling Network for Image-Text Retrieval in Remote
Sensing" (ACM TOMM). From the abstract: Bidirectional Scale Decoupling (BSD) by salience
extraction and suppression, Label-supervised Semantic Decoupling (LSD) of images and texts, and a
Semantic-guided Triplet Loss (STL) with an adaptive constant. A reconstruction: no full text or
code was found. The formulas (see each part), trained towers to begin with, to whose embeddings
the parts add, contrast beside the triplets, the hash layer and its losses are ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from ...engine.errors import UsageError
from ..data.caption_batches import CaptionBatch, Texts
from ..losses.contrastive import image_text_contrast
from ..losses.quantisation import balance, quantisation
from ..losses.semantic_classes import semantic_classes
from ..losses.semantic_triplet import semantic_margin, semantic_triplet
from ..towers.class_words import class_vectors
from ..towers.decoupled_image import DecoupledImage, Described
from ..towers.decoupled_text import DecoupledText
from ..towers.grid import at_most
from ..towers.image_tower import ImageTower
from ..towers.text_tower import TextTower
from .caption_system import CaptionSystem


class Ssjdn(CaptionSystem):
    """Adds BSD, LSD and a GRU to two towers, and trains them with STL.

    Args:
        image_tower, text_tower: as in ``CaptionSystem``, as is every argument not named here.
        forwards, backwards: BSD's directions, fine → coarse and back; without both, BSD is off.
        extraction, suppression: SEM and SSM.
        semantic: LSD; off, there are no class losses, and STL's margin, which is made of LSD's
            probabilities, is m for all pairs.
        adaptive_margin: STL's constant; off, the margin is m for all pairs.
        gru: read the text tower's tokens by a GRU; off, LSD reads the tokens themselves.
        margin: m of STL.
        alpha, beta: of SEM and SSM.
        width: of the decoupled features.
        hidden: of the space in which LSD compares places with words.
        grids: longest side, in cells, of the maps of the last three resolutions, fine first;
            larger maps are averaged down, which bounds what is kept of a view.
        dropout: on what is added to the towers' embeddings.
        smoothing: of the class losses' targets.

    Raises:
        UsageError: if LSD is on and there are no classes to learn from.
    """

    WEIGHTS: ClassVar[Mapping[str, float]] = {
        "triplet": 1.0,  # STL over the hardest negatives
        "triplet_all": 1.0,  # STL over all negatives that violate the margin
        "image_class": 0.5,
        "text_class": 0.25,
        "contrast": 0.5,
        "code_contrast": 0.25,
        "quantisation": 0.05,
        "balance": 0.01,
    }

    # A buffer, which Module types as "Tensor | Module".
    words: Tensor

    def __init__(
        self,
        image_tower: ImageTower,
        text_tower: TextTower,
        *,
        forwards: bool = True,
        backwards: bool = True,
        extraction: bool = True,
        suppression: bool = True,
        semantic: bool = True,
        adaptive_margin: bool = True,
        gru: bool = True,
        margin: float = 0.2,
        alpha: float = 0.5,
        beta: float = 0.5,
        width: int = 256,
        hidden: int = 96,
        grids: Sequence[int] = (8, 8, 4),
        dropout: float = 0.1,
        smoothing: float = 0.1,
        **common: Any,
    ) -> None:
        super().__init__(image_tower, text_tower, **common)
        if semantic and len(self.classes) < 2:
            raise UsageError(
                "The images have no classes, which semantic decoupling learns from",
                hint="Put them into one folder a class, or set settings: {semantic: false}.",
            )
        self.margin, self.smoothing, self.grids = margin, smoothing, tuple(grids)
        self.semantic, self.adaptive_margin = semantic, adaptive_margin and semantic
        self.eval()  # reading the towers' sizes and words must not touch their statistics
        with torch.no_grad():
            seen = self.visual(torch.zeros(1, 3, self.image_size, self.image_size))
        word_width: int = text_tower.backbone.config.hidden_size
        common_sizes: dict[str, Any] = {
            "word_width": word_width,
            "classes": len(self.classes) if semantic else 0,
            "hidden": hidden,
            "dropout": dropout,
        }
        self.image_side = DecoupledImage(
            [one.shape[1] for one in seen[1:]],
            self.embedding_size,
            width=width,
            forwards=forwards,
            backwards=backwards,
            extraction=extraction,
            suppression=suppression,
            alpha=alpha,
            beta=beta,
            **common_sizes,
        )
        self.text_side = DecoupledText(
            word_width, self.embedding_size, width=width if gru else 0, **common_sizes
        )
        words = torch.empty(0, word_width)
        if semantic:
            words = class_vectors(text_tower, self.tokenizer, self.classes)
        self.register_buffer("words", words)
        self.log_temperature = nn.Parameter(torch.tensor(0.07).log())
        self.log_code_temperature = nn.Parameter(torch.tensor(0.1).log())

    def visual(self, pixels: Tensor) -> tuple[Tensor, ...]:
        """Return pooled features (N, C) and the last resolutions' maps, averaged to ``grids``."""
        pooled, maps = self.image_tower.pooled_and_maps(pixels, len(self.grids))
        return (pooled, *(at_most(m, side) for m, side in zip(maps, self.grids, strict=True)))

    def describe_images(self, visual: tuple[Tensor, ...]) -> Described:
        """Return embeddings and classes of what ``visual`` returned."""
        embedding = self.image_tower.projection(visual[0])
        described: Described = self.image_side(embedding, visual[1:], self.words)
        return described

    def describe_texts(self, texts: Texts) -> Described:
        """Return embeddings and classes of sentences."""
        tokens, mask = self.text_tokens(texts), texts.attention_mask
        embedding = self.text_tower.embed(tokens, mask)
        described: Described = self.text_side(embedding, tokens, mask, self.words)
        return described

    def encode_visual(self, visual: tuple[Tensor, ...]) -> Tensor:
        """Return unit-length embeddings (N, D) of what ``visual`` returned."""
        return self.describe_images(visual).features

    def encode_texts(self, texts: Texts) -> Tensor:
        """Return unit-length embeddings (N, D)."""
        return self.describe_texts(texts).features

    def losses(self, batch: CaptionBatch) -> dict[str, Tensor]:
        """Return STL, the classes' losses, contrast, and what keeps the codes in use."""
        image = self.describe_images(batch.views[0])
        text = self.describe_texts(batch.texts)
        # hinges and τ-divided similarities want more than bfloat16's 8 bits
        with torch.autocast(image.features.device.type, enabled=False):
            parts = self._triplets(image, text, batch.also_describes)
            for name, side in (("image_class", image), ("text_class", text)):
                if self.on(name) and side.semantics is not None:
                    logits = side.semantics.logits.float()
                    parts[name] = semantic_classes(logits, batch.label, self.smoothing)
            if self.on("contrast"):
                temperature = self.log_temperature.exp().clamp_min(0.01)
                parts["contrast"] = image_text_contrast(
                    image.features, text.features, temperature, batch.also_describes
                )
            parts |= self._codes(image.features, text.features, batch.also_describes)
        return parts

    def _triplets(self, image: Described, text: Described, neutral: Tensor) -> dict[str, Tensor]:
        used = [name for name in ("triplet", "triplet_all") if self.on(name)]
        if not used:
            return {}
        margin: Tensor | float = self.margin
        if self.adaptive_margin and image.semantics is not None and text.semantics is not None:
            margin = semantic_margin(
                image.semantics.logits.float().softmax(1),
                text.semantics.logits.float().softmax(1),
                self.margin,
            )
        similarity = image.features @ text.features.T
        return {
            name: semantic_triplet(similarity, margin, neutral, hardest=name == "triplet")
            for name in used
        }

    def _codes(self, image: Tensor, text: Tensor, neutral: Tensor) -> dict[str, Tensor]:
        if not any(self.on(name) for name in ("code_contrast", "quantisation", "balance")):
            return {}
        parts: dict[str, Tensor] = {}
        image_code, text_code = self.hash_head(image), self.hash_head(text)
        if self.on("code_contrast"):
            root = self.bits**-0.5
            temperature = self.log_code_temperature.exp().clamp_min(0.02)
            parts["code_contrast"] = image_text_contrast(
                image_code * root, text_code * root, temperature, neutral
            )
        if self.on("quantisation"):
            parts["quantisation"] = (quantisation(image_code) + quantisation(text_code)) / 2
        if self.on("balance"):
            parts["balance"] = (balance(image_code) + balance(text_code)) / 2
        return parts
