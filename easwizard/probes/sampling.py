"""Signs in again and again, one at a time, each time on a new verified connection (J8 to J12).

Credentials leave only after the same connection's handshake was verified. A password that was refused too
often is not sent again; a 401 of credentials that have worked is a failed leg, not a refusal (J10).

The slow pace at which J10 goes on after such a 401 is the pace of all sign-ins, one at a time and 3 s apart unless
the admin says otherwise (J11): the leg failed there as it does with a 403, and that waits no longer either. Only
`careful` waits a minute after each failure, so as not to trigger the back-off of real users' proxying.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field

from easwizard.case.facts import Observation, Status
from easwizard.case.progress import Sampled
from easwizard.case.requests import SampleSignIn
from easwizard.exchange.replies import ACTIVESYNC_PATH, Sent
from easwizard.probes.attempt import Attempt, Destination, OnPhase
from easwizard.probes.ending import OK, Ending, Scribe
from easwizard.probes.failures import Failure
from easwizard.probes.handshake import refusal
from easwizard.probes.identity import sample_id, sign_in_id
from easwizard.probes.readings import http_facts
from easwizard.probes.runner import Slots
from easwizard.probes.secrets import Secrets
from easwizard.probes.settings import Deadlines
from easwizard.probes.standing import Standing
from easwizard.probes.streams import ask
from easwizard.probes.tally import Kind, Sample, count, sample_of
from easwizard.probes.tls_contexts import Trust

_CAREFUL_SECONDS = 60.0
"""Wait after a failure: three in a minute may trigger the back-off of real users' proxying (J11)."""
CREDENTIALS_REFUSED = "credentials-refused"
Sleep = Callable[[float], Awaitable[object]]


@dataclass(frozen=True)
class Credentials:
    """What goes along with a sample: a header, or a context that presents a certificate."""

    context: ssl.SSLContext
    authorization: str | None = field(default=None, repr=False)


class SignIns:
    """What sampling shares over a session: secrets, trust, limits and the standing of each account."""

    def __init__(
        self, secrets: Secrets, trust: Trust, deadlines: Deadlines, standing: Standing, sleep: Sleep
    ) -> None:
        self.standing, self.sleep, self._deadlines = standing, sleep, deadlines
        self._secrets, self._trust = secrets, trust
        self._presenting: ssl.SSLContext | None = None

    def credentials(self, request: SampleSignIn) -> Credentials | None:
        """What to sign in with; None when this session does not hold it."""
        if request.sent is Sent.BASIC and request.account in self._secrets.passwords:
            return Credentials(self._trust.verifying, self._secrets.passwords[request.account].authorization)
        if request.sent is Sent.CERTIFICATE and self._secrets.certificate is not None:
            if self._presenting is None:
                self._presenting = self._trust.presenting(self._secrets.certificate)
            return Credentials(self._presenting)
        return None

    async def sign_in(self, attempt: Attempt, credentials: Credentials, on_phase: OnPhase) -> None:
        """One sign-in on a new connection. Where trust is judged late, it is judged on a connection before too."""
        if credentials.authorization is None and self._trust.judges_late:
            attempt.failure = await refusal(attempt.destination, self._trust, self._deadlines)
        if attempt.failure is None:
            await ask(
                attempt, ACTIVESYNC_PATH, credentials.context, self._deadlines, on_phase, credentials.authorization
            )


