"""How many hits one search gives: the same for command line, dock, Processing and engine."""

from __future__ import annotations

#: Hits without a wish: as many as one looks through.
DEFAULT_HITS = 50
#: More than anyone looks at; as a layer or a list they still open at once.
MAX_HITS = 10_000
