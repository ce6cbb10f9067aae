"""Servers that mean no good, as small real ones: what they say in the handshake, and what they say after it."""

from __future__ import annotations

import select
import socket
import ssl
import tempfile
import threading
import warnings
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest

from tests.probes.certificates import Authority, Issued
from tests.probes.servers import LOOPBACK, Handler, HttpsServer, Server, drain, read_head, reply

CHUNK = b"x" * 65536
Talk = Callable[[ssl.SSLSocket, threading.Event], None]
"""What a server does once it has read a request; the event is set when the test is over."""


def closing_at_once(connection: socket.socket) -> None:
    connection.recv(4096)


def alerting(number: int) -> Handler:
    """A fatal TLS alert, whatever the client says."""

    def handle(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(bytes([21, 3, 3, 0, 2, 2, number]))
        connection.shutdown(socket.SHUT_WR)
        drain(connection)

    return handle


def handshake_in_drops(connection: socket.socket) -> None:
    """The head of a handshake record, then one byte of it now and then."""
    connection.recv(4096)
    connection.sendall(b"\x16\x03\x03\x20\x00\x02\x00\x1f\xfc\x03\x03")
    while not _gone(connection, 0.05):
        connection.sendall(b"\x00")


def flooding(connection: socket.socket) -> None:
    """Bytes without end, and nothing read."""
    while True:
        connection.sendall(CHUNK)


def _gone(connection: socket.socket, seconds: float) -> bool:
    """Whether the other side hung up within that time."""
    return bool(select.select([connection], [], [], seconds)[0]) and not connection.recv(4096)


def once(data: bytes) -> Talk:
    """Say this and end."""

    def talk(tls: ssl.SSLSocket, _: threading.Event) -> None:
        tls.sendall(data)
        with suppress(OSError):
            tls.shutdown(socket.SHUT_WR)
        drain(tls)

    return talk


def endlessly(start: bytes, again: bytes) -> Talk:
    """Say the start, then the same for ever, as fast as it goes out."""

    def talk(tls: ssl.SSLSocket, closing: threading.Event) -> None:
        tls.sendall(start)
        while not closing.is_set():
            tls.sendall(again)

    return talk


def dripping(start: bytes, again: bytes) -> Talk:
    """Say the start, then the same now and then, for ever."""

    def talk(tls: ssl.SSLSocket, closing: threading.Event) -> None:
        tls.sendall(start)
        while not closing.wait(0.03):
            tls.sendall(again)

    return talk


def silence(_: ssl.SSLSocket, closing: threading.Event) -> None:
    closing.wait(10)


def one_long_header(tls: ssl.SSLSocket, _: threading.Event) -> None:
    """10 MB in one header, and then a proper end."""
    tls.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
    for _chunk in range(160):
        tls.sendall(CHUNK)
    tls.sendall(b"\r\nContent-Length: 0\r\n\r\n")


@cache
def gzip_bomb() -> bytes:
    """An error page of about 100 KB that unpacks to 100 MB."""
    packer = zlib.compressobj(wbits=31)
    body = b"".join(packer.compress(bytes(1_000_000)) for _ in range(100)) + packer.flush()
    return reply(500, {"Content-Encoding": "gzip"}, body)


class TalkingServer(Server):
    """TLS, one request read, then whatever `talk` does."""

    def __init__(self, context: ssl.SSLContext, talk: Talk) -> None:
        super().__init__()
        self._context, self._talk = context, talk

    def handle(self, connection: socket.socket) -> None:
        with self._context.wrap_socket(connection, server_side=True) as tls:
            self.track(tls)
            try:
                if read_head(tls.recv):
                    self._talk(tls, self.closing)
            finally:
                self.untrack(tls)


class Bystander(Server):
    """Another server, to which nobody was told to go; counts who comes all the same."""

    def __init__(self) -> None:
        super().__init__(drain)

    def visitors(self) -> int:
        """Connections before this call. One of our own is served after them all, so that none can still wait."""
        with socket.create_connection((LOOPBACK, self.port), 5) as own:
            own.shutdown(socket.SHUT_WR)
            own.settimeout(5)
            drain(own)
        return self.connections - 1


class Witness(HttpsServer):
    """Asks for a client certificate, lets everybody in, and keeps whatever secrets came."""

    def __init__(self, context: ssl.SSLContext, clients: Authority, answer: bytes) -> None:
        context.verify_mode = ssl.CERT_OPTIONAL
        context.load_verify_locations(cadata=clients.pem.decode())
        super().__init__(context, lambda _: answer)
        self.certificates = 0
        """Certificate messages with something in them, also of handshakes that came to nothing."""
        context._msg_callback = self._overhear  # type: ignore[attr-defined]

    def _overhear(self, _: object, way: str, __: int, content: int, kind: int, data: bytes) -> None:
        if (way, int(content), int(kind)) == ("read", 22, 11) and len(data) > 100:
            self.certificates += 1

    @property
    def passwords(self) -> list[str]:
        return [r.headers["authorization"] for r in self.requests if "authorization" in r.headers]


def context_of(issued: Issued) -> ssl.SSLContext:
    """A server context that takes any certificate, also one with a weak key."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with tempfile.TemporaryDirectory() as folder:
        context.load_cert_chain(issued.save(Path(folder), "server"))
    return context


def only_old_tls(context: ssl.SSLContext) -> ssl.SSLContext:
    """TLS 1.0 and nothing newer."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def elsewhere(status: int, name: str, port: int) -> bytes:
    """A redirect to another port of this machine."""
    return reply(status, {name: f"https://127.0.0.1:{port}/Microsoft-Server-ActiveSync"})


_REDIRECTS = [(301, "Location"), (302, "Location"), (307, "Location"), (308, "Location"), (451, "X-MS-Location")]
redirects = pytest.mark.parametrize(("status", "header"), _REDIRECTS)
