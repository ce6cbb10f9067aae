"""The public face of probing: requests in, observations out, in the same order.

Puts the parts together; what each request does is in its own module.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import datetime

from easwizard.case.facts import Observation
from easwizard.case.progress import Listener, Phase
from easwizard.case.requests import (
    AskAutodiscover,
    AskPath,
    AskProxy,
    LookAt,
    Request,
    ResolveName,
    SampleAnonymous,
    SampleSignIn,
)
from easwizard.probes.anonymous import Anonymous, AnonymousProbe
from easwizard.probes.autodiscover import Posting, PostProbe, V2Probe
from easwizard.probes.dns_names import NameProbe
from easwizard.probes.ending import CANCELLED, Probe, Scribe
from easwizard.probes.look import EndpointProbe, Looker, ProxyProbe
from easwizard.probes.paths import PathProbe
from easwizard.probes.runner import Job, Slots, carry_out
from easwizard.probes.sampling import SignInProbe, SignIns, Sleep
from easwizard.probes.secrets import Secrets
from easwizard.probes.settings import Deadlines, Limits
from easwizard.probes.standing import Standing
from easwizard.probes.tls_contexts import Trust

__all__ = ["Deadlines", "Limits", "Prober"]


class Prober:
    """Looks, for one session. Remembers which credentials worked or were refused for as long as it lives (J10)."""

    def __init__(
        self,
        *,
        vantage: str,
        deadlines: Deadlines,
        limits: Limits,
        trust: Trust,
        secrets: Secrets,
        clock: Callable[[], datetime],
        sleep: Sleep = asyncio.sleep,
        proxy: str | None = None,
    ) -> None:
        """`proxy` is the URL of an HTTP proxy for the looking; nothing is ever signed in through it."""
        self._scribe = Scribe(vantage, clock)
        self._seen_by = (
            Scribe(f"{vantage} via proxy {proxy.removeprefix('http://')}", clock) if proxy else self._scribe
        )
        """Writes what was seen over HTTPS; names are resolved from here whether a proxy is used or not."""
        self._deadlines, self._limits = deadlines, limits
        self._looker = Looker(trust, deadlines, proxy)
        standing = Standing()
        self._sign_ins = SignIns(secrets, trust, deadlines, standing, sleep)
        self._posting = Posting(secrets, trust, deadlines, standing)
        self._anonymous = Anonymous(self._looker, trust, deadlines, sleep)
        self._jobs: list[Job] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._slots = Slots(limits)

    async def run(
        self, requests: Sequence[Request], listener: Listener, *, overall_seconds: float | None = None
    ) -> tuple[Observation, ...]:
        """Carry the requests out side by side and return their observations in the order of the requests.

        Every request ends in observations, never in an exception. Cancelled from outside, it first reports
        `Finished` for all, so that a listener keeps what was seen, and lets the cancelling through.
        """
        self._renew_places()
        jobs = [self._job(request, listener) for request in requests]
        self._jobs += jobs
        try:
            await carry_out(jobs, listener, overall_seconds)
        finally:
            self._jobs = [job for job in self._jobs if job not in jobs]
        return tuple(observation for job in jobs for observation in job.observations)

    def cancel(self, request: Request) -> None:
        """End one request that runs or waits; its observations become `cancelled`. Unknown ones are ignored."""
        for job in self._jobs:
            if job.request == request:
                job.interrupt(CANCELLED)

    def _renew_places(self) -> None:
        """Places belong to one event loop; a prober may outlive it."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop, self._slots = loop, Slots(self._limits)

    def _job(self, request: Request, listener: Listener) -> Job:
        def on_phase(phase: str) -> None:
            listener(Phase(request, phase))

        return Job(request, self._probe(request, listener, on_phase), self._place(request))

    def _probe(self, request: Request, listener: Listener, on_phase: Callable[[str], None]) -> Probe:
        match request:
            case ResolveName():
                return NameProbe(request, self._scribe, self._deadlines.dns, on_phase)
            case LookAt():
                return EndpointProbe(request, self._seen_by, self._looker, on_phase)
            case AskProxy():
                return ProxyProbe(request, self._seen_by, self._looker, on_phase)
            case AskPath():
                return PathProbe(request, self._seen_by, self._looker, on_phase)
            case AskAutodiscover(account=None):
                return V2Probe(request, self._seen_by, self._looker, on_phase)
            case AskAutodiscover():
                return PostProbe(request, self._scribe, self._posting, on_phase)
            case SampleAnonymous():
                return AnonymousProbe(request, self._seen_by, self._anonymous, self._slots, on_phase)
            case SampleSignIn():
                return SignInProbe(request, self._scribe, self._sign_ins, self._slots, on_phase, listener)

    def _place(self, request: Request) -> AbstractAsyncContextManager[None]:
        """What a request holds while it runs."""
        if isinstance(request, SampleSignIn):
            return self._slots.sign_in_turn()
        if isinstance(request, SampleAnonymous):
            return nullcontext()  # each sample takes a place of its own
        if isinstance(request, AskAutodiscover) and request.account is not None:
            return self._slots.sign_in_turn()  # a password goes along, so it waits its turn like the others
        return self._slots.take(request.endpoint)
