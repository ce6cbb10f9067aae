"""Observations: one typed fact each, with its source, time and vantage. The field names are the JSON contract's.

An observation's status is one of four different things: `ok` (the far side answered, whatever it said),
`failed` (it could not be reached or understood, with the reason), `skipped` (we did not look, with why) and
`cancelled`. Only `ok` observations carry what the far side said; a missing one is never health.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from easwizard.exchange.replies import Meaning, Sent


class Status(StrEnum):
    """How an attempt to look ended."""

    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


class Reason(StrEnum):
    """Why an attempt failed, named for what the far side did."""

    REFUSED = "connection-refused"
    CONNECT_TIMEOUT = "connect-timeout"
    UNREACHABLE = "network-unreachable"
    RESET = "connection-reset"
    TLS_TIMEOUT = "tls-timeout"
    NOT_TLS = "not-tls"
    TLS_REFUSED = "tls-refused"
    TLS_VERSION = "tls-version-refused"
    TLS_CLOSED = "tls-closed"
    NAME_REFUSED = "tls-name-refused"
    CERTIFICATE_WANTED = "certificate-wanted"
    CERTIFICATE_REFUSED = "certificate-refused"
    NOT_TRUSTED = "not-trusted"
    FIRST_BYTE_TIMEOUT = "first-byte-timeout"
    CLOSED = "closed-without-answer"
    NOT_HTTP = "not-http"
    DNS_TIMEOUT = "dns-timeout"
    DNS_UNREACHABLE = "resolver-unreachable"
    DNS_MALFORMED = "dns-malformed"
    DEADLINE = "deadline"
    INTERNAL = "internal-error"


REASON_WORDS: Mapping[Reason, str] = {
    Reason.REFUSED: "nothing listens on this port",
    Reason.CONNECT_TIMEOUT: "no answer to the connection: filtered, or no such host",
    Reason.UNREACHABLE: "no route to this address from here",
    Reason.RESET: "the connection was reset",
    Reason.TLS_TIMEOUT: "the port is open but stays silent in the TLS handshake",
    Reason.NOT_TLS: "the port is open but does not speak TLS",
    Reason.TLS_REFUSED: "the server refused the TLS handshake",
    Reason.TLS_VERSION: "the server speaks only TLS versions this machine does not offer",
    Reason.TLS_CLOSED: "the server closed the connection in the TLS handshake",
    Reason.NAME_REFUSED: "the server does not know this name (SNI)",
    Reason.CERTIFICATE_WANTED: "the server ended the connection because no client certificate was sent",
    Reason.CERTIFICATE_REFUSED: "the server refused the client certificate",
    Reason.NOT_TRUSTED: "the server's certificate is not trusted here",
    Reason.FIRST_BYTE_TIMEOUT: "connected, but no answer to the request in time",
    Reason.CLOSED: "the server closed the connection without an answer",
    Reason.NOT_HTTP: "the answer is not HTTP",
    Reason.DNS_TIMEOUT: "the resolver did not answer in time",
    Reason.DNS_UNREACHABLE: "the resolver cannot be reached",
    Reason.DNS_MALFORMED: "the resolver's answer cannot be understood",
    Reason.DEADLINE: "the time for this step was over",
    Reason.INTERNAL: "the probe itself failed; please report this",
}
"""What each reason means, in the words of every screen and report."""


class DnsOutcome(StrEnum):
    """What one resolver said about one name and type."""

    ANSWER = "answer"
    NO_ADDRESS = "no-address"
    NXDOMAIN = "nxdomain"
    SERVFAIL = "servfail"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    LOOP = "loop"
    DANGLING = "dangling"


class Asked(StrEnum):
    """When a server asked for a client certificate."""

    NO = "no"
    HANDSHAKE = "handshake"
    PATH = "path"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class ChainLink:
    """One alias on the way from a name to its addresses; `ttl` in seconds."""

    name: str
    ttl: int


@dataclass(frozen=True)
class CertificateDemand:
    """Whether, when and for which issuers a server asked for a client certificate (transport.md 2)."""

    asked: Asked = Asked.UNKNOWN
    how: str | None = None
    """`handshake`, `renegotiation`, `post-handshake` or None."""
    required: bool | None = None
    issuers: tuple[str, ...] = ()
    """Accepted issuers as text; empty is normal and means "any" (transport.md 2)."""
    presented: bool = False
    accepted: bool | None = None

    @property
    def was_asked(self) -> bool | None:
        return None if self.asked is Asked.UNKNOWN else self.asked is not Asked.NO


@dataclass(frozen=True)
class DnsFacts:
    """What one resolver answered; `ttl` in seconds is the lowest of the chain."""

    resolver: str
    name: str
    type: str
    outcome: DnsOutcome | None = None
    addresses: tuple[str, ...] = ()
    chain: tuple[ChainLink, ...] = ()
    ttl: int | None = None
    records: tuple[str, ...] = ()


@dataclass(frozen=True)
class TcpFacts:
    """Whether a port of an address accepts; outcome `open`, `refused`, `timeout`, `unreachable` or `reset`."""

    address: str
    port: int
    outcome: str | None = None


@dataclass(frozen=True)
class TlsFacts:
    """What a TLS handshake showed; trust and name were judged on a second, verifying connection."""

    address: str
    protocol: str | None = None
    cipher: str | None = None
    subject: str | None = None
    names: tuple[str, ...] = ()
    issuer: str | None = None
    serial: str | None = None
    not_before: str | None = None
    not_after: str | None = None
    trusted: bool | None = None
    trust_error: str | None = None
    name_matches: bool | None = None
    chain_complete: bool | None = None
    chain_length: int | None = None
    """How many certificates the server sent; None where this machine cannot count them."""
    legacy_only: bool = False
    client_certificate: CertificateDemand = CertificateDemand()


@dataclass(frozen=True)
class ServerIdentity:
    """What a server says of itself in an NTLM challenge (exchange.md 4.1); no password is needed for it."""

    computer: str | None = None
    """NetBIOS name of the computer that answered."""
    domain: str | None = None
    dns_computer: str | None = None
    dns_domain: str | None = None
    forest: str | None = None
    os_build: str | None = None
    """E.g. `6.0.6002`."""
    clock: str | None = None
    """Its time in UTC, ISO 8601."""


@dataclass(frozen=True)
class HttpFacts:
    """One request and what came back; `status` is None when nothing did."""

    address: str
    method: str
    path: str
    credentials: Sent = Sent.NONE
    account: str | None = None
    """Label of the account or certificate used; never a secret."""
    status: int | None = None
    substatus: int | None = None
    challenges: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    """Lower-case names; values made harmless and bounded."""
    meaning: Meaning | None = None
    product: str | None = None
    answered_by: str | None = None
    client_certificate: CertificateDemand = CertificateDemand()
    identity: ServerIdentity | None = None
    build: str | None = None
    """Exchange build that a header told, e.g. `15.0.1497.2` (3.2)."""
    clock_offset_s: float | None = None
    """The server's clock minus ours, in seconds, by its NTLM challenge or its Date header; about 1 s coarse."""
    ntlm_offered: bool = False
    """Whether NTLM was offered along: then the answer is a step of that sign-in, not what a plain request gets."""
    handed_out: tuple[str, ...] = ()
    """ActiveSync URLs that Autodiscover told (1.8)."""


