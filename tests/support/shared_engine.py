"""Asking the engine that dock and Processing share, as a widget does."""

from __future__ import annotations


def ask(method, params=None, *, succeeded=lambda _result: None, **listeners):
    """Start a call and return it; it is to be kept until it ends, as widgets keep theirs."""
    from scene_search.engine_link.call import EngineCall, start_engine_task

    task = start_engine_task("test", method, params or {})
    return EngineCall(task, succeeded=succeeded, **listeners)
