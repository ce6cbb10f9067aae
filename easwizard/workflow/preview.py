"""The use case "what would you send": a whole check as a list, before anything is sent (DESIGN 5, 10). Pure.

Addresses that only DNS will tell stand as "each address of HOST"; which places answer is not known yet, so
everything is listed that could follow. Credentials are named by kind, never by value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from easwizard.case.case import Case
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
from easwizard.exchange.inventory import Role
from easwizard.exchange.replies import ACTIVESYNC_PATH, PROXY_PATH, Sent
from easwizard.probes.attempt import Destination
from easwizard.probes.autodiscover import POST_PATH, V2_TIMES, v2_path
from easwizard.probes.heads import request_headers
from easwizard.probes.settings import Deadlines
from easwizard.workflow.places import Place, is_address, member_places
from easwizard.workflow.planning import (
    AT_MOST,
    SamplingManners,
    anonymous,
    by_port,
    certificate,
    longest_wait,
    looks,
    password,
    posts,
    resolving,
)


@dataclass(frozen=True)
class Question:
    """One DNS question; `server` is `ADDRESS:PORT`, asked by UDP, by TCP where the answer is too long."""

    name: str
    type: str
    resolver: str
    server: str
    longest_seconds: float


@dataclass(frozen=True)
class Sending:
    """One kind of HTTPS request to one place."""

    step: str
    target: str
    at: str
    """An address, or in words which addresses."""
    port: int
    method: str
    path: str
    headers: Mapping[str, str]
    credentials: str
    """`none`, `ntlm-offer` (neither user nor password), `password` or `client-certificate`."""
    account: str | None = None
    """Label of the account or certificate."""
    times: int = 1
    """How many requests there; for each address where `each` is set, else in all."""
    each: bool = True
    longest_seconds: float = 0.0
    """How long they take at most, each way of failing included; pauses too."""
    note: str = ""


@dataclass(frozen=True)
class Plan:
    """Everything that a check would send."""

    vantage: str
    proxy: str | None
    questions: tuple[Question, ...]
    sendings: tuple[Sending, ...]
    at_once: str = "at most 4 connections to one address and 16 in all; signing in is one at a time"
    rules: tuple[str, ...] = field(
        default=(
            "Where a server refuses TLS itself, the look is repeated once with old versions and ciphers.",
            "No redirect is followed, and nothing on a server is changed.",
            "Credentials go only over a connection whose certificate was verified.",
        )
    )


def preview(case: Case, manners: SamplingManners, deadlines: Deadlines, proxy: str | None) -> Plan:
    """What a check of this case would send, as far as it is known before the first answer."""
    questions = tuple(
        Question(r.host, r.record_type, r.resolver.label, f"{r.resolver.address}:{r.resolver.port}", deadlines.dns)
        for r in resolving(case)
        if isinstance(r, ResolveName)
    )
    requests = [(step, r) for target in case.targets for step, r in _of_target(case, target, manners)]
    sendings = tuple(_sending(step, request, deadlines) for step, request in requests)
    return Plan(case.vantage.host, proxy, questions, sendings)


def _of_target(case: Case, target: Target, manners: SamplingManners) -> Iterator[tuple[str, Request]]:
    by_dns = Place(target.host) if is_address(target.host) else Place(f"each address of {target.host}")
    if manners.through_proxy:
        by_dns = Place(f"{target.host}, by the proxy")
    found = (by_dns, *member_places(case, target, (target.host,)))
    for place in found:
        for look in looks(case, target, place):
            yield "looking", look
    if manners.through_proxy:
        return
    if target.role.faces_devices:
        for place in found:
            yield "seeing who answers", anonymous(target, place)
    if target.role is Role.AUTODISCOVER and manners.autodiscover_post:
        place = Place(f"the first trusted address of {target.host}")
        for request in posts(case, target, place, manners):
            yield "asking Autodiscover as a phone does", request
    if target.role is Role.GENERIC:
        for account in case.accounts:
            yield "signing in", password(case, target, (by_dns,), account, manners)
    if target.role is Role.CERT and case.device_certificate is not None:
        for group in by_port(found):
            yield "signing in", certificate(target, group, case.device_certificate.label, manners)


def _sending(step: str, request: Request, deadlines: Deadlines) -> Sending:
    """The request as it would leave; raises ValueError for one that is no HTTPS request."""
    connecting = deadlines.tcp + deadlines.tls
    one = connecting + deadlines.first_byte
    look = one + connecting  # where TLS itself is refused, it is tried once more
    match request:
        case LookAt():
            note = "two more handshakes judge the certificate, and send nothing"
            return _anonymous(step, request, "OPTIONS", ACTIVESYNC_PATH, look + 2 * connecting, note=note)
        case AskProxy():
            return _anonymous(step, request, "OPTIONS", PROXY_PATH, look)
        case AskPath():
            offered = "ntlm-offer" if request.ntlm else "none"
            return _anonymous(step, request, request.method, request.path, look, credentials=offered)
        case AskAutodiscover(account=None):
            return _anonymous(step, request, "GET", v2_path(request.email), one * V2_TIMES, V2_TIMES)
        case AskAutodiscover():
            return _post(step, request, one)
        case SampleAnonymous():
            return _anonymous(step, request, "OPTIONS", ACTIVESYNC_PATH, one * request.count, request.count)
        case SampleSignIn():
            return _samples(step, request, one)
        case ResolveName():
            raise ValueError("a DNS question is no HTTPS request")


def _anonymous(
    step: str,
    request: LookAt | AskProxy | AskPath | AskAutodiscover | SampleAnonymous,
    method: str,
    path: str,
    seconds: float,
    times: int = 1,
    credentials: str = "none",
    note: str = "",
) -> Sending:
    return Sending(
        step=step,
        target=request.target.name,
        at=request.address,
        port=request.port or request.target.port,
        method=method,
        path=path,
        headers=_headers(
            request.target, "NTLM (an offer, without user or password)" if credentials != "none" else None
        ),
        credentials=credentials,
        times=times,
        longest_seconds=seconds,
        note=note,
    )


def _post(step: str, request: AskAutodiscover, seconds: float) -> Sending:
    headers = _headers(request.target, f"Basic (the password of {request.account})")
    return Sending(
        step=step,
        target=request.target.name,
        at=request.address,
        port=request.port or request.target.port,
        method="POST",
        path=POST_PATH,
        headers=headers | {"Content-Type": "text/xml; charset=utf-8"},
        credentials="password",
        account=request.account,
        each=False,
        longest_seconds=seconds,
        note=f"names {request.email}; only over a verified connection",
    )


def _samples(step: str, request: SampleSignIn, one: float) -> Sending:
    by_password = request.sent is Sent.BASIC
    pauses = longest_wait((request,))
    times, note = request.count, "only over a verified connection"
    if by_password:
        note += f"; stops after {request.refusals} refused in a row before a success"
    if not request.until_success and request.predicted_failed is None:
        note += f"; up to {AT_MOST} where what is seen predicts a small share" if request.count < AT_MOST else ""
    return Sending(
        step=step,
        target=request.target.name,
        at=", ".join(request.addresses) + (", in turn" if not request.until_success else ""),
        port=request.port or request.target.port,
        method="OPTIONS",
        path=ACTIVESYNC_PATH,
        headers=_headers(request.target, f"Basic (the password of {request.account})" if by_password else None),
        credentials="password" if by_password else "client-certificate",
        account=request.account,
        times=times,
        each=request.until_success,
        longest_seconds=times * one + pauses,
        note=note + ("; ends at the first success" if request.until_success else ""),
    )


def _headers(target: Target, authorization: str | None) -> dict[str, str]:
    """The headers as they go, the Authorization in words."""
    return request_headers(Destination.of(target, target.host), authorization)
