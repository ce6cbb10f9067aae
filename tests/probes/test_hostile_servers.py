"""Servers that mean no good: every look ends in time, tells the right layer, and gives nothing away."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass

import pytest
from cryptography import x509

from easwizard.case.case import Case, Vantage
from easwizard.case.facts import Observation, Reason, Status
from easwizard.case.requests import Request, SampleSignIn
from easwizard.case.untrusted import visible
from easwizard.exchange.replies import Meaning, Sent
from easwizard.probes.secrets import Password, Secrets
from easwizard.probes.settings import Deadlines
from easwizard.reports import json_form, plain
from easwizard.reports.model import report_on
from tests.probes.certificates import Authority, Issued
from tests.probes.conftest import HOST, NOON, MakeRun, ask_proxy, http, look_at, target, tls
from tests.probes.hostile import (
    CHUNK,
    Bystander,
    Talk,
    TalkingServer,
    alerting,
    closing_at_once,
    context_of,
    dripping,
    elsewhere,
    endlessly,
    flooding,
    gzip_bomb,
    handshake_in_drops,
    once,
    one_long_header,
    redirects,
    silence,
)
from tests.probes.servers import (
    Handler,
    HttpsServer,
    Received,
    RenegotiatingServer,
    Server,
    reply,
    resetting,
    saying,
    server_context,
    silent,
)

PATIENT = Deadlines(dns=5, tcp=5, tls=5, first_byte=8)
SHORT_TLS = Deadlines(dns=5, tcp=5, tls=0.4, first_byte=8)
SHORT_ANSWER = Deadlines(dns=5, tcp=5, tls=5, first_byte=0.5)
PASSWORD = "correct horse battery"
SLACK_MS = 2500.0
"""For a busy machine; every endless server here would go on for ever."""


def layers(observations: tuple[Observation, ...]) -> list[tuple[str, Status, Reason | None]]:
    return [(o.kind, o.status, o.reason) for o in observations]


def in_time(observations: tuple[Observation, ...], deadlines: Deadlines) -> bool:
    limits = {"tcp": deadlines.tcp, "tls": deadlines.tls, "first_byte": deadlines.first_byte}
    return all(ms <= limits[phase] * 1000 + SLACK_MS for o in observations for phase, ms in o.phases_ms.items())


IN_THE_HANDSHAKE: dict[str, tuple[Handler, Reason, Deadlines]] = {
    "accepts and stays silent": (silent, Reason.TLS_TIMEOUT, SHORT_TLS),
    "handshake in drops": (handshake_in_drops, Reason.TLS_TIMEOUT, SHORT_TLS),
    "reset": (resetting, Reason.RESET, PATIENT),
    "closed": (closing_at_once, Reason.TLS_CLOSED, PATIENT),
    "alert unrecognized_name": (alerting(112), Reason.NAME_REFUSED, PATIENT),
    "alert protocol_version": (alerting(70), Reason.TLS_VERSION, PATIENT),
    "alert handshake_failure": (alerting(40), Reason.TLS_REFUSED, PATIENT),
    "alert insufficient_security": (alerting(71), Reason.TLS_REFUSED, PATIENT),
    "alert internal_error": (alerting(80), Reason.TLS_REFUSED, PATIENT),
    "plain HTTP": (saying(b"HTTP/1.1 400 Bad Request\r\n\r\n"), Reason.NOT_TLS, PATIENT),
    "SMTP": (saying(b"220 smtp.contoso.test ESMTP\r\n"), Reason.NOT_TLS, PATIENT),
    "garbage": (saying(bytes(range(7, 90))), Reason.NOT_TLS, PATIENT),
    "garbage without end": (flooding, Reason.NOT_TLS, PATIENT),
}


@pytest.mark.parametrize(("handle", "reason", "deadlines"), IN_THE_HANDSHAKE.values(), ids=IN_THE_HANDSHAKE)
def test_in_the_handshake(run: MakeRun, handle: Handler, reason: Reason, deadlines: Deadlines) -> None:
    with Server(handle) as server:
        seen = run(deadlines)(look_at(server.port))
    assert layers(seen) == [
        ("tcp", Status.OK, None),
        ("tls", Status.FAILED, reason),
        ("http", Status.SKIPPED, None),
    ]
    assert in_time(seen, deadlines)


HEAD_200, HEAD_500 = b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 500 X\r\n"
AFTER_IT: dict[str, tuple[Talk, Reason | int, Deadlines]] = {
    "silence": (silence, Reason.FIRST_BYTE_TIMEOUT, SHORT_ANSWER),
    "headers in drops": (dripping(HEAD_200 + b"X: ", b"x"), Reason.FIRST_BYTE_TIMEOUT, SHORT_ANSWER),
    "endless 1xx, slow": (dripping(b"", b"HTTP/1.1 103 X\r\n\r\n"), Reason.FIRST_BYTE_TIMEOUT, SHORT_ANSWER),
    "endless 1xx, fast": (endlessly(b"", b"HTTP/1.1 103 X\r\n\r\n" * 99), Reason.FIRST_BYTE_TIMEOUT, SHORT_ANSWER),
    "endless empty lines": (endlessly(b"", b"\r\n" * 999), Reason.NOT_HTTP, PATIENT),
    "endless headers": (endlessly(HEAD_200, b"X-Header: again and again\r\n" * 99), Reason.NOT_HTTP, PATIENT),
    "a header of 10 MB": (one_long_header, Reason.NOT_HTTP, PATIENT),
    "endless reason phrase": (endlessly(b"HTTP/1.1 200 ", CHUNK), Reason.NOT_HTTP, PATIENT),
    "endless garbage": (endlessly(b"", CHUNK), Reason.NOT_HTTP, PATIENT),
    "another protocol": (once(b"SSH-2.0-OpenSSH\r\n\r\n"), Reason.NOT_HTTP, PATIENT),
    "a status that is none": (once(b"HTTP/1.1 000 X\r\n\r\n"), Reason.NOT_HTTP, PATIENT),
    "a length that is none": (once(HEAD_200 + b"Content-Length: -1\r\n\r\n"), Reason.NOT_HTTP, PATIENT),
    "two lengths": (once(HEAD_200 + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n"), Reason.NOT_HTTP, PATIENT),
    "NUL in a header": (once(HEAD_200 + b"X: a\0b\r\n\r\n"), Reason.NOT_HTTP, PATIENT),
    "hangs up at once": (once(b""), Reason.CLOSED, PATIENT),
    "hangs up in the headers": (once(HEAD_200 + b"Server: x\r\n"), Reason.NOT_HTTP, PATIENT),
    "hangs up in the body": (once(HEAD_500 + b"Content-Length: 900\r\n\r\nx"), 500, PATIENT),
    "endless body of a page": (endlessly(HEAD_200 + b"\r\n", CHUNK), 200, PATIENT),
    "endless body of an error": (endlessly(HEAD_500 + b"\r\n", CHUNK), 500, PATIENT),
    "body in drops": (dripping(HEAD_500 + b"\r\n", b"x"), 500, PATIENT),
    "chunks that are none": (once(HEAD_500 + b"Transfer-Encoding: chunked\r\n\r\nzzz\r\n"), 500, PATIENT),
    "gzip bomb": (once(gzip_bomb()), 500, PATIENT),
    "a promise of 10 TB": (once(HEAD_500 + b"Content-Length: 9999999999999\r\n\r\n"), 500, PATIENT),
    "an upgrade not asked for": (
        once(b"HTTP/1.1 101 X\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
        Reason.NOT_HTTP,
        PATIENT,
    ),
}


@pytest.mark.parametrize(("talk", "outcome", "deadlines"), AFTER_IT.values(), ids=AFTER_IT)
def test_after_the_handshake(
    run: MakeRun, authority: Authority, talk: Talk, outcome: Reason | int, deadlines: Deadlines
) -> None:
    with TalkingServer(server_context(authority.issue(HOST)), talk) as server:
        since = time.monotonic()
        seen = run(deadlines)(look_at(server.port))
        seconds = time.monotonic() - since
    answered = isinstance(outcome, int)
    assert layers(seen) == [
        ("tcp", Status.OK, None),
        ("tls", Status.OK, None),
        ("http", Status.OK, None) if answered else ("http", Status.FAILED, outcome),
    ]
    assert tls(seen[1]).trusted is True
    assert http(seen[2]).status == (outcome if answered else None)
    assert in_time(seen, deadlines)
    assert seconds < deadlines.first_byte + 2 + SLACK_MS / 1000


def password_of_anna() -> Secrets:
    return Secrets({"anna": Password("anna", PASSWORD)})


def sign_in(port: int) -> SampleSignIn:
    return SampleSignIn(target(port), ("127.0.0.1",), Sent.BASIC, "anna", None, 1)


@pytest.mark.parametrize(("handle", "reason", "deadlines"), IN_THE_HANDSHAKE.values(), ids=IN_THE_HANDSHAKE)
def test_a_sign_in_in_the_handshake(run: MakeRun, handle: Handler, reason: Reason, deadlines: Deadlines) -> None:
    with Server(handle) as server:
        summary, first = run(deadlines, secrets=password_of_anna())(sign_in(server.port))
    assert (first.status, first.reason) == (Status.FAILED, reason)
    assert (summary.status, summary.reason) == (Status.FAILED, reason)
    assert in_time((first,), deadlines)


@pytest.mark.parametrize(("talk", "outcome", "deadlines"), AFTER_IT.values(), ids=AFTER_IT)
def test_a_sign_in_after_the_handshake(
    run: MakeRun, authority: Authority, talk: Talk, outcome: Reason | int, deadlines: Deadlines
) -> None:
    """Signing in goes another way than looking, and must be no easier to hold up."""
    with TalkingServer(server_context(authority.issue(HOST)), talk) as server:
        since = time.monotonic()
        summary, first = run(deadlines, secrets=password_of_anna())(sign_in(server.port))
        seconds = time.monotonic() - since
    assert (http(first).status or first.reason) == outcome
    assert summary.status is Status.OK
    assert in_time((first,), deadlines)
    assert seconds < deadlines.first_byte + 2 + SLACK_MS / 1000


MEMORY = ["a header of 10 MB", "endless headers", "endless body of a page", "endless body of an error", "gzip bomb"]


@pytest.mark.parametrize("name", MEMORY)
@pytest.mark.parametrize("request_at", [ask_proxy, sign_in], ids=["looking", "signing in"])
def test_what_a_server_says_does_not_fill_the_memory(
    run: MakeRun, authority: Authority, name: str, request_at: Callable[[int], Request]
) -> None:
    """Python's own memory at its highest; what the servers send is made beforehand or in small pieces."""
    with TalkingServer(server_context(authority.issue(HOST)), AFTER_IT[name][0]) as server:
        looking = run(PATIENT, secrets=password_of_anna())
        tracemalloc.start()
        try:
            looking(request_at(server.port))
            _, highest = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert highest < 10_000_000


