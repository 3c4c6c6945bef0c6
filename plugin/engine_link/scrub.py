"""Takes secrets out of text before it is shown or logged."""

from __future__ import annotations

import re

_URL_CREDENTIALS = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*://)[^/\s@]+@")
_NAMED_SECRET = re.compile(
    r"(?i)(?P<name>(?:password|passwd|token|secret|api[-_]?key|authorization)\s*[=:]\s*)"
    r"(?:(?:basic|bearer)\s+)?[^\s&,;'\"]+"
)


def scrub(text: str) -> str:
    """Return ``text`` with URL credentials and named secrets replaced by ``***``."""
    text = _URL_CREDENTIALS.sub(r"\g<scheme>***@", text)
    return _NAMED_SECRET.sub(r"\g<name>***", text)
