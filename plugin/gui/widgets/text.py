"""Numbers, times and errors as an analyst reads them."""

from __future__ import annotations

import re
from pathlib import PurePath

from qgis.PyQt.QtCore import QCoreApplication, QDateTime, QLocale, Qt

#: A word of a file's name; a date with hyphens is one.
_WORD = re.compile(r"\d{4}-\d{2}-\d{2}(?:T[\d:-]+Z?)?|[^_\s.-]+")


def count(number: float) -> str:
    """Return a whole number with the locale's thousands separators."""
    return str(QLocale().toString(round(number)))


def tiles_text(number: int) -> str:
    """Return "1 tile" or "12,480 tiles"."""
    return _tr("1 tile") if number == 1 else _tr("{0} tiles").format(count(number))


def images_text(number: int) -> str:
    """Return "1 image" or "12 images"."""
    return _tr("1 image") if number == 1 else _tr("{0} images").format(count(number))


def results_text(number: int) -> str:
    """Return "1 result" or "50 results"."""
    return _tr("1 result") if number == 1 else _tr("{0} results").format(count(number))


def layers_text(number: int) -> str:
    """Return "1 layer of results" or "12 layers of results"."""
    if number == 1:
        return _tr("1 layer of results")
    return _tr("{0} layers of results").format(count(number))


def duration_text(seconds: float) -> str:
    """Return a duration to the precision that helps: seconds, minutes, or hours."""
    whole = max(0, round(seconds))
    if whole < 60:
        return _tr("{0} s").format(whole)
    minutes, rest = divmod(whole, 60)
    if minutes < 10:
        return _tr("{0} min {1} s").format(minutes, rest)
    if minutes < 60:
        return _tr("{0} min").format(minutes)
    hours, minutes = divmod(minutes, 60)
    return _tr("{0} h {1} min").format(hours, minutes)


def score_text(score: float) -> str:
    """Return a similarity with two decimals."""
    return str(QLocale().toString(score, "f", 2))


def match_text(match: float) -> str:
    """Return a probability in percent."""
    return _tr("{0} %").format(QLocale().toString(100 * match, "f", 0))


def date_text(moment: str) -> str:
    """Return the day of an ISO 8601 moment in the locale's short form, or empty."""
    return date_texts(moment)[0]


def date_texts(moment: str) -> tuple[str, ...]:
    """Return ``date_text`` and coarser forms for narrow places: month and year, the year."""
    when = QDateTime.fromString(moment, Qt.DateFormat.ISODate)
    if not when.isValid():
        return (moment[:10],)
    forms = (QLocale.FormatType.ShortFormat, "MMM yyyy", "yyyy")
    return tuple(str(QLocale().toString(when.date(), form)) for form in forms)


def name_texts(name: str) -> tuple[str, ...]:
    """Return a file's name and shorter forms of it, longest first, for narrow places.

    They leave out the ending and then whole words, never part of one: half a date or half a tile's
    number misleads.
    """
    stem = PurePath(name).stem or name
    words = [(found.start(), found.end()) for found in _WORD.finditer(stem)]
    last = len(words)
    forms = {
        stem[: words[first - 1][1]] + "…" + (stem[words[rest][0] :] if rest < last else "")
        for first in range(1, last)
        for rest in range(first + 1, last + 1)
    }
    shorter = sorted(forms, key=lambda form: (-len(form), form.endswith("…")))
    return tuple(dict.fromkeys((name, stem, *(form for form in shorter if len(form) < len(stem)))))


def error_parts(error: Exception) -> tuple[str, str]:
    """Return an error's one-line message and its hint, which may be empty."""
    message = getattr(error, "message", "") or str(error) or type(error).__name__
    return str(message), str(getattr(error, "hint", "") or "")


def _tr(text: str) -> str:
    return str(QCoreApplication.translate("SceneSearchText", text))
