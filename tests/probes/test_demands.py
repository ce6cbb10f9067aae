"""When a server asks for a client certificate, and what becomes of one that is presented."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from easwizard.case.facts import Asked, CertificateDemand, Reason, Status
from easwizard.case.requests import SampleSignIn
from easwizard.exchange.replies import Meaning, Sent
from easwizard.probes.client_certificate import ClientCertificate
from easwizard.probes.secrets import Secrets
from easwizard.probes.tls_contexts import Trust
from tests.probes.certificates import Authority, Issued
from tests.probes.conftest import HOST, MakeRun, ask_proxy, http, look_at, samples, target, tls
from tests.probes.servers import (
    HttpsServer,
    PostHandshakeServer,
    Received,
    RenegotiatingServer,
    Server,
    asking_later,
    demanding,
    reply,
    server_context,
)

ACTIVESYNC = {"MS-Server-ActiveSync": "15.0", "MS-ASProtocolVersions": "14.1"}
MakeServer = Callable[[Issued, Authority], Server]


def welcome(request: Received) -> bytes:
    return reply(200, ACTIVESYNC) if request.certificate is not None else reply(403)


def in_handshake(version: ssl.TLSVersion, mode: ssl.VerifyMode = ssl.CERT_REQUIRED) -> MakeServer:
    def make(issued: Issued, clients: Authority) -> Server:
        context = demanding(server_context(issued), clients, mode)
        context.maximum_version = version
        return HttpsServer(context, welcome)

    return make


def by_renegotiation(*, strict: bool) -> MakeServer:
    return lambda issued, clients: RenegotiatingServer(issued, clients, welcome, strict=strict)


def after_the_handshake(issued: Issued, clients: Authority) -> Server:
    return PostHandshakeServer(asking_later(demanding(server_context(issued), clients)), welcome)


@dataclass(frozen=True)
class Way:
    """One way to demand a certificate, and how it shows to somebody without one."""

    make: MakeServer
    asked: Asked
    how: str
    refuses_by: Reason | None
    """None: by an HTTP 403."""
    names_issuers: bool = False


TLS12, TLS13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
WAYS = {
    "handshake, TLS 1.3": Way(in_handshake(TLS13), Asked.HANDSHAKE, "handshake", Reason.CERTIFICATE_WANTED),
    "handshake, TLS 1.2": Way(in_handshake(TLS12), Asked.HANDSHAKE, "handshake", Reason.CERTIFICATE_WANTED),
    "optional, TLS 1.3": Way(in_handshake(TLS13, ssl.CERT_OPTIONAL), Asked.HANDSHAKE, "handshake", None),
    "optional, TLS 1.2": Way(in_handshake(TLS12, ssl.CERT_OPTIONAL), Asked.HANDSHAKE, "handshake", None),
    "renegotiation": Way(by_renegotiation(strict=False), Asked.PATH, "renegotiation", None, True),
    "strict renegotiation": Way(
        by_renegotiation(strict=True), Asked.PATH, "renegotiation", Reason.CERTIFICATE_WANTED, True
    ),
    "post-handshake": Way(after_the_handshake, Asked.PATH, "post-handshake", Reason.CERTIFICATE_WANTED),
}
each_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())


@each_way
def test_a_look_without_a_certificate_sees_the_demand(way: Way, run: MakeRun, authority: Authority) -> None:
    with way.make(authority.issue(HOST), authority) as server:
        (seen,) = run()(ask_proxy(server.port))
    issuers = ("CN=Contoso Test CA",) if way.names_issuers else ()
    assert http(seen).client_certificate == CertificateDemand(way.asked, way.how, True, issuers)
    if way.refuses_by is None:
        assert (http(seen).status, http(seen).meaning) == (403, Meaning.CERTIFICATE_DEMANDED)
    else:
        assert (seen.status, seen.reason) == (Status.FAILED, way.refuses_by)


@each_way
def test_the_tls_layer_tells_the_demand_too(way: Way, run: MakeRun, authority: Authority) -> None:
    with way.make(authority.issue(HOST), authority) as server:
        _, session, answer = run()(look_at(server.port))
    demand = tls(session).client_certificate
    assert (demand.asked, demand.how, demand.required) == (way.asked, way.how, True)
    failed_in_handshake = way is WAYS["handshake, TLS 1.2"]
    assert session.status is (Status.FAILED if failed_in_handshake else Status.OK)
    assert answer.status is (
        Status.SKIPPED if failed_in_handshake else Status.OK if way.refuses_by is None else Status.FAILED
    )


def certificate_sign_in(port: int, count: int = 3, *, until_success: bool = True) -> SampleSignIn:
    return SampleSignIn(
        target(port), ("127.0.0.1",), Sent.CERTIFICATE, "device", None, count, until_success=until_success
    )


def held(issued: Issued) -> Secrets:
    return Secrets(certificate=ClientCertificate(issued.certificate, issued.key))


@each_way
def test_a_good_certificate_signs_in(way: Way, run: MakeRun, authority: Authority) -> None:
    device = authority.issue("anna")
    with way.make(authority.issue(HOST), authority) as server:
        summary, answer = run(secrets=held(device))(certificate_sign_in(server.port))
    counts = samples(summary)
    assert (counts.sent, counts.ok, counts.failed) == (1, 1, 0)
    demand = http(answer).client_certificate
    assert (demand.asked, demand.how, demand.presented, demand.accepted) == (way.asked, way.how, True, True)
    assert demand.required is None
    assert http(answer).meaning is Meaning.SIGNED_IN


@each_way
def test_a_certificate_of_the_wrong_authority_is_refused(
    way: Way, run: MakeRun, authority: Authority, stranger: Authority
) -> None:
    device = stranger.issue("anna")
    with way.make(authority.issue(HOST), authority) as server:
        summary, answer = run(secrets=held(device))(certificate_sign_in(server.port, count=2))
    counts = samples(summary)
    assert (counts.sent, counts.ok, counts.failed, counts.crossed) == (2, 0, 2, 0)
    demand = http(answer).client_certificate
    assert (answer.reason, demand.presented, demand.accepted) == (Reason.CERTIFICATE_REFUSED, True, False)


def test_a_certificate_that_is_asked_for_and_refused_in_http(run: MakeRun, authority: Authority) -> None:
    context = demanding(server_context(authority.issue(HOST)), authority)
    with HttpsServer(context, lambda _: reply(403)) as server:
        _, answer = run(secrets=held(authority.issue("anna")))(certificate_sign_in(server.port))
    demand = http(answer).client_certificate
    assert (http(answer).meaning, demand.accepted) == (Meaning.CERTIFICATE_NOT_ACCEPTED, False)


def test_a_certificate_that_nobody_asks_for_is_tried_once(run: MakeRun, authority: Authority) -> None:
    with HttpsServer(server_context(authority.issue(HOST)), lambda _: reply(403)) as server:
        summary, answer = run(secrets=held(authority.issue("anna")))(certificate_sign_in(server.port, count=5))
        assert [request.certificate for request in server.requests] == [None]
    assert (samples(summary).sent, samples(summary).failed, samples(summary).crossed) == (1, 1, 0)
    demand = http(answer).client_certificate
    assert (demand.asked, demand.presented, demand.accepted) == (Asked.NO, False, None)
    assert http(answer).meaning is Meaning.CERTIFICATE_NEVER_ASKED


def test_a_demand_that_lets_one_pass_without(run: MakeRun, authority: Authority) -> None:
    context = demanding(server_context(authority.issue(HOST)), authority, ssl.CERT_OPTIONAL)
    with HttpsServer(context, lambda _: reply(401)) as server:
        (seen,) = run()(ask_proxy(server.port))
    assert http(seen).client_certificate == CertificateDemand(Asked.HANDSHAKE, "handshake", False)


@pytest.mark.parametrize("trusted", [True, False])
def test_where_trust_is_judged_after_the_handshake_it_is_judged_before_too(
    run: MakeRun, authority: Authority, stranger: Authority, monkeypatch: pytest.MonkeyPatch, trusted: bool
) -> None:
    """As on Windows and macOS, where the certificate would be out by the time the server is found wanting."""
    monkeypatch.setattr(Trust, "judges_late", property(lambda _: True))
    issued = (authority if trusted else stranger).issue(HOST)
    with HttpsServer(demanding(server_context(issued), authority, ssl.CERT_OPTIONAL), welcome) as server:
        summary, _ = run(secrets=held(authority.issue("anna")))(certificate_sign_in(server.port))
        assert server.connections == (2 if trusted else 1)
        assert [request.certificate is not None for request in server.requests] == ([True] if trusted else [])
    assert summary.status is (Status.OK if trusted else Status.SKIPPED)


def test_a_certificate_never_goes_to_a_server_that_is_not_trusted(
    run: MakeRun, authority: Authority, stranger: Authority
) -> None:
    presented: list[bytes | None] = []

    def note(request: Received) -> bytes:
        presented.append(request.certificate)
        return reply(200, ACTIVESYNC)

    context = demanding(server_context(stranger.issue(HOST)), authority)
    with HttpsServer(context, note) as server:
        summary, answer = run(secrets=held(authority.issue("anna")))(certificate_sign_in(server.port))
        assert server.requests == []
    assert (summary.status, answer.status, presented) == (Status.SKIPPED, Status.SKIPPED, [])
    assert not http(answer).client_certificate.presented
