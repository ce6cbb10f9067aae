"""Sums that can be added to each other: what a process hands over, and what the report is made of.

Everything here is plain and small to pickle. Adding is free of order except for the sequences of one log, which are
joined in the order of the log (`Sequence`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from easwizard.case.log_counts import Outcome
from easwizard.evidence.logs.httperr_rows import Refusal
from easwizard.evidence.logs.tables import Place, Result, Target

Key = TypeVar("Key")
Kept = TypeVar("Kept")

MOST_USERS = 25_000
MOST_DEVICES = 25_000
MOST_AGENTS = 5_000
MOST_NAMES = 1_000
"""Different error names, commands, states and redirects that are kept of each."""
_SLACK = 1.25
"""How far a table may grow before the least frequent are dropped."""

DeviceKey = tuple[str, str]
"""User and DeviceId."""
Latest = tuple[bytes, str]
"""A value with the second it was last seen; the later one, then the greater one, counts."""
NOTHING: Latest = (b"", "")


@dataclass(slots=True)
class Requests:
    """Requests, the failed ones, and those of them that failed on credentials."""

    requests: int = 0
    failed: int = 0
    credentials: int = 0

    def count(self, outcome: Outcome, times: int) -> None:
        if outcome is Outcome.HANDSHAKE:
            return
        self.requests += times
        if outcome in (Outcome.FAILED, Outcome.CREDENTIALS):
            self.failed += times
            self.credentials += times if outcome is Outcome.CREDENTIALS else 0

    def add(self, other: Requests) -> None:
        self.requests += other.requests
        self.failed += other.failed
        self.credentials += other.credentials


@dataclass(slots=True)
class Sequence:
    """Good and bad answers of one device in the order of one log: first, last, and good ones right after bad ones."""

    first: bool | None = None
    last: bool | None = None
    recovered: int = 0

    def join(self, later: Sequence) -> None:
        """What followed in the same log."""
        if later.first is None:
            self.recovered += later.recovered
            return
        self.recovered += later.recovered + (self.last is False and later.first)
        if self.first is None:
            self.first = later.first
        self.last = later.last

    def close(self) -> None:
        """The log ends here."""
        self.first = self.last = None


@dataclass(slots=True)
class DeviceTally:
    """One device of one user."""

    type: str = ""
    agent: Latest = NOTHING
    state: Latest = NOTHING
    version: Latest = NOTHING
    asked: Requests = field(default_factory=Requests)
    last_success: bytes = b""
    last_failure: bytes = b""
    targets: set[str] = field(default_factory=set)
    sequence: Sequence = field(default_factory=Sequence)
    days: dict[bytes, int] = field(default_factory=dict)
    provision: int = 0
    empty_syncs: int = 0
    resets: int = 0
    throttled: int = 0
    short_heartbeats: int = 0

    def add(self, other: DeviceTally) -> None:
        """What another part of the same log, a later one, or another log says of it."""
        for name in ("type", "agent", "state", "version", "last_success", "last_failure"):
            setattr(self, name, max(getattr(self, name), getattr(other, name)))
        for name in ("provision", "empty_syncs", "resets", "throttled", "short_heartbeats"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.asked.add(other.asked)
        self.targets |= other.targets
        for day, times in other.days.items():
            self.days[day] = self.days.get(day, 0) + times
        self.sequence.join(other.sequence)


@dataclass
class Tallies:
    """All sums of a run, or of a part of it."""

    hours: Counter[tuple[bytes, Target, Result]] = field(default_factory=Counter)
    users: dict[str, dict[Place, Requests]] = field(default_factory=dict)
    devices: dict[DeviceKey, DeviceTally] = field(default_factory=dict)
    commands: dict[str, Requests] = field(default_factory=dict)
    agents: dict[str, Requests] = field(default_factory=dict)
    latency: dict[Place, Counter[int]] = field(default_factory=dict)
    long_polls: Counter[Place] = field(default_factory=Counter)
    errors: Counter[tuple[str, int, Place]] = field(default_factory=Counter)
    errors_within_success: Counter[Place] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    versions: Counter[str] = field(default_factory=Counter)
    redirects: Counter[str] = field(default_factory=Counter)
    refusals: Counter[Refusal] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    """Requests of what was dropped, by what it was."""

    def add(self, other: Tallies) -> None:
        """Another part; of the same log it must be the part that follows."""
        for name in _COUNTERS:
            getattr(self, name).update(getattr(other, name))
        for place, counts in other.latency.items():
            self.latency.setdefault(place, Counter()).update(counts)
        for mine, theirs in ((self.commands, other.commands), (self.agents, other.agents)):
            for key, asked in theirs.items():
                mine.setdefault(key, Requests()).add(asked)
        for user, places in other.users.items():
            own = self.users.setdefault(user, {})
            for place, asked in places.items():
                own.setdefault(place, Requests()).add(asked)
        for device, tally in other.devices.items():
            known = self.devices.get(device)
            if known is None:
                self.devices[device] = tally
            else:
                known.add(tally)
        self.bound()

    def close(self) -> None:
        """The log ends: what another log says of a device does not follow upon it."""
        for tally in self.devices.values():
            tally.sequence.close()

    def bound(self) -> None:
        """Drop the least frequent of what has too many different values."""
        self.users = self._bounded("users", self.users, MOST_USERS, _of_user)
        self.devices = self._bounded("devices", self.devices, MOST_DEVICES, lambda each: each.asked.requests)
        self.agents = self._bounded("agents", self.agents, MOST_AGENTS, lambda each: each.requests)
        self.commands = self._bounded("commands", self.commands, MOST_NAMES, lambda each: each.requests)
        for name in ("errors", "states", "versions", "redirects"):
            if len(getattr(self, name)) > MOST_NAMES:
                setattr(self, name, Counter(self._bounded(name, getattr(self, name), MOST_NAMES, int)))

    def _bounded(self, what: str, values: dict[Key, Kept], most: int, size: Callable[[Kept], int]) -> dict[Key, Kept]:
        if len(values) <= most * _SLACK:
            return values
        ordered = sorted(values.items(), key=lambda item: (-size(item[1]), repr(item[0])))
        self.dropped[what] += sum(size(value) for _, value in ordered[most:])
        return dict(ordered[:most])


def _of_user(places: dict[Place, Requests]) -> int:
    return sum(asked.requests for asked in places.values())


_COUNTERS = (
    "hours", "long_polls", "errors", "errors_within_success", "states", "versions", "redirects", "refusals",
    "dropped",
)  # fmt: skip
