"""Carries out requests side by side: limits, deadlines, cancelling, one ending for each. Looks at nothing itself."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from easwizard.case.facts import Observation, Status
from easwizard.case.progress import Finished, Listener, Started
from easwizard.case.requests import Request
from easwizard.probes.ending import CANCELLED, DEADLINE, OK, TOO_LATE, Ending, Probe
from easwizard.probes.settings import Limits


class Slots:
    """Places for connections: so many to one far end, so many in all."""

    def __init__(self, limits: Limits) -> None:
        self._overall = asyncio.Semaphore(limits.overall)
        self._sign_in_turn = asyncio.Lock()
        self._by_endpoint: defaultdict[str, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(limits.per_endpoint)
        )

    @asynccontextmanager
    async def take(self, endpoint: str) -> AsyncIterator[None]:
        """A place for one connection to this far end; always taken in this order, so nothing can wait in a ring."""
        async with self._by_endpoint[endpoint], self._overall:
            yield

    @asynccontextmanager
    async def sign_in_turn(self) -> AsyncIterator[None]:
        """The right to sign in: one request after another (DESIGN 10).

        Holds no place. Keeping one through the pauses between samples would starve the others, and waiting for
        a second one could lock up; each sample takes its own.
        """
        async with self._sign_in_turn:
            yield


@dataclass(eq=False)
class Job:
    """One request on its way."""

    request: Request
    probe: Probe
    place: AbstractAsyncContextManager[None]
    """What it must hold while it runs."""
    started: bool = False
    done: bool = False
    observations: tuple[Observation, ...] = ()
    _ending: Ending | None = None
    _task: asyncio.Task[None] | None = None

    def start(self, listener: Listener) -> asyncio.Task[None]:
        self._task = asyncio.create_task(self._run(listener))
        return self._task

    def interrupt(self, ending: Ending) -> None:
        """End it now; what it has seen so far stays."""
        if self.done or self._task is None:
            return
        self._ending = self._ending or ending
        self._task.cancel()

    async def _run(self, listener: Listener) -> None:
        try:
            async with self.place:
                self.started = True
                listener(Started(self.request))
                await self.probe.look()
            ending = OK
        except asyncio.CancelledError:
            ending = self._ending or CANCELLED
        except Exception as error:  # a fault in one probe must not end the others; it is reported as what it is
            ending = Ending.internal(error)
        self.finish(ending, listener)

    def finish(self, ending: Ending, listener: Listener) -> None:
        """Write down what was seen and tell it, once."""
        if self.done:
            return
        self.done = True
        self.observations = self.probe.observations(ending)
        listener(Finished(self.request, self.observations))

    def settle(self, listener: Listener) -> None:
        """Finish it if its task was cancelled before the first step and so could not do this itself."""
        self.finish(self._ending or CANCELLED, listener)


async def carry_out(jobs: Sequence[Job], listener: Listener, overall_seconds: float | None) -> None:
    """Run the jobs until all have ended. Cancelled from outside, it ends them and lets the cancelling through."""
    if not jobs:
        return
    tasks = [job.start(listener) for job in jobs]
    try:
        _, late = await asyncio.wait(tasks, timeout=overall_seconds)
        if late:
            await _end(jobs, tasks, listener, DEADLINE)
    except asyncio.CancelledError:
        await _end(jobs, tasks, listener, CANCELLED)
        raise
    _raise_faults(tasks)
    for job in jobs:
        job.settle(listener)


async def _end(jobs: Sequence[Job], tasks: Sequence[asyncio.Task[None]], listener: Listener, ending: Ending) -> None:
    for job in jobs:
        waiting = not job.started and ending.status is Status.FAILED
        job.interrupt(TOO_LATE if waiting else ending)
    await asyncio.wait(tasks)
    for job in jobs:
        job.settle(listener)


def _raise_faults(tasks: Sequence[asyncio.Task[None]]) -> None:
    """A listener that raises is the caller's fault, and the caller hears of it."""
    for task in tasks:
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error
