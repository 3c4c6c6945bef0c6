"""Characters that a text may hold in Python and nowhere else."""

from __future__ import annotations

import re

_HALVES = re.compile("[\ud800-\udfff]")


def unwritable_part(text: str) -> str | None:
    r"""Return what keeps a text from being handed to anything outside Python, None for nothing.

    C libraries end a text at NUL without a word; half of a surrogate pair is no character, and
    no encoding of Unicode can write it.

    Example:
        >>> unwritable_part("harbour"), unwritable_part("a\0b")
        (None, 'a NUL character')
    """
    if "\0" in text:
        return "a NUL character"
    if _HALVES.search(text):
        return "half of a character (a lone surrogate)"
    return None
