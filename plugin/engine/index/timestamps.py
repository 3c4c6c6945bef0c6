"""Dates between Python, STAC and GeoPackage, which all mean UTC here."""

from __future__ import annotations

from datetime import datetime, timezone


def to_utc(value: datetime) -> datetime:
    """Return the moment in UTC; without a time zone it is taken as UTC already."""
    if value.tzinfo is None:
        return value.replace(tzinfo=timezone.utc)
    return value.astimezone(timezone.utc)


def to_text(value: datetime | None) -> str | None:
    """Return the form of GeoPackage's DATETIME, such as ``2021-05-04T10:20:30.000Z``."""
    if value is None:
        return None
    moment = to_utc(value).replace(tzinfo=None)
    return moment.isoformat(timespec="milliseconds") + "Z"


def from_text(text: str | None) -> datetime | None:
    """Return the moment in UTC; None for None and for text that is no ISO 8601 date."""
    if not text:
        return None
    # datetime.fromisoformat reads a closing Z only from Python 3.11 on
    iso = text[:-1] + "+00:00" if text.endswith(("Z", "z")) else text
    try:
        return to_utc(datetime.fromisoformat(iso))
    except ValueError:
        return None
