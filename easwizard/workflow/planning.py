"""What to look at next, as requests. Pure: the same plan is shown before anything is sent (DESIGN 10)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address

from easwizard.case.case import Account, Case
from easwizard.case.facts import HttpFacts
from easwizard.case.requests import AskProxy, LookAt, Request, ResolveName, SampleSignIn, Target
from easwizard.case.statistics import samples_to_see
from easwizard.diagnosis.legacy_names import predicted_failure
from easwizard.exchange.inventory import Role
from easwizard.exchange.replies import ACTIVESYNC_PATH, Sent

_WITHOUT_PREDICTION = 20
_AT_MOST = 100
_CERTIFICATE_TRIES = samples_to_see(0.5)
"""Tries of a certificate at one address before "never" is said: a leg that fails at one half would have shown."""


@dataclass(frozen=True)
class SamplingManners:
    """How the admin wants samples taken (J10, J11)."""

    samples: int | None = None
    """How many; None: enough for less than 1 % doubt at the predicted share."""
    pace_seconds: float = 3.0
    careful: bool = False
    refusals: int = 1


def resolving(case: Case) -> tuple[Request, ...]:
    """Ask every resolver for both address types of every name; an address given as such needs no resolver."""
    hosts = dict.fromkeys(t.host for t in case.targets if not is_address(t.host))
    return tuple(
        ResolveName(host, record_type, resolver)
        for host in hosts
        for resolver in case.vantage.resolvers
        for record_type in ("A", "AAAA")
    )


def looking(case: Case) -> tuple[Request, ...]:
    """Look at every address of every name, and ask the legacy ones for `/Proxy`. No credential goes along."""
    return tuple(request for target in case.targets for request in _looks(case, target))


def _looks(case: Case, target: Target) -> Iterator[Request]:
    for address in _addresses(case, target):
        yield LookAt(target, address)
        if target.role.is_legacy:
            yield AskProxy(target, address)


def _addresses(case: Case, target: Target) -> tuple[str, ...]:
    return (target.host,) if is_address(target.host) else case.addresses(target.host)


def is_address(host: str) -> bool:
    """Whether a host is an IP address."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def signing_in(case: Case, manners: SamplingManners) -> tuple[Request, ...]:
    """Sign in where phones do: accounts at generic names, the certificate at certificate names.

    Only addresses that answered an anonymous request are asked; a password goes only where Basic is offered.
    """
    requests: list[Request] = []
    for target in case.with_role(Role.GENERIC):
        addresses = _offering(case, target, "basic")
        requests += [_password(case, target, addresses, a, manners) for a in case.accounts if addresses]
    for target in case.with_role(Role.CERT):
        addresses = _answering(case, target)
        if addresses and case.device_certificate is not None:
            requests.append(_certificate(target, addresses, case.device_certificate, manners))
    return tuple(requests)


def _password(
    case: Case, target: Target, addresses: tuple[str, ...], account: Account, manners: SamplingManners
) -> SampleSignIn:
    mailbox = account.mailbox
    crosses = mailbox is not None and mailbox.product.is_legacy
    predicted = predicted_failure(case, mailbox) if mailbox is not None and crosses else None
    return SampleSignIn(
        target=target,
        addresses=addresses,
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
    )


def _count(manners: SamplingManners, predicted: tuple[float, str] | None) -> int:
    if manners.samples is not None:
        return manners.samples
    if predicted is None or predicted[0] <= 0:
        return _WITHOUT_PREDICTION
    return min(_AT_MOST, samples_to_see(min(1.0, predicted[0])))


def _certificate(target: Target, addresses: tuple[str, ...], label: str, manners: SamplingManners) -> SampleSignIn:
    return SampleSignIn(
        target=target,
        addresses=addresses,
        sent=Sent.CERTIFICATE,
        account=label,
        mailbox=None,
        count=_CERTIFICATE_TRIES,
        pace_seconds=manners.pace_seconds,
        careful=manners.careful,
        until_success=True,
    )


def _answering(case: Case, target: Target) -> tuple[str, ...]:
    """Addresses whose TLS handshake completed, so that signing in there can say something."""
    return tuple(facts.address for observation, facts in case.tls(target) if observation.ok)


def _offering(case: Case, target: Target, scheme: str) -> tuple[str, ...]:
    return tuple(f.address for f in _anonymous(case, target) if scheme in {c.casefold() for c in f.challenges})


def _anonymous(case: Case, target: Target) -> Iterator[HttpFacts]:
    for observation, facts in case.http(target, ACTIVESYNC_PATH):
        if observation.ok and facts.credentials is Sent.NONE:
            yield facts


def longest_wait(requests: tuple[Request, ...]) -> float:
    """Seconds of pausing that the sign-ins take at most when nothing fails; shown before the start (J11)."""
    return sum(_pauses(r) * r.pace_seconds for r in requests if isinstance(r, SampleSignIn))


def _pauses(request: SampleSignIn) -> int:
    samples = request.count * (len(request.addresses) if request.until_success else 1)
    return max(0, samples - 1)
