"""The file of a report: a page to read, or JSON to go on with."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
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
{body}
</body></html>
"""


def check_report(target: Path, index: Path) -> None:
    """Raise if a report may not be written to ``target``.

    Args:
        target: the file.
        index: the index that it is about, which need not be there yet.

    Raises:
        UsageError: if the file is an index, or there and called neither HTML nor JSON.
    """
    refuse_index(target, index)
    if has_content(target) and target.suffix.lower() not in (".html", ".htm", ".json"):
        raise UsageError(
            tr("{file} is there and is no report").format(file=target),
            hint=tr("End the report in .html or .json"),
        )


def page_of(title: str, body: str) -> str:
    """Return an HTML page.

    Args:
        title: as plain text.
        body: as HTML.
    """
    return _PAGE.format(title=html.escape(title), body=body)


def write_report_file(target: Path, facts: Mapping[str, Any], page: str, hint: str) -> None:
    """Write a report to a file that :func:`check_report` has passed.

    Args:
        target: the file; JSON if it ends so, otherwise HTML.
        facts: what JSON says.
        page: the same as an HTML page.
        hint: what to do where it cannot be written.

    Raises:
        StorageError: if the file cannot be written.
    """
    is_json = target.suffix.lower() == ".json"
    text = json.dumps(facts, indent=2, ensure_ascii=False) if is_json else page
    try:
        # Half of a surrogate pair, as file names have that are no valid UTF-8, is no text.
        target.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise StorageError(
            tr("The report {path} cannot be written: {reason}").format(
                path=target, reason=error.strerror
            ),
            hint=hint,
        ) from error
