"""The dock with an index open."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def open_index(dock, fake_engine, info_message):
    """Open an index: ``open_index(context=True)``; returns the dock's query section."""

    def make(**changes):
        message = info_message(**changes)
        dock.index.open(Path(message["path"]))
        fake_engine.answer("index.info", message)
        fake_engine.answer("index.sources", {"sources": []})
        return dock.page.query

    return make
