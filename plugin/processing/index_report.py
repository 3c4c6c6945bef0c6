"""The report of an indexing run, as a page to read or as JSON to go on with."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .report_file import check_report, page_of, write_report_file
from .translation import tr


def write_report(target: Path, index: Path, report: Mapping[str, Any]) -> None:
    """Write the engine's report of an indexing run.

    Args:
        target: the file; JSON if it ends so, otherwise HTML.
        index: the index that was made.
        report: the result of the engine's ``index.build``.

    Raises:
        UsageError: see :func:`check_report`.
        StorageError: if the file cannot be written.
    """
    check_report(target, index)
    write_report_file(
        target,
        {"index": str(index), **report},
        report_page(index, report),
        tr("Choose another file; the index itself is complete"),
    )


def report_page(index: Path, report: Mapping[str, Any]) -> str:
    """Return the report as an HTML page."""
    summary = tr(
        "{tiles:,} tiles of {sources:,} images in {seconds:.1f} s, "
        "{rate:,.0f} tiles a second on {provider}."
    ).format(
        tiles=report["tiles"],
        sources=report["sources"],
        seconds=report["seconds"],
        rate=report["tiles_per_second"],
        provider=report["provider"],
    )
    headings = {
        "skipped": tr("Skipped"),
        "failed": tr("Failed"),
        "damaged": tr("Damaged"),
        "notes": tr("Notes"),
    }
    problems = "".join(_table(heading, report.get(key, [])) for key, heading in headings.items())
    problems = problems or f"<p>{html.escape(tr('No image was skipped.'))}</p>"
    return page_of(
        tr("Index {name}").format(name=index.name), f"<p>{html.escape(summary)}</p>\n{problems}"
    )


def _table(heading: str, problems: Sequence[Mapping[str, Any]]) -> str:
    if not problems:
        return ""
    rows = "\n".join(
        f"<tr><td>{html.escape(str(problem['path']))}</td>"
        f"<td>{html.escape(str(problem['reason']))}</td></tr>"
        for problem in problems
    )
    head = f"<tr><th>{html.escape(tr('Image'))}</th><th>{html.escape(tr('Reason'))}</th></tr>"
    return f"<h2>{html.escape(heading)}</h2>\n<table>{head}\n{rows}</table>\n"
