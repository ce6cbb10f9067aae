"""Asks another path of an address who answers there: one anonymous request each (exchange.md 3.2, 3.4, 4.2).

Uses the looking connection, as every request without credentials. Offering NTLM sends neither user nor password.
"""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from easwizard.case.facts import HttpFacts, Observation, ServerIdentity
from easwizard.case.requests import AskPath
from easwizard.exchange.replies import Sent
from easwizard.probes.attempt import Answer, Attempt, Destination, OnPhase
from easwizard.probes.ending import OK, Ending, Scribe
from easwizard.probes.https import Wish
from easwizard.probes.identity import path_id
from easwizard.probes.look import Looker
from easwizard.probes.ntlm import offer, read_identity
from easwizard.probes.readings import http_facts

_HEALTH = "/healthcheck.htm"
_MOST_OF_HEALTH = 2048
_LABEL = rb"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HEALTHY = re.compile(rb"200 OK\b[\s\S]{0,40}?\b(" + _LABEL + rb")(?:\." + _LABEL + rb")+")
"""What healthcheck.htm says where it answers: `200 OK<br/>EX13A.contoso.test` (3.4)."""


class PathProbe:
    """Carries out one `AskPath`: a single observation, also when the connection fails below HTTP."""

    def __init__(self, request: AskPath, scribe: Scribe, looker: Looker, on_phase: OnPhase) -> None:
        self._request, self._scribe, self._looker, self._on_phase = request, scribe, looker, on_phase
        self._attempt = Attempt(Destination.of(request.target, request.address, request.port))
        self._answered_at: datetime | None = None

    async def look(self) -> None:
        """Ask once, and once more with old ciphers where TLS itself was refused."""
        wish = Wish(self._request.method, most_body=_MOST_OF_HEALTH if self._on_health else 0)
        offered = offer() if self._request.ntlm else None
        self._attempt = await self._looker.look_with_any_cipher(
            self._attempt, self._request.path, self._on_phase, offered, wish
        )
        if self._attempt.answer is not None:
            self._answered_at = _moment(self._attempt.answer, self._scribe.clock())

    @property
    def _on_health(self) -> bool:
        return self._request.path.casefold().endswith(_HEALTH)

    def observations(self, ending: Ending) -> tuple[Observation, ...]:
        request, attempt = self._request, self._attempt
        done = OK if attempt.answer is not None else ending
        if attempt.failure is not None:
            done = Ending.of(attempt.failure)
        id = path_id(request)
        return (self._scribe.write(id, request.target.name, self._facts(), done, attempt.phases_ms),)

    def _facts(self) -> HttpFacts:
        request, answer = self._request, self._attempt.answer
        facts = http_facts(self._attempt, request.path, Sent.NONE, None, request.method)
        facts = replace(facts, ntlm_offered=request.ntlm)
        if request.ntlm:
            facts = replace(facts, meaning=None)  # one step of a sign-in that goes no further means nothing alone
        if answer is None:
            return facts
        identity = read_identity(answer.tokens) if request.ntlm else None
        name = facts.answered_by or _server_behind(answer)
        if name is None and self._on_health and answer.status == 200:
            name = _healthy_server(answer.body)
        return replace(facts, answered_by=name, identity=identity, clock_offset_s=self._offset(answer, identity))

    def _offset(self, answer: Answer, identity: ServerIdentity | None) -> float | None:
        """The server's clock minus ours: by the challenge, which has fractions, else by the Date header."""
        theirs = _clock_of(identity) or _date(answer.headers.get("date", ""))
        if theirs is None or self._answered_at is None:
            return None
        return round((theirs - self._answered_at).total_seconds(), 1) + 0.0  # so that nought has no sign


def _moment(answer: Answer, now: datetime) -> datetime:
    """When the head of the answer came; reading the body after it may have taken a while."""
    waited = time.monotonic() - answer.heard_at if answer.heard_at is not None else 0.0
    return now - timedelta(seconds=waited)


def _server_behind(answer: Answer) -> str | None:
    """The back end's name, where the front end does not give its own (3.2)."""
    return answer.headers.get("x-beserver") or answer.headers.get("x-diaginfo") or None


def _healthy_server(body: bytes) -> str | None:
    """The computer that healthcheck.htm names, in the short form that headers use."""
    match = _HEALTHY.search(body)
    return match[1].decode("ascii").upper() if match else None


def _clock_of(identity: ServerIdentity | None) -> datetime | None:
    return datetime.fromisoformat(identity.clock) if identity is not None and identity.clock is not None else None


def _date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
