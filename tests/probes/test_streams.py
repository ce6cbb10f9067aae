"""The two HTTPS clients see the same in everything: the one for looks, and the quick one for samples."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path

import pytest

from easwizard.case.facts import Reason
from easwizard.exchange.replies import ACTIVESYNC_PATH
from easwizard.probes import https, streams
from easwizard.probes.attempt import FIRST_BYTE, TCP, TLS, Attempt, Destination
from easwizard.probes.client_certificate import ClientCertificate
from easwizard.probes.settings import Deadlines
from easwizard.probes.tls_contexts import Trust
from tests.probes.certificates import Authority, Issued
from tests.probes.conftest import HOST, LONG, written
from tests.probes.hostile import Talk, TalkingServer, context_of, endlessly, once, only_old_tls
from tests.probes.servers import (
    LOOPBACK,
    Handler,
    HttpsServer,
    Received,
    Server,
    closed_port,
    demanding,
    drain,
    reply,
    reset,
    server_context,
)
from tests.probes.test_demands import WAYS, Way
from tests.probes.test_distrusted_servers import UNTRUSTED, Distrust
from tests.probes.test_hostile_servers import AFTER_IT, IN_THE_HANDSHAKE, evil_answer

Ask = Callable[..., Coroutine[None, None, None]]
CLIENTS: dict[str, Ask] = {"httpx": https.ask, "streams": streams.ask}


@dataclass(frozen=True)
class Asked:
    """One request to one server on this machine, over one context, by either client."""

    context: ssl.SSLContext
    deadlines: Deadlines = LONG
    path: str = ACTIVESYNC_PATH
    authorization: str | None = None
    address: str = LOOPBACK

    def by(self, ask: Ask, port: int) -> tuple[Attempt, list[str]]:
        attempt, phases = Attempt(Destination(HOST, self.address, port)), list[str]()
        asyncio.run(ask(attempt, self.path, self.context, self.deadlines, phases.append, self.authorization))
        return attempt, phases

    def by_both(self, port: int) -> Attempt:
        """What the quick one saw, once it is clear that the other saw the same."""
        (expected, told), (seen, told_too) = (self.by(ask, port) for ask in CLIENTS.values())
        assert facts_of(seen) == facts_of(expected)
        assert told_too == told
        return seen


def facts_of(attempt: Attempt) -> dict[str, object]:
    """Everything but times, the library's own words, and the substatus that stands in a body."""
    answer, failure, session = attempt.answer, attempt.failure, attempt.session
    demand = attempt.transcript.demand(
        status=answer.status if answer is not None else None, reason=failure.reason if failure is not None else None
    )
    return {
        "phases": (attempt.phase, list(attempt.phases_ms)),
        "session": session,
        "answer": (answer.status, answer.headers, answer.challenges) if answer is not None else None,
        "reason": failure.reason if failure is not None else None,
        "demand": demand,
    }


@pytest.mark.parametrize(("handle", "reason", "deadlines"), IN_THE_HANDSHAKE.values(), ids=IN_THE_HANDSHAKE)
def test_in_the_handshake(trust: Trust, handle: Handler, reason: Reason, deadlines: Deadlines) -> None:
    with Server(handle) as server:
        seen = Asked(trust.looking, deadlines).by_both(server.port)
    assert (seen.phase, seen.failed_in(TLS)) == (TLS, seen.failure)
    assert seen.failure is not None
    assert seen.failure.reason is reason


def speaking_first(connection: socket.socket) -> None:
    connection.sendall(b"220 smtp.contoso.test ESMTP\r\n")
    drain(connection)


def resetting_at_once(connection: socket.socket) -> None:
    reset(connection)


@pytest.mark.parametrize(
    ("handle", "reason"),
    [(speaking_first, Reason.NOT_TLS), (resetting_at_once, Reason.RESET)],
    ids=["speaks", "resets"],
)
def test_who_does_not_wait_for_us(trust: Trust, handle: Handler, reason: Reason) -> None:
    """Nothing is lost of what came before the handshake began."""
    with Server(handle) as server:
        attempt, _ = Asked(trust.looking).by(streams.ask, server.port)
    assert attempt.failure is not None
    assert attempt.failure.reason is reason


def test_nobody_there(trust: Trust) -> None:
    seen = Asked(trust.looking).by_both(closed_port())
    assert (seen.phase, seen.failure and seen.failure.reason) == (TCP, Reason.REFUSED)


@pytest.mark.parametrize(("talk", "outcome", "deadlines"), AFTER_IT.values(), ids=AFTER_IT)
def test_after_the_handshake(
    trust: Trust, authority: Authority, talk: Talk, outcome: Reason | int, deadlines: Deadlines
) -> None:
    with TalkingServer(server_context(authority.issue(HOST)), talk) as server:
        seen = Asked(trust.looking, deadlines).by_both(server.port)
    assert seen.phase == FIRST_BYTE
    told = seen.answer.status if seen.answer is not None else seen.failure and seen.failure.reason
    assert told == outcome