@redirects
def test_a_redirect_is_a_finding_not_an_instruction(
    run: MakeRun, authority: Authority, status: int, header: str
) -> None:
    with (
        Bystander() as other,
        HttpsServer(server_context(authority.issue(HOST)), lambda _: answer) as server,
    ):
        answer = elsewhere(status, header, other.port)
        seen = run()(look_at(server.port))
        assert (len(server.requests), other.visitors()) == (1, 0)
    assert (http(seen[2]).status, http(seen[2]).meaning) == (status, Meaning.REDIRECTED)
    assert str(other.port) in http(seen[2]).headers[header.lower()]


EVIL = "[red]\x1b[31;5m\x1b]0;owned\x07[/red]\u202e\u2066\x85\u2028\ue000[link=x]é"
"""Terminal sequences, markup, direction marks, line breaks of other alphabets, private use, and a plain letter."""


def evil_answer(request: Received) -> bytes:
    """In UTF-8 at the first path, in Latin-1 at the other."""
    on_proxy = request.path.endswith("/Proxy")
    text = EVIL.encode("latin-1", errors="ignore") if on_proxy else EVIL.encode()
    lines = [
        b"HTTP/1.1 401 " + text.replace(b"\x85", b""),
        b'WWW-Authenticate: Basic realm="' + text + b'", Negotiate',
        b"WWW-Authenticate: " + text,
        b"X-FEServer: " + text,
        b"Server: " + text,
        b"MS-Server-ActiveSync: 15.0 " + text,
        b"Set-Cookie: " + text + b"=secret-cookie; path=/",
        b"X-Long: " + b"y" * 5000,
        *(b"X-%d: v" % number for number in range(150)),
        b"Content-Length: 0",
    ]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def evil_certificate(authority: Authority) -> Issued:
    return authority.issue(HOST, "[/red]\x1b[2J.contoso.test", common_name=EVIL.replace("\x85", ""))


