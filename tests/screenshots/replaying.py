"""A prober that tells again what a recorded case saw, and may halt in the middle. Nothing is ever sent."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from easwizard.case.case import Case
from easwizard.case.facts import HttpFacts, Observation, SampleFacts, Status, TcpFacts, TlsFacts
from easwizard.case.progress import Finished, Listener, Phase, Sampled, Started
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
from easwizard.case.statistics import samples_still_needed, wilson_interval
from easwizard.exchange.replies import ACTIVESYNC_PATH, PROXY_PATH
from easwizard.probes.identity import anonymous_id, dns_id, http_id, path_id, sample_id, tcp_id, tls_id

_SO_FAR = ("200", "403", "200", "200", "403")
"""Outcomes of the sign-ins before the halt."""


@dataclass
class Clock:
    """Seconds that pass only when told to."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Replay:
    """Ends every request at once with what was seen. With `halt` the run stays in the middle of that kind."""

    seen: Case
    clock: Clock
    halt: type[Request] | None = None

    async def run(
        self, requests: Sequence[Request], listener: Listener, *, overall_seconds: float | None = None
    ) -> tuple[Observation, ...]:
        here = self._halts_at(requests)
        for number, request in enumerate(requests):
            listener(Started(request))
            if here is not None and number >= here:
                await self._stand_still(requests[number:], listener)
            listener(Finished(request, self._answer(request)))
        return tuple(o for request in requests for o in self._answer(request))

    def cancel(self, request: Request) -> None:
        """A run that stands still is ended as a whole."""

    def _halts_at(self, requests: Sequence[Request]) -> int | None:
        """A little after the first request of the kind to halt at, so that some of them have ended."""
        if self.halt is None:
            return None
        places = [number for number, request in enumerate(requests) if isinstance(request, self.halt)]
        return places[min(4, len(places) - 1)] if self.halt is LookAt and places else next(iter(places), None)

    async def _stand_still(self, left: Sequence[Request], listener: Listener) -> None:
        first = left[0]
        if isinstance(first, SampleSignIn):
            for number, outcome in enumerate(_SO_FAR, start=1):
                listener(Sampled(first, number, outcome, _counted(first, _SO_FAR[:number])))
        else:
            for phase, request in zip(("first_byte", "tls", "tcp"), left, strict=False):
                listener(Started(request))
                listener(Phase(request, phase))
        self.clock.now += 3.0
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            for request in left:
                listener(Finished(request, tuple(map(_cancelled, self._answer(request)))))
            raise

    def _answer(self, request: Request) -> tuple[Observation, ...]:
        ids, sign_ins = _ids(request), _sign_ins(request)
        return tuple(o for o in self.seen.observations if o.id in ids or (sign_ins and sign_ins in o.id))


def _ids(request: Request) -> set[str]:
    """The observations that this request makes."""
    match request:
        case ResolveName():
            return {dns_id(request)}
        case LookAt(target, address, port):
            ids = (tcp_id(target, address, port), tls_id(target, address, port))
            return {*ids, http_id(target, address, ACTIVESYNC_PATH, port)}
        case AskProxy(target, address, port):
            return {http_id(target, address, PROXY_PATH, port)}
        case AskPath():
            return {path_id(request)}
        case SampleAnonymous():
            return {anonymous_id(request)}
        case SampleSignIn():
            return {sample_id(request)}
        case AskAutodiscover():
            return set()


def _cancelled(seen: Observation) -> Observation:
    """What is left of a look that was ended: where it was meant to go."""
    facts = seen.facts
    match facts:
        case TcpFacts(address, port):
            facts = TcpFacts(address, port)
        case TlsFacts(address):
            facts = TlsFacts(address)
        case HttpFacts(address, method, path):
            facts = HttpFacts(address, method, path)
    return replace(seen, status=Status.CANCELLED, facts=facts)


def _sign_ins(request: Request) -> str:
    """What stands in the ids of the single answers to sign-ins; empty for what does not sign in."""
    return f"/{request.sent.value}/{request.account}/" if isinstance(request, SampleSignIn) else ""


def _counted(request: SampleSignIn, outcomes: Sequence[str]) -> SampleFacts:
    """These sign-ins as the prober counts them; each one crossed to the old server."""
    total, failed = len(outcomes), sum(outcome != "200" for outcome in outcomes)
    mailbox = str(request.mailbox) if request.mailbox is not None else None
    changes = sum(one != other for one, other in pairwise(outcomes))
    return SampleFacts(
        None, request.sent, request.account, mailbox, sent=total, ok=total - failed, failed=failed, crossed=total,
        crossed_failed=failed, share_failed=failed / total, interval=wilson_interval(failed, total), runs=changes + 1,
        predicted_failed=request.predicted_failed, predicted_basis=request.predicted_basis,
        more_needed=samples_still_needed(failed, total, request.predicted_failed or 0.5),
        by_outcome={outcome: outcomes.count(outcome) for outcome in sorted(set(outcomes))},
    )  # fmt: skip
