"""Counts batches: first by numbers, many rows to a combination, then written down into tallies by value.

Nothing here is done for a single row that can be done for a column; that is what makes it fast.
"""

from __future__ import annotations

from collections import Counter
from itertools import compress
from operator import itemgetter
from typing import NamedTuple

from easwizard.case.log_counts import Outcome
from easwizard.evidence.logs.batch import Batch
from easwizard.evidence.logs.combinations import Combination, write_combinations
from easwizard.evidence.logs.tables import Remembered, Result, Tables
from easwizard.evidence.logs.tallies import Tallies

MOST_COMBINATIONS = 120_000
HANGING_MS = 60_000
"""A Sync as long as this is a long poll: no shorter heartbeat can be asked for (MS-ASCMD, HeartbeatInterval)."""
_PING, _SYNC = 2, 1
_GOOD, _BAD, _NEITHER, _UNSEEN = range(4)


class Span(NamedTuple):
    """What was counted of one file or range, and when its rows are from."""

    used: int = 0
    probes: int = 0
    first: bytes = b""
    last: bytes = b""


class Counting:
    """Counts the batches of one log after another. `tallies` is complete after `write_down`."""

    def __init__(self, tables: Tables) -> None:
        self.tallies = Tallies()
        self.span = Span()
        self._tables = tables
        self._combinations: Counter[Combination] = Counter()
        self._latest: dict[Combination, bytes] = {}
        self._hours: Counter[tuple[bytes, int, int]] = Counter()
        self._took: Counter[tuple[int, bytes, int, bool, int]] = Counter()
        self._newest = b""
        self._written = False
        """Whether sequences of this log were written down, which its end must close."""
        self._days = Remembered(itemgetter(slice(0, 10)))
        self._polling: list[int] = []
        self._judged: list[int] = []
        self._devices: list[int] = []
        self._device_numbers: dict[tuple[str, str], int] = {}
        self._states: list[int] = []
        self._firsts: dict[int, int] = {}
        self._recovered: Counter[int] = Counter()

    def batch(self, batch: Batch) -> None:
        """Count the rows of a block."""
        ordered = sorted(batch.seconds)
        low, high = ordered[0], ordered[-1]
        probes = batch.probes.count(True)
        first, last = self.span.first, self.span.last
        self.span = Span(
            self.span.used + len(batch) - probes,
            self.span.probes + probes,
            min(first, low) if first else low,
            max(last, high),
        )
        if probes:
            batch = _without_probes(batch)
        if batch:
            self._learn()
            self._count(batch, probes == 0 and ordered == batch.seconds)
            if self._tables.full or len(self._combinations) > MOST_COMBINATIONS:
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
        span, self.span = self.span, Span()
        self._newest = b""
        return span

    def _learn(self) -> None:
        """What each new ident and result is, as a small number."""
        for ident in self._tables.idents.values[len(self._polling) :]:
            self._polling.append({"Ping": _PING, "Sync": _SYNC}.get(ident.command, 0))
            number = self._device_numbers.setdefault((ident.user, ident.device), len(self._device_numbers))
            self._devices.append(number)
        self._states.extend([_UNSEEN] * (len(self._device_numbers) - len(self._states)))
        self._judged.extend(map(_judged, self._tables.results.values[len(self._judged) :]))

    def _count(self, batch: Batch, in_order: bool) -> None:
        days = list(map(self._days.__getitem__, batch.hours))
        combinations = list(
            zip(batch.idents, batch.agents, batch.targets, batch.results, batch.signs, days, strict=True)
        )
        self._combinations.update(combinations)
        self._see(combinations, batch.seconds, in_order)
        self._hours.update(zip(batch.hours, batch.targets, batch.results, strict=True))
        judged = list(map(self._judged.__getitem__, batch.results))
        self._follow(batch.idents, judged)
        self._time(batch, judged)

    def _see(self, combinations: list[Combination], seconds: list[bytes], in_order: bool) -> None:
        """When each combination was last met. Logs are in the order of time; where one is not, rows are compared."""
        if (in_order or sorted(seconds) == seconds) and seconds[0] >= self._newest:
            self._latest.update(zip(combinations, seconds, strict=True))
        else:
            latest = self._latest
            for combination, second in zip(combinations, seconds, strict=True):
                if latest.get(combination, b"") < second:
                    latest[combination] = second
        self._newest = max(self._newest, seconds[-1] if in_order else max(seconds))

    def _follow(self, idents: list[int], judged: list[int]) -> None:
        """Good answers right after bad ones, device by device."""
        states = self._states
        for device, now in zip(map(self._devices.__getitem__, idents), judged, strict=True):
            before = states[device]
            if before != now and now != _NEITHER:
                states[device] = now
                if before == _UNSEEN:
                    self._firsts[device] = now
                elif before == _BAD:
                    self._recovered[device] += 1

    def _time(self, batch: Batch, judged: list[int]) -> None:
        """How long requests took; which of them are long polls is told when it is written down."""
        polling = map(self._polling.__getitem__, batch.idents)
        heartbeats = [sign.heartbeat for sign in self._tables.signs.values]
        held = map(heartbeats.__getitem__, batch.signs)
        self._took.update(zip(batch.targets, batch.took, polling, held, judged, strict=True))

    def write_down(self) -> None:
        """Turn numbers into values, and begin anew with small tables."""
        tables = self._tables
        tables.forget_spellings()
        part = Tallies()
        targets, results = tables.targets.values, tables.results.values
        for (hour, t, r), times in self._hours.items():
            part.hours[(hour, targets[t], results[r])] += times
        for (t, raw, polling, held, judged), times in self._took.items():
            ms = int(raw[:9]) if raw.isdigit() else 0
            place = targets[t].place
            if polling == _PING or (polling == _SYNC and (held or ms >= HANGING_MS)):
                part.long_polls[place] += times * (judged != _NEITHER)
            elif raw.isdigit() and judged != _NEITHER:
                part.latency.setdefault(place, Counter())[ms] += times
        write_combinations(part, tables, self._combinations, self._latest)
        self._write_sequences(part)
        self.tallies.add(part)
        self._written = True
        self._forget()

    def _write_sequences(self, part: Tallies) -> None:
        for key, number in self._device_numbers.items():
            device = part.devices.get(key)
            if device is None:
                continue
            device.sequence.recovered = self._recovered[number]
            if self._states[number] != _UNSEEN:
                device.sequence.first = self._firsts[number] == _GOOD
                device.sequence.last = self._states[number] == _GOOD

    def _forget(self) -> None:
        for each in (self._combinations, self._latest, self._hours, self._took, self._firsts):
            each.clear()
        for numbers in (self._polling, self._judged, self._devices, self._states):
            numbers.clear()
        self._device_numbers.clear()
        self._recovered.clear()
        self._tables.forget()


def _without_probes(batch: Batch) -> Batch:
    real = [not probe for probe in batch.probes]
    return Batch(*(list(compress(getattr(batch, name), real)) for name in Batch.__slots__))


def _judged(result: Result) -> int:
    if result.outcome is Outcome.HANDSHAKE:
        return _NEITHER
    return _BAD if result.outcome in (Outcome.FAILED, Outcome.CREDENTIALS) else _GOOD
