"""A line for each saved case on the first screen: its name, what is known of it, and how old it is."""

from __future__ import annotations

from datetime import datetime

from easwizard.tui.services import CannotOpen, Services, Shelved

MOST = 8
_AGES = ((60, 1, "min"), (24 * 60, 60, "h"), (60 * 24 * 60, 24 * 60, "days"))
"""Below so many minutes: divided by so many, with this unit."""


def age(then: datetime, now: datetime) -> str:
    """How long ago, roughly; a date where it is long ago. A clock that went back counts as just now."""
    minutes = int((now - then).total_seconds()) // 60
    if minutes < 1:
        return "just now"
    for below, divisor, unit in _AGES:
        if minutes < below:
            count = minutes // divisor
            return f"{count} {'day' if unit == 'days' and count == 1 else unit} ago"
    return f"{then:%Y-%m-%d}"


def known_of(shelved: Shelved, services: Services) -> str:
    """What a saved case comes to. Reads and diagnoses it: slow, not for the event loop. Never raises CannotOpen."""
    from easwizard.diagnosis.outcome import Outcome
    from easwizard.tui.view import view_of
    from easwizard.tui.widgets.top_line import counted

    try:
        case = services.shelf.read(shelved.path).case
    except CannotOpen:
        return "cannot be read"
    if not case.targets and not case.answers:
        return "nothing said yet"
    view = view_of(shelved.name, case, services.now())
    if view.report.outcome is Outcome.NO_PROBLEM_FOUND:
        return "no problem found"
    return counted(view)