GOOD_ENDS: dict[str, Talk] = {
    "a few announcements first": once(b"HTTP/1.1 100 X\r\n\r\nHTTP/1.1 103 X\r\n\r\n" + reply(200, {"A": "b"})),
    "an old HTTP": once(b"HTTP/1.0 403 X\r\nX-FEServer: EX1\r\n\r\n"),
    "line ends of one byte": once(b"HTTP/1.1 401 X\nWWW-Authenticate: Basic\n\n"),
    "no reason phrase": once(b"HTTP/1.1 200\r\n\r\n"),
    "the same header twice": once(b"HTTP/1.1 200 X\r\nVia: a\r\nvia: b\r\nSet-Cookie: s=1; p\r\n\r\n"),
    "a header just short enough": once(b"HTTP/1.1 200 X\r\nX: " + b"y" * 100_000 + b"\r\n\r\n"),
}


@pytest.mark.parametrize("talk", GOOD_ENDS.values(), ids=GOOD_ENDS)
def test_odd_answers_that_are_answers(trust: Trust, authority: Authority, talk: Talk) -> None:
    with TalkingServer(server_context(authority.issue(HOST)), talk) as server:
        assert Asked(trust.looking).by_both(server.port).answer is not None


@pytest.mark.parametrize("path", [ACTIVESYNC_PATH, ACTIVESYNC_PATH + "/Proxy"], ids=["UTF-8", "Latin-1"])
def test_evil_text(trust: Trust, authority: Authority, path: str) -> None:
    with HttpsServer(server_context(authority.issue(HOST)), evil_answer) as server:
        seen = Asked(trust.looking, path=path).by_both(server.port)
    assert seen.answer is not None
    assert "Basic" in seen.answer.challenges


def presenting(trust: Trust, issued: Issued) -> ssl.SSLContext:
    return trust.presenting(ClientCertificate(issued.certificate, issued.key))


@pytest.mark.parametrize("device", ["none", "good", "foreign"])
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_demands_for_a_certificate(
    trust: Trust, authority: Authority, stranger: Authority, way: Way, device: str
) -> None:
    """In the handshake, by renegotiation in TLS 1.2 and after the handshake in TLS 1.3, with every outcome."""
    contexts: dict[str, Callable[[], ssl.SSLContext]] = {
        "none": lambda: trust.looking,
        "good": lambda: presenting(trust, authority.issue("anna")),
        "foreign": lambda: presenting(trust, stranger.issue("anna")),
    }
    with way.make(authority.issue(HOST), authority) as server:
        seen = Asked(contexts[device]()).by_both(server.port)
    reason = seen.failure.reason if seen.failure is not None else None
    assert seen.transcript.demand(reason=reason).how == way.how
    assert (seen.answer is not None and seen.answer.status == 200) is (device == "good")


@pytest.mark.parametrize("distrust", UNTRUSTED.values(), ids=UNTRUSTED)
def test_whom_it_does_not_trust(trust: Trust, authority: Authority, stranger: Authority, distrust: Distrust) -> None:
    """Verification is by the name, while the address is dialled."""
    with HttpsServer(distrust.context(authority, stranger), lambda _: reply(200)) as server:
        seen = Asked(trust.verifying, authorization="Basic eA==").by_both(server.port)
        assert server.requests == []
    assert (seen.failure is not None, seen.session) == (True, None)


def test_tls_10_with_the_old_context(trust: Trust, authority: Authority) -> None:
    with HttpsServer(only_old_tls(context_of(authority.issue(HOST))), lambda _: reply(200)) as server:
        seen = Asked(trust.legacy).by_both(server.port)
    assert seen.session is not None
    assert seen.session.protocol == "TLSv1"


def test_both_send_the_same(trust: Trust, authority: Authority) -> None:
    names: list[str | None] = []
    context = server_context(authority.issue(HOST))
    context.sni_callback = lambda _tls, name, _context: names.append(name)
    with HttpsServer(context, lambda _: reply(200)) as server:
        Asked(trust.verifying, authorization="Basic eDp5").by_both(server.port)
        first, second = server.requests
    assert names == [HOST, HOST]
    assert first == second
    assert (second.method, second.path, second.headers["authorization"]) == ("OPTIONS", ACTIVESYNC_PATH, "Basic eDp5")
    assert (second.headers["host"], second.headers["connection"]) == (f"{HOST}:{server.port}", "close")


def test_ipv6(trust: Trust, authority: Authority) -> None:
    try:
        server = HttpsServerOnIpv6(server_context(authority.issue(HOST)), lambda _: reply(200))
    except OSError:
        pytest.skip("no IPv6 loopback here")
    with server:
        assert Asked(trust.looking, address="::1").by_both(server.port).answer is not None


