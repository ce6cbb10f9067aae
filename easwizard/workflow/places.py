"""Where a namespace is looked at: its addresses by DNS, the machines named with --connect-to, or a proxy. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address

from easwizard.case.case import Case
from easwizard.case.facts import HttpFacts, Observation, Reason, TlsFacts
from easwizard.case.requests import Target
from easwizard.exchange.replies import ACTIVESYNC_PATH, Sent
from easwizard.probes.identity import http_id, tls_id


@dataclass(frozen=True)
class Place:
    """One address of a namespace; `port` only where it is not the namespace's own."""

    address: str
    port: int | None = None
    is_member: bool = False
    """Reached directly, not by the namespace's DNS (J14)."""


def is_address(host: str) -> bool:
    """Whether a host is an IP address."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def places(case: Case, target: Target, through_proxy: bool = False) -> tuple[Place, ...]:
    """Every place to look at, DNS first. A proxy is told the name and chooses the address itself."""
    if through_proxy:
        return (Place(target.host),)
    by_dns = (target.host,) if is_address(target.host) else case.addresses(target.host)
    return (*(Place(address) for address in by_dns), *member_places(case, target, by_dns))


def member_places(case: Case, target: Target, by_dns: tuple[str, ...] = ()) -> tuple[Place, ...]:
    """The members of a namespace, each once, but for those that DNS gives too."""
    found = dict.fromkeys(
        Place(m.address, None if m.port in (None, target.port) else m.port, is_member=True)
        for m in case.members
        if m.host == target.host
    )
    return tuple(place for place in found if place.port is not None or place.address not in by_dns)


def anonymous_answer(case: Case, target: Target, place: Place) -> HttpFacts | None:
    """What the anonymous OPTIONS at this place got; None where nothing answered."""
    id = http_id(target, place.address, ACTIVESYNC_PATH, place.port)
    return next((f for o, f in case.http(target, ACTIVESYNC_PATH) if o.id == id and _heard(o, f)), None)


def _heard(observation: Observation, facts: HttpFacts) -> bool:
    return observation.ok and facts.credentials is Sent.NONE


def handshake(case: Case, target: Target, place: Place) -> TlsFacts | None:
    """What the TLS handshake at this place showed; None where there was none.

    One that ended for want of a client certificate counts: with a certificate it goes on.
    """
    id = tls_id(target, place.address, place.port)
    return next((f for o, f in case.tls(target) if o.id == id and _spoke(o)), None)


def _spoke(observation: Observation) -> bool:
    return observation.ok or observation.reason is Reason.CERTIFICATE_WANTED
