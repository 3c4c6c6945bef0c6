"""Runs Processing algorithms in a QGIS of their own, as a script on a server would."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class QgisProcessError(RuntimeError):
    """An algorithm failed; the message is what QGIS said."""


@dataclass(frozen=True)
class AlgorithmRun:
    """What a run gave.

    Attributes:
        results: the algorithm's outputs.
        warnings: what it warned of, in order.
    """

    results: Mapping[str, Any]
    warnings: tuple[str, ...]


def run_algorithm(algorithm: str, parameters: Mapping[str, Any]) -> AlgorithmRun:
    """Run an algorithm with ``qgis_process`` and return its outputs.

    Args:
        algorithm: such as ``scene_search:index``.
        parameters: its inputs, handed over as JSON so that any text and path survives.

    Raises:
        QgisProcessError: if QGIS or the algorithm fails.
    """
    done = subprocess.run(
        ["qgis_process", "--json", "run", algorithm, "-"],
        input=json.dumps({"inputs": dict(parameters)}),
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")},
        check=False,
    )
    answer = _answer(done.stdout)
    log = answer.get("log", {})
    if done.returncode or "results" not in answer:
        said = [*_texts(log.get("errors")), answer.get("error", ""), done.stderr.strip()]
        raise QgisProcessError("\n".join(text for text in map(str, said) if text))
    return AlgorithmRun(answer["results"], _texts(log.get("warnings")))


def _answer(text: str) -> dict[str, Any]:
    """Return the JSON object in ``text``; plugins of QGIS may print before it."""
    start = text.find("{")
    try:
        value = json.loads(text[start:]) if start >= 0 else {}
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _texts(messages: Any) -> tuple[str, ...]:
    if isinstance(messages, str):
        return (messages,)
    return tuple(str(message) for message in messages or ())
