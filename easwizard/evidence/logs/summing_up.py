"""Makes the report's counts of the sums: lists in their order, shares, percentiles, intervals by user. Pure sums."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

from easwizard.case.log_counts import (
    AgentCount,
    Capped,
    CommandCount,
    DeviceCount,
    ErrorCount,
    FileCoverage,
    HourCount,
    HttpErrCount,
    LatencyCount,
    LogCounts,
    LogKind,
    NameCount,
    Outcome,
    StatusCount,
    TargetCount,
    UserCount,
    UserTarget,
)
from easwizard.evidence.logs.coverage import moment
from easwizard.evidence.logs.tables import Place, Result
from easwizard.evidence.logs.tallies import DeviceKey, DeviceTally, Requests, Tallies
from easwizard.evidence.logs.users_by_target import interval_by_user, picks_of, split_of

_PERCENTILES = (50, 95, 99)


def counts_of(
    tallies: Tallies,
    coverage: tuple[FileCoverage, ...],
    partial: bool,
    listed: int,
    kinds: Mapping[Place, set[LogKind]] | None = None,
) -> LogCounts:
    """The report. `listed` is how many users and devices it names; `kinds` says which logs tell of each target."""
    devices = sorted(tallies.devices.items(), key=_most_hurt_device)
    talkers = sorted(tallies.devices.items(), key=lambda item: (-max(item[1].days.values(), default=0), item[0]))
    return LogCounts(
        coverage=coverage,
        targets=tuple(_targets(tallies, kinds or {})),
        statuses=tuple(_statuses(tallies)),
        timeline=tuple(_timeline(tallies)),
        users=tuple(_users(tallies, listed)),
        user_total=len(tallies.users),
        devices=tuple(_device(key, tally) for key, tally in devices[:listed]),
        device_total=len(tallies.devices),
        talkers=tuple(_device(key, tally) for key, tally in talkers[: min(listed, 50)]),
        commands=tuple(CommandCount(name, each.requests, each.failed) for name, each in _ranked(tallies.commands)),
        latency=tuple(_latencies(tallies)),
        errors=tuple(_errors(tallies)),
        access_states=_names(tallies.states),
        protocol_versions=_names(tallies.versions),
        agents=tuple(AgentCount(name, each.requests, each.failed) for name, each in _ranked(tallies.agents)[:listed]),
        redirects=_names(tallies.redirects),
        http_errors=tuple(HttpErrCount(*key[:2], n, key[2]) for key, n in _frequent(tallies.refusals)),
        picks=picks_of(tallies.users),
        capped=tuple(Capped(what, _kept(tallies, what), n) for what, n in sorted(tallies.dropped.items())),
        partial=partial,
    )


def _kept(tallies: Tallies, what: str) -> int:
    return len(getattr(tallies, what))


def _ranked(asked: Mapping[str, Requests]) -> list[tuple[str, Requests]]:
    met = [(name, each) for name, each in asked.items() if each.requests]
    return sorted(met, key=lambda item: (-item[1].failed, -item[1].requests, item[0]))


def _frequent(counter: Counter[tuple[str, int | None, bool]]) -> list[tuple[tuple[str, int | None, bool], int]]:
    return sorted(counter.items(), key=lambda item: (-item[1], repr(item[0])))


def _names(counter: Counter[str]) -> tuple[NameCount, ...]:
    return tuple(NameCount(name, n) for name, n in sorted(counter.items(), key=lambda item: (-item[1], item[0])))


def _targets(tallies: Tallies, kinds: Mapping[Place, set[LogKind]]) -> Iterable[TargetCount]:
    outcomes: dict[Place, Counter[Outcome]] = defaultdict(Counter)
    versions: dict[Place, str] = {}
    for (_, target, result), n in tallies.hours.items():
        outcomes[target.place][result.outcome] += n
        versions[target.place] = max(versions.get(target.place, ""), target.version)
    found = [
        replace(_target(tallies, place, seen, versions[place]), kinds=tuple(sorted(kinds.get(place, ()))))
        for place, seen in outcomes.items()
    ]
    return sorted(found, key=lambda each: (-each.failed, -each.requests, each.host, each.named_by))


def _target(tallies: Tallies, place: Place, seen: Counter[Outcome], version: str) -> TargetCount:
    asked = Requests()
    for outcome, n in seen.items():
        asked.count(outcome, n)
    users = [places[place] for places in tallies.users.values() if place in places]
    return TargetCount(
        *place,
        requests=asked.requests,
        failed=asked.failed,
        credentials=asked.credentials,
        handshakes=seen[Outcome.HANDSHAKE],
        provision=seen[Outcome.PROVISION],
        redirected=seen[Outcome.REDIRECTED],
        errors_within_success=tallies.errors_within_success[place],
        version=version,
        users=split_of(users),
        interval_by_user=interval_by_user(users),
    )


def _statuses(tallies: Tallies) -> Iterable[StatusCount]:
    sums: Counter[tuple[Place, Result]] = Counter()
    for (_, target, result), n in tallies.hours.items():
        sums[(target.place, result)] += n
    found = [
        StatusCount(*place, r.status, r.substatus, r.win32, n, r.outcome, r.back_end, r.error_code)
        for (place, r), n in sums.items()
    ]
    return sorted(found, key=lambda each: (each.target, each.named_by, -each.count, repr(each)))


def _timeline(tallies: Tallies) -> Iterable[HourCount]:
    asked: dict[tuple[bytes, Place], Requests] = defaultdict(Requests)
    handshakes: Counter[tuple[bytes, Place]] = Counter()
    for (hour, target, result), n in tallies.hours.items():
        asked[(hour, target.place)].count(result.outcome, n)
        handshakes[(hour, target.place)] += n if result.outcome is Outcome.HANDSHAKE else 0
    for (hour, place), each in sorted(asked.items()):
        shaken = handshakes[(hour, place)]
        yield HourCount(moment(hour), *place, each.requests, each.failed, each.credentials, shaken)


def _users(tallies: Tallies, listed: int) -> Iterable[UserCount]:
    sums: list[tuple[str, Requests, dict[Place, Requests]]] = []
    for user, places in tallies.users.items():
        total = Requests()
        for each in places.values():
            total.add(each)
        sums.append((user, total, places))
    sums.sort(key=lambda item: (-item[1].failed, -item[1].requests, item[0]))
    for user, total, places in sums[:listed]:
        met = tuple(
            UserTarget(*place, each.requests, each.failed, each.credentials)
            for place, each in sorted(places.items())
            if each.requests
        )
        yield UserCount(user, total.requests, total.failed, total.credentials, met)


def _most_hurt_device(item: tuple[DeviceKey, DeviceTally]) -> tuple[int, int, DeviceKey]:
    return (-item[1].asked.failed, -item[1].asked.requests, item[0])


def _device(key: DeviceKey, tally: DeviceTally) -> DeviceCount:
    day, hits = max(tally.days.items(), key=lambda item: (item[1], item[0]), default=(b"", 0))
    return DeviceCount(
        device_id=key[1],
        user=key[0],
        type=tally.type,
        agent=tally.agent[1],
        requests=tally.asked.requests,
        failed=tally.asked.failed,
        last_success=_second(tally.last_success),
        last_failure=_second(tally.last_failure),
        targets=tuple(sorted(tally.targets)),
        recovered=tally.sequence.recovered,
        provision=tally.provision,
        busiest_day=date.fromisoformat(day.decode("ascii")) if day else None,
        busiest_hits=hits,
        empty_syncs=tally.empty_syncs,
        resets=tally.resets,
        throttled=tally.throttled,
        short_heartbeats=tally.short_heartbeats,
        access_state=tally.state[1],
        protocol_version=tally.version[1],
    )


def _second(seconds: bytes) -> datetime | None:
    return moment(seconds) if seconds else None


def _latencies(tallies: Tallies) -> Iterable[LatencyCount]:
    for place, histogram in sorted(tallies.latency.items()):
        p50, p95, p99 = nearest_ranks(histogram, _PERCENTILES)
        yield LatencyCount(*place, histogram.total(), p50, p95, p99, tallies.long_polls[place])


def nearest_ranks(histogram: Mapping[int, int], percentiles: tuple[int, ...]) -> list[int]:
    """The smallest values at or below which so many per cent of all lie; exact.

    >>> nearest_ranks({1: 50, 7: 45, 9: 5}, (50, 95, 99))
    [1, 7, 9]
    """
    total = sum(histogram.values())
    wanted = [math.ceil(total * each / 100) for each in percentiles]
    found: list[int] = []
    seen = 0
    for value in sorted(histogram):
        seen += histogram[value]
        while len(found) < len(wanted) and seen >= wanted[len(found)]:
            found.append(value)
    return found


def _errors(tallies: Tallies) -> Iterable[ErrorCount]:
    found = [ErrorCount(error, status, n, place[0]) for (error, status, place), n in tallies.errors.items()]
    return sorted(found, key=lambda each: (-each.count, each.error, each.status, each.target))
