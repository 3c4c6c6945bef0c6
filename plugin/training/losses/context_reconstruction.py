"""What a text says of place, time and resolution must be readable from its encoding.

Part of CCLS2T (Zhu et al., IEEE TGRS 2024, doi 10.1109/TGRS.2024.3417421), whose lightweight
text encoder "reconstructs spatiotemporal embeddings". A reconstruction: the paper's form is not
public; here it is L_rec = ‖MLP(t_cls) − s‖² over the known numbers.
"""

from __future__ import annotations

from torch import Tensor


def context_reconstruction(predicted: Tensor, target: Tensor, known: Tensor) -> Tensor:
    """Return the mean squared difference over the known numbers of a batch.

    Zero, with a gradient of zero, where nothing is known.

    Args:
        predicted: what a head reads from the texts (T, 9), any finite number.
        target: s (T, 9), see ``scene_search.engine.context.spatiotemporal``.
        known: bool (T, 9), which numbers the text tells.
    """
    wrong = (predicted - target).square() * known
    return wrong.sum() / known.sum().clamp_min(1)
