"""Moments as every report writes them: in UTC, and beside it by the clock on the wall of whoever reads it."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo


def both(moment: datetime, zone: tzinfo | None = None, *, seconds: bool = False) -> str:
    """A moment in UTC and in local time; without a zone, that of this machine.

    >>> from datetime import timezone, UTC
    >>> both(datetime(2026, 11, 23, 23, 2, tzinfo=UTC), timezone(timedelta(hours=1)))
    '2026-11-23 23:02 UTC (2026-11-24 00:02 local, UTC+01:00)'
    >>> both(datetime(2026, 11, 23, 23, 2, tzinfo=UTC), UTC)
    '2026-11-23 23:02 UTC (local time is UTC)'
    """
    local = moment.astimezone(zone)
    utc = f"{moment:{_form(seconds)}} UTC"
    if not local.utcoffset():
        return f"{utc} (local time is UTC)"
    shown = _form(seconds) if local.date() != moment.date() else _clock(seconds)
    return f"{utc} ({local:{shown}} local, {offset(local)})"


def local_clock(moment: datetime, zone: tzinfo | None = None) -> str:
    """The time of day by the local clock, to the second, with the day where that is not the one in UTC."""
    local = moment.astimezone(zone)
    return f"{local:{_form(True) if local.date() != moment.date() else _clock(True)}}"


def offset(local: datetime) -> str:
    """How far a local moment is from UTC, e.g. `UTC+01:00`."""
    minutes = round((local.utcoffset() or timedelta()).total_seconds() / 60)
    return f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _form(seconds: bool) -> str:
    return f"%Y-%m-%d {_clock(seconds)}"


def _clock(seconds: bool) -> str:
    return "%H:%M:%S" if seconds else "%H:%M"