class SignInProbe:
    """Carries out one `SampleSignIn`."""

    def __init__(
        self,
        request: SampleSignIn,
        scribe: Scribe,
        shared: SignIns,
        slots: Slots,
        on_phase: OnPhase,
        on_sample: Callable[[Sampled], None],
    ) -> None:
        self._request, self._scribe, self._shared, self._slots = request, scribe, shared, slots
        self._on_phase, self._on_sample = on_phase, on_sample
        self._samples: list[Sample] = []
        self._first_seen: dict[tuple[str, str], Observation] = {}
        self._worked_before = False
        self._stopped: str | None = None
        self._not_begun: Ending | None = None
        self._reached = False
        self._out_of_reach: Failure | None = None
        """Why the first sample did not get as far as its request."""

    async def look(self) -> None:
        """Sample until the plan is done or the credentials are refused too often."""
        request, standing = self._request, self._shared.standing
        self._worked_before = standing.has_worked(request.sent, request.account)
        credentials = self._shared.credentials(request)
        if not request.addresses or request.count < 1:
            self._not_begun = Ending.skipped("no address to sign in at")
        elif credentials is None:
            self._not_begun = Ending.skipped(f"no credentials of {request.account} in this session")
        elif standing.is_stopped(request.sent, request.account, request.refusals):
            self._not_begun = Ending.skipped(standing.why_stopped(request.sent, request.account))
        else:
            await self._sample(credentials)

    async def _sample(self, credentials: Credentials) -> None:
        wait = 0.0
        for address in self._turns():
            if wait:
                await self._shared.sleep(wait)
            sample = await self._one(address, credentials)
            if self._stopped is not None:
                return
            wait = self._pause_after(sample)

    def _turns(self) -> Iterator[str]:
        """The addresses in turn, as long as there is something left to learn at them."""
        request = self._request
        addresses, tried = list(request.addresses), Counter[str]()
        while addresses:
            for address in tuple(addresses):
                if not request.until_success and sum(tried.values()) >= request.count:
                    return
                tried[address] += 1
                yield address
                if self._is_done(address) or (request.until_success and tried[address] >= request.count):
                    addresses.remove(address)

    def _is_done(self, address: str) -> bool:
        """Whether more samples at this address would teach nothing, or must not be sent."""
        last = self._samples[-1] if self._samples else None
        if last is None or last.address != address:
            return False
        if last.kind is Kind.NOT_SENT:
            return True
        never_asked = self._request.sent is Sent.CERTIFICATE and not last.worth_repeating
        return self._request.until_success and (last.kind is Kind.OK or never_asked)

    async def _one(self, address: str, credentials: Credentials) -> Sample:
        attempt = Attempt(Destination.of(self._request.target, address, self._request.port))
        async with self._slots.take(address):
            try:
                await self._shared.sign_in(attempt, credentials, self._on_phase)
            except asyncio.CancelledError:
                self._was_cut_short(attempt)
                raise
        sample = self._taken_in(attempt)
        so_far = count(self._request, self._samples, None, self._worked_before)
        self._on_sample(Sampled(self._request, len(self._samples), sample.outcome, so_far))
        return sample

    def _was_cut_short(self, attempt: Attempt) -> None:
        """A password that is on its way may be refused, though nobody will read that (J10)."""
        request = self._request
        if request.sent is Sent.BASIC and attempt.asked and attempt.answer is None:
            self._shared.standing.cut_short(request.sent, request.account)

    def _taken_in(self, attempt: Attempt) -> Sample:
        request = self._request
        facts = http_facts(attempt, ACTIVESYNC_PATH, request.sent, request.account)
        reason = attempt.failure.reason if attempt.failure is not None else None
        sample = sample_of(facts, reason, request.mailbox, asked=attempt.asked)
        self._samples.append(sample)
        self._reached = self._reached or attempt.asked
        self._out_of_reach = self._out_of_reach or attempt.failure
        self._judge_credentials(sample)
        key = (sample.address, sample.outcome)
        if key not in self._first_seen:
            ending = OK if attempt.failure is None else Ending.of(attempt.failure)
            if sample.kind is Kind.NOT_SENT:
                ending = Ending.skipped(_not_trusted(request))
            id = sign_in_id(request, sample.address, ACTIVESYNC_PATH, sample.outcome)
            self._first_seen[key] = self._scribe.write(id, request.target.name, facts, ending, attempt.phases_ms)
        return sample

    def _judge_credentials(self, sample: Sample) -> None:
        request, standing = self._request, self._shared.standing
        if sample.kind is Kind.OK:
            standing.succeeded(request.sent, request.account)
        elif sample.kind is Kind.REFUSED and not standing.has_worked(request.sent, request.account):
            standing.refused(request.sent, request.account, request.refusals)
            if standing.is_stopped(request.sent, request.account):
                self._stopped = CREDENTIALS_REFUSED

    def _pause_after(self, sample: Sample) -> float:
        failed = sample.kind in (Kind.FAILED, Kind.REFUSED)
        if failed and self._request.careful:
            return max(_CAREFUL_SECONDS, self._request.pace_seconds)
        return self._request.pace_seconds

    def observations(self, ending: Ending) -> tuple[Observation, ...]:
        return (self._summary(ending), *self._first_seen.values())

    def _summary(self, ending: Ending) -> Observation:
        request = self._request
        stopped = self._stopped
        sent = [sample for sample in self._samples if sample.kind is not Kind.NOT_SENT]
        if self._not_begun is not None:
            ending = self._not_begun
        elif sent and ending.status is not Status.OK:
            stopped = ending.reason.value if ending.reason is not None else ending.status.value
            ending = OK
        elif self._samples and not sent:
            ending = Ending.skipped(_not_trusted(request))
        elif sent and self._out_of_reach is not None and not self._reached:
            ending = Ending.of(self._out_of_reach)
        facts = count(request, self._samples, stopped, self._worked_before)
        return self._scribe.write(sample_id(request), request.target.name, facts, ending)


def _not_trusted(request: SampleSignIn) -> str:
    return f"the certificate of {request.target.host} is not trusted here; no credential was sent"
