"""What all tables of the screen of logs have in common: the pages, a line with its rows, words for shares and states.

What of a filter a page does not follow is said here. Holds no widget.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from easwizard.case.log_counts import NamedBy
from easwizard.tui.symbols import Symbols
from easwizard.tui.widgets.line_table import Column, Line
from easwizard.workflow.log_rows import RowFilter, like

_STRIKING = 0.2


class Page(StrEnum):
    """What the screen shows; the value is its name on the screen."""

    TARGETS = "Targets"
    HOURS = "Hours"
    CODES = "Codes"
    USERS = "Users"
    DEVICES = "Devices"
    COMMANDS = "Commands"
    FILES = "Files"


@dataclass(frozen=True)
class Told:
    """One line, what it is about, and which rows stand behind it."""

    line: Line
    about: object
    rows: RowFilter


@dataclass(frozen=True)
class Table:
    """One page."""

    columns: tuple[Column, ...]
    told: tuple[Told, ...]
    nothing: str
    """What it says where it has no line."""


_KEPT_BY = {
    Page.TARGETS: ("user", "target", "text"),
    Page.HOURS: ("target", "named_by", "hour"),
    Page.CODES: ("target", "named_by", "text"),
    Page.USERS: ("user", "target", "named_by", "text"),
    Page.DEVICES: ("user", "device", "target", "text"),
    Page.COMMANDS: (),
    Page.FILES: ("hour", "file"),
}


def limits(page: Page, wanted: RowFilter) -> str:
    """What of the filter these numbers do not follow; empty where they follow all of it."""
    parts = {"user": wanted.user, "device": wanted.device, "target": wanted.target, "hour": wanted.hour,
             "text": wanted.text}  # fmt: skip
    left = [name for name, value in parts.items() if value and name not in _KEPT_BY[page]]
    return f"Not narrowed by {' and '.join(left)}: r reads the rows" if left else ""


def percent(failed: int, requests: int) -> str:
    """E.g. `45.0 %`."""
    return f"{failed / requests * 100:.1f} %" if requests else "-"


def state(failed: int, requests: int, signs: Symbols, credentials: int = 0) -> str:
    """A sign and a word for how it fares; what failed on credentials alone says nothing about it (J10)."""
    failed, requests = failed - credentials, requests - credentials
    if not requests:
        return "- login" if credentials else "- none"
    if not failed:
        return f"{signs.good} good"
    return f"{signs.bad} bad" if failed == requests else f"{signs.bad} mixed"


def fits(target: str, named_by: NamedBy, wanted: RowFilter) -> bool:
    """Whether a target is one that is wanted."""
    return (not wanted.target or like(wanted.target, target)) and wanted.named_by in ("", named_by.value)


def tone(failed: int, requests: int) -> str:
    """Of a line; only colour, so that the worst are found at once. The numbers and the words say the same."""
    return "bad" if requests and failed / requests >= _STRIKING else ""
