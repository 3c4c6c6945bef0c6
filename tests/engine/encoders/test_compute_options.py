from __future__ import annotations

import pytest
from scene_search.engine.encoders.compute_options import (
    PROVIDER,
    THREADS,
    wanted_provider,
    wanted_threads,
)
from scene_search.engine.errors import UsageError


def test_nothing_said(monkeypatch):
    monkeypatch.delenv(THREADS, raising=False)
    monkeypatch.setenv(PROVIDER, " ")
    assert wanted_threads() is None
    assert wanted_provider() == "auto"


def test_what_is_said(monkeypatch):
    monkeypatch.setenv(THREADS, " 3 ")
    monkeypatch.setenv(PROVIDER, "CPU")
    assert wanted_threads() == 3
    assert wanted_provider() == "cpu"


@pytest.mark.parametrize("text", ["0", "-1", "many", "1.5"])
def test_nonsense_is_refused(monkeypatch, text):
    monkeypatch.setenv(THREADS, text)
    with pytest.raises(UsageError, match=THREADS):
        wanted_threads()
