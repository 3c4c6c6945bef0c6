"""Names as text where QGIS or Qt may take them for rich text.

A file, a layer or an encoder may be called ``<img src=…>``. Drawn as rich text that would be a
picture, loaded from wherever the name says. What is drawn by this plugin's own widgets is plain
(``gui/widgets/plain_text.py``); what QGIS draws is rich in some places and plain in others.
"""

from __future__ import annotations


def without_markup(text: str) -> str:
    """Return ``text`` with its ``<`` replaced by one that opens no tag, and looks alike.

    For QGIS's message bar, log panel, task manager and progress texts: they take rich text, but
    show the same text as plain elsewhere, where an escaped one would be unreadable.
    """
    return text.replace("<", "‹")
