"""Since when a target fails: the hour that best parts its timeline into a better and a worse half.

Pure. Says when, not why. Source: logs.md 5.1 (per hour timeline).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from easwizard.case.log_counts import HourCount
from easwizard.case.statistics import wilson_interval


@dataclass(frozen=True)
class Onset:
    """The hour from which on a target failed more often than before."""

    hour_utc: datetime
    share_before: float | None
    """None: the log shows no hour before it, so the failures may be older than the log."""
    share_since: float


def onset(timeline: Iterable[HourCount], target: str) -> Onset | None:
    """When the failures of a target began; None where it has none, or where no hour stands out.

    The parting with the greatest likelihood counts, if the 95 % intervals of both sides do not touch and the later
    side is the worse one. Failures on credentials are left out: a password does not belong to a target (J10).
    A target that failed from its first hour on has no share before.
    """
    hours = sorted(_decided(timeline, target))
    failed, total = sum(f for _, f, _ in hours), sum(n for _, _, n in hours)
    if not failed:
        return None
    place = _best_parting(hours, failed, total)
    if place is not None:
        before_failed, before = sum(f for _, f, _ in hours[:place]), sum(n for _, _, n in hours[:place])
        since_failed, since = failed - before_failed, total - before
        if wilson_interval(before_failed, before)[1] < wilson_interval(since_failed, since)[0]:
            return Onset(hours[place][0], before_failed / before, since_failed / since)
    first_hour, first_failed, _ = hours[0]
    return Onset(first_hour, None, failed / total) if first_failed else None


def _decided(timeline: Iterable[HourCount], target: str) -> Iterable[tuple[datetime, int, int]]:
    for each in timeline:
        total = each.requests - each.credentials
        if each.target == target and total > 0:
            yield each.hour_utc, each.failed - each.credentials, total


def _best_parting(hours: list[tuple[datetime, int, int]], failed: int, total: int) -> int | None:
    best, place = -math.inf, None
    before_failed = before = 0
    for i in range(1, len(hours)):
        before_failed += hours[i - 1][1]
        before += hours[i - 1][2]
        likelihood = _likelihood(before_failed, before) + _likelihood(failed - before_failed, total - before)
        if likelihood > best:
            best, place = likelihood, i
    return place


def _likelihood(failed: int, total: int) -> float:
    """The log-likelihood of so many failures at their own share."""
    if failed in (0, total):
        return 0.0
    share = failed / total
    return failed * math.log(share) + (total - failed) * math.log(1 - share)
