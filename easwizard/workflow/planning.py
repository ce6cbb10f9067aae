"""What to look at next, as requests. Pure: the same plan is shown before anything is sent (DESIGN 10)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from easwizard.case.case import Account, Case
from easwizard.case.requests import (
    AskAutodiscover,
    AskPath,
    AskProxy,
    LookAt,
    Request,
    ResolveName,
    SampleAnonymous,
    SampleSignIn,
    Target,
)
from easwizard.case.statistics import samples_to_see
from easwizard.diagnosis.legacy_names import predicted_failure
from easwizard.exchange.inventory import Role
from easwizard.exchange.replies import ACTIVESYNC_PATH, PROXY_PATH, Sent
from easwizard.workflow.places import Place, anonymous_answer, handshake, is_address, places

__all__ = ["SamplingManners", "is_address", "looking", "resolving", "signing_in"]

WITHOUT_PREDICTION = 20
AT_MOST = 100
_CERTIFICATE_TRIES = samples_to_see(0.5)
"""Tries of a certificate at one address before "never" is said: a leg that fails at one half would have shown."""
_ANONYMOUS = 8
"""Anonymous requests to see who answers behind one address; two servers stay unseen in less than 1 % (J15)."""
_EWS, _OWA, _HEALTH = "/EWS/", "/owa/", f"{ACTIVESYNC_PATH}/healthcheck.htm"


@dataclass(frozen=True)
class SamplingManners:
    """How the admin wants to be looked around and signed in (J10, J11)."""

    samples: int | None = None
    """How many; None: enough for less than 1 % doubt at the predicted share."""
    pace_seconds: float = 3.0
    careful: bool = False
    refusals: int = 1
    autodiscover_post: bool = False
    """Whether the phone's own Autodiscover request may be sent, which carries the password."""
    through_proxy: bool = False
    """Whether everything but DNS goes through an HTTP proxy; then nothing signs in."""


def resolving(case: Case) -> tuple[Request, ...]:
    """Ask every resolver for both address types of every name; an address given as such needs no resolver."""
    hosts = dict.fromkeys(t.host for t in case.targets if not is_address(t.host))
    questions = [(host, record_type) for host in hosts for record_type in ("A", "AAAA")]
    questions += [(name, "SRV") for name in dict.fromkeys(map(_service, case.with_role(Role.AUTODISCOVER))) if name]
    return tuple(
        ResolveName(host, record_type, resolver)
        for host, record_type in questions
        for resolver in case.vantage.resolvers
    )


def _service(target: Target) -> str | None:
    """The service record by which phones may find Autodiscover for the same domain; None for an address."""
    if is_address(target.host):
        return None
    first, _, rest = target.host.partition(".")
    domain = rest if first == "autodiscover" and rest else target.host
    return f"_autodiscover._tcp.{domain}"


def looking(case: Case, manners: SamplingManners | None = None) -> tuple[Request, ...]:
    """Look at every place of every name, and ask who answers there. No credential goes along."""
    proxy = manners is not None and manners.through_proxy
    return tuple(
        request
        for target in case.targets
        for place in places(case, target, proxy)
        for request in looks(case, target, place)
    )


def looks(case: Case, target: Target, place: Place) -> Iterator[Request]:
    """Everything that is asked of one place without credentials (exchange.md 3.4, 4.2; 1.8)."""
    address, port = place.address, place.port
    yield LookAt(target, address, port)
    if target.role.is_legacy:
        yield AskProxy(target, address, port)
        yield AskPath(target, address, PROXY_PATH, "OPTIONS", ntlm=True, port=port)
    elif target.role is Role.AUTODISCOVER:
        for email in _emails(case):
            yield AskAutodiscover(target, address, email, port=port)
    else:
        yield AskPath(target, address, _EWS, "GET", ntlm=True, port=port)
        yield AskPath(target, address, _OWA, "HEAD", port=port)
        yield AskPath(target, address, _HEALTH, "GET", port=port)


def _emails(case: Case) -> tuple[str, ...]:
    return tuple(account.label for account in case.accounts if "@" in account.label)


def enumerating(case: Case, manners: SamplingManners) -> tuple[Request, ...]:
    """Ask the places that phones use several times without credentials, to see who answers behind each (3.4)."""
    if manners.through_proxy:
        return ()  # who answers would be the proxy's choice of address
    return tuple(
        anonymous(target, place)
        for target in case.targets
        if target.role.faces_devices
        for place in places(case, target)
        if anonymous_answer(case, target, place) is not None
    )


