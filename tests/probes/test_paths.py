"""Asking other paths who answers there: names, builds, clocks; anonymous, bounded, and never a meaning of its own."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Mapping
from email.utils import format_datetime

import pytest

from easwizard.case.facts import HttpFacts, Reason, ServerIdentity, Status
from easwizard.case.requests import AskPath
from easwizard.exchange.inventory import Role
from easwizard.exchange.replies import PROXY_PATH, Meaning
from tests.probes.certificates import Authority
from tests.probes.challenges import challenge, filetime, header, in_spnego, text
from tests.probes.conftest import HOST, NOON, SHORT, MakeRun, ask_proxy, http, look_at, target, tcp
from tests.probes.servers import (
    Answer,
    HttpsServer,
    Received,
    Server,
    closed_port,
    drain,
    reply,
    server_context,
    silent,
    talking,
    unauthorized,
)

HEALTH = "/Microsoft-Server-ActiveSync/healthcheck.htm"


def ask_path(port: int, path: str = "/owa/", method: str = "GET", *, ntlm: bool = False) -> AskPath:
    return AskPath(target(port, role=Role.GENERIC), "127.0.0.1", path, method, ntlm)


def seen(
    run: MakeRun, authority: Authority, answer: Answer, path: str = "/owa/", *, ntlm: bool = False
) -> tuple[HttpFacts, Received]:
    with HttpsServer(server_context(authority.issue(HOST)), answer) as server:
        (observation,) = run()(ask_path(server.port, path, ntlm=ntlm))
    assert observation.status is Status.OK
    return http(observation), server.requests[0]


def always(status: int, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Answer:
    return lambda _: reply(status, headers, body)


@pytest.mark.parametrize(
    ("headers", "build", "product"),
    [
        ({"X-OWA-Version": "15.2.2562.35"}, "15.2.2562.35", "SE"),
        ({"X-OWA-Version": "15.0.847.32"}, "15.0.847.32", "2013"),
        ({"X-ServerApplication": "Exchange/15.01.2176.009"}, "15.1.2176.9", "2016"),
        ({"X-OWA-Version": "8.3.83.6"}, "8.3.83.6", "2007"),
        ({"X-OWA-Version": "15.0.847.32; rm -rf"}, None, None),
        ({"X-OWA-Version": "9" * 500}, None, None),
        ({}, None, None),
    ],
)
def test_a_build_is_read_from_every_header_that_tells_it(
    run: MakeRun, authority: Authority, headers: dict[str, str], build: str | None, product: str | None
) -> None:
    facts, _ = seen(run, authority, always(302, {"Location": "/owa/auth", **headers}))
    assert (facts.build, facts.product) == (build, product)


@pytest.mark.parametrize(
    ("path", "answer", "name"),
    [
        ("/owa/", always(302, {"X-FEServer": "EX13A", "X-BEServer": "EX13B"}), "EX13A"),
        ("/owa/", always(500, {"X-BEServer": "EX13B"}), "EX13B"),
        ("/owa/", always(500, {"X-DiagInfo": "EX13C"}), "EX13C"),
        (HEALTH, always(200, {}, b"200 OK<br/>ex13a.contoso.test"), "EX13A"),
        (HEALTH, always(200, {"X-FEServer": "EX13B"}, b"200 OK<br/>ex13a.contoso.test"), "EX13B"),
        (HEALTH, always(200, {}, b"<html>Welcome to www.example.test</html>"), None),
        (HEALTH, always(404, {}, b"200 OK<br/>ex13a.contoso.test"), None),
        ("/owa/", always(200, {}, b"200 OK<br/>ex13a.contoso.test"), None),
    ],
)
def test_who_answered(run: MakeRun, authority: Authority, path: str, answer: Answer, name: str | None) -> None:
    assert seen(run, authority, answer, path)[0].answered_by == name


def test_the_request_is_anonymous_and_says_what_was_asked(run: MakeRun, authority: Authority) -> None:
    facts, request = seen(run, authority, always(302))
    assert (request.method, request.path, facts.method, facts.path) == ("GET", "/owa/", "GET", "/owa/")
    assert "authorization" not in request.headers
    assert not facts.ntlm_offered


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda message: [header("NTLM", message)],
        lambda message: ["Negotiate", "NTLM", header("NTLM", message)],
        lambda message: [header("Negotiate", in_spnego(message))],
    ],
)
def test_a_challenge_tells_name_build_and_clock(run: MakeRun, authority: Authority, wrapped) -> None:  # type: ignore[no-untyped-def]
    message = challenge(
        (1, text("EX07A")), (3, text("ex07a.contoso.test")), (7, filetime(NOON + dt.timedelta(seconds=400)))
    )
    facts, request = seen(run, authority, lambda _: unauthorized(*wrapped(message)), "/EWS/", ntlm=True)
    assert facts.identity == ServerIdentity(
        "EX07A", dns_computer="ex07a.contoso.test", os_build="6.0.6002", clock="2026-03-01T12:06:40.000Z"
    )
    assert facts.clock_offset_s == pytest.approx(400, abs=1.5)
    scheme, _, token = request.headers["authorization"].partition(" ")
    assert (scheme, base64.b64decode(token)[:12]) == ("NTLM", b"NTLMSSP\x00\x01\x00\x00\x00")


def test_a_huge_challenge_is_no_challenge(run: MakeRun, authority: Authority) -> None:
    facts, _ = seen(run, authority, lambda _: unauthorized("NTLM " + "A" * 60_000), "/EWS/", ntlm=True)
    assert (facts.identity, facts.status, facts.challenges) == (None, 401, ("NTLM",))


@pytest.mark.parametrize(
    ("date", "offset"),
    [
        (format_datetime(NOON - dt.timedelta(minutes=7), usegmt=True), -420),
        ("Sunday", None),
        ("Tue, 99 Foo 99999 99:99:99 GMT", None),
        ("", None),
    ],
)
def test_the_date_header_tells_the_clock_where_no_challenge_does(
    run: MakeRun, authority: Authority, date: str, offset: float | None
) -> None:
    facts, _ = seen(run, authority, always(302, {"Date": date}))
    assert facts.clock_offset_s == (None if offset is None else pytest.approx(offset, abs=1.5))


def test_other_paths_never_speak_for_the_activesync_directory(run: MakeRun, authority: Authority) -> None:
    with HttpsServer(server_context(authority.issue(HOST)), lambda _: unauthorized("Negotiate", "NTLM")) as server:
        requests = (
            look_at(server.port),
            ask_proxy(server.port),
            ask_path(server.port, "/EWS/"),
            ask_path(server.port, HEALTH),
            ask_path(server.port, PROXY_PATH, "OPTIONS", ntlm=True),
        )
        observations = [o for o in run()(*requests) if isinstance(o.facts, HttpFacts)]
    meanings = [Meaning.WINDOWS_CHALLENGE, Meaning.LEG_ACCEPTED, None, None, None]
    assert [http(o).meaning for o in observations] == meanings
    ids = [o.id.partition("@127.0.0.1")[2] for o in observations]
    assert ids == [
        "/none/Microsoft-Server-ActiveSync",
        "/none/Proxy",
        "/none/EWS/",
        "/none" + HEALTH,
        "/none/Microsoft-Server-ActiveSync/Proxy/ntlm",
    ]


def test_a_member_at_its_own_port_has_ids_of_its_own(run: MakeRun, authority: Authority) -> None:
    from dataclasses import replace

    with HttpsServer(server_context(authority.issue(HOST)), always(401)) as server:
        namespace = target(1)
        requests = (
            replace(look_at(1), port=server.port),
            replace(ask_path(1), port=server.port),
            replace(ask_proxy(1), port=server.port),
        )
        observations = run()(*requests)
    assert [o.status for o in observations] == [Status.OK] * 5
    assert {o.target for o in observations} == {namespace.name}
    assert all(f"@127.0.0.1:{server.port}" in o.id for o in observations)
    assert tcp(observations[0]).port == server.port
    assert {request.headers["host"] for request in server.requests} == {f"{HOST}:1"}


def test_a_closed_port_and_a_silent_one_end_in_one_observation_with_the_reason(run: MakeRun) -> None:
    (closed,) = run()(ask_path(closed_port()))
    with Server(silent) as server:
        (quiet,) = run(SHORT)(ask_path(server.port))
    assert (closed.status, closed.reason) == (Status.FAILED, Reason.REFUSED)
    assert (quiet.status, quiet.reason) == (Status.FAILED, Reason.TLS_TIMEOUT)


def test_an_endless_body_is_not_read_to_its_end(run: MakeRun, authority: Authority) -> None:
    context = server_context(authority.issue(HOST))

    def talk(tls) -> None:  # type: ignore[no-untyped-def]
        tls.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n200 OK<br/>ex13a.contoso.test")
        for _ in range(64):
            tls.sendall(b" " * 1024)
        drain(tls)

    with Server(talking(context, talk)) as server:
        (observation,) = run()(ask_path(server.port, HEALTH))
    assert http(observation).answered_by == "EX13A"
