"""A sentence encoder with a pruned vocabulary and a projection to the shared space."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import AutoModel

from .vocabulary import PrunedVocabulary


class TextTower(nn.Module):
    """A transformers text model, mean pooled over the tokens as sentence encoders are.

    Args:
        backbone: a folder or hub id that ``AutoModel.from_pretrained`` loads.
        vocabulary: the word pieces to keep; the embedding table shrinks to them.
        layers: number of the first layers kept.
        frozen_layers: number of the first layers that are not trained; the embedding table is
            frozen with them.
        embedding_size: D of the shared space.
    """

    def __init__(
        self,
        backbone: str | Path,
        vocabulary: PrunedVocabulary,
        layers: int,
        frozen_layers: int,
        embedding_size: int,
    ) -> None:
        super().__init__()
        self.backbone = AutoModel.from_pretrained(  # nosec B615 - a local folder
            str(backbone), add_pooling_layer=False, attn_implementation="eager"
        )
        table = self.backbone.embeddings.word_embeddings
        kept = torch.tensor(vocabulary.kept_ids)
        shrunk = nn.Embedding(len(kept), table.embedding_dim, padding_idx=0)
        shrunk.weight.data.copy_(table.weight.data[kept])
        self.backbone.embeddings.word_embeddings = shrunk
        self.backbone.config.vocab_size = len(kept)
        self.backbone.encoder.layer = self.backbone.encoder.layer[:layers]
        self.backbone.config.num_hidden_layers = layers
        for module in (self.backbone.embeddings, *self.backbone.encoder.layer[:frozen_layers]):
            module.requires_grad_(False)
        width = self.backbone.config.hidden_size
        self.projection = nn.Sequential(
            nn.Linear(width, width), nn.GELU(), nn.Linear(width, embedding_size)
        )

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Return embeddings (N, D), not yet of unit length, of token ids (N, L)."""
        hidden = self.backbone(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        weight = attention_mask.unsqueeze(-1).to(hidden.dtype)
        pooled = (hidden * weight).sum(1) / weight.sum(1).clamp_min(1.0)
        embedding: Tensor = self.projection(pooled)
        return embedding
