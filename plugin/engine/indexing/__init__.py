"""Building an index: what changed, reading tiles, encoding them, writing them."""

from __future__ import annotations

from .index_imagery import index_imagery
from .options import IndexOptions
from .report import IndexReport

__all__ = ["IndexOptions", "IndexReport", "index_imagery"]
