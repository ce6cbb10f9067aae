"""The last day on which something holds, as it is typed into a field: read, or refused with the reason. Pure."""

from __future__ import annotations

import re
from datetime import date

HINT = "YYYY-MM-DD, today or later (UTC)"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def last_day(text: str) -> date | None:
    """The day that a text names; None where it names none."""
    try:
        return date.fromisoformat(text.strip()) if _DAY.fullmatch(text.strip()) else None
    except ValueError:
        return None


def why_no_last_day(text: str, today: date) -> str | None:
    """Why a text will not do as the last day; None where it will."""
    day = last_day(text)
    if day is None:
        return "no day yet: write it as YYYY-MM-DD"
    if day < today:
        return f"{day.isoformat()} is over already: today is {today.isoformat()} (UTC)"
    return None
