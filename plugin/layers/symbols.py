"""Builds symbols from symbol layers."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.core import QgsFillSymbol, QgsSymbolLayer


def fill_symbol(layers: Sequence[QgsSymbolLayer]) -> QgsFillSymbol:
    """Return a polygon symbol of ``layers``, drawn in their order.

    They are appended one by one: the constructor that takes a list does not keep Python's
    objects alive, and QGIS crashes when it draws them.
    """
    symbol = QgsFillSymbol()
    symbol.deleteSymbolLayer(0)
    for layer in layers:
        symbol.appendSymbolLayer(layer)
    return symbol
