"""Which files an ONNX graph keeps its weights in, besides itself.

ONNX Runtime reads such files from wherever the process happens to work, so that a file lying
there changes an encoder whose digests are all as they should be. A graph is therefore looked
through before it is loaded. It is a protobuf message, of which this reads the few fields on the
way to tensors; the numbers are those of ``onnx.proto``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

#: Fields that lead to tensors, by the kind of message and number: what is in them.
_FIELDS: Mapping[str, Mapping[int, str]] = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "function": {7: "node", 11: "attribute"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {13: "entry"},
}
_KEY, _VALUE = 1, 2

#: Graphs inside graphs: a loop in a branch has a few.
_MOST_NESTED = 100


@dataclass(frozen=True, slots=True)
class ExternalFile:
    """A file that a tensor is kept in.

    Attributes:
        name: as the graph has it.
        replaceable: whether ONNX Runtime takes bytes in its place. It does for tensors of the
            graph itself, not for those of graphs inside it (the branches of an ``If``).
    """

    name: str
    replaceable: bool


def external_files(model: bytes) -> set[ExternalFile]:
    """Return the files that tensors of a graph are kept in.

    Args:
        model: bytes of the ONNX file.

    Raises:
        ValueError: it is no protobuf message.
    """
    return set(_files("model", memoryview(model), ()))


def _files(kind: str, message: memoryview, around: tuple[str, ...]) -> Iterator[ExternalFile]:
    """Yield the files of the tensors in a message, at any depth."""
    if len(around) > _MOST_NESTED:
        raise ValueError("it nests too deeply")
    path = (*around, kind)
    for number, content in _fields(message):
        inner = _FIELDS[kind].get(number)
        if inner == "entry":
            entry = dict(_fields(content))
            if bytes(entry.get(_KEY, b"")) == b"location":
                outermost = path[1] == "graph" and path.count("graph") == 1
                yield ExternalFile(bytes(entry.get(_VALUE, b"")).decode("utf-8"), outermost)
        elif inner is not None:
            yield from _files(inner, content, path)


def _fields(message: memoryview) -> Iterator[tuple[int, memoryview]]:
    """Yield number and content of the fields that have a length; the others are numbers."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        number, wire = tag >> 3, tag & 7
        if wire == 0:
            _, at = _varint(message, at)
        elif wire in (1, 5):
            at += 8 if wire == 1 else 4
        elif wire == 2:
            length, at = _varint(message, at)
            if at + length > len(message):
                raise ValueError("it is cut short")
            yield number, message[at : at + length]
            at += length
        else:
            raise ValueError("it is no protobuf message")
    if at > len(message):
        raise ValueError("it is cut short")


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """Return a number and the place after it."""
    value = shift = 0
    while True:
        if at >= len(message) or shift > 63:
            raise ValueError("it is cut short")
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
