"""When an image was taken, as far as its properties say: a moment, or a span of time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_SEASONS = ("winter", "spring", "summer", "autumn")

#: Between the tropics the year has no winter and summer, but wet and dry times that the date
#: alone does not tell.
TROPIC = 23.44

#: A day of the year is told for spans up to a month.
_LONGEST = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Period:
    """A moment (``start == end``) or a span of time, in UTC.

    Attributes:
        start: its beginning.
        end: its last moment.
        timed: whether the time of day is known.
    """

    start: datetime
    end: datetime
    timed: bool

    @property
    def year(self) -> int | None:
        """The year that all of it lies in."""
        return self.start.year if self.start.year == self.end.year else None

    @property
    def month(self) -> str | None:
        """English name of the month that all of it lies in."""
        same = (self.start.year, self.start.month) == (self.end.year, self.end.month)
        return MONTHS[self.start.month - 1] if same else None

    @property
    def day_of_year(self) -> float | None:
        """Day of the year of its middle, 1 to 366; None for spans longer than a month."""
        span = self.end - self.start
        if span > _LONGEST:
            return None
        return float((self.start + span / 2).timetuple().tm_yday)

    def season(self, lat: float | None) -> str | None:
        """Return the meteorological season that all of it lies in.

        Args:
            lat: latitude in degrees; without one, and between the tropics, there is no season.
        """
        first = self.start.year * 12 + self.start.month
        last = self.end.year * 12 + self.end.month
        if lat is None or abs(lat) < TROPIC or last - first > 2:
            return None
        numbers = {month % 12 // 3 for month in range(first, last + 1)}
        if len(numbers) > 1:
            return None
        return _SEASONS[(numbers.pop() + (0 if lat > 0 else 2)) % 4]

    def local_hour(self, lon: float | None) -> float | None:
        """Return the hour of the sun, 0 up to 24: UTC and four minutes a degree of longitude."""
        if lon is None or not self.timed:
            return None
        moment = self.start
        return (moment.hour + moment.minute / 60 + moment.second / 3600 + lon / 15) % 24


def read_period(properties: Mapping[str, Any]) -> Period | None:
    """Return when an image was taken, None where STAC properties do not say.

    ``datetime`` is a moment; ``start_datetime`` and ``end_datetime`` are a span, inclusive. A
    date without time, and midnight, which is how a date from a file name is written, tell no
    time of day. What is no ISO 8601 date counts as absent.
    """
    moment = _moment(properties.get("datetime"))
    start = moment or _moment(properties.get("start_datetime"))
    if start is None:
        return None
    end = None if moment else _moment(properties.get("end_datetime"))
    if end is None:
        return Period(start, start, timed=(start.hour, start.minute, start.second) != (0, 0, 0))
    return Period(start, end, timed=False) if end >= start else None


def _moment(text: object) -> datetime | None:
    if not isinstance(text, str):
        return None
    # Fractions of a second in any length and a closing Z, which Python 3.10 does not read.
    iso = re.sub(r"\.\d+", "", text.strip())
    try:
        moment = datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", iso))
        return (
            moment.replace(tzinfo=timezone.utc)
            if moment.tzinfo is None
            else moment.astimezone(timezone.utc)
        )
    except (ValueError, OverflowError):
        return None
