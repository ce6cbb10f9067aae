"""Asks Autodiscover which ActiveSync URL it hands out (exchange.md 1.8): V2 without credentials, or a phone's POST.

Nothing that is handed out is followed. The POST carries a password: only over a verified connection, and a refusal
of it counts like any other (J10).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from urllib.parse import quote
from xml.sax.saxutils import escape

from easwizard.case.facts import HttpFacts, Observation
from easwizard.case.requests import AskAutodiscover
from easwizard.exchange.replies import Sent
from easwizard.probes.attempt import Attempt, Destination, OnPhase
from easwizard.probes.autodiscover_answers import MOST_BODY, read_xml, urls_in_json
from easwizard.probes.ending import OK, Ending, Scribe
from easwizard.probes.https import Wish, ask
from easwizard.probes.identity import autodiscover_id
from easwizard.probes.look import Looker
from easwizard.probes.readings import http_facts
from easwizard.probes.secrets import Secrets
from easwizard.probes.settings import Deadlines
from easwizard.probes.standing import Standing
from easwizard.probes.tls_contexts import Trust

V2_PATH = "/autodiscover/autodiscover.json"
POST_PATH = "/autodiscover/autodiscover.xml"
V2_TIMES = 3
"""Two ExternalUrls in one site are a coin flip (1.8): three answers show both in three of four cases."""
_REQUEST_SCHEMA = "http://schemas.microsoft.com/exchange/autodiscover/mobilesync/requestschema/2006"
_RESPONSE_SCHEMA = "http://schemas.microsoft.com/exchange/autodiscover/mobilesync/responseschema/2006"


class _Asked:
    """What both ways have in common: one observation, and the URLs told so far, each once."""

    path: str
    sent: Sent
    method: str

    def __init__(self, request: AskAutodiscover, scribe: Scribe, on_phase: OnPhase) -> None:
        self._request, self._scribe, self._on_phase = request, scribe, on_phase
        self._attempt = self._new_attempt()
        self._told: dict[str, None] = {}
        self._not_begun: Ending | None = None

    def _new_attempt(self) -> Attempt:
        request = self._request
        return Attempt(Destination.of(request.target, request.address, request.port))

    def _keep(self, urls: Iterable[str]) -> None:
        self._told.update(dict.fromkeys(urls))

    def observations(self, ending: Ending) -> tuple[Observation, ...]:
        request, attempt = self._request, self._attempt
        done = OK if attempt.answer is not None else self._not_begun or ending
        if attempt.failure is not None:
            done = Ending.of(attempt.failure)
        id = autodiscover_id(request.target, request.address, self.path, self.sent, request.email, request.port)
        return (self._scribe.write(id, request.target.name, self._facts(), done, attempt.phases_ms),)

    def _facts(self) -> HttpFacts:
        facts = http_facts(self._attempt, self.path, self.sent, self._request.account, self.method)
        return replace(facts, handed_out=tuple(self._told))


class V2Probe(_Asked):
    """Carries out one `AskAutodiscover` without an account; asked again while it answers, for answers differ."""

    path, sent, method = V2_PATH, Sent.NONE, "GET"

    def __init__(self, request: AskAutodiscover, scribe: Scribe, looker: Looker, on_phase: OnPhase) -> None:
        super().__init__(request, scribe, on_phase)
        self._looker = looker

    async def look(self) -> None:
        wish = Wish("GET", most_body=MOST_BODY)
        path = v2_path(self._request.email)
        for _ in range(V2_TIMES):
            attempt = self._new_attempt()
            if not self._told:
                self._attempt = attempt  # a later failure does not take back what was told
            await self._looker.look(attempt, path, self._on_phase, None, wish)
            if attempt.answer is None or attempt.answer.status != 200:
                return
            self._keep(urls_in_json(attempt.answer.body))


def v2_path(email: str) -> str:
    """Path and query of the question; the address is the only thing that it tells."""
    return f"{V2_PATH}?Email={quote(email, safe='@')}&Protocol=ActiveSync&RedirectCount=3"


@dataclass(frozen=True)
class Posting:
    """What a session posts with: its passwords, whom it trusts, and how each account stands."""

    secrets: Secrets = field(repr=False)
    trust: Trust
    deadlines: Deadlines
    standing: Standing


class PostProbe(_Asked):
    """Carries out one `AskAutodiscover` with an account: the mobilesync POST of a phone, sent once."""

    path, sent, method = POST_PATH, Sent.BASIC, "POST"

    def __init__(self, request: AskAutodiscover, scribe: Scribe, posting: Posting, on_phase: OnPhase) -> None:
        super().__init__(request, scribe, on_phase)
        self._posting = posting

    async def look(self) -> None:
        """Post, unless the password is not at hand or was refused before."""
        account = self._request.account or ""
        password = self._posting.secrets.passwords.get(account)
        if password is None:
            self._not_begun = Ending.skipped(f"no credentials of {account} in this session")
        elif self._posting.standing.is_stopped(Sent.BASIC, account, self._request.refusals):
            self._not_begun = Ending.skipped(self._posting.standing.why_stopped(Sent.BASIC, account))
        else:
            await self._post(account, password.authorization)

    async def _post(self, account: str, authorization: str) -> None:
        posting = self._posting
        body = mobilesync_request(self._request.email).encode()
        wish = Wish("POST", body, "text/xml; charset=utf-8", MOST_BODY)
        context = posting.trust.verifying
        try:
            await ask(self._attempt, POST_PATH, context, posting.deadlines, self._on_phase, authorization, wish)
        except asyncio.CancelledError:
            if self._attempt.asked and self._attempt.answer is None:
                posting.standing.cut_short(Sent.BASIC, account)  # perhaps refused, though nobody read that (J10)
            raise
        answer = self._attempt.answer
        if answer is None:
            return
        if answer.status == 200:
            told = read_xml(answer.body)
            self._keep(told.urls)
            if told.is_autodiscover:  # anything else may answer 200 without having looked at the password
                posting.standing.succeeded(Sent.BASIC, account)
        elif answer.status == 401 and not posting.standing.has_worked(Sent.BASIC, account):
            posting.standing.refused(Sent.BASIC, account, self._request.refusals)


def mobilesync_request(email: str) -> str:
    """What a phone posts (1.8, the request schema is believed)."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        f'<Autodiscover xmlns="{_REQUEST_SCHEMA}"><Request>'
        f"<EMailAddress>{escape(email)}</EMailAddress>"
        f"<AcceptableResponseSchema>{_RESPONSE_SCHEMA}</AcceptableResponseSchema>"
        "</Request></Autodiscover>"
    )
