"""HTML that is escaped by construction: text becomes markup through ``tag`` alone."""

from __future__ import annotations

import html
from collections.abc import Iterable

_VOID = frozenset({"br", "img", "meta", "line", "rect", "circle", "polyline", "path"})


class Markup(str):
    """Text that is HTML already and is not escaped again."""

    __slots__ = ()


def text(value: object) -> Markup:
    """Return a value as escaped text; markup stays as it is."""
    return value if isinstance(value, Markup) else Markup(html.escape(str(value)))


def join(parts: Iterable[object], separator: str = "") -> Markup:
    """Return the parts in a row."""
    return Markup(separator.join(text(part) for part in parts))


def tag(name: str, /, *children: object, **attributes: object) -> Markup:
    """Return an element.

    Args:
        name: such as ``"p"``.
        children: text, which is escaped, or markup.
        attributes: values are escaped; a final ``_`` is dropped and other ``_`` become ``-``, so
            that ``class_`` and ``stroke_width`` can be given. None leaves an attribute out.
    """
    shown = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID and not children:
        return Markup(f"<{name}{shown}/>")
    return Markup(f"<{name}{shown}>{join(children)}</{name}>")
