"""What the readers of all kinds of logs have in common: a layout, what they counted of a file, what they rejected."""

from __future__ import annotations

from collections import Counter
from itertools import compress
from typing import Any, Protocol

from easwizard.case.log_counts import LogKind
from easwizard.evidence.logs import spelling
from easwizard.evidence.logs.batch import Batch
from easwizard.evidence.logs.layout import Layout
from easwizard.evidence.logs.tables import Remembered

Columns = list[Any]
"""One sequence of bytes for each column."""


class Reader(Protocol):
    """Reads the lines of one file or range, block by block."""

    layout: Layout | None
    layouts: set[Layout]
    """Every layout met here; the one it began with only when it was used."""
    told_layout: bool
    """Whether a #Fields line was met."""
    rows: int
    rejected: Counter[str]

    def block(self, lines: bytes) -> Batch | None:
        """The ActiveSync rows of some whole lines, each with its line feed; None where there are none."""

    def end(self, tail: bytes) -> None:
        """No line follows; `tail` is what stood behind the last line feed."""

    def kind(self) -> LogKind: ...


MOST_SECONDS = 90_000
"""Seconds that are remembered: a day and more."""


class Times:
    """Tells times from what is none, by what is remembered: whole seconds, or hours, minutes, milliseconds."""

    def __init__(self) -> None:
        self.seconds = Remembered(_second, MOST_SECONDS)
        self.hours = Remembered(spelling.hour)
        self.minutes = Remembered(spelling.minute_second)
        self.fractions = Remembered(spelling.fraction)


def _second(raw: bytes) -> bytes | None:
    """A second, always the same object; None where it is none."""
    return raw if spelling.hour_of_second(raw) is not None else None


def kept(columns: Columns, keep: list[bool]) -> Columns:
    """The columns without the rows that are not to be kept."""
    return [list(compress(column, keep)) for column in columns]


def dropped(columns: Columns, good: list[bool], reason: str, rejected: Counter[str]) -> Columns:
    """The columns without bad rows, which are counted as rejected."""
    bad = good.count(False)
    if not bad:
        return columns
    rejected[reason] += bad
    return kept(columns, good)


def is_cut_row(tail: bytes) -> bool:
    """Whether what stands behind the last line feed is a row; a cut directive is none."""
    return bool(tail) and not tail.startswith(b"#")
