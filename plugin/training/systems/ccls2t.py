"""CCLS2T: cross-modal contrast with spatiotemporal context.

After Zhu et al., "Cross-Modal Contrastive Learning With Spatiotemporal Context for
Correlation-Aware Multiscale Remote Sensing Image Retrieval", IEEE TGRS 2024, doi
10.1109/TGRS.2024.3417421. From the abstract: an asymmetric dual encoder, whose vision side works
on multiscale inputs and whose lightweight text side reconstructs spatiotemporal embeddings; an
intermediate contrastive objective on the unimodal representations; a hash layer on fused features;
the prompt template R2STFT for metadata and the hierarchical semantic tree RSHST.

A reconstruction: no full text or code was found. How scales are combined, how metadata is fused,
the form of every loss, the trees, their allocation of bits and all weights are ours. So is that
queries are fused with the metadata that they ask for as images are with theirs, and that the
image's code without metadata is kept and trained too: coordinates help queries that are bound to
a place and hurt all others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 (torch's own custom)

from ...engine.context.spatiotemporal import NAMES
from ..data.caption_batches import CaptionBatch, Extras, Texts, tokenise
from ..data.captioned_images import CaptionedImages
from ..data.drawn_metadata import origin_of
from ..data.metadata import TrainingMetadata, own_properties
from ..data.scene_tree import scene_tree
from ..losses.context_reconstruction import context_reconstruction
from ..losses.contrastive import image_text_contrast
from ..losses.pair_depths import PairDepths, pair_depths
from ..losses.quantisation import quantisation
from ..losses.soft_contrast import soft_contrast, softened
from ..losses.tree_hash import flat_hash, level_bits, tree_hash
from ..towers.context_fusion import ContextFusion, SpatiotemporalHead
from ..towers.multiscale import ScaleCombination, footprints, statistics_kept
from .caption_system import CaptionSystem

Pair = tuple[Tensor, Tensor]


class Ccls2t(CaptionSystem):
    """Trains both towers, the scales' combination, the context's fusion and the hash head.

    Args:
        arguments: see ``CaptionSystem``.
        multiscale: see the middles of a tile as well as the whole.
        fusion: fuse metadata; without, there is no context graph.
        kappa: how hard the tree's targets are, see ``soft_contrast``; None for targets without
            the tree.
        tree_bits: give every level of the tree bits of its own; without, whole codes agree as far
            as the scenes do.
        slot_drop, without_metadata, tiles_per_scene: see ``TrainingMetadata``.
        settings: see ``CaptionSystem``.
    """

    WEIGHTS: ClassVar = {
        "contrast": 1.0,
        "intermediate": 1.0,
        "code_contrast": 0.25,
        "tree_hash": 0.25,
        "reconstruction": 0.1,
        "quantisation": 0.05,
    }

    # Buffer, which Module types as "Tensor | Module".
    class_depth: Tensor
    #: Of systems with fusion; the export makes a graph of it where it is there.
    context_outputs: Callable[[Tensor, Tensor, Tensor], dict[str, Tensor]]

    def __init__(
        self,
        *arguments: Any,
        multiscale: bool = True,
        fusion: bool = True,
        kappa: float | None = 16.0,
        tree_bits: bool = True,
        slot_drop: float = 0.3,
        without_metadata: float = 0.5,
        tiles_per_scene: int = 16,
        **settings: Any,
    ) -> None:
        super().__init__(*arguments, **settings)
        width = int(self.text_tower.backbone.config.hidden_size)
        self.kappa = kappa
        self.metadata = partial(
            TrainingMetadata,
            slot_drop=slot_drop,
            without=without_metadata,
            tiles_per_scene=tiles_per_scene,
        )
        pooled = next(m for m in self.image_tower.projection if isinstance(m, nn.Linear))
        self.scales = (
            ScaleCombination(pooled.in_features, self.embedding_size) if multiscale else None
        )
        self.fusion = ContextFusion(self.embedding_size, width) if fusion else None
        if fusion:
            self.context_outputs = self._context_outputs
        self.spatiotemporal = (
            SpatiotemporalHead(width, len(NAMES)) if self.on("reconstruction") else None
        )
        tree = scene_tree(self.classes, self._name_vectors)
        self.levels = tree.levels
        self.allocation = level_bits(self.bits) if tree_bits else None
        # kept in checkpoints: clustered trees come from the text tower as it was at the start
        self.register_buffer("class_depth", torch.from_numpy(tree.lca_depth()))
        self.log_temperature = nn.Parameter(torch.tensor(0.07).log())
        self.log_unimodal_temperature = nn.Parameter(torch.tensor(0.07).log())
        self.log_code_temperature = nn.Parameter(torch.tensor(0.1).log())

    # the image side

    def visual(self, pixels: Tensor) -> tuple[Tensor, ...]:
        """Return pooled features (N, C) of each scale, the whole tile first."""
        tower = self.image_tower
        if self.scales is None:
            return super().visual(pixels)
        whole, *middles = footprints(pixels)
        seen = [tower.pooled(whole)]
        with statistics_kept(tower.backbone):
            seen += [tower.pooled(view) for view in middles]
        return tuple(seen)

    def encode_visual(self, visual: tuple[Tensor, ...]) -> Tensor:
        """Return unit-length embeddings v (N, D) of what ``visual`` returned."""
        embeddings = self.image_tower.projection(visual[0])
        if self.scales is not None:
            embeddings = self.scales(embeddings, visual[1:])
        return F.normalize(embeddings.float(), dim=1)

    # training

    def extras(self, images: CaptionedImages) -> Extras | None:
        """Return what draws the metadata of a batch, None where nothing uses it."""
        if self.fusion is None and self.spatiotemporal is None:
            return None
        return self.metadata(own_properties(images.paths), origin_of(images.name), self.tokenizer)

    def losses(self, batch: CaptionBatch) -> dict[str, Tensor]:
        """Return the parts of the loss that have a weight."""
        image = self.encode_visual(batch.views[0])
        text = self.encode_texts(batch.texts)
        tokens = self._context_tokens(batch)
        # products of τ-divided similarities and of whole codes want more than bfloat16's 8 bits
        with torch.autocast(image.device.type, enabled=False):
            same = batch.also_describes
            depths = pair_depths(
                self.class_depth, batch.label, batch.image, batch.caption, same, self.levels
            )
            parts: dict[str, Tensor] = {}
            pairs = [(image, text)]
            if self.fusion is not None and tokens is not None:
                pairs.append(self._fused(image, text, tokens, batch))
            if self.on("contrast"):
                weights = softened(depths.image_text, same, self.levels, self.kappa)
                temperature = self.log_temperature.exp().clamp_min(0.01)
                parts["contrast"] = soft_contrast(*pairs[-1], temperature, weights)
            if self.on("intermediate"):
                temperature = self.log_unimodal_temperature.exp().clamp_min(0.01)
                parts["intermediate"] = image_text_contrast(image, text, temperature, same)
            if self.spatiotemporal is not None and tokens is not None:
                parts["reconstruction"] = context_reconstruction(
                    self.spatiotemporal(tokens[:, 0]),
                    batch.extra["context_target"],
                    batch.extra["context_known"],
                )
            parts |= self._code_losses(pairs, same, depths)
        return parts

    def _context_tokens(self, batch: CaptionBatch) -> Tensor | None:
        """Return the tokens (T, L, W) of the batch's metadata texts, float32."""
        if "context_ids" not in batch.extra:
            return None
        texts = Texts(batch.extra["context_ids"], batch.extra["context_mask"])
        return self.text_tokens(texts).float()

    def _fused(self, image: Tensor, text: Tensor, tokens: Tensor, batch: CaptionBatch) -> Pair:
        """Return images and captions (N, D), each fused with its own metadata if it has any."""
        if self.fusion is None:
            raise RuntimeError("a system without fusion fuses nothing")
        mask = batch.extra["context_mask"]

        def fuse(features: Tensor, number: Tensor) -> Tensor:
            own = number.clamp_min(0)
            present = (number >= 0).to(mask.dtype)[:, None]
            fused: Tensor = self.fusion(features, tokens[own], mask[own] * present)  # type: ignore[misc]
            return fused

        return (
            fuse(image, batch.extra["context_of_image"]),
            fuse(text, batch.extra["context_of_query"]),
        )

    def _code_losses(
        self, pairs: list[Pair], same: Tensor, depths: PairDepths
    ) -> dict[str, Tensor]:
        """Return the losses on codes, of what is seen alone and of what is fused."""
        if not any(self.on(name) for name in ("code_contrast", "tree_hash", "quantisation")):
            return {}
        parts: dict[str, Tensor] = {}
        codes = [(self.hash_head(image), self.hash_head(text)) for image, text in pairs]
        everything = torch.cat([torch.cat(pair) for pair in codes])
        if self.on("code_contrast"):
            root = self.bits**-0.5
            temperature = self.log_code_temperature.exp().clamp_min(0.02)
            parts["code_contrast"] = torch.stack(
                [image_text_contrast(i * root, t * root, temperature, same) for i, t in codes]
            ).mean()
        if self.on("tree_hash"):
            depth = depths.all_pairs().repeat(len(pairs), len(pairs))
            parts["tree_hash"] = (
                flat_hash(everything, everything, depth, self.levels)
                if self.allocation is None
                else tree_hash(everything, everything, depth, self.allocation)
            )
        if self.on("quantisation"):
            parts["quantisation"] = quantisation(everything)
        return parts

    # what is exported

    def text_outputs(self, input_ids: Tensor, attention_mask: Tensor) -> dict[str, Tensor]:
        """Return ``features`` (N, D), packed ``code``, and with fusion ``tokens`` (N, L, W)."""
        tokens = self.text_tokens(Texts(input_ids, attention_mask))
        features = F.normalize(self.text_tower.embed(tokens, attention_mask).float(), dim=1)
        found = {"features": features, **self.hash_outputs(features)}
        return found if self.fusion is None else {**found, "tokens": tokens}

    def _context_outputs(
        self, image_features: Tensor, text_tokens: Tensor, text_mask: Tensor
    ) -> dict[str, Tensor]:
        """Return ``features`` (N, D) and packed ``code`` of what was seen or asked for, in context.

        Args:
            image_features: unit-length features (N, D) of images, or of queries.
            text_tokens: (N, L, W), the text graph's tokens of R2STFT texts.
            text_mask: int64 (N, L); all 0, or only the two tokens that begin and end a text,
                where there is no metadata: the features come back to the bit.
        """
        features = self.fusion(image_features, text_tokens, text_mask)  # type: ignore[misc]
        return {"features": features, **self.hash_outputs(features)}

    def card_properties(self) -> dict[str, Any]:
        """Return the bits of each level of the scene tree, the first bits of a code first."""
        if self.allocation is None:
            return {}
        return {"scene_search:code_levels": list(self.allocation)}

    # the tree

    @torch.no_grad()
    def _name_vectors(self, names: Sequence[str]) -> npt.NDArray[np.floating]:
        """Return the mean tokens (C, W) of texts by the text tower as it is."""
        training = self.text_tower.training
        self.text_tower.eval()
        ids, mask, _ = tokenise(self.tokenizer, names)
        tokens = self.text_tower.tokens(ids, mask)
        weight = mask[:, :, None].to(tokens.dtype)
        self.text_tower.train(training)
        vectors: npt.NDArray[np.float32] = ((tokens * weight).sum(1) / weight.sum(1)).numpy()
        return vectors
