"""What the legacy names say on `/Proxy`, and whether that says anything about a candidate (J1, J4, J5).

Shared by the problems of the proxy leg and by the prediction beside the samples, so that they cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from easwizard.case.case import Case
from easwizard.case.facts import HttpFacts, Observation, Reason, SampleFacts
from easwizard.case.requests import Target
from easwizard.exchange.inventory import Role
from easwizard.exchange.replies import ACTIVESYNC_PATH, PROXY_PATH, Meaning, Sent
from easwizard.exchange.routing import Mailbox, draws, leg_odds

INTERNAL_URL = "internal-url:"
"""Prefix of the question "is HOST the InternalUrl of any vdir now?"; the host follows."""


class Stance(StrEnum):
    """What one address of a legacy name would do with the proxy leg, as far as one anonymous request shows."""

    ACCEPTS = "accepts"
    DEMANDS_CERTIFICATE = "demands-certificate"
    WITHOUT_WINDOWS = "without-windows-auth"
    UNCLEAR = "unclear"

    @property
    def refuses(self) -> bool:
        return self in (Stance.DEMANDS_CERTIFICATE, Stance.WITHOUT_WINDOWS)


@dataclass(frozen=True)
class LegacyName:
    """One legacy namespace with the stance of each of its addresses."""

    host: str
    internal_url: str
    """The admin's answer: `yes`, `no` or `unknown`."""
    stances: tuple[tuple[str, Stance], ...]
    """Observation id and stance, one for each address."""

    @property
    def known(self) -> tuple[Stance, ...]:
        return tuple(s for _, s in self.stances if s is not Stance.UNCLEAR)

    @property
    def refused_share(self) -> float | None:
        """The share of its addresses that refuse the leg; None when no address showed its stance."""
        return sum(s.refuses for s in self.known) / len(self.known) if self.known else None

    @property
    def accepts(self) -> bool:
        return bool(self.known) and not any(s.refuses for s in self.known)

    @property
    def refuses(self) -> bool:
        """Whether at least one address refuses."""
        return any(s.refuses for s in self.known)

    def observation(self, stance: Stance) -> str | None:
        """The first observation that showed this stance."""
        return next((id for id, s in self.stances if s is stance), None)


def legacy_names(case: Case) -> tuple[LegacyName, ...]:
    """Every legacy namespace of the case."""
    targets = case.with_role(Role.LEGACY_GENERIC, Role.LEGACY_CERT)
    return tuple(_name(case, target) for target in targets)


def _name(case: Case, target: Target) -> LegacyName:
    optional = {
        f.address for o, f in case.http(target, ACTIVESYNC_PATH) if o.ok and f.client_certificate.required is False
    }
    stances = tuple(
        (o.id, _stance(o, f, optional=f.address in optional))
        for o, f in case.http(target, PROXY_PATH)
        if f.credentials is Sent.NONE
    )
    return LegacyName(target.host, case.answer(INTERNAL_URL + target.host), stances)


def _stance(observation: Observation, facts: HttpFacts, *, optional: bool) -> Stance:
    """A demand for a certificate counts only where the CertificateRequest itself was seen (J5).

    Where the directory above goes on without one, `/Proxy` inherits that: a 403 there is something else (1.4).
    """
    if facts.meaning is Meaning.CERTIFICATE_DEMANDED and optional:
        return Stance.UNCLEAR
    if observation.reason is Reason.CERTIFICATE_WANTED and facts.client_certificate.was_asked:
        return Stance.DEMANDS_CERTIFICATE
    if not observation.ok:
        return Stance.UNCLEAR
    return {
        Meaning.LEG_ACCEPTED: Stance.ACCEPTS,
        Meaning.CERTIFICATE_DEMANDED: Stance.DEMANDS_CERTIFICATE,
        Meaning.LEG_WITHOUT_WINDOWS: Stance.WITHOUT_WINDOWS,
    }.get(facts.meaning or Meaning.OTHER, Stance.UNCLEAR)


@dataclass(frozen=True)
class Crossing:
    """The samples of one account whose mailbox is known to be on an old version in a known AD site (J9)."""

    observation: Observation
    facts: SampleFacts

    @property
    def crossed_ok(self) -> int:
        return self.facts.crossed - self.facts.crossed_failed

    @property
    def is_mixed(self) -> bool:
        return self.facts.crossed_failed > 0 and self.crossed_ok > 0

    @property
    def through_new_server(self) -> bool:
        """Whether a newer front end named itself: without one the name may still lead to the old servers (3.2)."""
        return bool(self.facts.by_server)

    @property
    def never_worked(self) -> bool:
        """Every sample failed without proof of crossing; a 401 before any success is not counted here (J10)."""
        return self.facts.ok == 0 and self.facts.failed > 0


def crossings(case: Case) -> tuple[Crossing, ...]:
    """The samples that may judge the legacy leg: J9's condition holds, at names that phones use."""
    stated = {a.label: a.mailbox for a in case.accounts}
    facing = {t.name for t in case.targets if t.role.faces_devices}
    return tuple(
        Crossing(o, f)
        for o, f in case.seen(SampleFacts)
        if o.ok and o.target in facing and _judges_the_leg(stated.get(f.account))
    )


def _judges_the_leg(mailbox: Mailbox | None) -> bool:
    return mailbox is not None and mailbox.product.is_legacy and mailbox.site is not None


def predicted_failure(case: Case, mailbox: Mailbox) -> tuple[float, str] | None:
    """The share of legs that should fail, and what the prediction rests on; None when nothing predicts.

    From the inventory where it gives a number (J2); else each name that may be an InternalUrl counts the same.
    """
    legs = draws(case.inventory, mailbox)
    exact = leg_odds(legs).exact if legs else None
    if exact is not None:
        return (1 - exact, "inventory")
    shares = [n.refused_share for n in legacy_names(case) if n.internal_url != "no"]
    known = [share for share in shares if share is not None]
    if not known or not any(known):
        return None
    return (sum(known) / len(known), "names-assumed-equal")
