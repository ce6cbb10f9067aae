"""Makes the leg from a front end to an old server: asks the lab's DNS, dials over TLS, relays the answer.

It knows no account and no vdir setting of the far side: whether the leg works is what the far side does.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

import dns.exception
import dns.message
import dns.query
import dns.rdatatype

from easwizard.lab import https_client
from easwizard.lab.exchange_server import USER_HEADER
from easwizard.lab.http_messages import Reply, Request
from easwizard.lab.scenario import Tls

_DNS_SECONDS = 5.0
_LEG_SECONDS = 20.0
_DEFAULT_PATH = "/Microsoft-Server-ActiveSync"


@dataclass(frozen=True)
class LegTarget:
    """Where a leg goes."""

    host: str
    path: str

    @classmethod
    def of(cls, internal_url: str) -> LegTarget | None:
        """What an InternalUrl says; None when it names no host."""
        parts = urlsplit(internal_url)
        return cls(parts.hostname, parts.path.rstrip("/") + "/Proxy") if parts.hostname else None

    @classmethod
    def below(cls, host: str) -> LegTarget:
        """The vdir's usual place on that host."""
        return cls(host.lower(), _DEFAULT_PATH + "/Proxy")


@dataclass(frozen=True)
class LegCaller:
    """A front end as a client: which DNS server it asks, the estate's port, and its own secret."""

    resolver: tuple[str, int]
    port: int
    server_token: str

    def call(self, target: LegTarget, method: str, user: str, oldest_tls: Tls) -> Reply | None:
        """What the far side answered; None when it could not be reached."""
        for address in self.resolve(target.host):
            try:
                return self.call_at(address, target, method, user, oldest_tls)
            except https_client.FAILURES:
                # A far side that breaks off is a leg that failed; a client then tries the next address.
                continue
        return None

    def call_at(self, address: str, target: LegTarget, method: str, user: str, oldest_tls: Tls) -> Reply:
        """What one address answered; raises one of `https_client.FAILURES`."""
        headers = (
            ("Host", target.host),
            ("Authorization", f"Negotiate {self.server_token}"),
            (USER_HEADER, user),
        )
        request = Request(method, target.path, headers)
        return https_client.ask((address, self.port), target.host, request, oldest_tls, _LEG_SECONDS)

    def resolve(self, host: str) -> list[str]:
        """The addresses that the estate's own DNS gives; none where it has none or does not answer."""
        query = dns.message.make_query(host, dns.rdatatype.A)
        try:
            reply = dns.query.udp(query, self.resolver[0], timeout=_DNS_SECONDS, port=self.resolver[1])
        except (dns.exception.DNSException, OSError):
            return []
        sets = [rrset for rrset in reply.answer if rrset.rdtype == dns.rdatatype.A]
        return [record.to_text() for rrset in sets for record in rrset]
