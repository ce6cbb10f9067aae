"""Looking through an HTTP proxy: by name, honest about what cannot be seen, and every observation says so."""

from __future__ import annotations

import asyncio
import select
import socket
from dataclasses import dataclass, field

import pytest

from easwizard.case.facts import Observation, Reason, Status
from easwizard.case.requests import AskPath, LookAt, Request
from easwizard.probes.prober import Limits, Prober
from easwizard.probes.secrets import Secrets
from easwizard.probes.tls_contexts import Trust
from tests.probes.certificates import Authority
from tests.probes.conftest import HOST, LONG, NOON, http, target, tcp, tls
from tests.probes.servers import LOOPBACK, HttpsServer, Server, closed_port, read_head, server_context, unauthorized


@dataclass
class Relay:
    """A proxy that sends every name to this machine."""

    refusal: bytes | None = None
    asked: list[str] = field(default_factory=list)

    def __call__(self, connection: socket.socket) -> None:
        self.asked.append(read_head(connection.recv).split(b"\r\n")[0].decode())
        if self.refusal is not None:
            connection.sendall(self.refusal)
            return
        port = int(self.asked[-1].split(" ")[1].rpartition(":")[2])
        with socket.create_connection((LOOPBACK, port), 5) as onward:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            while True:
                ready, _, _ = select.select([connection, onward], [], [], 10)
                for source in ready:
                    data = source.recv(65536)
                    if not data:
                        return
                    (onward if source is connection else connection).sendall(data)


def through(proxy_port: int, trust: Trust, *requests: Request) -> tuple[Observation, ...]:
    prober = Prober(
        vantage="JUMP1",
        deadlines=LONG,
        limits=Limits(),
        trust=trust,
        secrets=Secrets(),
        clock=lambda: NOON,
        proxy=f"http://{LOOPBACK}:{proxy_port}",
    )
    return asyncio.run(prober.run(requests, lambda _: None))


def test_looking_through_a_proxy(trust: Trust, authority: Authority) -> None:
    relay, names = Relay(), list[str | None]()
    context = server_context(authority.issue(HOST))
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    with HttpsServer(context, lambda _: unauthorized("Basic")) as server, Server(relay) as proxy:
        namespace = target(server.port)
        seen = through(proxy.port, trust, LookAt(namespace, HOST), AskPath(namespace, HOST, "/owa/", "HEAD"))
    reached, secured, answered, path = seen
    assert (reached.status, tcp(reached).outcome) == (Status.SKIPPED, None)
    assert "proxy" in str(reached.detail)
    assert (secured.status, tls(secured).subject, tls(secured).trusted) == (Status.OK, f"CN={HOST}", None)
    assert tls(secured).name_matches is True
    assert "proxy" in str(tls(secured).trust_error)
    assert (http(answered).status, http(path).status) == (401, 401)
    assert {o.vantage for o in seen} == {f"JUMP1 via proxy {LOOPBACK}:{proxy.port}"}
    assert relay.asked == [f"CONNECT {HOST}:{server.port} HTTP/1.1"] * 2
    assert names == [HOST] * 2
    assert {r.headers["host"] for r in server.requests} == {f"{HOST}:{server.port}"}


def test_a_proxy_that_refuses_is_told_apart_from_a_server_that_does(trust: Trust) -> None:
    refusal = b"HTTP/1.1 403 \x1b[2JForbidden\r\nContent-Length: 0\r\n\r\n"
    with Server(Relay(refusal)) as proxy:
        (_, secured, _) = through(proxy.port, trust, LookAt(target(443), HOST))
    assert (secured.status, secured.reason) == (Status.FAILED, Reason.UNREACHABLE)
    assert "proxy" in str(secured.detail)
    assert "\x1b" not in str(secured.detail)


def test_a_proxy_that_is_not_there(trust: Trust) -> None:
    (path,) = through(closed_port(), trust, AskPath(target(443), HOST, "/owa/"))
    assert (path.status, path.reason) == (Status.FAILED, Reason.REFUSED)


def test_without_a_proxy_no_variable_of_the_environment_brings_one(
    monkeypatch: pytest.MonkeyPatch, trust: Trust, authority: Authority
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://{LOOPBACK}:{closed_port()}")
    with HttpsServer(server_context(authority.issue(HOST)), lambda _: unauthorized("Basic")) as server:
        prober = Prober(
            vantage="JUMP1", deadlines=LONG, limits=Limits(), trust=trust, secrets=Secrets(), clock=lambda: NOON
        )
        request = AskPath(target(server.port), LOOPBACK, "/owa/")
        (path,) = asyncio.run(prober.run([request], lambda _: None))
    assert (path.status, path.vantage) == (Status.OK, "JUMP1")
