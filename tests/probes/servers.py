"""Small real servers on loopback, in threads: raw ports, HTTPS with every kind of certificate demand, DNS."""

from __future__ import annotations

import base64
import select
import socket
import ssl
import struct
import tempfile
import threading
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, cast

import dns.message
from OpenSSL import SSL, crypto

from tests.probes.certificates import Authority, Issued

LOOPBACK = "127.0.0.1"
T = TypeVar("T")
PATIENCE = 10.0
"""Seconds after which a server gives up, so that a failing test ends."""
Handler = Callable[[socket.socket], None]


def closed_port() -> int:
    """A port where nothing listens."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        return int(listener.getsockname()[1])


class Server:
    """Accepts connections and gives each to `handle` in a thread of its own."""

    def __init__(self, handle: Handler | None = None, address: str = LOOPBACK, port: int = 0) -> None:
        self._given = handle
        self._listener = socket.create_server((address, port))
        self.address, self.port = address, int(self._listener.getsockname()[1])
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._threads: list[threading.Thread] = []
        self.connections = 0
        self.accepted = threading.Event()
        self._acceptor = threading.Thread(target=self._accept)

    def __enter__(self) -> Self:
        self._acceptor.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        with suppress(OSError):
            socket.create_connection((self.address, self.port), 1).close()
        self._acceptor.join()
        self._listener.close()
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    @property
    def closing(self) -> threading.Event:
        return self._closing

    def handle(self, connection: socket.socket) -> None:
        assert self._given is not None
        self._given(connection)

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self._closing.is_set():
                connection.close()
                return
            connection.settimeout(PATIENCE)
            self.connections += 1
            self.accepted.set()
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def track(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.add(connection)

    def untrack(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.discard(connection)

    def _serve(self, connection: socket.socket) -> None:
        self.track(connection)
        try:
            with suppress(OSError, SSL.Error):
                self.handle(connection)
        finally:
            self.untrack(connection)
            connection.close()


def silent(connection: socket.socket) -> None:
    """Take everything, say nothing."""
    while connection.recv(4096):
        pass


def saying(data: bytes) -> Handler:
    """Answer whatever comes with these bytes."""

    def handle(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        drain(connection)

    return handle


def resetting(connection: socket.socket) -> None:
    """Reset the connection as soon as the client has spoken."""
    connection.recv(4096)
    reset(connection)


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def drain(connection: socket.socket) -> None:
    """Read to the end, so that a reset does not overtake what was said."""
    with suppress(OSError):
        while connection.recv(4096):
            pass


@dataclass(frozen=True)
class Received:
    """One request as it came in."""

    method: str
    path: str
    headers: Mapping[str, str]
    certificate: bytes | None = None

    @property
    def password(self) -> str | None:
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return base64.b64decode(token).decode() if scheme == "Basic" else None


Answer = Callable[[Received], bytes | None]
"""The bytes to answer a request with; None closes without an answer."""


def reply(status: int, headers: Mapping[str, str] | None = None, body: bytes = b"") -> bytes:
    lines = [f"HTTP/1.1 {status} X"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    lines += [f"Content-Length: {len(body)}", "Connection: close", "", ""]
    return "\r\n".join(lines).encode("utf-8") + body


def unauthorized(*challenges: str) -> bytes:
    lines = ["HTTP/1.1 401 X", *(f"WWW-Authenticate: {c}" for c in challenges), "Content-Length: 0"]
    return ("\r\n".join([*lines, "Connection: close"]) + "\r\n\r\n").encode()


class Crowd:
    """Answers only when so many requests are there at once, and counts the most that ever were."""

    def __init__(self, together: int) -> None:
        self._together = threading.Barrier(together)
        self._lock = threading.Lock()
        self._now = self.most = 0

    def __call__(self, _: Received) -> bytes:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        self._together.wait(10)
        with self._lock:
            self._now -= 1
        return unauthorized("Basic")


def server_context(issued: Issued) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        context.load_cert_chain(issued.save(Path(folder), "server"))
    context.set_alpn_protocols(["http/1.1"])
    return context


def demanding(
    context: ssl.SSLContext, clients: Authority, mode: ssl.VerifyMode = ssl.CERT_REQUIRED
) -> ssl.SSLContext:
    """Let a server context ask for client certificates of this authority."""
    context.verify_mode = mode
    context.load_verify_locations(cadata=clients.pem.decode())
    return context


class HttpsServer(Server):
    """HTTPS with one answer per connection; remembers every request."""

    def __init__(self, context: ssl.SSLContext, answer: Answer, address: str = LOOPBACK, port: int = 0) -> None:
        super().__init__(address=address, port=port)
        self._context, self._answer = context, answer
        self.requests: list[Received] = []
        self.asked = threading.Event()

    def handle(self, connection: socket.socket) -> None:
        tls = self._context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        self.track(tls)
        try:
            self._converse(tls)
        except ssl.SSLError:
            with suppress(OSError):
                tls.shutdown(socket.SHUT_WR)
            drain(tls)
        finally:
            self.untrack(tls)
            tls.close()

    def _converse(self, tls: ssl.SSLSocket) -> None:
        tls.do_handshake()
        head = read_head(tls.recv)
        if not head:
            return
        self.before_answer(tls)
        received = parse(head, tls.getpeercert(binary_form=True))
        self.requests.append(received)
        self.asked.set()
        answer = self._answer(received)
        if answer is None:
            return
        tls.sendall(answer)
        with suppress(OSError):
            tls.shutdown(socket.SHUT_WR)
        drain(tls)

    def before_answer(self, tls: ssl.SSLSocket) -> None:
        """For servers that ask for a certificate only now."""


def talking(context: ssl.SSLContext, talk: Callable[[ssl.SSLSocket], None]) -> Handler:
    """TLS, one request read, then whatever `talk` does."""

    def handle(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as tls:
            read_head(tls.recv)
            talk(tls)

    return handle


class PostHandshakeServer(HttpsServer):
    """TLS 1.3; asks for a certificate after it has read the request."""

    def before_answer(self, tls: ssl.SSLSocket) -> None:
        tls.verify_client_post_handshake()
        tls.do_handshake()
        tls.setblocking(False)
        try:
            while tls.getpeercert(binary_form=True) is None:
                if not select.select([tls], [], [], PATIENCE)[0]:
                    raise TimeoutError
                with suppress(ssl.SSLWantReadError):
                    tls.recv(1)
        finally:
            tls.settimeout(PATIENCE)


class RenegotiatingServer(Server):
    """TLS 1.2; reads the request, then asks for a certificate in a second handshake, as IIS does for a path."""

    def __init__(
        self, issued: Issued, clients: Authority, answer: Answer, *, strict: bool = False, issuers: bool = True
    ) -> None:
        super().__init__()
        self._context, self._answer = _renegotiating_context(issued, clients, issuers), answer
        self._mode = SSL.VERIFY_PEER | (SSL.VERIFY_FAIL_IF_NO_PEER_CERT if strict else 0)
        self.requests: list[Received] = []

    def handle(self, connection: socket.socket) -> None:
        tls = SSL.Connection(self._context, connection)
        tls.set_accept_state()
        connection.setblocking(False)
        self._again(tls, connection, tls.do_handshake)
        head = b""
        while b"\r\n\r\n" not in head:
            head += self._again(tls, connection, lambda: tls.recv(4096))
        try:
            self._renegotiate(tls, connection)
        except SSL.Error:
            self._end(connection)
            return
        peer = tls.get_peer_certificate()
        der = crypto.dump_certificate(crypto.FILETYPE_ASN1, peer) if peer is not None else None
        received = parse(head, der)
        self.requests.append(received)
        answer = self._answer(received)
        if answer is not None:
            self._again(tls, connection, lambda: tls.sendall(answer))
        self._end(connection)

    def _renegotiate(self, tls: SSL.Connection, connection: socket.socket) -> None:
        tls.set_verify(self._mode, lambda _connection, _certificate, _error, _depth, ok: bool(ok))
        tls.renegotiate()
        self._again(tls, connection, tls.do_handshake)
        while tls.renegotiate_pending() or b"finished" not in tls.get_state_string().lower():
            try:
                tls.recv(1)
            except SSL.WantReadError:
                if not (tls.renegotiate_pending() or b"finished" not in tls.get_state_string().lower()):
                    return
                self._wait(connection)

    def _again(self, tls: SSL.Connection, connection: socket.socket, act: Callable[[], T]) -> T:
        while True:
            try:
                return act()
            except SSL.WantReadError:
                self._wait(connection)

    def _wait(self, connection: socket.socket) -> None:
        if not select.select([connection], [], [], PATIENCE)[0]:
            raise TimeoutError

    def _end(self, connection: socket.socket) -> None:
        connection.settimeout(PATIENCE)
        with suppress(OSError):
            connection.shutdown(socket.SHUT_WR)
        drain(connection)


def _renegotiating_context(issued: Issued, clients: Authority, issuers: bool) -> SSL.Context:
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.set_max_proto_version(SSL.TLS1_2_VERSION)
    context.set_options(0x10000)  # no session resumption on renegotiation, else no certificate is asked for
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    context.use_certificate(cast(Any, issued.certificate))  # the stubs do not know the newer forms yet
    context.use_privatekey(cast(Any, issued.key))
    store = context.get_cert_store()
    assert store is not None
    store.add_cert(crypto.X509.from_cryptography(clients.certificate))
    if issuers:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the only way to name accepted issuers, though deprecated
            context.set_client_ca_list([crypto.X509.from_cryptography(clients.certificate).get_subject()])
    return context


def read_head(receive: Callable[[int], bytes]) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        piece = receive(4096)
        if not piece:
            return b""
        head += piece
    return head


def parse(head: bytes, certificate: bytes | None = None) -> Received:
    first, *lines = head.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ")
    pairs = (line.split(":", 1) for line in lines)
    return Received(method, path, {name.lower(): value.strip() for name, value in pairs}, certificate)


DnsAnswer = Callable[[dns.message.Message, bool], bytes | None]
"""Wire bytes for a query; the flag says whether it came by TCP. None says nothing."""


@dataclass
class DnsServer:
    """A resolver on UDP and TCP of one port."""

    answer: DnsAnswer
    queries: list[tuple[str, bool]] = field(default_factory=list)
    with_tcp: bool = True

    def __enter__(self) -> Self:
        while True:
            self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self._udp.bind((LOOPBACK, 0))
            self.port = int(self._udp.getsockname()[1])
            if not self.with_tcp:
                self._tcp = None
                break
            try:
                self._tcp = Server(self._stream, port=self.port).__enter__()
                break
            except OSError:
                self._udp.close()  # the same port is taken for TCP: try another
        self._thread = threading.Thread(target=self._datagrams)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", (LOOPBACK, self.port))
        self._thread.join()
        self._udp.close()
        if self._tcp is not None:
            self._tcp.__exit__(kind, error, trace)

    def _datagrams(self) -> None:
        while True:
            wire, peer = self._udp.recvfrom(4096)
            if not wire:
                return
            answer = self._answered(wire, by_tcp=False)
            if answer is not None:
                self._udp.sendto(answer, peer)

    def _stream(self, connection: socket.socket) -> None:
        length = int.from_bytes(connection.recv(2), "big")
        answer = self._answered(connection.recv(length), by_tcp=True)
        if answer is not None:
            connection.sendall(len(answer).to_bytes(2, "big") + answer)
        drain(connection)

    def _answered(self, wire: bytes, *, by_tcp: bool) -> bytes | None:
        query = dns.message.from_wire(wire)
        self.queries.append((query.question[0].name.to_text(omit_final_dot=True), by_tcp))
        return self.answer(query, by_tcp)


def asking_later(context: ssl.SSLContext) -> ssl.SSLContext:
    """A demanding context that keeps its demand for after the handshake (TLS 1.3)."""
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.post_handshake_auth = True
    return context
