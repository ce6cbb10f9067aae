"""How targets fared hour by hour: the same bins for the line of signs of the text forms and for the drawing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from easwizard.case.log_counts import HourCount, LogCounts, NamedBy
from easwizard.case.log_onset import Onset, onset

BINS = 60
"""Bins that a timeline has at most: one column each in a line of text."""
MOST_TARGETS = 8
_HOUR = timedelta(hours=1)
_SHADES = "▁▂▃▄▅▆▇█"
_ASCII = "_.:-=+*#"
_NONE = " "


@dataclass(frozen=True)
class Bin:
    """One stretch of time of one target; failures on credentials are left out (J10)."""

    requests: int = 0
    failed: int = 0

    @property
    def share(self) -> float | None:
        return self.failed / self.requests if self.requests else None


@dataclass(frozen=True)
class Line:
    """One target from the first hour of the logs to the last."""

    target: str
    named_by: NamedBy
    bins: tuple[Bin, ...]
    began: Onset | None


@dataclass(frozen=True)
class Timeline:
    """All lines over the same hours."""

    first: datetime
    last: datetime
    hours: int
    """Hours in a bin."""
    lines: tuple[Line, ...]


def timeline(counts: LogCounts, most: int = MOST_TARGETS) -> Timeline | None:
    """The targets with the most failures, then the most requests; None where no hour has a request."""
    hours = [each for each in counts.timeline if each.requests]
    if not hours:
        return None
    first, last = min(each.hour_utc for each in hours), max(each.hour_utc for each in hours)
    width = max(1, -(-(int((last - first) / _HOUR) + 1) // BINS))
    by_target: dict[tuple[str, NamedBy], list[HourCount]] = {}
    for each in hours:
        by_target.setdefault((each.target, each.named_by), []).append(each)
    ranked = sorted(by_target.items(), key=lambda item: (-_failed(item[1]), -_requests(item[1]), item[0]))
    lines = tuple(_line(place, mine, first, last, width) for place, mine in ranked[:most])
    return Timeline(first, last, width, lines)


def _failed(hours: list[HourCount]) -> int:
    return sum(each.failed - each.credentials for each in hours)


def _requests(hours: list[HourCount]) -> int:
    return sum(each.requests for each in hours)


def _line(place: tuple[str, NamedBy], hours: list[HourCount], first: datetime, last: datetime, width: int) -> Line:
    sums = [[0, 0] for _ in range(int((last - first) / _HOUR) // width + 1)]
    for each in hours:
        bin_ = sums[int((each.hour_utc - first) / _HOUR) // width]
        bin_[0] += each.requests - each.credentials
        bin_[1] += each.failed - each.credentials
    return Line(place[0], place[1], tuple(Bin(*each) for each in sums), onset(hours, place[0]))


def signs(line: Line, *, ascii_only: bool = False) -> str:
    """The share of failures of each bin as one sign, low for none; a blank where nothing was asked."""
    shades = _ASCII if ascii_only else _SHADES
    return "".join(_NONE if b.share is None else shades[min(int(b.share * 8), 7)] for b in line.bins)


def began_words(line: Line) -> str:
    """Since when it fails, in words; empty where no hour stands out."""
    began = line.began
    if began is None:
        return ""
    since = f"fails since {began.hour_utc:%Y-%m-%d %H:00} UTC: {began.share_since * 100:.0f} %"
    if began.share_before is None:
        return f"{since}, from the first hour that was read"
    return f"{since}, before {began.share_before * 100:.0f} %"


def legend(told: Timeline) -> Iterator[str]:
    """What the line of signs means."""
    width = "hour" if told.hours == 1 else f"{told.hours} hours"
    yield f"{told.first:%Y-%m-%d %H:00} to {told.last:%Y-%m-%d %H:00} UTC, one sign for each {width}:"
    yield "the higher, the more requests failed; blank: none came; passwords left out"
