"""Asks one address again and again without credentials, to see who answers behind it (exchange.md 3.4, J15).

Over unverified connections that carry nothing worth stealing. Knows of no leg: these requests end at the new
server (J8). Where a server speaks only old TLS versions, nothing is sampled.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from easwizard.case.facts import Observation, Status
from easwizard.case.requests import SampleAnonymous
from easwizard.exchange.replies import ACTIVESYNC_PATH, answered_by
from easwizard.probes import streams
from easwizard.probes.attempt import Attempt, Destination, OnPhase
from easwizard.probes.ending import DEADLINE, OK, TOO_LATE, Ending, Scribe
from easwizard.probes.failures import Failure
from easwizard.probes.identity import anonymous_id
from easwizard.probes.look import Looker
from easwizard.probes.runner import Slots
from easwizard.probes.sampling import Sleep
from easwizard.probes.settings import Deadlines
from easwizard.probes.tally import Sample, anonymous_sample, count_anonymous
from easwizard.probes.tls_contexts import Trust


class Anonymous:
    """How a session asks without credentials in numbers: quickly, or as it looks where that is through a proxy."""

    def __init__(self, looker: Looker, trust: Trust, deadlines: Deadlines, sleep: Sleep) -> None:
        self._looker, self._trust, self._deadlines, self.sleep = looker, trust, deadlines, sleep

    async def ask(self, attempt: Attempt, on_phase: OnPhase) -> None:
        if self._looker.proxy is not None:
            await self._looker.look(attempt, ACTIVESYNC_PATH, on_phase)
        else:
            await streams.ask(attempt, ACTIVESYNC_PATH, self._trust.looking, self._deadlines, on_phase)


class AnonymousProbe:
    """Carries out one `SampleAnonymous`."""

    def __init__(
        self, request: SampleAnonymous, scribe: Scribe, shared: Anonymous, slots: Slots, on_phase: OnPhase
    ) -> None:
        self._request, self._scribe, self._shared = request, scribe, shared
        self._slots, self._on_phase = slots, on_phase
        self._samples: dict[int, Sample] = {}
        self._begun = self._reached = False
        self._out_of_reach: Failure | None = None
        """Why the first sample did not get as far as its request."""

    async def look(self) -> None:
        """Take the samples side by side. Each has a place of its own, so the limits hold whatever was asked for."""
        numbers, turn = iter(range(self._request.count)), asyncio.Lock()
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self._request.count, max(1, self._request.at_once))):
                    group.create_task(self._work(numbers, turn))
        except ExceptionGroup as faults:
            raise faults.exceptions[0] from faults

    async def _work(self, numbers: Iterator[int], turn: asyncio.Lock) -> None:
        """One sample after another, as long as there are any; all who work wait together between two starts."""
        pace = self._request.pace_seconds
        for number in numbers:
            if number and pace > 0:
                async with turn:
                    await self._shared.sleep(pace)
            await self._one(number)

    async def _one(self, number: int) -> None:
        request = self._request
        attempt = Attempt(Destination.of(request.target, request.address, request.port))
        async with self._slots.take(request.endpoint):
            self._begun = True
            await self._shared.ask(attempt, self._on_phase)
        self._samples[number] = _sample_of(attempt)
        self._reached = self._reached or attempt.asked
        self._out_of_reach = self._out_of_reach or attempt.failure

    def observations(self, ending: Ending) -> tuple[Observation, ...]:
        request, stopped = self._request, None
        samples = [sample for _, sample in sorted(self._samples.items())]
        if samples and ending.status is not Status.OK:
            stopped = ending.reason.value if ending.reason is not None else ending.status.value
            ending = OK
        elif not self._begun and ending == DEADLINE:
            ending = TOO_LATE
        elif not self._begun and ending == OK:
            ending = Ending.skipped("no sample was asked for")
        if not self._reached and self._out_of_reach is not None:
            ending = Ending.of(self._out_of_reach)
        facts = count_anonymous(request, samples, stopped)
        return (self._scribe.write(anonymous_id(request), request.target.name, facts, ending),)


def _sample_of(attempt: Attempt) -> Sample:
    address, answer, failure = attempt.destination.address, attempt.answer, attempt.failure
    if answer is None:
        return anonymous_sample(address, None, reason=failure.reason if failure is not None else None)
    return anonymous_sample(address, answer.status, answer.challenges, server=answered_by(answer.headers))
