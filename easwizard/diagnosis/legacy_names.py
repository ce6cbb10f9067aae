"""What the legacy names say on `/Proxy`, and whether that says anything about a candidate (J1, J4, J5).

Shared by the problems of the proxy leg and by the prediction beside the samples, so that they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from easwizard.case.case import UNKNOWN, Case
from easwizard.case.facts import HttpFacts, Observation, Reason, SampleFacts
from easwizard.case.requests import Target
from easwizard.diagnosis.log_legs import denied, proxied_to
from easwizard.diagnosis.mailboxes import legacy_mailboxes
from easwizard.diagnosis.pools import pools_of
from easwizard.diagnosis.server_names import is_server_name
from easwizard.diagnosis.vantage import PASTED, reached_directly, seen_by_proxying_servers
from easwizard.exchange.inventory import Role
from easwizard.exchange.products import Product
from easwizard.exchange.replies import ACTIVESYNC_PATH, PROXY_PATH, Meaning, Sent
from easwizard.exchange.routing import Mailbox, draws, leg_odds

INTERNAL_URL = "internal-url:"
"""Prefix of the question "is HOST the InternalUrl of any vdir now?"; the host follows."""


_REFUSED = 403


class Stance(StrEnum):
    """What one address of a legacy name would do with the proxy leg, as far as one anonymous request shows."""

    ACCEPTS = "accepts"
    DEMANDS_CERTIFICATE = "demands-certificate"
    WITHOUT_WINDOWS = "without-windows-auth"
    NEGOTIATE_ONLY = "negotiate-only"
    """Kerberos decides: fine for a server's own name, doubtful for a pool's (J17)."""
    UNCLEAR = "unclear"

    @property
    def refuses(self) -> bool:
        return self in (Stance.DEMANDS_CERTIFICATE, Stance.WITHOUT_WINDOWS)

    @property
    def is_known(self) -> bool:
        """Whether it tells what becomes of the leg."""
        return self is Stance.ACCEPTS or self.refuses


class InternalUrlUse(NamedTuple):
    """Whether a host is an InternalUrl now, `yes`, `no` or `unknown`, and whether the inventory says so."""

    now: str
    in_inventory: bool
    in_log: bool = False
    """Whether a proxying server's log names it as what it chose (`PrxTo`)."""

    @property
    def is_answer(self) -> bool:
        """Whether only the admin says it."""
        return not (self.in_inventory or self.in_log)

    @property
    def told_by(self) -> str:
        """Who says it, in words."""
        if self.in_log:
            return "by the logs"
        return "by what was imported" if self.in_inventory else "your answer"


Stances = tuple[tuple[str, Stance], ...]
"""Observation id and stance, one for each address."""


@dataclass(frozen=True)
class LegacyName:
    """One legacy namespace with the stance of each of its addresses."""

    host: str
    internal_url: str
    """`yes`, `no` or `unknown`: an inventory that names it, else the admin's answer (J4)."""
    stances: Stances
    """Of the addresses that DNS gives."""
    members: Stances = ()
    """Of the machines reached directly (`--connect-to`)."""

    is_mixed: bool = False
    """Whether the addresses of one pool differ: a matter of one name, not of several (J15)."""
    in_inventory: bool = False
    """Whether an imported virtual directory has it as InternalUrl."""
    in_log: bool = False
    """Whether a log names it as what a proxying server chose."""

    @property
    def is_answer(self) -> bool:
        """Whether only the admin says whether it is an InternalUrl."""
        return InternalUrlUse(self.internal_url, self.in_inventory, self.in_log).is_answer

    @property
    def told_by(self) -> str:
        """Who says whether it is an InternalUrl, in words."""
        return InternalUrlUse(self.internal_url, self.in_inventory, self.in_log).told_by

    @property
    def known(self) -> tuple[Stance, ...]:
        return _known(self.stances) or _known(self.members)

    @property
    def refused_share(self) -> float | None:
        """The share of its addresses that refuse the leg; None when no address showed its stance.

        Where one address stands for machines that were reached directly and differ, their share counts.
        """
        behind = _known(self.members)
        shown = behind if len(self.stances) == 1 and _differ(behind) else self.known
        return sum(s.refuses for s in shown) / len(shown) if shown else None

    @property
    def accepts(self) -> bool:
        """Whether nothing behind it refuses, as far as it was seen."""
        return bool(self.known) and not self.refuses

    @property
    def refuses(self) -> bool:
        """Whether at least one address refuses."""
        return any(s.refuses for s in self.known) or self.is_mixed

    @property
    def refuses_wholly(self) -> bool:
        """Whether every address that showed its stance refuses: the name as a whole cannot take the leg."""
        return bool(self.known) and all(s.refuses for s in self.known) and not self.is_mixed

    @property
    def negotiate_only(self) -> tuple[str, ...]:
        """The observations that showed Negotiate without NTLM, where it is not known to be a server's own name."""
        return tuple(id for id, s in (*self.stances, *self.members) if s is Stance.NEGOTIATE_ONLY)

    def observation(self, stance: Stance) -> str | None:
        """The first observation that showed this stance."""
        return next((id for id, s in (*self.stances, *self.members) if s is stance), None)


def _known(stances: Stances) -> tuple[Stance, ...]:
    return tuple(s for _, s in stances if s.is_known)


def _differ(stances: Iterable[Stance]) -> bool:
    return len({s.refuses for s in stances if s.is_known}) > 1


