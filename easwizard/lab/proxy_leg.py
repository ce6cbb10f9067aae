"""Makes the leg from a front end to an old server: asks the lab's DNS, dials over TLS, relays the answer.

It knows no account and no vdir setting of the far side: whether the leg works is what the far side does.
No client certificate and no verification, as between servers on premises (exchange.md 1.3).
"""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

import dns.exception
import dns.message
import dns.query
import dns.rdatatype
import h11

from easwizard.lab.exchange_server import USER_HEADER
from easwizard.lab.http_messages import Reply

_DNS_SECONDS = 5.0
_LEG_SECONDS = 20.0
_CHUNK = 65536


@dataclass(frozen=True)
class LegTarget:
    """Where a leg goes: what the drawn vdir's InternalUrl says."""

    host: str
    path: str

    @classmethod
    def of(cls, internal_url: str) -> LegTarget | None:
        parts = urlsplit(internal_url)
        return cls(parts.hostname, parts.path.rstrip("/") + "/Proxy") if parts.hostname else None


@dataclass(frozen=True)
class LegCaller:
    """A front end as a client: which DNS server it asks, the estate's port, and its own secret."""

    resolver: tuple[str, int]
    port: int
    server_token: str

    def call(self, target: LegTarget, method: str, user: str) -> Reply | None:
        """What the far side answered; None when it could not be reached."""
        for address in self._resolve(target.host):
            try:
                with socket.create_connection((address, self.port), timeout=_LEG_SECONDS) as connection:
                    return self._ask(connection, target, method, user)
            except (OSError, h11.RemoteProtocolError):
                # ssl.SSLError is an OSError: a far side that breaks off is a leg that failed.
                continue
        return None

    def _resolve(self, host: str) -> list[str]:
        query = dns.message.make_query(host, dns.rdatatype.A)
        try:
            reply = dns.query.udp(query, self.resolver[0], timeout=_DNS_SECONDS, port=self.resolver[1])
        except (dns.exception.DNSException, OSError):
            return []
        sets = [rrset for rrset in reply.answer if rrset.rdtype == dns.rdatatype.A]
        return [record.to_text() for rrset in sets for record in rrset]

    def _ask(self, connection: socket.socket, target: LegTarget, method: str, user: str) -> Reply:
        with _leg_context().wrap_socket(connection, server_hostname=target.host) as tls:
            http = h11.Connection(h11.CLIENT)
            request = h11.Request(method=method, target=target.path, headers=self._headers(target.host, user))
            tls.sendall((http.send(request) or b"") + (http.send(h11.EndOfMessage()) or b""))
            return _read_reply(tls, http)

    def _headers(self, host: str, user: str) -> list[tuple[str, str]]:
        return [
            ("Host", host),
            ("Authorization", f"Negotiate {self.server_token}"),
            (USER_HEADER, user),
            ("Connection", "close"),
        ]


def _leg_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.post_handshake_auth = True
    return context


def _read_reply(tls: ssl.SSLSocket, http: h11.Connection) -> Reply:
    reply = Reply(502)
    while True:
        event = http.next_event()
        if event is h11.NEED_DATA:
            http.receive_data(tls.recv(_CHUNK))
        elif isinstance(event, h11.Response):
            headers = tuple(
                (name.decode("ascii"), value.decode("latin-1")) for name, value in event.headers.raw_items()
            )
            reply = Reply(event.status_code, headers)
        elif not isinstance(event, h11.Data):
            return reply