class HttpsServerOnIpv6(HttpsServer):
    """The same on ::1."""

    def __init__(self, context: ssl.SSLContext, answer: Callable[[Received], bytes | None]) -> None:
        super().__init__(context, answer)
        self._listener.close()
        self._listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
        self.address, self.port = "::1", int(self._listener.getsockname()[1])


@pytest.mark.parametrize("phase", [TLS, FIRST_BYTE])
def test_what_is_cancelled_hangs_up(trust: Trust, authority: Authority, phase: str) -> None:
    """The far side sees the connection end, whatever phase was interrupted."""
    context, ended = server_context(authority.issue(HOST)), threading.Event()

    def handle(connection: socket.socket) -> None:
        try:
            if phase == FIRST_BYTE:
                with context.wrap_socket(connection, server_side=True) as tls:
                    drain(tls)
            drain(connection)
        finally:
            ended.set()

    async def scene(port: int) -> Attempt:
        attempt, reached = Attempt(Destination(HOST, LOOPBACK, port)), asyncio.Event()

        def on_phase(now: str) -> None:
            if now == phase:
                reached.set()

        task = asyncio.create_task(streams.ask(attempt, ACTIVESYNC_PATH, trust.looking, LONG, on_phase))
        await asyncio.wait_for(reached.wait(), 5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return attempt

    with Server(handle) as server:
        attempt = asyncio.run(scene(server.port))
        assert ended.wait(5)
    assert (attempt.phase, attempt.answer, attempt.failure) == (phase, None, None)


def test_a_flood_of_announcements_leaves_others_their_time(trust: Trust, authority: Authority) -> None:
    """While one server floods, another is answered long before the first one's deadline."""
    flood = endlessly(b"", b"HTTP/1.1 103 X\r\n\r\n" * 500)
    context = server_context(authority.issue(HOST))

    async def scene(flooding: int, good: int) -> tuple[Attempt, bool]:
        stuck, answered = (Attempt(Destination(HOST, LOOPBACK, port)) for port in (flooding, good))
        begun = asyncio.Event()

        def on_phase(phase: str) -> None:
            if phase == FIRST_BYTE:
                begun.set()

        task = asyncio.create_task(streams.ask(stuck, ACTIVESYNC_PATH, trust.looking, LONG, on_phase))
        await asyncio.wait_for(begun.wait(), 5)
        await streams.ask(answered, ACTIVESYNC_PATH, trust.looking, LONG, lambda _: None)
        still_flooded = not task.done()
        task.cancel()
        await asyncio.wait([task])
        return answered, still_flooded

    with TalkingServer(context, flood) as mad, HttpsServer(context, lambda _: reply(200)) as good:
        answered, still_flooded = asyncio.run(scene(mad.port, good.port))
    assert still_flooded
    assert answered.answer is not None


def hello_requests(connection: socket.socket) -> None:
    """What a client in a handshake has to pass over, without end and as fast as it goes out."""
    connection.recv(4096)
    while True:
        connection.sendall(b"\x16\x03\x03\x00\x04\x00\x00\x00\x00" * 5000)


def test_a_flood_in_the_handshake_meets_the_deadline(trust: Trust) -> None:
    with Server(hello_requests) as server:
        seen = Asked(trust.looking, Deadlines(tcp=5, tls=0.4, first_byte=5)).by_both(server.port)
    assert seen.failure is not None
    assert seen.failure.reason is Reason.TLS_TIMEOUT


def test_announcements_that_are_there_already_are_not_read_in_one_go() -> None:
    """Between two of them everybody else has a turn, deadlines too."""
    left = [b"HTTP/1.1 103 X\r\n\r\n" * 50 + reply(200)]

    async def read() -> bytes:
        return left.pop()

    async def scene() -> int:
        turns = 0
        answering = asyncio.create_task(streams._Exchange(Destination(HOST, LOOPBACK, 443), "/", None).answer(read))
        while not answering.done():
            await asyncio.sleep(0)
            turns += 1
        assert answering.result().status == 200
        return turns

    assert asyncio.run(scene()) > 50


def test_truststore_works_too(authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The way taken on Windows and macOS, as far as it can be gone here."""
    monkeypatch.setattr("sys.platform", "win32")
    own = Trust.with_ca(written(tmp_path, "ca.pem", authority.pem))
    monkeypatch.undo()
    context = demanding(server_context(authority.issue(HOST)), authority, ssl.CERT_OPTIONAL)
    with HttpsServer(context, lambda _: reply(401)) as server:
        seen = Asked(own.verifying).by_both(server.port)
    assert seen.transcript.asked


def test_a_request_that_is_none_is_our_own_fault(trust: Trust, authority: Authority) -> None:
    with HttpsServer(server_context(authority.issue(HOST)), lambda _: reply(200)) as server:
        with pytest.raises(Exception, match=r"[Ii]llegal"):
            Asked(trust.looking, authorization="x\ny").by(streams.ask, server.port)
        assert server.requests == []
