"""Reading XML that others wrote: element by element, without entities, to a bounded depth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

_DEEPEST = 256


@dataclass(slots=True)
class Element:
    """An element whose end has come.

    Attributes:
        tag: its name.
        attributes: its attributes.
        parts: its own text, in pieces.
    """

    tag: str
    attributes: dict[str, str]
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its own text, without space around it."""
        return "".join(self.parts).strip()


def read_elements(
    xml: bytes, on_end: Callable[[Sequence[Element]], None], encoding: str | None = None
) -> None:
    """Tell of each element at its end.

    Args:
        xml: a document.
        on_end: given the element, last, and those that it is in, outermost first.
        encoding: to read it in; None for the one that it declares.

    Raises:
        expat.ExpatError: it is no XML.
        ValueError: it is nested too deeply or declares entities, which could make it endless.
    """
    above: list[Element] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if len(above) >= _DEEPEST:
            raise ValueError("its XML is nested too deeply")
        above.append(Element(tag, attributes))

    def end(_tag: str) -> None:
        on_end(above)
        above.pop()

    def characters(text: str) -> None:
        if above:
            above[-1].parts.append(text)

    def refuse(*_: Any) -> None:
        raise ValueError("its XML declares entities")

    parser = expat.ParserCreate(encoding)
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.EntityDeclHandler = refuse
    parser.Parse(xml, True)