def texts(value: object) -> Iterator[str]:
    """Every text in facts, however deep."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from texts(getattr(value, field.name))
    elif isinstance(value, dict):
        yield from texts(tuple(value) + tuple(value.values()))
    elif isinstance(value, (tuple, list, frozenset)):
        for item in value:
            yield from texts(item)


@pytest.mark.parametrize("known", [True, False], ids=["trusted", "not trusted"])
def test_nothing_comes_through_raw(run: MakeRun, authority: Authority, stranger: Authority, known: bool) -> None:
    issued = evil_certificate(authority if known else stranger)
    clients = Authority(EVIL.replace("\x85", ""))
    with RenegotiatingServer(issued, clients, evil_answer) as server:
        seen = run()(look_at(server.port), ask_proxy(server.port))
    facts = [text for o in seen for text in (*texts(o.facts), *texts(o.detail), o.id, o.target)]
    assert [text for text in facts if text != visible(text, 10_000)] == []
    assert len(max(facts, key=len)) < 1100
    assert "secret-cookie" not in repr(seen)
    session, answer = tls(seen[1]), http(seen[2])
    shown = "CN=[red]\\x1b[31\\;5m\\x1b]0\\;owned\\x07[/red]\\u202e\\u2066\\u2028\\ue000[link=x]é"
    assert session.subject == shown
    assert session.names[1] == "[/red]\\x1b[2J.contoso.test"
    assert session.client_certificate.issuers == (shown.replace("\\;", ";"),)
    assert answer.answered_by == visible(EVIL)
    assert answer.challenges[:2] == ("Basic", "Negotiate")
    in_latin_1 = http(seen[3]).answered_by
    assert in_latin_1 is not None
    assert in_latin_1.endswith("[/red]\\x85[link=x]é")
    assert len(answer.headers) <= 100
    case = Case(Vantage("JUMP1"), targets=(target(server.port),)).with_observations(seen)
    report = report_on(case, NOON)
    for rendered in (plain.render(report), json_form.render(report)):
        lines = rendered.split("\n")
        assert [line for line in lines if line != visible(line, 100_000)] == []


def test_a_name_with_direction_marks_where_only_ascii_may_stand(run: MakeRun, authority: Authority) -> None:
    """Some versions of the library refuse it and some read it; it is never shown as it is."""
    raw = "\u202eevil.test".encode()
    names = bytes([0x82, len(raw)]) + raw
    extension = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.17"), bytes([0x30, len(names)]) + names)
    issued = authority.issue(common_name=HOST, with_names=False, extensions=(extension,))
    with HttpsServer(context_of(issued), lambda _: reply(401)) as server:
        seen = run()(look_at(server.port))
    assert [o.status for o in seen] == [Status.OK] * 3
    assert tls(seen[1]).names in ((), ("\\u202eevil.test",))
