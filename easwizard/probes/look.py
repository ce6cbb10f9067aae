"""Looking without credentials: TCP, TLS, trust and one anonymous OPTIONS, each reported whatever the others gave.

Looking and trusting are two connections (DESIGN 10): the first verifies nothing, the second asks nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from easwizard.case.facts import Observation, Reason, TcpFacts, TlsFacts
from easwizard.case.requests import AskProxy, LookAt
from easwizard.exchange.replies import ACTIVESYNC_PATH, PROXY_PATH, Sent
from easwizard.probes.attempt import FIRST_BYTE, TCP, TLS, Attempt, Destination, OnPhase
from easwizard.probes.certificates import CertificateFacts, covers, read_certificate
from easwizard.probes.ending import NO_CONNECTION, OK, Ending, Scribe
from easwizard.probes.failures import Failure
from easwizard.probes.handshake import Judgement, judge
from easwizard.probes.https import PLAIN, Wish, ask
from easwizard.probes.identity import http_id, tcp_id, tls_id
from easwizard.probes.readings import http_facts
from easwizard.probes.settings import Deadlines
from easwizard.probes.tls_contexts import Trust

_OUTCOMES: Mapping[Reason, str] = {
    Reason.REFUSED: "refused",
    Reason.CONNECT_TIMEOUT: "timeout",
    Reason.UNREACHABLE: "unreachable",
    Reason.RESET: "reset",
}
_WORTH_OLD_CIPHERS = (Reason.TLS_VERSION, Reason.TLS_REFUSED)


class Looker:
    """Opens looking connections: no verification, no credential."""

    def __init__(self, trust: Trust, deadlines: Deadlines, proxy: str | None = None) -> None:
        self._trust, self._deadlines, self.proxy = trust, deadlines, proxy

    async def look(
        self, attempt: Attempt, path: str, on_phase: OnPhase, offered: str | None = None, wish: Wish = PLAIN
    ) -> None:
        """`offered` is an Authorization value that signs nobody in."""
        await ask(attempt, path, self._trust.looking, self._deadlines, on_phase, offered, self._through(wish))

    async def look_with_old_ciphers(
        self, attempt: Attempt, path: str, on_phase: OnPhase, offered: str | None = None, wish: Wish = PLAIN
    ) -> None:
        await ask(attempt, path, self._trust.legacy, self._deadlines, on_phase, offered, self._through(wish))

    async def look_with_any_cipher(
        self, attempt: Attempt, path: str, on_phase: OnPhase, offered: str | None = None, wish: Wish = PLAIN
    ) -> Attempt:
        """Look, once more with old ciphers where TLS itself was refused; the attempt that got further."""
        await self.look(attempt, path, on_phase, offered, wish)
        failure = attempt.failed_in(TLS)
        if failure is None or failure.reason not in _WORTH_OLD_CIPHERS:
            return attempt
        again = Attempt(attempt.destination)
        await self.look_with_old_ciphers(again, path, on_phase, offered, wish)
        return again if again.session is not None else attempt

    def _through(self, wish: Wish) -> Wish:
        return replace(wish, proxy=self.proxy)

    async def judge(self, attempt: Attempt) -> Judgement:
        if self.proxy is not None:
            session = attempt.session
            fits = covers(session.certificate or b"", attempt.destination.name) if session is not None else None
            return Judgement(None, "not judged: looked through a proxy", fits)
        return await judge(attempt, self._trust, self._deadlines)


class EndpointProbe:
    """Carries out one `LookAt`."""

    def __init__(self, request: LookAt, scribe: Scribe, looker: Looker, on_phase: OnPhase) -> None:
        self._request, self._scribe, self._looker, self._on_phase = request, scribe, looker, on_phase
        self._attempt = Attempt(_destination(request))
        self._legacy_only = False
        self._judgement = Judgement()

    async def look(self) -> None:
        """Look, once more with old ciphers where TLS itself was refused, then judge trust on a new connection."""
        await self._looker.look(self._attempt, ACTIVESYNC_PATH, self._on_phase)
        failure = self._attempt.failed_in(TLS)
        if failure is not None and failure.reason in _WORTH_OLD_CIPHERS:
            await self._try_old_ciphers()
        elif self._attempt.session is not None or _wants_a_certificate(failure):
            self._judgement = await self._looker.judge(self._attempt)

    async def _try_old_ciphers(self) -> None:
        again = Attempt(self._attempt.destination)
        await self._looker.look_with_old_ciphers(again, ACTIVESYNC_PATH, self._on_phase)
        if again.session is not None:
            self._attempt, self._legacy_only = again, True
            fits = covers(again.session.certificate or b"", again.destination.name)
            self._judgement = Judgement(None, "not judged: only old TLS versions or ciphers work", fits)

    def observations(self, ending: Ending) -> tuple[Observation, ...]:
        return self._tcp(ending), self._tls(ending), self._http(ending)

    def _tcp(self, ending: Ending) -> Observation:
        request, attempt = self._request, self._attempt
        done = OK if attempt.connected else _ending_in(attempt, TCP, ending)
        outcome = "open" if attempt.connected else _OUTCOMES.get(done.reason) if done.reason is not None else None
        if self._looker.proxy is not None:
            done, outcome = Ending.skipped("through a proxy: the proxy's own connection cannot be seen"), None
        facts = TcpFacts(request.address, attempt.destination.port, outcome)
        id = tcp_id(request.target, request.address, request.port)
        return self._scribe.write(id, request.target.name, facts, done, _phases(attempt, TCP))

    def _tls(self, ending: Ending) -> Observation:
        request, attempt = self._request, self._attempt
        done = OK if attempt.session is not None else _ending_in(attempt, TLS, ending)
        return self._scribe.write(
            tls_id(request.target, request.address, request.port),
            request.target.name,
            self._tls_facts(),
            done,
            _phases(attempt, TLS),
        )

    def _tls_facts(self) -> TlsFacts:
        attempt, judged, session = self._attempt, self._judgement, self._attempt.session
        certificate = read_certificate(attempt.certificate) if attempt.certificate is not None else CertificateFacts()
        return TlsFacts(
            address=self._request.address,
            protocol=session.protocol if session is not None else None,
            cipher=session.cipher if session is not None else None,
            subject=certificate.subject,
            names=certificate.names,
            issuer=certificate.issuer,
            serial=certificate.serial,
            not_before=certificate.not_before,
            not_after=certificate.not_after,
            trusted=judged.trusted,
            trust_error=judged.trust_error,
            name_matches=judged.name_matches,
            chain_complete=judged.chain_complete,
            chain_length=len(attempt.sent) or None,
            legacy_only=self._legacy_only,
            client_certificate=http_facts(attempt, ACTIVESYNC_PATH, Sent.NONE, None).client_certificate,
        )

    def _http(self, ending: Ending) -> Observation:
        request, attempt = self._request, self._attempt
        facts = http_facts(attempt, ACTIVESYNC_PATH, Sent.NONE, None)
        done = OK if attempt.answer is not None else _ending_in(attempt, FIRST_BYTE, ending)
        id = http_id(request.target, request.address, ACTIVESYNC_PATH, request.port)
        return self._scribe.write(id, request.target.name, facts, done, attempt.phases_ms)


class ProxyProbe:
    """Carries out one `AskProxy`: a single observation, also when the connection fails below HTTP."""

    def __init__(self, request: AskProxy, scribe: Scribe, looker: Looker, on_phase: OnPhase) -> None:
        self._request, self._scribe, self._looker, self._on_phase = request, scribe, looker, on_phase
        self._attempt = Attempt(_destination(request))

    async def look(self) -> None:
        self._attempt = await self._looker.look_with_any_cipher(self._attempt, PROXY_PATH, self._on_phase)

    def observations(self, ending: Ending) -> tuple[Observation, ...]:
        request, attempt = self._request, self._attempt
        facts = http_facts(attempt, PROXY_PATH, Sent.NONE, None)
        done = OK if attempt.answer is not None else ending
        if attempt.failure is not None:
            done = Ending.of(attempt.failure)
        id = http_id(request.target, request.address, PROXY_PATH, request.port)
        return (self._scribe.write(id, request.target.name, facts, done, attempt.phases_ms),)


def _destination(request: LookAt | AskProxy) -> Destination:
    return Destination.of(request.target, request.address, request.port)


def _wants_a_certificate(failure: Failure | None) -> bool:
    """Whether all that was wanting in the handshake was a client certificate: then the server's own can be judged."""
    return failure is not None and failure.reason is Reason.CERTIFICATE_WANTED


def _ending_in(attempt: Attempt, phase: str, ending: Ending) -> Ending:
    """How a layer ended that was not reached or failed: by its own failure, or for want of the layer below."""
    if attempt.failure is None:
        return ending
    return Ending.of(attempt.failure) if attempt.phase == phase else NO_CONNECTION


def _phases(attempt: Attempt, phase: str) -> dict[str, float]:
    return {phase: attempt.phases_ms[phase]} if phase in attempt.phases_ms else {}
