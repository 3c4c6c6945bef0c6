"""JSON as both ends of the link, and every file that came from elsewhere, are read and written.

Python's own module takes what JSON has not (``NaN``), writes what is no UTF-8 (half of a
surrogate pair), and ends in a ``RecursionError`` where brackets nest deeply. Neither side of the
link may end by a message, so both use these two.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn


def encode_line(message: Any) -> bytes:
    r"""Return a value as one line.

    Only ASCII is written, so that file names that are no valid UTF-8 (lone surrogates in
    Python) pass as escapes.

    Raises:
        TypeError: if a value is not JSON-serialisable.
        ValueError: if a number is NaN or infinite, which JSON does not have, or if it nests
            too deeply.

    Example:
        >>> encode_line({"path": "caf\udce9"})
        b'{"path":"caf\\udce9"}\n'
    """
    try:
        text = json.dumps(message, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    except RecursionError:
        raise ValueError("it nests too deeply") from None
    return text.encode("ascii") + b"\n"


def decode(text: str | bytes) -> Any:
    """Return the value of a JSON text; bytes are UTF-8.

    Raises:
        ValueError: if it is no JSON, no UTF-8, or nests too deeply.

    Example:
        >>> decode(b'{"limit": 5}')
        {'limit': 5}
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8")
    try:
        return json.loads(text, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("it nests too deeply") from None


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")
