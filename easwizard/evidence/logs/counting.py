"""Counts batches: first by numbers, many rows to a combination, then written down into tallies by value.

Nothing here is done for a single row that can be done for a column; that is what makes it fast.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import compress, groupby
from operator import add, itemgetter
from typing import NamedTuple

from easwizard.case.log_counts import Outcome
from easwizard.evidence.logs.alike import WRITTEN_BITS, Alike
from easwizard.evidence.logs.batch import Batch
from easwizard.evidence.logs.combinations import FAILURES, WRITTEN, write_combinations
from easwizard.evidence.logs.tables import Kind, Place, Remembered, Result, Table, Tables, Target
from easwizard.evidence.logs.tallies import Requests, Tallies

MOST_COMBINATIONS = 120_000
HANGING_MS = 60_000
"""A Sync as long as this is a long poll: no shorter heartbeat can be asked for (MS-ASCMD, HeartbeatInterval)."""
_GOOD, _BAD, _NEITHER, _UNSEEN = range(4)
_HOUR, _DAY = len("yyyy-MM-ddTHH"), len("yyyy-MM-dd")
_GROUP, _KIND = (itemgetter(Alike._fields.index(name)) for name in ("group", "kind"))


class Span(NamedTuple):
    """What was counted of one file or range, and when its rows are from."""

    used: int = 0
    probes: int = 0
    first: bytes = b""
    last: bytes = b""
    places: frozenset[Place] = frozenset()
    """The targets that it tells of."""


class Timed(NamedTuple):
    """Rows whose durations are counted together."""

    place: Place
    command: str
    held: bool
    """Whether it names a heartbeat."""
    judged: bool


class Counting:
    """Counts the batches of one log after another. `tallies` is complete after `finish`."""

    def __init__(self, tables: Tables) -> None:
        self.tallies = Tallies()
        self.span = Span()
        self._tables = tables
        # By numbers of `Alike`, shifted, plus the number of what a server wrote.
        self._days: defaultdict[bytes, Counter[int]] = defaultdict(Counter)
        self._hours: defaultdict[bytes, Counter[int]] = defaultdict(Counter)
        self._latest: dict[int, bytes] = {}
        self._timed_values: Table[Timed] = Table()
        self._timed = Remembered(self._timed_number)
        self._took: Counter[tuple[int, bytes]] = Counter()
        self._kinds: set[int] = set()
        self._places: set[Place] = set()
        self._newest = b""
        self._written = False
        """Whether sequences of this log were written down, which its end must close."""
        self._followed: dict[int, tuple[int, int]] = {}
        """The device of each group, and how its rows ended."""
        self._device_numbers: dict[tuple[str, str], int] = {}
        self._states: list[int] = []
        self._firsts: dict[int, int] = {}
        self._recovered: list[int] = []

    def batch(self, batch: Batch) -> None:
        """Count the rows of a block."""
        ordered = sorted(batch.seconds)
        low, high = ordered[0], ordered[-1]
        groups = list(map(_GROUP, batch.alike))
        probes = 0
        in_order = ordered == batch.seconds
        if min(groups) < 0:
            batch, real = _without_probes(batch, groups)
            probes, groups = len(groups) - len(real), real
        first, last = self.span.first, self.span.last
        self.span = Span(
            self.span.used + len(batch),
            self.span.probes + probes,
            min(first, low) if first else low,
            max(last, high),
        )
        if batch:
            self._learn()
            self._count(batch, groups, in_order)
            if self._tables.full:
                self.finish()
            elif max(len(self._took), sum(map(len, self._days.values()))) > MOST_COMBINATIONS:
                self.write_down()

    def end_of_log(self) -> Span:
        """No more rows of this log; what was counted of it."""
        if self._written:
            self.write_down()
            self.tallies.close()
            self._written = False
        self._states[:] = [_UNSEEN] * len(self._states)
        return self.end_of_part()

    def end_of_part(self) -> Span:
        """The log goes on elsewhere."""
        self._name_places()
        span, self.span = self.span._replace(places=frozenset(self._places)), Span()
        self._places.clear()
        self._newest = b""
        return span

    def _name_places(self) -> None:
        self._places.update(self._kind(number)[1].place for number in self._kinds)
        self._kinds.clear()

    def _learn(self) -> None:
        """Whose rows those of each new group are, and how they ended."""
        groups = self._tables.groups.values
        for i in range(len(self._followed), len(groups)):
            key = (groups[i].user, groups[i].device)
            number = self._device_numbers.setdefault(key, len(self._device_numbers))
            self._followed[i << WRITTEN_BITS] = (number, _judged(self._tables.results.values[groups[i].result]))
        more = len(self._device_numbers) - len(self._states)
        self._states.extend([_UNSEEN] * more)
        self._recovered.extend([0] * more)

    def _count(self, batch: Batch, groups: list[int], in_order: bool) -> None:
        combinations = list(map(add, groups, batch.written))
        kinds = list(map(add, map(_KIND, batch.alike), batch.written))
        for hour, start, end in _hours(batch.seconds, in_order):
            whole = end - start == len(kinds)
            self._days[hour[:_DAY]].update(combinations if whole else combinations[start:end])
            self._hours[hour].update(kinds if whole else kinds[start:end])
        self._kinds.update(kinds)
        self._see(combinations, batch.seconds, in_order)
        self._follow(groups)
        self._took.update(zip(map(self._timed.__getitem__, kinds), batch.took, strict=True))

    def _see(self, combinations: list[int], seconds: list[bytes], in_order: bool) -> None:
        """When each combination was last met. Logs are in the order of time; where one is not, rows are compared."""
        if in_order and seconds[0] >= self._newest:
            self._latest.update(zip(combinations, seconds, strict=True))
        else:
            latest = self._latest
            for combination, second in zip(combinations, seconds, strict=True):
                if latest.get(combination, b"") < second:
                    latest[combination] = second
        self._newest = max(self._newest, seconds[-1] if in_order else max(seconds))

    def _follow(self, groups: list[int]) -> None:
        """Good answers right after bad ones, device by device."""
        states, recovered = self._states, self._recovered
        for device, now in map(self._followed.__getitem__, groups):
            before = states[device]
            if before != now and now != _NEITHER:
                states[device] = now
                if before == _BAD:
                    recovered[device] += 1
                elif before == _UNSEEN:
                    self._firsts[device] = now

    def _timed_number(self, number: int) -> int:
        kind, target = self._kind(number)
        held = self._tables.written.values[number & WRITTEN].sign.heartbeat
        judged = _judged(self._tables.results.values[kind.result]) != _NEITHER
        return self._timed_values.number(Timed(target.place, kind.command, held, judged))

    def _kind(self, number: int) -> tuple[Kind, Target]:
        """What stands behind a number of kind and writing, and the target that both name."""
        kind = self._tables.kinds.values[number >> WRITTEN_BITS]
        named = self._tables.written.values[number & WRITTEN].target
        return kind, self._tables.targets.values[named if kind.proxies and named >= 0 else kind.target]

    def write_down(self) -> None:
        """Turn numbers into values, and begin anew with small sums."""
        part = Tallies()
        for hour, counted in self._hours.items():
            for number, times in counted.items():
                kind, target = self._kind(number)
                result = self._tables.results.values[kind.result]
                part.hours[(hour, target, result)] += times
                part.commands.setdefault(kind.command, Requests()).count(result.outcome, times)
        self._write_times(part)
        write_combinations(part, self._tables, self._days, self._latest)
        self._write_sequences(part)
        self.tallies.add(part)
        self._written = True
        for each in (self._days, self._hours, self._latest, self._took, self._firsts):
            each.clear()
        self._states[:] = [_UNSEEN] * len(self._states)
        self._recovered[:] = [0] * len(self._states)

    def finish(self) -> None:
        """Write down, and begin anew with small tables: numbers hold no longer."""
        self._name_places()
        self._tables.forget_spellings()  # makes room for what is written
        self.write_down()
        self._tables.forget()
        self._timed_values.forget()
        for each in (self._timed, self._followed, self._device_numbers, self._states, self._recovered):
            each.clear()

    def _write_times(self, part: Tallies) -> None:
        """How long requests took, and which of them were long polls."""
        for (number, raw), times in self._took.items():
            place, command, held, judged = self._timed_values.values[number]
            ms = int(raw[:9]) if raw.isdigit() else 0
            if command == "Ping" or (command == "Sync" and (held or ms >= HANGING_MS)):
                part.long_polls[place] += times * judged
            elif raw.isdigit() and judged:
                part.latency.setdefault(place, Counter())[ms] += times

    def _write_sequences(self, part: Tallies) -> None:
        for key, number in self._device_numbers.items():
            device = part.devices.get(key)
            if device is None:
                continue
            device.sequence.recovered = self._recovered[number]
            if self._states[number] != _UNSEEN:
                device.sequence.first = self._firsts[number] == _GOOD
                device.sequence.last = self._states[number] == _GOOD


def _hours(seconds: list[bytes], in_order: bool) -> Iterator[tuple[bytes, int, int]]:
    """Each hour with the place where its rows begin and end; one may come again where a log is not in order."""
    if in_order and seconds[0][:_HOUR] == seconds[-1][:_HOUR]:
        yield seconds[0][:_HOUR], 0, len(seconds)
        return
    start = 0
    for hour, rows in groupby(each[:_HOUR] for each in seconds):
        end = start + sum(1 for _ in rows)
        yield hour, start, end
        start = end


def _without_probes(batch: Batch, groups: list[int]) -> tuple[Batch, list[int]]:
    real = [group >= 0 for group in groups]
    columns = (list(compress(getattr(batch, name), real)) for name in Batch.__slots__)
    return Batch(*columns), list(compress(groups, real))


def _judged(result: Result) -> int:
    if result.outcome is Outcome.HANDSHAKE:
        return _NEITHER
    return _BAD if result.outcome in FAILURES else _GOOD
