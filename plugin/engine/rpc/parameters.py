"""Reading a request's parameters, with messages that name the one at fault."""

from __future__ import annotations

import math
import os
import reprlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from ...source_files import names
from ..given_text import unwritable_part
from .protocol import InvalidParamsError

T = TypeVar("T")
_MISSING: Any = object()


class Parameters:
    """The named parameters of one request.

    Each reader takes the parameter's name and, where it may be left out or null, a default.
    ``finish`` then refuses the names that no reader asked for, so that a misspelt option is
    not silently ignored.

    Args:
        values: the JSON object of the request.
        where: prefix of names in messages, for objects inside the parameters.
    """

    def __init__(self, values: Mapping[str, Any], where: str = "") -> None:
        self._values = values
        self._where = where
        self._read: set[str] = set()

    def _name(self, name: str) -> str:
        return f"{self._where}{name}"

    def _get(self, name: str, default: Any, check: Callable[[Any], bool], expected: str) -> Any:
        self._read.add(name)
        value = self._values.get(name)
        if value is None:
            if default is _MISSING:
                raise InvalidParamsError(
                    f"The parameter '{self._name(name)}' is missing", hint=f"Give {expected}"
                )
            return default
        if not check(value):
            raise InvalidParamsError(
                f"The parameter '{self._name(name)}' is {expected}, not {_shown(value)}",
                hint=f"Give {expected}",
            )
        return value

    def _writable(self, name: str, text: str) -> str:
        """Return a text that other libraries can take."""
        if unwritable := unwritable_part(text):
            raise InvalidParamsError(
                f"The parameter '{self._name(name)}' has {unwritable} in it", hint="Write it anew"
            )
        return text

    def _path(self, name: str, text: str) -> Path:
        try:
            written = os.fsencode(text)  # also names that are no UTF-8, as they were read
        except UnicodeEncodeError:
            written = b"\0"
        if b"\0" in written:
            raise InvalidParamsError(
                f"The parameter '{self._name(name)}' is no path that a file can have",
                hint="Choose the file or folder anew",
            )
        return Path(text)

    def text(self, name: str, default: T = _MISSING) -> str | T:
        """Return a string."""
        value = self._get(name, default, lambda v: isinstance(v, str), "a text")
        return self._writable(name, value) if isinstance(value, str) else value

    def path(self, name: str, default: T = _MISSING) -> Path | T:
        """Return a path; an empty one is refused."""
        value = self._get(name, default, lambda v: isinstance(v, str) and v.strip() != "", "a path")
        return self._path(name, value) if isinstance(value, str) else value

    def boolean(self, name: str, default: T = _MISSING) -> bool | T:
        """Return true or false."""
        return self._get(name, default, lambda v: isinstance(v, bool), "true or false")  # type: ignore[no-any-return]

    def integer(self, name: str, default: T = _MISSING) -> int | T:
        """Return a whole number of 64 bits at most, as databases have them."""
        return self._get(name, default, _is_integer, _INTEGER)  # type: ignore[no-any-return]

    def number(self, name: str, default: T = _MISSING) -> float | T:
        """Return a finite number."""
        value = self._get(name, default, _is_number, "a number")
        return float(value) if _is_number(value) else value

    def texts(self, name: str, default: T = _MISSING) -> list[str] | T:
        """Return a list of strings."""
        check = _list_of(lambda v: isinstance(v, str))
        value = self._get(name, default, check, "a list of texts")
        return [self._writable(name, v) for v in value] if isinstance(value, list) else value

    def raster(self, name: str, default: T = _MISSING) -> Path | str | T:
        """Return a raster: a path, or a part of a file in GDAL's notation."""
        path = self.path(name, None)
        return self.path(name, default) if path is None else names.given(self.text(name))

    def rasters(self, name: str, default: T = _MISSING) -> list[Path | str] | T:
        """Return a list of rasters and folders."""
        if self.paths(name, default) is default:
            return default
        return [names.given(item) for item in self.texts(name)]

    def paths(self, name: str, default: T = _MISSING) -> list[Path] | T:
        """Return a list of paths."""
        check = _list_of(lambda v: isinstance(v, str) and v.strip() != "")
        value = self._get(name, default, check, "a list of paths")
        return [self._path(name, v) for v in value] if isinstance(value, list) else value

    def integers(self, name: str, default: T = _MISSING) -> list[int] | T:
        """Return a list of whole numbers of 64 bits at most, as databases have them."""
        return self._get(name, default, _list_of(_is_integer), f"a list, each item {_INTEGER}")  # type: ignore[no-any-return]

    def numbers(self, name: str, default: T = _MISSING) -> list[float] | T:
        """Return a list of finite numbers."""
        value = self._get(name, default, _list_of(_is_number), "a list of numbers")
        return [float(item) for item in value] if isinstance(value, list) else value

    def range(self, name: str, default: T = _MISSING) -> tuple[float | None, float | None] | T:
        """Return two numbers, the smaller first; null leaves an end open."""
        value = self._get(name, default, _is_range, "two numbers, the smaller first")
        return (value[0], value[1]) if isinstance(value, list) else value

    def object(self, name: str) -> Parameters | None:
        """Return the parameters inside an object, or None where it is left out."""
        value = self._get(name, None, lambda v: isinstance(v, dict), "an object")
        return None if value is None else Parameters(value, f"{self._name(name)}.")

    def objects(self, name: str) -> list[Parameters]:
        """Return the objects of a list, empty where it is left out."""
        check = _list_of(lambda v: isinstance(v, dict))
        values = self._get(name, [], check, "a list of objects")
        return [
            Parameters(value, f"{self._name(name)}[{index}].") for index, value in enumerate(values)
        ]

    def finish(self) -> None:
        """Refuse parameters that were not read.

        Raises:
            InvalidParamsError: naming them.
        """
        unknown = sorted(set(self._values) - self._read)
        if unknown:
            names = ", ".join(f"'{self._name(name[:60])}'" for name in unknown[:10])
            known = ", ".join(f"'{self._name(name)}'" for name in sorted(self._read))
            raise InvalidParamsError(
                f"Unknown parameter {names}",
                hint=f"Known are {known}" if known else "This takes no parameters",
            )


#: How ``_is_integer`` is told.
_INTEGER = "a whole number of 18 digits at most"


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number of hundreds of digits
        return False


def _is_range(value: Any) -> bool:
    if not _list_of(lambda end: end is None or _is_number(end))(value) or len(value) != 2:
        return False
    return None in value or bool(value[0] <= value[1])


def _list_of(check: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(check(item) for item in value)


def _shown(value: Any) -> str:
    text = reprlib.repr(value)  # short, and not deep
    return text if len(text) <= 60 else f"{text[:57]}..."
