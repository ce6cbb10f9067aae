"""Looking: every layer is reported, whatever the far side does."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import pytest

from easwizard.case.facts import Asked, Observation, Reason, Status
from easwizard.case.progress import Finished, Phase, Started
from easwizard.exchange.replies import Meaning
from easwizard.probes.tls_contexts import Trust
from tests.probes.certificates import Authority
from tests.probes.conftest import HOST, LONG, NOON, MakeRun, ask_proxy, http, look_at, tcp, tls
from tests.probes.servers import (
    HttpsServer,
    Received,
    Server,
    closed_port,
    drain,
    reply,
    reset,
    server_context,
    talking,
    unauthorized,
)


def basic(_: Received) -> bytes:
    return unauthorized('Basic realm="mail"')


def layers(observations: tuple[Observation, ...]) -> list[tuple[str, Status, Reason | None]]:
    return [(o.kind, o.status, o.reason) for o in observations]


def test_a_healthy_endpoint_shows_all_three_layers(run: MakeRun, authority: Authority) -> None:
    with HttpsServer(server_context(authority.issue(HOST, "*.contoso.test")), basic) as server:
        seen = run()(look_at(server.port))
    assert layers(seen) == [("tcp", Status.OK, None), ("tls", Status.OK, None), ("http", Status.OK, None)]
    assert tcp(seen[0]).outcome == "open"
    session = tls(seen[1])
    assert (session.protocol, session.trusted, session.trust_error, session.name_matches) == (
        "TLSv1.3",
        True,
        None,
        True,
    )
    assert (session.subject, session.issuer) == (f"CN={HOST}", "CN=Contoso Test CA")
    assert session.names == (HOST, "*.contoso.test")
    assert session.not_after is not None
    assert session.not_after.endswith("Z")
    assert session.client_certificate.asked is Asked.NO
    answer = http(seen[2])
    assert (answer.status, answer.challenges, answer.meaning) == (401, ("Basic",), Meaning.BASIC_CHALLENGE)
    assert [o.id for o in seen] == [
        f"tcp:{HOST}:{server.port}@127.0.0.1",
        f"tls:{HOST}:{server.port}@127.0.0.1",
        f"http:{HOST}:{server.port}@127.0.0.1/none/Microsoft-Server-ActiveSync",
    ]
    assert {(o.at, o.vantage, o.target) for o in seen} == {(NOON, "JUMP1", f"{HOST}:{server.port}")}
    assert set(seen[2].phases_ms) == {"tcp", "tls", "first_byte"}


def test_the_request_is_an_anonymous_options_with_the_name_of_the_namespace(
    run: MakeRun, authority: Authority
) -> None:
    names: list[str | None] = []
    context = server_context(authority.issue(HOST))
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    with HttpsServer(context, basic) as server:
        run()(look_at(server.port, host=HOST + "."))
        (request,) = server.requests
        assert (request.method, request.path) == ("OPTIONS", "/Microsoft-Server-ActiveSync")
        assert request.headers["host"] == f"{HOST}:{server.port}"
        assert request.headers["accept-encoding"] == "identity"
        assert "authorization" not in request.headers
    assert names == [HOST, HOST]


def test_progress_tells_start_phases_and_end(run: MakeRun, authority: Authority) -> None:
    looking = run()
    with HttpsServer(server_context(authority.issue(HOST)), basic) as server:
        request = look_at(server.port)
        seen = looking(request)
    phases = [Phase(request, name) for name in ("tcp", "tls", "first_byte")]
    assert looking.events == [Started(request), *phases, Finished(request, seen)]


def test_a_closed_port_is_refused_and_the_rest_skipped(run: MakeRun) -> None:
    seen = run()(look_at(closed_port()))
    assert layers(seen) == [
        ("tcp", Status.FAILED, Reason.REFUSED),
        ("tls", Status.SKIPPED, None),
        ("http", Status.SKIPPED, None),
    ]
    assert tcp(seen[0]).outcome == "refused"
    assert seen[1].detail == "no connection"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (None, Reason.CLOSED),
        (b"SSH-2.0-OpenSSH\r\n\r\n", Reason.NOT_HTTP),
        (b"SSH-2.0-OpenSSH\r\n", Reason.NOT_HTTP),
        (b"HTTP/1.1 200 OK\r\nServer: x\r\n", Reason.NOT_HTTP),
        (b"HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n", Reason.NOT_HTTP),
    ],
)
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_an_end_without_an_answer_is_told_from_an_answer_that_is_no_http(
    run: MakeRun, authority: Authority, answer: bytes | None, reason: Reason, version: ssl.TLSVersion
) -> None:
    context = server_context(authority.issue(HOST))
    context.maximum_version = version
    with HttpsServer(context, lambda _: answer) as server:
        seen = run()(look_at(server.port))
    assert (seen[2].status, seen[2].reason) == (Status.FAILED, reason)
    assert tls(seen[1]).trusted is True


def test_an_intermediate_that_only_this_machine_has_is_missing_for_phones(
    run: MakeRun, authority: Authority, tmp_path: Path
) -> None:
    middle = Authority("Contoso Issuing CA", authority)
    ca_file = tmp_path / "both.pem"
    ca_file.write_bytes(authority.pem + middle.pem)
    looking = run(own=Trust.with_ca(ca_file))
    for with_chain in (True, False):
        with HttpsServer(server_context(middle.issue(HOST, with_chain=with_chain)), basic) as server:
            facts = tls(looking(look_at(server.port))[1])
        assert (facts.trusted, facts.chain_complete) == (True, with_chain)


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        (unauthorized("Negotiate", "NTLM"), Meaning.LEG_ACCEPTED),
        (unauthorized("Negotiate"), Meaning.LEG_NEGOTIATE_ONLY),
        (unauthorized('Basic realm="a, NTLM"'), Meaning.LEG_WITHOUT_WINDOWS),
        (reply(403), Meaning.LEG_ABSENT_OR_BLOCKED),
        (reply(404), Meaning.LEG_ABSENT_OR_BLOCKED),
    ],
)
def test_what_the_proxy_directory_answers(
    run: MakeRun, authority: Authority, answer: bytes, meaning: Meaning
) -> None:
    with HttpsServer(server_context(authority.issue(HOST)), lambda _: answer) as server:
        (seen,) = run()(ask_proxy(server.port))
        assert server.requests[0].path == "/Microsoft-Server-ActiveSync/Proxy"
    assert http(seen).meaning is meaning
    assert seen.id.endswith("@127.0.0.1/none/Proxy")


def test_a_proxy_directory_out_of_reach_is_one_failure(run: MakeRun) -> None:
    (seen,) = run()(ask_proxy(closed_port()))
    assert (seen.kind, seen.status, seen.reason) == ("http", Status.FAILED, Reason.REFUSED)


def test_the_substatus_of_a_detailed_error_page(run: MakeRun, authority: Authority) -> None:
    page = b"<html>" + b" " * 9000 + b"HTTP Error 403.7 - Forbidden</html>"
    with HttpsServer(server_context(authority.issue(HOST)), lambda _: reply(403, body=page)) as server:
        (seen,) = run()(ask_proxy(server.port))
    assert http(seen).substatus == 7


def test_a_body_that_never_ends_does_not_matter(run: MakeRun, authority: Authority) -> None:
    context = server_context(authority.issue(HOST))

    def flood(stream: ssl.SSLSocket) -> None:
        stream.sendall(b"HTTP/1.1 500 X\r\n\r\n")
        while not server.closing.is_set():
            stream.sendall(b"500.19 " * 4096)

    with Server(talking(context, flood)) as server:
        (seen,) = run()(ask_proxy(server.port))
    assert (http(seen).status, http(seen).substatus) == (500, 19)


def test_an_address_as_the_name(run: MakeRun, authority: Authority) -> None:
    with HttpsServer(server_context(authority.issue("127.0.0.1")), basic) as server:
        facts = tls(run()(look_at(server.port, host="127.0.0.1"))[1])
    assert (facts.trusted, facts.name_matches) == (True, True)


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
def test_an_ipv6_address_stands_in_brackets(run: MakeRun, authority: Authority) -> None:
    try:
        server = HttpsServer(server_context(authority.issue(HOST, "::1")), basic, address="::1")
    except OSError:
        pytest.skip("no IPv6 loopback here")
    with server:
        seen = run()(look_at(server.port, host="::1", address="::1"))
        assert server.requests[0].headers["host"] == f"[::1]:{server.port}"
    assert [o.status for o in seen] == [Status.OK] * 3


def test_a_reset_right_after_the_request(run: MakeRun, authority: Authority) -> None:
    context = server_context(authority.issue(HOST))

    def handle(stream: ssl.SSLSocket) -> None:
        reset(stream)

    with Server(talking(context, handle)) as server:
        (seen,) = run(LONG)(ask_proxy(server.port))
    assert seen.reason in (Reason.RESET, Reason.CLOSED)


def test_an_early_answer_of_the_server_is_kept_when_it_closes_at_once(run: MakeRun, authority: Authority) -> None:
    context = server_context(authority.issue(HOST))

    def handle(stream: ssl.SSLSocket) -> None:
        stream.sendall(b"HTTP/1.1 503 X\r\nServer: Microsoft-HTTPAPI/2.0\r\nContent-Length: 900\r\n\r\n")
        stream.shutdown(socket.SHUT_WR)
        drain(stream)

    with Server(talking(context, handle)) as server:
        (seen,) = run()(ask_proxy(server.port))
    assert http(seen).meaning is Meaning.SERVER_DOWN
