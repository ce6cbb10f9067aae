"""What each address of a name showed of itself, in the traits in which the machines of one pool must be alike (J15).

Only what was answered counts: an address that did not answer has no traits. Answers that come and go by themselves,
such as 503 of a busy server, are no trait.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from easwizard.case.case import Case
from easwizard.case.facts import HttpFacts, TlsFacts
from easwizard.case.requests import Target
from easwizard.case.untrusted import visible
from easwizard.diagnosis.server_names import server_of
from easwizard.exchange.replies import ACTIVESYNC_PATH, Meaning, Sent

_ASKS_NOT = "asks for no client certificate"
_COMES_AND_GOES = {Meaning.UNAVAILABLE, Meaning.UPSTREAM_FAILED}
_ROTATION = timedelta(days=1)
"""Ends of validity closer together than this come from one renewal."""


class Trait(StrEnum):
    """In what the answers of two machines can differ."""

    DEMAND = "the demand for a client certificate"
    ANSWER = "the answer without credentials"
    BUILD = "the build"
    RENEWAL = "the end of the server certificate"


@dataclass(frozen=True)
class Machine:
    """One address with what it showed; a trait that it did not show is None."""

    address: str
    observation: str
    server: str | None
    front_end: str | None
    """The newer server that named itself in this very answer (`X-FEServer`)."""
    demand: str | None
    answer: str | None
    build: str | None
    certificate_ends: datetime | None

    @property
    def label(self) -> str:
        """The address, with the server's name where it told it."""
        return f"{self.address} ({visible(self.server, 60)})" if self.server else self.address

    @property
    def asks(self) -> bool:
        """Whether it asked for a client certificate."""
        return self.demand not in (None, _ASKS_NOT)

    def shows(self, trait: Trait) -> str | None:
        """Its value of a trait in words."""
        ends = self.certificate_ends.date().isoformat() if self.certificate_ends is not None else None
        return {
            Trait.DEMAND: self.demand,
            Trait.ANSWER: self.answer,
            Trait.BUILD: self.build,
            Trait.RENEWAL: ends,
        }[trait]


def machines_of(case: Case, target: Target) -> tuple[Machine, ...]:
    """Every address of a name that answered an anonymous request to the ActiveSync directory, by address."""
    found = {
        f.address: _machine(case, target, o.id, f)
        for o, f in case.http(target, ACTIVESYNC_PATH)
        if o.ok and f.credentials is Sent.NONE and not f.ntlm_offered
    }
    return tuple(found[address] for address in sorted(found))


def _machine(case: Case, target: Target, id: str, facts: HttpFacts) -> Machine:
    here = [f for o, f in case.http(target) if o.ok and f.address == facts.address]
    ends = [_end(f) for o, f in case.tls(target) if o.ok and f.address == facts.address]
    return Machine(
        address=facts.address,
        observation=id,
        server=next((name for f in here if (name := server_of(f))), None),
        front_end=facts.answered_by.upper() if facts.answered_by else None,
        demand=_demand(facts),
        answer=_answer(facts),
        build=next((f.build for f in here if f.build), None),
        certificate_ends=next((end for end in ends if end is not None), None),
    )


def _demand(facts: HttpFacts) -> str | None:
    demand = facts.client_certificate
    if demand.was_asked is None:
        return None
    if not demand.was_asked:
        return _ASKS_NOT
    if demand.required is None:
        return None
    return "demands a client certificate" if demand.required else "asks for a client certificate and goes on without"


def _answer(facts: HttpFacts) -> str | None:
    if facts.status is None or facts.meaning in _COMES_AND_GOES or facts.status == 429:
        return None
    if facts.status == 401:
        schemes = ", ".join(sorted({visible(c, 20) for c in facts.challenges}, key=str.casefold))
        return f"401 with {schemes}" if schemes else "401 without any challenge"
    return str(facts.status)


def _end(facts: TlsFacts) -> datetime | None:
    try:
        return datetime.fromisoformat(facts.not_after) if facts.not_after else None
    except ValueError:
        return None


def differing(machines: Sequence[Machine], trait: Trait) -> dict[str, list[Machine]]:
    """The machines by their value of a trait, where there is more than one value; else nothing."""
    groups: dict[str, list[Machine]] = {}
    for machine in machines:
        value = machine.shows(trait)
        if value is not None:
            groups.setdefault(value.casefold(), []).append(machine)
    if trait is Trait.RENEWAL and not _renewed_apart(machines):
        return {}
    return groups if len(groups) > 1 else {}


def _renewed_apart(machines: Sequence[Machine]) -> bool:
    ends = [m.certificate_ends for m in machines if m.certificate_ends is not None]
    try:
        return bool(ends) and max(ends) - min(ends) > _ROTATION
    except TypeError:  # one with a time zone and one without: written by different hands, not comparable
        return False
