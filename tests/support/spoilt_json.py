"""JSON values with something else in one place, to read as if somebody had meddled with a file."""

from __future__ import annotations

#: What stands in the place of a value.
ODD = (
    *(None, -1, 0, 10**20, 10**400, 1e300, float("inf"), "", "x", "\ud800", "a\0b"),
    *(True, 1.5, [], {}, [[1]], [1, 2, 3]),
)


def spoil(value, chance):
    """Change one place of a JSON value, at any depth; ``chance`` is a ``random.Random``."""
    while value:
        key = chance.choice(list(value) if isinstance(value, dict) else range(len(value)))
        if not isinstance(value[key], dict | list) or not value[key] or chance.random() < 0.3:
            if isinstance(value, dict) and chance.random() < 0.1:
                del value[key]
            else:
                value[key] = chance.choice(ODD)
            return
        value = value[key]
