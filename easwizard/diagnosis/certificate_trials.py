"""How the device certificate fared at a certificate name, address by address (exchange.md 3.1).

A trial says something of servers only where the certificate is in order itself: an expired one is refused by the
best of them (3.1: 403.17). What was not answered, or answered 5xx, is neither taken nor refused (1.5, 8).
"""

from __future__ import annotations

from dataclasses import dataclass

from easwizard.case.case import Case
from easwizard.case.facts import HttpFacts, Observation, Reason
from easwizard.case.requests import Target
from easwizard.diagnosis.clues import Clue, Effect, Group
from easwizard.diagnosis.legacy_names import legacy_names
from easwizard.exchange.replies import ACTIVESYNC_PATH, Meaning, Sent

Look = tuple[Observation, HttpFacts]

_REFUSING_STATUSES = {401, 403}
_REFUSING_OUTCOMES = {"401", "403", Reason.CERTIFICATE_REFUSED.value}


@dataclass(frozen=True)
class Trials:
    """The sign-ins with the device certificate at one name."""

    target: Target
    tried: frozenset[str] = frozenset()
    """Every address where one was tried, however it ended."""
    worked: frozenset[str] = frozenset()
    """Addresses where at least one sign-in succeeded: there the certificate is taken."""
    refused: tuple[Look, ...] = ()
    """Where it was presented and refused, one look for each kind of answer; not at addresses where it ever worked."""
    never_asked: tuple[Look, ...] = ()
    """Where it was at hand and nobody asked for it."""

    @property
    def works_everywhere(self) -> bool:
        return bool(self.tried) and self.worked == self.tried

    def among(self, addresses: frozenset[str]) -> Trials:
        """The trials at some of the addresses only."""
        return Trials(
            self.target,
            self.tried & addresses,
            self.worked & addresses,
            tuple(look for look in self.refused if look[1].address in addresses),
            tuple(look for look in self.never_asked if look[1].address in addresses),
        )


def trials_at(case: Case, target: Target) -> Trials:
    """Every sign-in with a certificate at one name."""
    looks = [(o, f) for o, f in case.http(target, ACTIVESYNC_PATH) if f.credentials is Sent.CERTIFICATE]
    counted = [f for o, f in case.samples(target) if f.credentials is Sent.CERTIFICATE and o.ok]
    outcomes = [pair for facts in counted for pair in facts.by_address.items()]
    worked = {f.address for o, f in looks if o.ok and f.meaning is Meaning.SIGNED_IN}
    worked |= {address for address, of in outcomes if "200" in of}
    return Trials(
        target,
        tried=frozenset({f.address for _, f in looks} | {address for address, _ in outcomes}),
        worked=frozenset(worked),
        refused=tuple((o, f) for o, f in looks if f.address not in worked and is_refusal(o, f)),
        never_asked=tuple((o, f) for o, f in looks if o.ok and f.meaning is Meaning.CERTIFICATE_NEVER_ASKED),
    )


def signed_in_everywhere(trials: Trials) -> tuple[Clue, ...]:
    """The exclusion where the certificate was taken at every address of the name: nothing refuses it there."""
    if not trials.works_everywhere:
        return ()
    text = f"the certificate signed in at every address of {trials.target.host}"
    return (Clue(Effect.EXCLUDES, text, "3.1", Group.SAMPLING, subject=(trials.target.host,)),)


def is_refusal(observation: Observation, facts: HttpFacts) -> bool:
    """Whether the certificate went over and the answer was a refusal, by status or by TLS alert.

    A certificate that nobody asked for was not presented (J10), and a throttled 503 refuses nobody.
    """
    if not facts.client_certificate.presented:
        return False
    if observation.ok:
        return facts.status in _REFUSING_STATUSES
    return observation.reason is Reason.CERTIFICATE_REFUSED


def a_leg_may_have_refused(case: Case) -> bool:
    """Whether a refusal behind a certificate that was taken may be that of an old server (1.5, 9 point 1).

    So it is where a legacy name that may be an InternalUrl refuses the leg: picks may stick to one user (J9), and
    which status a failed leg shows is not established. Where new mailboxes always fail too, no leg is needed.
    """
    refusing = any(name.refuses and name.internal_url != "no" for name in legacy_names(case))
    return refusing and case.answer("fails-cert-new") != "always"


def counts_as_refused(outcome: str) -> bool:
    """Whether an outcome word of samples is a refusal."""
    return outcome in _REFUSING_OUTCOMES


def alert_of(observation: Observation) -> str | None:
    """The TLS alert by which the far side refused the certificate, in small letters; None where there was none."""
    if observation.reason is not Reason.CERTIFICATE_REFUSED or not observation.detail:
        return None
    return " ".join(observation.detail.replace("_", " ").casefold().split())


def refuses_the_issuer(observation: Observation) -> bool:
    """Whether the alert says that the issuer is not known there (transport.md 1: `unknown_ca`)."""
    alert = alert_of(observation)
    return alert is not None and "unknown ca" in alert
