"""The trainable systems for text ↔ image retrieval by their name on the command line."""

from __future__ import annotations

import importlib

from ..systems.caption_system import CaptionSystem

_WHERE = {
    "plain-contrast": ("plain_contrast", "PlainContrast"),
    "mtgfe": ("mtgfe", "Mtgfe"),
    "ssjdn": ("ssjdn", "Ssjdn"),
    "ccls2t": ("ccls2t", "Ccls2t"),
}
CAPTION_SYSTEMS = tuple(_WHERE)


def caption_system(name: str) -> type[CaptionSystem]:
    """Return the class of a system, loaded only when it is wanted.

    Raises:
        KeyError: if there is none of this name.
    """
    module, kind = _WHERE[name]
    found: type[CaptionSystem] = getattr(
        importlib.import_module(f"..systems.{module}", __package__), kind
    )
    return found
