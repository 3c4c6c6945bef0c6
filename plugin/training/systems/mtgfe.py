"""MTGFE: text ↔ image retrieval whose shortlist a fusion encoder ranks anew.

After Zhang et al., "A Fusion Encoder with Multi-Task Guidance for Cross-Modal Text–Image
Retrieval in Remote Sensing" (Remote Sensing 15, 4637, 2023). From the abstract: a multimodal
fusion encoder trained on image–text matching (ITM), masked language modelling (MLM) and
multi-view joint representations contrast (MVJRC), and a filter that keeps retrieval fast. A
reconstruction: no full text or code was found. The architecture, ITC with momentum encoder and
queue, and the form of ITM and MLM follow ALBEF (Li et al. 2021, arXiv:2107.07651); ours are the
hash code as the filter's first step and that re-ranking puts hubs lower.
"""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple, cast

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 (torch's own custom)

from ...engine.errors import UsageError
from ..data.caption_batches import CaptionBatch, Extras, Texts
from ..data.captioned_images import CaptionedImages
from ..data.owned_captions import owned_captions
from ..data.view_change import ViewChange
from ..losses.contrastive import image_text_contrast
from ..losses.image_text_matching import hard_negatives, image_text_matching
from ..losses.itc_queue import itc_queue
from ..losses.masked_language import mask_tokens, masked_language
from ..losses.pair_queue import NONE, PairQueue, Pairs
from ..losses.quantisation import quantisation
from ..losses.view_contrast import view_contrast
from ..towers.fusion_encoder import FusionEncoder
from ..towers.hub_prototypes import HubPrototypes
from ..towers.image_tokens import ImageTokens
from ..towers.image_tower import ImageTower
from ..towers.momentum import Momentum
from ..towers.text_tower import TextTower
from ..towers.vocabulary import SPECIAL_TOKENS
from ..towers.word_head import WordHead
from .caption_system import CaptionSystem

#: Name of a batch's further tensor: numbers (N, C) of all captions on its images.
OWNED = "owned"


class _Encoded(NamedTuple):
    """The unimodal side of a batch: unit-length features (N, D), and tokens (N, ·, W)."""

    image: Tensor
    text: Tensor
    image_tokens: Tensor
    text_tokens: Tensor


class Mtgfe(CaptionSystem):
    """Trains both towers' upper parts, the hash head and the fusion encoder together.

    Args:
        image_tower, text_tower: towers into the same space.
        width: W of the tokens that are fused.
        fusion_layers, heads, fusion_dropout, expansion: of the fusion encoder.
        joint: width of the joint representation that MVJRC contrasts.
        grid: side of the learned grid of positions of image tokens.
        queue: pairs of momentum features kept for ITC.
        captions_per_image: places for the numbers of an image's captions in the queue.
        momentum: share of the momentum encoder that one step leaves.
        distillation: share of ITC's target that the momentum encoder gives; 0 is without.
        masked: share of the words that MLM hides.
        masked_texts: share of a batch's texts that MLM reads. A masked text runs through the
            frozen text layers too, which is most of MLM's work.
        hard_negatives: draw ITM's negatives the likelier the more alike they are; off, evenly.
        hubs: prototypes of images, and of texts, by which hubs are ranked lower.
        settings: see ``CaptionSystem``.
    """

    WEIGHTS: ClassVar = {
        "itc": 1.0,
        "itm": 1.0,
        "mlm": 0.5,
        "mvjrc": 0.5,
        "code_contrast": 0.25,
        "quantisation": 0.05,
    }

    def __init__(
        self,
        image_tower: ImageTower,
        text_tower: TextTower,
        *,
        width: int = 256,
        fusion_layers: int = 2,
        heads: int = 8,
        fusion_dropout: float = 0.1,
        expansion: int = 4,
        joint: int = 128,
        grid: int = 6,
        queue: int = 4096,
        captions_per_image: int = 16,
        momentum: float = 0.995,
        distillation: float = 0.0,
        masked: float = 0.15,
        masked_texts: float = 1.0,
        hard_negatives: bool = True,
        hubs: int = 256,
        **settings: Any,
    ) -> None:
        super().__init__(image_tower, text_tower, **settings)
        # kept views hold both branches whatever is trained on them, so that ablations share them
        self.branches = 2 if self.on("mvjrc") or self.frozen_backbone else 1
        self.view_change = ViewChange(self.image_size, settings.get("smallest_crop", 0.5))
        words = cast(nn.Embedding, text_tower.backbone.embeddings.word_embeddings)
        states = int(text_tower.backbone.config.hidden_size)
        self.image_tokens = ImageTokens(_channels(image_tower), width, grid)
        self.project_text = nn.Sequential(nn.Linear(states, width), nn.LayerNorm(width))
        self.fusion = FusionEncoder(width, fusion_layers, heads, fusion_dropout, expansion)
        self.match_head = nn.Linear(width, 1)
        self.joint_head = nn.Linear(width, joint, bias=False)
        self.image_hubs = HubPrototypes(hubs, self.embedding_size)
        self.text_hubs = HubPrototypes(hubs, self.embedding_size)
        self.log_temperature = nn.Parameter(torch.tensor(0.07).log())
        self.log_code_temperature = nn.Parameter(torch.tensor(0.1).log())
        self.distillation, self.masked, self.masked_texts = distillation, masked, masked_texts
        self.hard_negatives = hard_negatives
        self.captions_per_image = captions_per_image
        if self.on("mlm"):
            self.word_head = WordHead(width, words.embedding_dim, words.num_embeddings)
            special = [self.tokenizer.token_to_id(name) for name in SPECIAL_TOKENS]
            if special != list(range(len(special))):
                raise ValueError("the tokenizer's special tokens are not its first ids")
            self.mask_id = SPECIAL_TOKENS.index("[MASK]")
        if self.on("itc"):
            self.queue = PairQueue(queue, self.embedding_size, captions_per_image)
            self.momentum = Momentum(self._unimodal(), momentum)

    # the image side

    @torch.no_grad()
    def augment(self, images: Tensor, branch: int) -> Tensor:
        """Return a view, float32 (N, 3, S, S) in 0..1, of uint8 images (N, 3, H, W).

        The second branch's views differ from the first's in resolution, colour and angle.
        """
        if branch == 0:
            return super().augment(images, branch)
        views: Tensor = self.view_change(images)
        return views

    def visual(self, pixels: Tensor) -> tuple[Tensor, ...]:
        """Return pooled features (N, C) and the last map (N, C, h, w) of normalised pixels.

        In training a third tensor follows where the backbone is trained: what its momentum copy
        pools, without gradient.
        """
        seen = self.image_tower.pooled_and_map(pixels)
        if self.training and self.on("itc") and not self.frozen_backbone:
            with torch.no_grad():
                return (*seen, self._momentum_copy("image").pooled(pixels))
        return seen

    # training

    def extras(self, images: CaptionedImages) -> Extras | None:
        """Return what tells every batch all captions of its images.

        Raises:
            UsageError: if an image has more captions than the queue has places for.
        """
        if not self.on("itc"):
            return None
        table = owned_captions(images, NONE)
        if table.shape[1] > self.captions_per_image:
            raise UsageError(
                f"An image of {images.name} has {table.shape[1]} captions, and MTGFE's queue keeps "
                f"{self.captions_per_image}",
                hint="Set captions_per_image in the recipe's settings.",
            )

        def extra(rows: npt.NDArray[np.int64], _: np.random.Generator) -> dict[str, Tensor]:
            return {OWNED: torch.from_numpy(table[rows])}

        return extra

    def training_step(self, batch: CaptionBatch, index: int) -> Tensor:
        """Move the momentum encoder on and return the weighted loss of one batch."""
        if self.on("itc"):
            self.momentum.update(self._unimodal())
        return super().training_step(batch, index)

    def losses(self, batch: CaptionBatch) -> dict[str, Tensor]:
        """Return the losses in use; the queue takes the batch in where ITC is one of them."""
        mask = batch.texts.attention_mask
        states = self.text_tokens(batch.texts)
        side = _Encoded(
            self.encode_visual(batch.views[0]),
            F.normalize(self.text_tower.embed(states, mask).float(), dim=1),
            self.image_tokens(batch.views[0][1]),
            self.project_text(states),
        )
        same = batch.also_describes | (batch.image[:, None] == batch.image[None, :])
        parts: dict[str, Tensor] = {}
        if self.on("itc"):
            parts["itc"] = self._contrast(batch, side)
        parts |= self._code_losses(side, same)
        if self.on("itm") or self.on("mvjrc"):
            fused = self._fuse(side.image_tokens, side.text_tokens, mask)
            if self.on("itm"):
                parts["itm"] = self._matching(side, mask, fused, same)
            if self.on("mvjrc"):
                other = self.image_tokens(batch.views[1][1])
                second = self._fuse(other, side.text_tokens, mask)
                views = [
                    F.normalize(self.joint_head(cls).float(), dim=1) for cls in (fused, second)
                ]
                with torch.autocast(self.device.type, enabled=False):
                    parts["mvjrc"] = view_contrast(views[0], views[1], same)
        if self.on("mlm"):
            parts["mlm"] = self._masked_words(side.image_tokens, batch.texts)
        return parts

    def _fuse(self, image_tokens: Tensor, text_tokens: Tensor, mask: Tensor) -> Tensor:
        """Return the fused states (K, W) of the pairs: that of each text's [CLS]."""
        return cast(Tensor, self.fusion(image_tokens, text_tokens, mask))[:, 0]

    def _contrast(self, batch: CaptionBatch, side: _Encoded) -> Tensor:
        pairs = self._momentum_pairs(batch)
        with torch.autocast(self.device.type, enabled=False):
            loss = itc_queue(
                side.image,
                side.text,
                pairs,
                self.queue.pairs(),
                self._temperature(),
                self.distillation,
            )
        if self.training:
            self.queue.push(pairs)
        return loss

    @torch.no_grad()
    def _momentum_pairs(self, batch: CaptionBatch) -> Pairs:
        visual, texts = batch.views[0], batch.texts
        image, text = self._momentum_copy("image"), self._momentum_copy("text")
        image_features = image(visual[0]) if self.frozen_backbone else image.projection(visual[2])
        hidden = texts.hidden
        if hidden is None:
            hidden = text.early(texts.input_ids, texts.attention_mask)
        states = text.late(hidden, texts.attention_mask)
        return Pairs(
            F.normalize(image_features.float(), dim=1),
            F.normalize(text.embed(states, texts.attention_mask).float(), dim=1),
            batch.image,
            batch.caption,
            batch.extra[OWNED],
        )

    def _code_losses(self, side: _Encoded, same: Tensor) -> dict[str, Tensor]:
        parts: dict[str, Tensor] = {}
        if not (self.on("code_contrast") or self.on("quantisation")):
            return parts
        with torch.autocast(self.device.type, enabled=False):
            image, text = self.hash_head(side.image), self.hash_head(side.text)
            if self.on("code_contrast"):
                root = self.bits**-0.5
                temperature = self.log_code_temperature.exp().clamp_min(0.02)
                parts["code_contrast"] = image_text_contrast(
                    image * root, text * root, temperature, same
                )
            if self.on("quantisation"):
                parts["quantisation"] = (quantisation(image) + quantisation(text)) / 2
        return parts

    def _matching(self, side: _Encoded, mask: Tensor, fused: Tensor, same: Tensor) -> Tensor:
        with torch.autocast(self.device.type, enabled=False):
            similarity = side.image.detach() @ side.text.detach().T / self._temperature().detach()
        if not self.hard_negatives:
            similarity = torch.zeros_like(similarity)
        negative = hard_negatives(similarity, same)
        apart = self._fuse(
            side.image_tokens[negative.image], side.text_tokens[negative.text], mask[negative.text]
        )
        logits = [self.match_head(cls).squeeze(1).float() for cls in (fused, apart)]
        with torch.autocast(self.device.type, enabled=False):
            return image_text_matching(logits[0], logits[1])

    def _masked_words(self, image_tokens: Tensor, texts: Texts) -> Tensor:
        words = self.text_tower.backbone.embeddings.word_embeddings.weight.detach()
        # the first rows: the order of a batch is random
        count = max(1, round(self.masked_texts * len(texts.input_ids)))
        ids, mask = texts.input_ids[:count], texts.attention_mask[:count]
        hidden = mask_tokens(
            ids,
            mask,
            mask_id=self.mask_id,
            first_word=len(SPECIAL_TOKENS),
            vocabulary=len(words),
            share=self.masked,
        )
        states = self.text_tokens(Texts(hidden.input_ids, mask))
        fused = self.fusion(image_tokens[:count], self.project_text(states), mask)
        scores = self.word_head(fused[hidden.chosen], words).float()
        with torch.autocast(self.device.type, enabled=False):
            return masked_language(scores, ids[hidden.chosen])

    def _temperature(self) -> Tensor:
        return self.log_temperature.exp().clamp_min(0.01)

    def _unimodal(self) -> nn.Module:
        """Return what the momentum encoder follows: whatever is trained before the fusion."""
        image = self.image_tower.projection if self.frozen_backbone else self.image_tower
        return nn.ModuleDict({"image": image, "text": self.text_tower})

    def _momentum_copy(self, name: str) -> Any:
        return cast(nn.ModuleDict, self.momentum.copy)[name]

    # what is exported

    def image_outputs(self, pixels: Tensor) -> dict[str, Tensor]:
        """Return ``features``, packed ``code`` and ``tokens`` (N, P, W) of normalised pixels."""
        visual = self.visual(pixels)
        features = self.encode_visual(visual)
        tokens = self.image_tokens(visual[1])
        return {"features": features, **self.hash_outputs(features), "tokens": tokens}

    def text_outputs(self, input_ids: Tensor, attention_mask: Tensor) -> dict[str, Tensor]:
        """Return ``features``, packed ``code`` and ``tokens`` (N, L, W) of token ids (N, L)."""
        states = self.text_tokens(Texts(input_ids, attention_mask))
        features = F.normalize(self.text_tower.embed(states, attention_mask).float(), dim=1)
        tokens = self.project_text(states)
        return {"features": features, **self.hash_outputs(features), "tokens": tokens}

    def fusion_outputs(
        self, image_tokens: Tensor, text_tokens: Tensor, text_mask: Tensor
    ) -> dict[str, Tensor]:
        """Return ``match`` (K,), the probability that an image and a text belong together.

        As ITM asks it: against hard negatives, which are as near by cosine. It orders by itself
        badly and is made to be added to the cosine.

        Args:
            image_tokens: (K, P, W).
            text_tokens: (T, L, W), T being K, or 1 for one text with K images.
            text_mask: int64 (T, L).
        """
        logit = self.match_head(self._fuse(image_tokens, text_tokens, text_mask))
        return {"match": torch.sigmoid(logit.squeeze(1).float())}

    def learn_hubs(self, images: Tensor, texts: Tensor) -> None:
        """Take typical images (M, D) and texts (T, D) as what hubs are told by."""
        self.image_hubs.learn(images)
        self.text_hubs.learn(texts)

    def hubness_outputs(self, features: Tensor) -> dict[str, Tensor]:
        """Return how near embeddings (N, D) are to everything of the other modality.

        ``image_hubness`` (N,) is that of images, near to many texts, ``text_hubness`` (N,) that of
        texts, near to many images.
        """
        return {
            "image_hubness": self.text_hubs(features),
            "text_hubness": self.image_hubs(features),
        }

    def card_properties(self) -> dict[str, Any]:
        """Return the weight of the cosine in re-ranking: 1 / τ, as hard negatives were drawn."""
        return {"scene_search:rerank_weight": round(1 / float(self._temperature()), 3)}


@torch.no_grad()
def _channels(tower: ImageTower) -> int:
    """Return the number of channels of a tower's last feature map."""
    training = tower.training
    tower.eval()
    channels = int(tower.pooled_and_map(torch.zeros(1, 3, 64, 64))[1].shape[1])
    tower.train(training)
    return channels
