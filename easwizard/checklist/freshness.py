"""How long evidence counts (J29): looks over DNS and TLS for an hour, an inventory for a day, logs for seven days.

How long a person's word counts, each gate says; where J29 names no time for it, that time is our own choice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

HOUR, DAY, WEEK, MONTH = timedelta(hours=1), timedelta(days=1), timedelta(days=7), timedelta(days=30)
_AHEAD = timedelta(minutes=5)
"""Two clocks may differ by this much before a moment counts as one that cannot be."""


class Kind(Enum):
    """A kind of evidence; the value is how long it counts, None where it does not age."""

    LOOK = HOUR
    INVENTORY = DAY
    LOG = WEEK
    ANSWER = None


@dataclass(frozen=True)
class Rest:
    """One thing that a judgement rests on."""

    kind: Kind
    at: datetime | None
    """UTC; None where nobody noted it."""


def too_old(at: datetime | None, lasts: timedelta | None, now: datetime) -> str | None:
    """Why something of that moment no longer counts; None while it does."""
    if lasts is None:
        return None
    if at is None:
        return "nobody noted when this was read"
    if at > now + _AHEAD:
        return "its time lies in the future: one of the clocks is wrong"
    if now - at > lasts:
        return f"it is {in_words(now - at)} old and counts for {in_words(lasts)}"
    return None


def why_stale(rests_on: Iterable[Rest], now: datetime) -> str | None:
    """Why evidence no longer counts: the first thing that it rests on and that is too old."""
    reasons = (too_old(rest.at, rest.kind.value, now) for rest in rests_on)
    return next((reason for reason in reasons if reason), None)


def fresh_until(rests_on: Iterable[Rest]) -> datetime | None:
    """The moment (UTC) from which the first of them no longer counts; None where none of them ages."""
    ends = (ended(rest.at, rest.kind.value) for rest in rests_on if rest.at is not None)
    return min((end for end in ends if end is not None), default=None)


def ended(at: datetime, lasts: timedelta | None) -> datetime | None:
    """When something of that moment no longer counts; None where it does not age, or where calendars end first."""
    try:
        return at + lasts if lasts is not None else None
    except OverflowError:  # a file may say any moment
        return None


def oldest(rests_on: Iterable[Rest]) -> datetime | None:
    """The moment of the oldest of them, as far as it is noted."""
    return min((rest.at for rest in rests_on if rest.at is not None), default=None)


def in_words(span: timedelta) -> str:
    """A time in its largest whole unit, rounded down: `90 min`, `26 h`, `8 days`."""
    if span < 2 * HOUR and span != HOUR:
        return f"{int(span / timedelta(minutes=1))} min"
    if span < 2 * DAY:
        return f"{int(span / HOUR)} h"
    return f"{span.days} days"
