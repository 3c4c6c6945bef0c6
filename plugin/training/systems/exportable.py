"""What a trained system offers to the export: named outputs, one method a graph."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor


class Exportable(Protocol):
    """A module that computes what its graphs compute.

    Every system has the two methods below. A system may have more, each of which becomes a graph
    of its own:

    - ``text_outputs(input_ids, attention_mask)``: features, code, and tokens where another part
      reads them;
    - ``fusion_outputs(image_tokens, text_tokens, text_mask)``: match;
    - ``hubness_outputs(features)``: image_hubness, text_hubness;
    - ``context_outputs(image_features, text_tokens, text_mask)``: features, code.

    One with ``card_properties()`` says more on its card.

    Features are of unit length; codes are packed, uint8, the first bit highest in its byte.
    """

    def image_outputs(self, pixels: Tensor) -> dict[str, Tensor]:
        """Return features (N, D), code (N, K / 8) and perhaps tokens of normalised pixels."""
        ...

    def hash_outputs(self, features: Tensor) -> dict[str, Tensor]:
        """Return the code (N, K / 8) of features (N, D)."""
        ...