def anonymous(target: Target, place: Place) -> SampleAnonymous:
    return SampleAnonymous(target, place.address, _ANONYMOUS, port=place.port)


def posting(case: Case, manners: SamplingManners) -> tuple[Request, ...]:
    """The phone's own Autodiscover request, once for each account, where the admin asked for it (1.8, J10).

    At the first place of an Autodiscover name whose certificate is trusted; elsewhere no password would leave.
    """
    if not manners.autodiscover_post:
        return ()
    for target in case.with_role(Role.AUTODISCOVER):
        for place in places(case, target):
            seen = handshake(case, target, place)
            if seen is not None and seen.trusted and seen.name_matches is not False:
                return posts(case, target, place, manners)
    return ()


def posts(case: Case, target: Target, place: Place, manners: SamplingManners) -> tuple[Request, ...]:
    return tuple(
        AskAutodiscover(target, place.address, email, email, place.port, manners.refusals) for email in _emails(case)
    )


def signing_in(case: Case, manners: SamplingManners) -> tuple[Request, ...]:
    """Sign in where phones do: accounts at generic names, the certificate at certificate names.

    Only places that answered an anonymous request are asked; a password goes only where Basic is offered, and to
    a member only where DNS led nowhere, for samples are about what phones meet.
    """
    if manners.through_proxy:
        return ()
    requests: list[Request] = []
    for target in case.with_role(Role.GENERIC):
        offering = [p for p in places(case, target) if _offers(case, target, p, "basic")]
        by_dns = [p for p in offering if not p.is_member]
        requests += [
            password(case, target, group, account, manners)
            for group in by_port(by_dns or offering)
            for account in case.accounts
        ]
    for target in case.with_role(Role.CERT):
        spoke = [p for p in places(case, target) if handshake(case, target, p) is not None]
        if case.device_certificate is not None:
            label = case.device_certificate.label
            requests += [certificate(target, group, label, manners) for group in by_port(spoke)]
    return tuple(requests)


def _offers(case: Case, target: Target, place: Place, scheme: str) -> bool:
    answer = anonymous_answer(case, target, place)
    return answer is not None and scheme in {challenge.casefold() for challenge in answer.challenges}


def by_port(found: Sequence[Place]) -> tuple[tuple[Place, ...], ...]:
    """One request signs in at one port, so places are grouped by theirs."""
    ports = dict.fromkeys(place.port for place in found)
    return tuple(tuple(place for place in found if place.port == port) for port in ports)


def password(
    case: Case, target: Target, group: Sequence[Place], account: Account, manners: SamplingManners
) -> SampleSignIn:
    """The samples of one account at these places."""
    mailbox = account.mailbox
    crosses = mailbox is not None and mailbox.product.is_legacy
    predicted = predicted_failure(case, mailbox) if mailbox is not None and crosses else None
    return SampleSignIn(
        target=target,
        addresses=tuple(place.address for place in group),
        sent=Sent.BASIC,
        account=account.label,
        mailbox=mailbox,
        count=_count(manners, predicted) if crosses else 1,
        pace_seconds=manners.pace_seconds,
        careful=manners.careful,
        refusals=manners.refusals,
        # Without a leg to cross one success at each address says everything.
        until_success=not crosses,
        predicted_failed=predicted[0] if predicted else None,
        predicted_basis=predicted[1] if predicted else None,
        port=group[0].port,
    )


def _count(manners: SamplingManners, predicted: tuple[float, str] | None) -> int:
    if manners.samples is not None:
        return manners.samples
    if predicted is None or predicted[0] <= 0:
        return WITHOUT_PREDICTION
    return min(AT_MOST, samples_to_see(min(1.0, predicted[0])))


def certificate(target: Target, group: Sequence[Place], label: str, manners: SamplingManners) -> SampleSignIn:
    """The tries of the client certificate at these places."""
    return SampleSignIn(
        target=target,
        addresses=tuple(place.address for place in group),
        sent=Sent.CERTIFICATE,
        account=label,
        mailbox=None,
        count=_CERTIFICATE_TRIES,
        pace_seconds=manners.pace_seconds,
        careful=manners.careful,
        until_success=True,
        port=group[0].port,
    )


def longest_wait(requests: Sequence[Request]) -> float:
    """Seconds of pausing that the sign-ins take at most when nothing fails; shown before the start (J11)."""
    return sum(_pauses(r) * r.pace_seconds for r in requests if isinstance(r, SampleSignIn))


def _pauses(request: SampleSignIn) -> int:
    samples = request.count * (len(request.addresses) if request.until_success else 1)
    return max(0, samples - 1)
