"""The report of an indexing run, as a page to read or as JSON to go on with."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..engine.errors import StorageError, UsageError
from ..output_file import has_content, refuse_index
from .translation import tr

_PAGE = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>{title}</title><style>
body {{ font-family: sans-serif; margin: 2em; max-width: 60em; }}
td, th {{ text-align: left; padding: 0.2em 1em 0.2em 0; vertical-align: top; }}
</style></head><body><h1>{title}</h1>
<p>{summary}</p>
{problems}
</body></html>
"""


def check_report(target: Path, index: Path) -> None:
    """Raise if a report may not be written to ``target``.

    Args:
        target: the file.
        index: the index that is made, which need not be there yet.

    Raises:
        UsageError: if the file is an index, or there and called neither HTML nor JSON.
    """
    refuse_index(target, index)
    if has_content(target) and target.suffix.lower() not in (".html", ".htm", ".json"):
        raise UsageError(
            tr("{file} is there and is no report").format(file=target),
            hint=tr("End the report in .html or .json"),
        )


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
    if target.suffix.lower() == ".json":
        text = json.dumps({"index": str(index), **report}, indent=2, ensure_ascii=False)
    else:
        text = report_page(index, report)
    try:
        # Half of a surrogate pair, as file names have that are no valid UTF-8, is no text.
        target.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise StorageError(
            tr("The report {path} cannot be written: {reason}").format(
                path=target, reason=error.strerror
            ),
            hint=tr("Choose another file; the index itself is complete"),
        ) from error


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
    return _PAGE.format(
        title=html.escape(tr("Index {name}").format(name=index.name)),
        summary=html.escape(summary),
        problems=problems or f"<p>{html.escape(tr('No image was skipped.'))}</p>",
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
