"""Places and dates of image files from their names, by a regular expression."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ...errors import UsageError

#: The group of the expression that is the date; all other named groups together are the place.
DATE = "date"

_EXAMPLE = r"(?P<city>.+)_(?P<date>\d{4})_(?P<number>\d+)\.tif"


@dataclass(frozen=True, slots=True)
class DatedPlaces:
    """Image files of which place and date are known.

    Attributes:
        names: files relative to the folder.
        places: of each file, what tells its place from others.
        dates: of each file, as its name writes it.
        unmatched: number of files of other names.
    """

    names: tuple[str, ...]
    places: tuple[tuple[str, ...], ...]
    dates: tuple[str, ...]
    unmatched: int


def compile_pattern(text: str) -> re.Pattern[str]:
    """Return the expression, checked.

    Raises:
        UsageError: it is no regular expression, or it lacks a group for the date or the place.
    """
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise UsageError(
            f"The pattern {text!r} is no regular expression: {error}",
            hint=f"Write one such as {_EXAMPLE}",
        ) from error
    groups = set(pattern.groupindex)
    if DATE not in groups or groups == {DATE}:
        raise UsageError(
            f"The pattern {text!r} does not say which part of a name is the date and which the "
            "place",
            hint=f"Name a group date, and one or more others, which are the place: {_EXAMPLE}",
        )
    return pattern


def dated_places(folder: Path, pattern: re.Pattern[str]) -> DatedPlaces:
    """Return the files below a folder whose whole relative path the pattern matches.

    Raises:
        UsageError: the folder is missing, or no file of a place has one of another date.
    """
    if not folder.is_dir():
        raise UsageError(f"The image folder {folder} does not exist", hint="Check --images.")
    names = sorted(
        file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()
    )
    matches = {name: pattern.fullmatch(name) for name in names}
    found = {name: match.groupdict("") for name, match in matches.items() if match is not None}
    if not found:
        raise UsageError(
            f"The pattern {pattern.pattern!r} matches none of the {len(names)} files in {folder}",
            hint=f"It must match the whole path below the folder, such as {_EXAMPLE}",
        )
    places = [tuple(v for k, v in own.items() if k != DATE) for own in found.values()]
    dates = [own[DATE] for own in found.values()]
    _check_pairs(zip(places, dates, strict=True), folder)
    return DatedPlaces(tuple(found), tuple(places), tuple(dates), len(names) - len(found))


def _check_pairs(pairs: Iterable[tuple[tuple[str, ...], str]], folder: Path) -> None:
    dates: dict[tuple[str, ...], set[str]] = {}
    for place, date in pairs:
        dates.setdefault(place, set()).add(date)
    if not any(len(own) > 1 for own in dates.values()):
        raise UsageError(
            f"None of the {len(dates)} places in {folder} has images of two dates",
            hint="Check which groups of the pattern are the place and which is the date.",
        )
