"""What a case keeps of the counts of logs: as much as a report shows, and never so much that a case file grows huge.

Pure. Rows never come here. What was left out is said in `capped`, so that a short list is not taken for a whole one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from easwizard.case.log_counts import Capped, LogCounts

MOST_TARGETS = 60
MOST_STATUSES = 600
MOST_HOURS = 6_000
"""Hours of all targets together: 100 days of 60 hours each, or a month of eight targets."""
MOST_PEOPLE = 200
"""Users, and devices."""
MOST_NAMES = 100
"""Agents, commands, errors and the like."""
MOST_FILES = 1_000


def kept(counts: LogCounts) -> LogCounts:
    """The counts as a case keeps them: the targets with the most failures, the newest hours, the most hurt users."""
    chosen = _foremost(counts)
    statuses = [each for each in counts.statuses if (each.target, each.named_by) in chosen]
    hours = [each for each in counts.timeline if (each.target, each.named_by) in chosen]
    newest = hours[-MOST_HOURS:]
    small = replace(
        counts,
        coverage=counts.coverage[:MOST_FILES],
        targets=tuple(each for each in counts.targets if (each.host, each.named_by) in chosen),
        statuses=tuple(statuses[:MOST_STATUSES]),
        timeline=tuple(newest),
        users=counts.users[:MOST_PEOPLE],
        devices=counts.devices[:MOST_PEOPLE],
        talkers=counts.talkers[:MOST_NAMES],
        commands=counts.commands[:MOST_NAMES],
        latency=tuple(each for each in counts.latency if (each.target, each.named_by) in chosen),
        errors=tuple(sorted(counts.errors, key=lambda each: -each.count)[:MOST_NAMES]),
        access_states=counts.access_states[:MOST_NAMES],
        protocol_versions=counts.protocol_versions[:MOST_NAMES],
        agents=counts.agents[:MOST_NAMES],
        redirects=counts.redirects[:MOST_NAMES],
        http_errors=counts.http_errors[:MOST_NAMES],
    )
    return replace(small, capped=(*counts.capped, *_left_out(counts, small)))


def _foremost(counts: LogCounts) -> set[tuple[str, str]]:
    """The targets that are kept: those with the most failures, and those with the most requests."""
    by_failures = counts.targets[: MOST_TARGETS // 2]
    by_requests = sorted(counts.targets, key=lambda each: -each.requests)
    ordered = dict.fromkeys((each.host, each.named_by) for each in (*by_failures, *by_requests))
    return set(list(ordered)[:MOST_TARGETS])


def _left_out(counts: LogCounts, small: LogCounts) -> Sequence[Capped]:
    """What this list is shorter by, in requests."""
    left = (
        ("targets", len(small.targets), _requests(counts.targets) - _requests(small.targets)),
        ("hours", len(small.timeline), _requests(counts.timeline) - _requests(small.timeline)),
        ("statuses", len(small.statuses), _times(counts.statuses) - _times(small.statuses)),
        ("errors", len(small.errors), _times(counts.errors) - _times(small.errors)),
    )
    return [Capped(what, kept, dropped) for what, kept, dropped in left if dropped]


def _requests(items: Sequence[object]) -> int:
    return sum(int(getattr(each, "requests", 0)) for each in items)


def _times(items: Sequence[object]) -> int:
    return sum(int(getattr(each, "count", 0)) for each in items)
