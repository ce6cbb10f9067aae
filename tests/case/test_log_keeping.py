"""What a case keeps of logs: bounded, the worst first, and what is left out is said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from easwizard.case.log_counts import HourCount, LogCounts, NamedBy, Outcome, StatusCount, TargetCount, UserCount
from easwizard.case.log_keeping import MOST_HOURS, MOST_PEOPLE, MOST_TARGETS, kept

START = datetime(2026, 1, 1, tzinfo=UTC)


def test_small_counts_are_kept_whole() -> None:
    counts = LogCounts(
        targets=(TargetCount("a", NamedBy.PRX_TO, 5, 1),),
        statuses=(StatusCount("a", NamedBy.PRX_TO, 200, 0, 0, 5, Outcome.OK),),
        timeline=(HourCount(START, "a", NamedBy.PRX_TO, 5, 1),),
        users=(UserCount("anna", 5, 1),),
    )
    assert kept(counts) == counts


def test_of_many_the_worst_and_the_busiest_stay() -> None:
    number = MOST_TARGETS * 3
    targets = tuple(TargetCount(f"t{n}", NamedBy.PRX_TO, n + 1, max(0, 40 - n)) for n in range(number))
    counts = kept(LogCounts(targets=targets))
    hosts = {target.host for target in counts.targets}
    assert len(hosts) == MOST_TARGETS
    assert {"t0", f"t{number - 1}"} <= hosts
    [capped] = counts.capped
    assert (capped.what, capped.kept) == ("targets", MOST_TARGETS)
    assert capped.dropped_requests == sum(t.requests for t in targets) - sum(t.requests for t in counts.targets)


def test_the_newest_hours_stay() -> None:
    target = TargetCount("a", NamedBy.PRX_TO, 9, 0)
    hours = tuple(HourCount(START + timedelta(hours=n), "a", NamedBy.PRX_TO, 1, 0) for n in range(MOST_HOURS + 5))
    counts = kept(LogCounts(targets=(target,), timeline=hours))
    assert counts.timeline == hours[5:]
    assert [(each.what, each.dropped_requests) for each in counts.capped] == [("hours", 5)]


def test_people_are_bounded_and_their_number_stays() -> None:
    users = tuple(UserCount(f"u{n}", 1, 1) for n in range(MOST_PEOPLE + 9))
    counts = kept(LogCounts(users=users, user_total=len(users)))
    assert (len(counts.users), counts.user_total) == (MOST_PEOPLE, MOST_PEOPLE + 9)
