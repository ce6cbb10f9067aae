"""A device in front of the web sites that a name leads to: balancer, gateway, publishing proxy, or not Exchange.

It knows no Exchange beyond paths: what a member answers it hands on. A device that ends TLS cannot hand on a client
certificate (exchange.md 2.10); one with delegation signs the user in itself and goes on in his name.
"""

from __future__ import annotations

import contextlib
import itertools
import selectors
import socket
from collections.abc import Callable
from dataclasses import replace

from easwizard.exchange.inventory import ClientCertificates
from easwizard.lab import https_client
from easwizard.lab.certificates import Authority, Presented
from easwizard.lab.errors import TlsFailure
from easwizard.lab.exchange_server import ACTIVESYNC_PATH, USER_HEADER
from easwizard.lab.http_messages import BadRequest, HttpExchange, Reply, Request
from easwizard.lab.scenario import Front, FrontKind, Tls
from easwizard.lab.server_pages import is_below
from easwizard.lab.tls_stream import TlsServer, TlsStream

_CONNECTION_SECONDS = 60.0
_MEMBER_SECONDS = 50.0
_CHUNK = 65536
_HTML = ("Content-Type", "text/html")
Members = Callable[[], tuple[str, ...]]
"""The addresses behind the device at this moment."""


class FrontDevice:
    """Serves the connections of one name, and takes its members in turn."""

    def __init__(
        self, *, front: Front, tls: TlsServer, members: Members, port: int, authority: Authority, server_token: str
    ) -> None:
        self.front = front
        self._tls = tls
        self._members = members
        self._port = port
        self._authority = authority
        self._server_token = server_token
        self._turns = itertools.count()

    def serve(self, connection: socket.socket) -> None:
        """Answer one connection."""
        if self.front.kind is FrontKind.PASS:
            self._pass_on(connection)
            return
        asks = self.front.asks is not ClientCertificates.IGNORE
        stream = TlsStream(connection, self._tls.engine(demand=asks), _CONNECTION_SECONDS)
        with contextlib.suppress(TlsFailure):
            stream.handshake()
            self._converse(stream)
        stream.finish()

    def _converse(self, stream: TlsStream) -> None:
        http = HttpExchange(stream)
        try:
            request = http.read_head()
            if request is None:
                return
            request = replace(request, body=http.read_body(), certificate=self._judged(stream))
        except BadRequest:
            http.write(_own(400))
            return
        http.write(self._reply(request))

    def _judged(self, stream: TlsStream) -> Presented | None:
        certificate = stream.presented()
        return self._authority.judge(certificate) if certificate else None

    def _reply(self, request: Request) -> Reply:
        if self.front.kind is FrontKind.OTHER_PRODUCT:
            return _other_product(request)
        if any(is_below(request.path, ACTIVESYNC_PATH + path.casefold()) for path in self.front.blocks):
            return _own(self.front.block_status)
        if not self._lets_in(request.certificate):
            return _own(403)
        return self._from_a_member(self._in_the_users_name(request))

    def _lets_in(self, certificate: Presented | None) -> bool:
        if self.front.asks is ClientCertificates.IGNORE:
            return True
        if certificate is None:
            return self.front.asks is ClientCertificates.ACCEPT
        return certificate.trusted

    def _in_the_users_name(self, request: Request) -> Request:
        """With delegation, whoever was signed in here is signed in there too."""
        certificate = request.certificate
        if self.front.kind is not FrontKind.DELEGATION or certificate is None or certificate.upn is None:
            return request
        kept = tuple(pair for pair in request.headers if pair[0] not in ("authorization", USER_HEADER))
        own = (("Authorization", f"Negotiate {self._server_token}"), (USER_HEADER, certificate.upn))
        return replace(request, headers=kept + own)

    def _from_a_member(self, request: Request) -> Reply:
        for address in self._in_turn():
            try:
                reply = https_client.ask((address, self._port), self.front.host, request, Tls.V1_0, _MEMBER_SECONDS)
            except https_client.FAILURES:
                continue
            return Reply(reply.status, https_client.end_to_end(reply.headers), reply.body)
        return _own(502)

    def _pass_on(self, connection: socket.socket) -> None:
        for address in self._in_turn():
            try:
                member = socket.create_connection((address, self._port), timeout=_MEMBER_SECONDS)
            except OSError:
                continue
            with member:
                _relay(connection, member)
            return

    def _in_turn(self) -> tuple[str, ...]:
        members = self._members()
        first = next(self._turns) % len(members) if members else 0
        return members[first:] + members[:first]


def _relay(client: socket.socket, member: socket.socket) -> None:
    """Carry bytes both ways until both sides have finished; stopping the estate ends the client's side."""
    other = {client: member, member: client}
    with selectors.DefaultSelector() as selector:
        for side in other:
            selector.register(side, selectors.EVENT_READ)
        while selector.get_map():
            ready = selector.select(_CONNECTION_SECONDS)
            if not ready:
                return
            for key, _ in ready:
                side = client if key.fileobj is client else member
                data = side.recv(_CHUNK)
                if data:
                    other[side].sendall(data)
                else:
                    selector.unregister(side)
                    with contextlib.suppress(OSError):
                        other[side].shutdown(socket.SHUT_WR)


def _own(status: int) -> Reply:
    """What the device says itself: nothing of Exchange, nothing of IIS."""
    return Reply(status, (_HTML,), f"<html><body>{status}</body></html>\r\n".encode())


def _other_product(request: Request) -> Reply:
    """A web server that never heard of ActiveSync."""
    server = ("Server", "nginx")
    if request.method not in ("GET", "HEAD"):
        return _own(405).with_headers(server, ("Allow", "GET, HEAD"))
    return _own(200 if request.path == "/" else 404).with_headers(server)