@dataclass(frozen=True)
class SampleFacts:
    """Repeated sign-ins on new connections with one account (J8 to J12). Counts are requests.

    `crossed` counts the samples with legacy proof and the failures attributable to the leg; `share_failed` is
    failed crossings / crossed. `interval` is the 95 % Wilson interval, if draws are independent.
    """

    address: str | None
    credentials: Sent
    account: str
    mailbox: str | None
    """The stated product and AD site of the mailbox, e.g. `2007@London`; None when not stated."""
    sent: int = 0
    ok: int = 0
    failed: int = 0
    redirected: int = 0
    crossed: int = 0
    crossed_failed: int = 0
    front_end_only: int = 0
    refused_credentials: int = 0
    stopped: str | None = None
    """Why sampling ended before its plan, or None."""
    more_needed: int | None = None
    """How many more crossed samples would settle whether the predicted share is true; None when nothing predicts."""
    share_failed: float | None = None
    interval: tuple[float, float] | None = None
    runs: int = 0
    predicted_failed: float | None = None
    predicted_basis: str | None = None
    by_outcome: Mapping[str, int] = field(default_factory=dict)
    by_server: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    by_address: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


Facts = DnsFacts | TcpFacts | TlsFacts | HttpFacts | SampleFacts

KIND_OF: Mapping[type[Facts], str] = {
    DnsFacts: "dns",
    TcpFacts: "tcp",
    TlsFacts: "tls",
    HttpFacts: "http",
    SampleFacts: "sample",
}


@dataclass(frozen=True)
class Observation:
    """One attempt to look, how it ended and what it showed."""

    id: str
    """Stable and readable: the same look at the same thing has the same id, so the newest replaces older ones."""
    target: str
    """What was looked at: `host:port` for probes, the name for DNS."""
    vantage: str
    """The machine that looked."""
    status: Status
    facts: Facts
    at: datetime
    """When the attempt ended, in UTC."""
    reason: Reason | None = None
    detail: str | None = None
    """The far side's or the library's own words on a failure, or why it was skipped; made harmless."""
    phases_ms: Mapping[str, float] = field(default_factory=dict)
    """Milliseconds spent in `dns`, `tcp`, `tls`, `first_byte`."""
    elapsed_ms: float | None = None

    @property
    def kind(self) -> str:
        return KIND_OF[type(self.facts)]

    @property
    def ok(self) -> bool:
        return self.status is Status.OK

    @property
    def detail_unless_ok(self) -> str | None:
        """Why it was skipped or cancelled, in words; None when the far side answered."""
        return None if self.ok else self.detail

    @property
    def words(self) -> str | None:
        """Why there is no answer, in words; None when there is one."""
        if self.status is Status.OK:
            return None
        if self.reason is None:
            return self.detail or self.status.value
        return REASON_WORDS[self.reason]
