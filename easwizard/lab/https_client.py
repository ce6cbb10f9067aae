"""One HTTPS request from one of the estate's own machines to another: a leg, or a device going on to a member.

It shows no client certificate and verifies nothing, as between servers on premises (exchange.md 1.3). It opens
one connection and closes it; whoever calls decides what a failure means.
"""

from __future__ import annotations

import functools
import socket
import ssl

import h11

from easwizard.lab.http_messages import Headers, Reply, Request
from easwizard.lab.scenario import Tls

_CHUNK = 65536
_LEGACY_SERVER_CONNECT = 0x4
"""OP_LEGACY_SERVER_CONNECT, whose name Python has only from 3.12."""
_VERSIONS = {
    Tls.V1_0: ssl.TLSVersion.MINIMUM_SUPPORTED,
    Tls.V1_2: ssl.TLSVersion.TLSv1_2,
    Tls.V1_3: ssl.TLSVersion.TLSv1_3,
}
_OF_ONE_CONNECTION = {"connection", "content-length", "transfer-encoding", "keep-alive", "proxy-connection"}
FAILURES = (OSError, h11.ProtocolError)
"""What `ask` raises when no answer comes; ssl.SSLError is an OSError."""


def ask(address: tuple[str, int], name: str, request: Request, oldest: Tls, seconds: float) -> Reply:
    """Send a request to an address under a TLS server name; raises one of `FAILURES`."""
    with (
        socket.create_connection(address, timeout=seconds) as connection,
        _context(oldest).wrap_socket(connection, server_hostname=name) as tls,
    ):
        http = h11.Connection(h11.CLIENT)
        tls.sendall(_written(http, request))
        return _read_reply(tls, http)


def end_to_end(headers: Headers) -> Headers:
    """The headers that concern more than one connection."""
    return tuple((name, value) for name, value in headers if name.lower() not in _OF_ONE_CONNECTION)


@functools.cache
def _context(oldest: Tls) -> ssl.SSLContext:
    """Shared by all requests of a kind: building one costs more than a handshake (transport.md 7)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.post_handshake_auth = True
    context.minimum_version = _VERSIONS[oldest]
    if oldest is Tls.V1_0:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.options |= _LEGACY_SERVER_CONNECT
    return context


def _written(http: h11.Connection, request: Request) -> bytes:
    headers = [*end_to_end(request.headers), ("Connection", "close")]
    if request.body:
        headers.append(("Content-Length", str(len(request.body))))
    data = http.send(h11.Request(method=request.method, target=request.target, headers=headers)) or b""
    if request.body:
        data += http.send(h11.Data(data=request.body)) or b""
    return data + (http.send(h11.EndOfMessage()) or b"")


def _read_reply(tls: ssl.SSLSocket, http: h11.Connection) -> Reply:
    head, body = Reply(502), b""
    while True:
        event = http.next_event()
        if event is h11.NEED_DATA:
            http.receive_data(tls.recv(_CHUNK))
        elif isinstance(event, h11.Response):
            headers = tuple(
                (name.decode("ascii"), value.decode("latin-1")) for name, value in event.headers.raw_items()
            )
            head = Reply(event.status_code, headers)
        elif isinstance(event, h11.Data):
            body += event.data
        else:
            return Reply(head.status, head.headers, body)
