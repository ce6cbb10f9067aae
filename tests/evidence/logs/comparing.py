"""Holds the counts of a reader against the truth of a maker, number by number."""

from __future__ import annotations

import math
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from easwizard.case.log_counts import LogCounts
from easwizard.evidence.logs.reading import Settings, read_logs
from tests.evidence.logs.made import Log, Truth

SMALL = Settings(listed=100_000)


def counted(path: Path, settings: Settings = SMALL) -> LogCounts:
    return read_logs([path], settings).counts


def written(path: Path, log: Log) -> Path:
    path.write_bytes(log.content)
    return path


def assert_true(counts: LogCounts, truth: Truth) -> None:
    """Every number of a report on one log is the true one."""
    _coverage(counts, truth)
    _targets(counts, truth)
    users = {each.user: [each.requests, each.failed] for each in counts.users if each.requests}
    assert users == dict(truth.users)
    devices = {(d.user, d.device_id): [d.requests, d.failed, d.recovered] for d in counts.devices if d.requests}
    assert devices == dict(truth.devices)
    good = {(d.user, d.device_id): d.last_success for d in counts.devices if d.last_success}
    assert good == {key: whole_second(at) for key, at in truth.last_good.items()}
    assert {each.command: [each.requests, each.failed] for each in counts.commands} == dict(truth.commands)
    assert Counter({(each.error, each.status): 0 for each in counts.errors}).keys() == truth.errors.keys()
    assert sum(each.count for each in counts.errors) == truth.errors.total()
    _latency(counts, truth)


def _coverage(counts: LogCounts, truth: Truth) -> None:
    (file,) = counts.coverage
    assert dict(file.rejected) == dict(truth.rejected)
    assert (file.rows, file.used, file.probe_rows) == (truth.rows, truth.used, truth.probes)
    assert file.first_utc == (whole_second(truth.first) if truth.first else None)
    assert file.last_utc == (whole_second(truth.last) if truth.last else None)
    assert file.complete
    assert not file.problem
    assert not counts.partial


def _targets(counts: LogCounts, truth: Truth) -> None:
    statuses: Counter[tuple[str, int]] = Counter()
    for each in counts.statuses:
        statuses[(each.target, each.status)] += each.count
    meant: Counter[tuple[str, int]] = Counter()
    for (_, place, status), n in truth.codes.items():
        meant[(place, status)] += n
    assert statuses == meant
    by_hour = {(f"{h.hour_utc:%Y-%m-%dT%H}", h.target): h.requests + h.handshakes for h in counts.timeline}
    hours: Counter[tuple[str, str]] = Counter()
    for (hour, place, _), n in truth.codes.items():
        hours[(hour, place)] += n
    assert by_hour == dict(hours)
    assert {t.host: t.handshakes for t in counts.targets if t.handshakes} == dict(truth.handshakes)
    assert sum(each.failed for each in counts.targets) == sum(failed for _, failed in truth.users.values())


def _latency(counts: LogCounts, truth: Truth) -> None:
    found = {each.target: (each.requests, each.p50, each.p95, each.p99) for each in counts.latency}
    assert found == {place: (len(took), *_ranks(took)) for place, took in truth.took.items()}
    assert {each.target: each.long_polls for each in counts.latency if each.long_polls} == {
        place: n for place, n in truth.long_polls.items() if place in found
    }


def _ranks(took: list[int]) -> tuple[int, ...]:
    ordered = sorted(took)
    return tuple(ordered[math.ceil(len(ordered) * share / 100) - 1] for share in (50, 95, 99))


def whole_second(at: datetime) -> datetime:
    return at.replace(microsecond=0, tzinfo=UTC)