def internal_url_use(case: Case, host: str) -> InternalUrlUse:
    """Whether a host is an InternalUrl of any virtual directory now (J4): by inventory, answer or a log's `PrxTo`."""
    held = any(v.internal_host == host.casefold() and not v.back_end for v in case.inventory.vdirs)
    answer = case.answer(INTERNAL_URL + host)
    if not held and answer == UNKNOWN and proxied_to(case, host) and not denied(case, host.casefold()):
        return InternalUrlUse("yes", in_inventory=False, in_log=True)
    return InternalUrlUse("yes" if held else answer, held)


def legacy_names(case: Case) -> tuple[LegacyName, ...]:
    """Every legacy namespace of the case."""
    targets = case.with_role(Role.LEGACY_GENERIC, Role.LEGACY_CERT)
    return tuple(_name(case, target) for target in targets)


def _name(case: Case, target: Target) -> LegacyName:
    own_name = is_server_name(case, target.host) is True
    found = {place: (id, _healthy_if(own_name, stance)) for place, (id, stance) in _stances(case, target).items()}
    direct = reached_directly(case, target.host)
    use = internal_url_use(case, target.host)
    return LegacyName(
        host=target.host,
        internal_url=use.now,
        in_inventory=use.in_inventory,
        in_log=use.in_log,
        stances=tuple(found[place] for place in sorted(found) if place not in direct),
        members=tuple(found[place] for place in sorted(found) if place in direct),
        is_mixed=any(_differ(found[place][1] for place in pool) for pool in pools_of(case, target.host, found)),
    )


def _healthy_if(own_name: bool, stance: Stance) -> Stance:
    """A server's own name has its Kerberos name by default, so that Negotiate alone is enough there (J17, 1.3)."""
    return Stance.ACCEPTS if own_name and stance is Stance.NEGOTIATE_ONLY else stance


def _stances(case: Case, target: Target) -> dict[str, tuple[str, Stance]]:
    """The stance of each address. Where NTLM was offered along, the answer shows only that step and says nothing.

    A paste does not show what a 403 is for; where a CertificateRequest was seen at that address, it is for that (J5).
    """
    optional = {
        f.address for o, f in case.http(target, ACTIVESYNC_PATH) if o.ok and f.client_certificate.required is False
    }
    own = seen_by_proxying_servers(case)
    looks = [
        (o, f)
        for o, f in case.http(target, PROXY_PATH)
        if f.credentials is Sent.NONE and not f.ntlm_offered and (o.id in own or not o.id.startswith(PASTED))
    ]
    found: dict[str, tuple[str, Stance]] = {}
    # What a proxying server saw itself comes last: at one address its word counts (J7).
    for o, f in sorted(looks, key=lambda look: look[0].id in own):
        stance = _stance(o, f, optional=f.address in optional)
        before = found.get(f.address)
        if before is not None and o.id in own and not stance.is_known:
            refused = f.status == _REFUSED and before[1] is Stance.DEMANDS_CERTIFICATE
            found[f.address] = (o.id, before[1]) if refused else before
        else:
            found[f.address] = (o.id, stance)
    return found


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
        Meaning.LEG_NEGOTIATE_ONLY: Stance.NEGOTIATE_ONLY,
    }.get(facts.meaning or Meaning.OTHER, Stance.UNCLEAR)


@dataclass(frozen=True)
class Crossing:
    """The samples of one account whose mailbox is known to be on an old version in a known AD site (J9)."""

    observation: Observation
    facts: SampleFacts
    mailbox: Mailbox

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
    def served(self) -> int:
        """Successes that a newer front end passed on: only these show that the leg itself works."""
        return self.crossed_ok if self.through_new_server else 0

    @property
    def never_worked(self) -> bool:
        """Every sample failed without proof of crossing; a 401 before any success is not counted here (J10)."""
        return self.facts.ok == 0 and self.facts.failed > 0


def crossings(case: Case) -> tuple[Crossing, ...]:
    """The samples that may judge the legacy leg: J9's condition holds, at names that phones use."""
    judged = {a.label: a.mailbox for a in case.accounts if a.mailbox is not None and _judges_the_leg(a.mailbox)}
    facing = {t.name for t in case.targets if t.role.faces_devices}
    return tuple(
        Crossing(o, f, judged[f.account])
        for o, f in case.seen(SampleFacts)
        if o.ok and o.target in facing and f.account in judged
    )


def _judges_the_leg(mailbox: Mailbox) -> bool:
    return mailbox.product.is_legacy and mailbox.site is not None


def predicted_failure(case: Case, mailbox: Mailbox) -> tuple[float, str] | None:
    """The share of legs that should fail, and what the prediction rests on; None when nothing predicts.

    From the inventory where it gives a number (J2); else each name that may be an InternalUrl counts the same.
    Names predict nothing for 2010, which is dialled by server name, nor while several sites share them (J13).
    """
    legs = draws(case.inventory, mailbox)
    exact = leg_odds(legs).exact if legs else None
    if exact is not None:
        return (1 - exact, "inventory")
    if mailbox.product is Product.E2010 or len({m.site for m in legacy_mailboxes(case)}) > 1:
        return None
    shares = [n.refused_share for n in legacy_names(case) if n.internal_url != "no"]
    known = [share for share in shares if share is not None]
    if not known or not any(known):
        return None
    return (sum(known) / len(known), "names-assumed-equal")
