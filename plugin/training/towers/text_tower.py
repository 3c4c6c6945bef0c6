"""A sentence encoder with a pruned vocabulary and a projection to the shared space."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import AutoModel, PretrainedConfig

from .vocabulary import PrunedVocabulary


class TextTower(nn.Module):
    """A transformers text model, mean pooled over the tokens as sentence encoders are.

    Args:
        backbone: a folder or hub id that ``AutoModel.from_pretrained`` loads, or the
            configuration of a pruned one, whose weights then come from a checkpoint.
        vocabulary: the word pieces to keep; the embedding table shrinks to them.
        layers: number of the first layers kept.
        frozen_layers: number of the first layers that are not trained; the embedding table is
            frozen with them.
        embedding_size: D of the shared space.
    """

    def __init__(
        self,
        backbone: str | Path | PretrainedConfig,
        vocabulary: PrunedVocabulary,
        layers: int,
        frozen_layers: int,
        embedding_size: int,
    ) -> None:
        super().__init__()
        if isinstance(backbone, PretrainedConfig):
            self.backbone = AutoModel.from_config(
                backbone, add_pooling_layer=False, attn_implementation="eager"
            )
        else:
            self.backbone = AutoModel.from_pretrained(  # nosec B615 - a local folder
                str(backbone), add_pooling_layer=False, attn_implementation="eager"
            )
            self._prune(vocabulary)
        self.backbone.encoder.layer = self.backbone.encoder.layer[:layers]
        self.backbone.config.num_hidden_layers = layers
        self.frozen_layers = frozen_layers
        for module in self._frozen():
            module.requires_grad_(False)
        width = self.backbone.config.hidden_size
        self.projection = nn.Sequential(
            nn.Linear(width, width), nn.GELU(), nn.Linear(width, embedding_size)
        )

    def train(self, mode: bool = True) -> TextTower:
        """Switch to training, but for the frozen layers' dropout."""
        super().train(mode)
        for module in self._frozen():
            module.eval()
        return self

    def early(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Return what the frozen layers make of token ids (N, L): hidden states (N, L, W).

        It does not change in training, so that it can be kept.
        """
        with torch.no_grad():
            hidden: Tensor = self.backbone.embeddings(input_ids=input_ids)
            frozen = self.backbone.encoder.layer[: self.frozen_layers]
            return self._run(frozen, hidden, attention_mask)

    def late(self, hidden: Tensor, attention_mask: Tensor) -> Tensor:
        """Return the last hidden states (N, L, W) of what ``early`` returned."""
        return self._run(self.backbone.encoder.layer[self.frozen_layers :], hidden, attention_mask)

    def tokens(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Return the last hidden states (N, L, W) of token ids (N, L)."""
        return self.late(self.early(input_ids, attention_mask), attention_mask)

    def embed(self, tokens: Tensor, attention_mask: Tensor) -> Tensor:
        """Return embeddings (N, D), not yet of unit length, of last hidden states (N, L, W)."""
        weight = attention_mask.unsqueeze(-1).to(tokens.dtype)
        pooled = (tokens * weight).sum(1) / weight.sum(1).clamp_min(1.0)
        embedding: Tensor = self.projection(pooled)
        return embedding

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Return embeddings (N, D), not yet of unit length, of token ids (N, L)."""
        return self.embed(self.tokens(input_ids, attention_mask), attention_mask)

    def _prune(self, vocabulary: PrunedVocabulary) -> None:
        table = self.backbone.embeddings.word_embeddings
        kept = torch.tensor(vocabulary.kept_ids)
        shrunk = nn.Embedding(len(kept), table.embedding_dim, padding_idx=0)
        shrunk.weight.data.copy_(table.weight.data[kept])
        self.backbone.embeddings.word_embeddings = shrunk
        self.backbone.config.vocab_size = len(kept)

    def _frozen(self) -> tuple[nn.Module, ...]:
        layers = self.backbone.encoder.layer[: self.frozen_layers]
        return (self.backbone.embeddings, *layers)

    @staticmethod
    def _run(layers: Iterable[nn.Module], hidden: Tensor, attention_mask: Tensor) -> Tensor:
        blocked = (attention_mask[:, None, None, :] == 0).to(hidden.dtype)
        mask = blocked * torch.finfo(torch.float32).min
        for layer in layers:
            hidden = layer(hidden, mask)
        return hidden
