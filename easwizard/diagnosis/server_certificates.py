"""Which certificate each name shows to whoever connects, for the problems of certificates (transport.md 1, 4).

What a machine behind the name shows when it is reached directly counts only where nothing ends TLS in front of it:
behind a bridging device phones never see it (J14).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from easwizard.case.case import Case
from easwizard.case.facts import Observation, TlsFacts
from easwizard.case.requests import Target
from easwizard.case.untrusted import visible
from easwizard.diagnosis.clues import Missing
from easwizard.diagnosis.severities import is_retired, worst
from easwizard.diagnosis.vantage import reached_directly
from easwizard.diagnosis.verdicts import Severity
from easwizard.exchange.inventory import Role

_MOST_NAMES = 4


@dataclass(frozen=True)
class Look:
    """One TLS look at one address, whatever came of it."""

    observation: Observation
    facts: TlsFacts

    @property
    def has_certificate(self) -> bool:
        """Whether a certificate was shown and could be read."""
        return self.observation.ok and self.facts.subject is not None

    @property
    def is_self_signed(self) -> bool:
        return self.has_certificate and self.facts.subject == self.facts.issuer

    @property
    def is_out_of_date(self) -> bool:
        """By this machine's clock; its trust was judged by the same one."""
        return validity(self.facts, self.observation.at) is not None


@dataclass(frozen=True)
class ShownBy:
    """One host with everything its addresses showed over TLS, by address."""

    host: str
    roles: frozenset[Role]
    looks: tuple[Look, ...]

    @property
    def only_serves_the_leg(self) -> bool:
        """Whether only other servers use this name, as far as it was said."""
        return all(role.is_legacy for role in self.roles)

    def all_show(self, holds: Callable[[Look], bool]) -> bool:
        """Whether every address was seen and this holds for each; one unseen address makes it False."""
        return bool(self.looks) and all(look.observation.ok and holds(look) for look in self.looks)

    def where(self, looks: Iterable[Look]) -> str:
        """The host, and at which of its addresses, in words."""
        found = [look.facts.address for look in looks]
        of = "" if len(found) == len(self.looks) else f", {len(found)} of {len(self.looks)} addresses"
        return f"{self.host} ({', '.join(found)}{of})"


def shown_certificates(case: Case) -> tuple[ShownBy, ...]:
    """What every host of the case shows, apart from legacy names that no InternalUrl uses any more (J4)."""
    targets: dict[str, list[Target]] = {}
    for target in case.targets:
        if not is_retired(case, target):
            targets.setdefault(target.host, []).append(target)
    return tuple(
        ShownBy(host, frozenset(t.role for t in named), _looks(case, named)) for host, named in targets.items()
    )


def _looks(case: Case, targets: Iterable[Target]) -> tuple[Look, ...]:
    by_id = {o.id: Look(o, f) for target in targets for o, f in case.tls(target) if _counts(case, target, f.address)}
    return tuple(sorted(by_id.values(), key=lambda look: (look.facts.address, look.observation.id)))


def _counts(case: Case, target: Target, address: str) -> bool:
    return address not in reached_directly(case, target.host) or case.answer("tls-in-front") == "nothing"


def validity(facts: TlsFacts, at: datetime) -> str | None:
    """Why a certificate is not valid at that moment, in words; None where it is valid or its dates are unknown."""
    after, before = moment(facts.not_after), moment(facts.not_before)
    if after is not None and after < at:
        return f"expired on {after:%Y-%m-%d %H:%M} UTC"
    if before is not None and before > at:
        return f"is not valid before {before:%Y-%m-%d %H:%M} UTC"
    return None


def moment(text: str | None) -> datetime | None:
    """A time of TLS facts; None where there is none or it cannot be read. Without a zone it is UTC."""
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None else found


def severities(shown: Iterable[ShownBy], *, phones: Severity, leg: Severity) -> Mapping[str, Severity]:
    """How much it matters for each host: where phones have the name, or where only the proxy leg uses it.

    Autodiscover and other names matter less than those that phones use for every request (1.8).
    """

    def of(role: Role) -> Severity:
        if role.is_legacy:
            return leg
        return phones if role.faces_devices or phones.rank > Severity.MEDIUM.rank else Severity.MEDIUM

    return {host.host: worst(of(role) for role in host.roles) or leg for host in shown}


def names_in(facts: TlsFacts) -> str:
    """The names a certificate is for, the first few."""
    names = [visible(name, 80) for name in facts.names[:_MOST_NAMES]]
    more = len(facts.names) - len(names)
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")


def certificates_held(why: str) -> Missing:
    """The certificates of a server with their names, end and use (exchange.md 6.0)."""
    return Missing(
        "the certificates that the server holds and which one its web site uses",
        why,
        "Get-ExchangeCertificate | Format-List Thumbprint,Subject,CertificateDomains,NotAfter,Services"
        "   (and netsh http show sslcert)",
    )
