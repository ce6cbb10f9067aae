"""Six tables that answer what the six files of Export-ActiveSyncLog answer, under the same names (logs.md 5.6).

Users, Servers, Hourly, StatusCodes, PolicyCompliance and UserAgents. Unlike the cmdlet they count every ActiveSync
path, and rows of files whose #Fields changes (logs.md 2). The names of the columns are our own.

| Table | One row for each | Columns |
| --- | --- | --- |
| Users | user and device | type, last agent, `Hits`, `Failures`; `LastSuccess` in UTC, empty: there was none |
| Servers | target and what named it | `NamedBy` as in `case.log_counts.NamedBy`; `Hits`, `Failures` |
| Hourly | hour, UTC | `Hits`, `Failures`, of all targets |
| StatusCodes | status and sub-status | what they mean; `Hits`, those of handshakes too |
| PolicyCompliance | state | devices that were told to take the policy (449 or Provision), and those never told |
| UserAgents | user agent | `Hits`, `Failures` |

`Hits` are requests without probes and handshakes, and `Failures` those of them that failed, as `case.log_counts` has
both words. Where logs of several hops were read, a request counts once in each. Users, devices and agents are those
that were kept: `LogCounts.capped` says where the least frequent were dropped.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from easwizard.case.log_meanings import meaning_of
from easwizard.evidence.logs.tallies import Requests, Tallies

Tables = dict[str, list[tuple[Any, ...]]]
"""Rows by the name of the table; the first row has the names of the columns."""


def export_tables(tallies: Tallies) -> Tables:
    """The tables, of every user and device that was kept."""
    return {
        "Users": _users(tallies),
        "Servers": _servers(tallies),
        "Hourly": _hourly(tallies),
        "StatusCodes": _status_codes(tallies),
        "PolicyCompliance": _policy(tallies),
        "UserAgents": _agents(tallies),
    }


def _users(tallies: Tallies) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = [("User", "DeviceId", "DeviceType", "UserAgent", "Hits", "Failures", "LastSuccess")]
    for (user, device), tally in sorted(tallies.devices.items()):
        last = tally.last_success.decode("ascii")
        asked = tally.asked
        rows.append((user, device, tally.type, tally.agent[1], asked.requests, asked.failed, last))
    return rows


def _servers(tallies: Tallies) -> list[tuple[Any, ...]]:
    sums: dict[tuple[str, str], Requests] = defaultdict(Requests)
    for (_, target, result), n in tallies.hours.items():
        sums[(target.host, target.named_by.value)].count(result.outcome, n)
    found = [(*key, each.requests, each.failed) for key, each in sorted(sums.items())]
    return [("Server", "NamedBy", "Hits", "Failures"), *found]


def _hourly(tallies: Tallies) -> list[tuple[Any, ...]]:
    sums: dict[bytes, Requests] = defaultdict(Requests)
    for (hour, _, result), n in tallies.hours.items():
        sums[hour].count(result.outcome, n)
    found = [(hour.decode("ascii"), each.requests, each.failed) for hour, each in sorted(sums.items())]
    return [("HourUtc", "Hits", "Failures"), *found]


def _status_codes(tallies: Tallies) -> list[tuple[Any, ...]]:
    sums: Counter[tuple[int, int | None]] = Counter()
    for (_, _, result), n in tallies.hours.items():
        sums[(result.status, result.substatus)] += n
    order = sorted(sums.items(), key=lambda item: (item[0][0], item[0][1] or 0))
    found = [(s, sub, meaning_of(s, sub, None), n) for (s, sub), n in order]
    return [("Status", "SubStatus", "Meaning", "Hits"), *found]


def _policy(tallies: Tallies) -> list[tuple[Any, ...]]:
    """Devices that were told to take the policy first (449), and those that never were."""
    asked = sum(1 for each in tallies.devices.values() if each.provision)
    return [("State", "Devices"), ("Asked to provision", asked), ("Not asked", len(tallies.devices) - asked)]


def _agents(tallies: Tallies) -> list[tuple[Any, ...]]:
    found = sorted(tallies.agents.items(), key=lambda item: (-item[1].requests, item[0]))
    return [("UserAgent", "Hits", "Failures"), *((name, each.requests, each.failed) for name, each in found)]
