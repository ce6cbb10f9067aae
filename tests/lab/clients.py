"""Real clients for the lab's servers: standard library TLS and HTTP, dnspython for names."""

from __future__ import annotations

import base64
import http.client
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path

import dns.message
import dns.query
import dns.rcode
import dns.rdatatype

from easwizard.lab.certificates import CertificateFiles
from easwizard.lab.estate import Estate

ACTIVESYNC = "/Microsoft-Server-ActiveSync"
SECONDS = 10.0


@dataclass(frozen=True)
class Answer:
    """What a server said; `headers` keeps repeated names."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def one(self, name: str) -> str | None:
        return next(iter(self.all(name)), None)


def trusting(ca_file: Path, certificate: CertificateFiles | None = None) -> ssl.SSLContext:
    """A client as strict as Python 3.13's default, which offers post-handshake authentication."""
    context = ssl.create_default_context(cafile=ca_file)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    context.post_handshake_auth = True
    if certificate is not None:
        context.load_cert_chain(certificate.certificate, certificate.key)
    return context


def ask(
    estate: Estate,
    label: str,
    *,
    method: str = "OPTIONS",
    path: str = ACTIVESYNC,
    login: tuple[str, str] | None = None,
    certificate: CertificateFiles | None = None,
    host: str | None = None,
    naming: str | None = None,
    context: ssl.SSLContext | None = None,
    headers: tuple[tuple[str, str], ...] = (),
    body: bytes = b"",
    at: str | None = None,
) -> Answer:
    """One request on a connection of its own to one web site, under a name of that site.

    `naming` puts another name into the Host header; `at` dials another address than the web site's.
    """
    name = host or host_of(estate, label)
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: {naming or name}:{estate.port}",
        *(f"{key}: {value}" for key, value in headers),
    ]
    if login is not None:
        lines.append("Authorization: Basic " + base64.b64encode(":".join(login).encode()).decode("ascii"))
    if body:
        lines.append(f"Content-Length: {len(body)}")
    request = "\r\n".join([*lines, "", ""]).encode("latin-1") + body
    used = context or trusting(estate.ca_file, certificate)
    address = (at or estate.addresses[label.casefold()], estate.port)
    with (
        socket.create_connection(address, timeout=SECONDS) as connection,
        used.wrap_socket(connection, server_hostname=name) as tls,
    ):
        tls.sendall(request)
        return read_answer(tls, method)


def read_answer(tls: ssl.SSLSocket, method: str) -> Answer:
    reply = http.client.HTTPResponse(tls, method=method)
    try:
        reply.begin()
        return Answer(reply.status, tuple(reply.headers.items()), reply.read())
    finally:
        reply.close()


def host_of(estate: Estate, label: str) -> str:
    """The first name that leads to that web site."""
    for namespace in estate.inventory.namespaces:
        if label.casefold() in (endpoint.label.casefold() for endpoint in namespace.endpoints):
            return namespace.host
    raise AssertionError(f"no name leads to {label}")


def lookup(address: tuple[str, int], name: str, kind: str = "A", *, tcp: bool = False) -> dns.message.Message:
    query = dns.message.make_query(name, kind)
    send = dns.query.tcp if tcp else dns.query.udp
    return send(query, address[0], timeout=SECONDS, port=address[1])


def addresses_in(reply: dns.message.Message) -> set[str]:
    return {record.to_text() for rrset in reply.answer if rrset.rdtype == dns.rdatatype.A for record in rrset}
