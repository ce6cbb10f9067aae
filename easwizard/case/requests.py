"""Requests: what could be looked at, as data. Planning makes them, probes carry them out, a preview lists them.

No request holds a secret: accounts and certificates are named by their label, and the probes get the secrets
by another way (DESIGN 10).
"""

from __future__ import annotations

from dataclasses import dataclass

from easwizard.exchange.inventory import Role
from easwizard.exchange.replies import ACTIVESYNC_PATH, PROXY_PATH, Sent
from easwizard.exchange.routing import Mailbox


@dataclass(frozen=True)
class Resolver:
    """A DNS server with the label that reports use; `port` is 53 unless told otherwise."""

    label: str
    address: str
    port: int = 53


@dataclass(frozen=True)
class Target:
    """A namespace that the admin asked about, with its port and role."""

    host: str
    port: int
    role: Role

    @property
    def name(self) -> str:
        """`host:port`, the `target` of observations; an IPv6 address in brackets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


@dataclass(frozen=True)
class ResolveName:
    """Ask one resolver for one record type of a name."""

    host: str
    record_type: str
    resolver: Resolver

    @property
    def label(self) -> str:
        return f"DNS {self.record_type} {self.host} at {self.resolver.label}"

    @property
    def endpoint(self) -> str:
        """What the connection limit counts: the far end."""
        return f"{self.resolver.address}:{self.resolver.port}"


@dataclass(frozen=True)
class Member:
    """One machine behind a namespace, reached directly instead of by DNS (`--connect-to`, J14)."""

    host: str
    address: str
    port: int | None = None
    """None: the port of the namespace."""


@dataclass(frozen=True)
class LookAt:
    """Look at one address of a namespace: TCP, TLS, trust, and one anonymous OPTIONS. Carries no credential."""

    target: Target
    address: str
    port: int | None = None
    """Where it is not the namespace's own: that of a member."""

    @property
    def label(self) -> str:
        return f"OPTIONS {self.target.name}{ACTIVESYNC_PATH} at {self.address}, no credentials"

    @property
    def endpoint(self) -> str:
        return self.address


@dataclass(frozen=True)
class AskProxy:
    """One anonymous OPTIONS on `/Proxy` of one address of a legacy namespace (exchange.md 1.4)."""

    target: Target
    address: str
    port: int | None = None

    @property
    def label(self) -> str:
        return f"OPTIONS {self.target.name}{PROXY_PATH} at {self.address}, no credentials"

    @property
    def endpoint(self) -> str:
        return self.address


@dataclass(frozen=True)
class AskPath:
    """One anonymous request for another path of an address, to learn who answers there (exchange.md 3.2, 3.4, 4.2).

    With `ntlm` it offers NTLM, and the server's challenge tells its name; neither password nor user goes along.
    """

    target: Target
    address: str
    path: str
    method: str = "GET"
    ntlm: bool = False
    port: int | None = None

    @property
    def label(self) -> str:
        offer = "NTLM offered, " if self.ntlm else ""
        return f"{self.method} {self.target.name}{self.path} at {self.address}, {offer}no credentials"

    @property
    def endpoint(self) -> str:
        return self.address


@dataclass(frozen=True)
class AskAutodiscover:
    """Ask Autodiscover which ActiveSync URL it hands out (exchange.md 1.8): V2 without credentials.

    With `account` it is the mobilesync POST of a phone, signed in, over a verified connection, and only where the
    admin asked for it.
    """

    target: Target
    address: str
    email: str
    account: str | None = None
    port: int | None = None
    refusals: int = 1
    """How many refused passwords in a row are risked before a first success (J10)."""

    @property
    def label(self) -> str:
        if self.account is None:
            return f"GET {self.target.name} Autodiscover V2 for {self.email} at {self.address}, no credentials"
        return f"POST {self.target.name} Autodiscover for {self.email} at {self.address}, password of {self.account}"

    @property
    def endpoint(self) -> str:
        return self.address


@dataclass(frozen=True)
class SampleAnonymous:
    """Ask one address again and again without credentials, to see who answers behind it (exchange.md 3.4, J15)."""

    target: Target
    address: str
    count: int
    at_once: int = 4
    """How many connections are open at a time."""
    pace_seconds: float = 0.0
    port: int | None = None

    @property
    def label(self) -> str:
        return f"OPTIONS {self.target.name}{ACTIVESYNC_PATH} at {self.address}, no credentials, {self.count} times"

    @property
    def endpoint(self) -> str:
        return self.address


@dataclass(frozen=True)
class SampleSignIn:
    """Sign in again and again, each time on a new connection, over all addresses of a namespace in turn.

    Only over verified connections. `pace_seconds` lies between two samples; `careful` waits 60 s after a failure
    (J11). `refusals` is how many refused credentials in a row are risked before a first success (J10).
    """

    target: Target
    addresses: tuple[str, ...]
    sent: Sent
    account: str
    mailbox: Mailbox | None
    count: int
    pace_seconds: float = 3.0
    careful: bool = False
    refusals: int = 1
    until_success: bool = False
    """Stop at an address after its first success: enough to know whether certificates work there."""
    predicted_failed: float | None = None
    predicted_basis: str | None = None
    port: int | None = None
    """Where it is not the namespace's own: that of members."""

    @property
    def label(self) -> str:
        times = "at most " if self.until_success else ""
        how = "password" if self.sent is Sent.BASIC else "certificate"
        return f"OPTIONS {self.target.name}{ACTIVESYNC_PATH}, {how} of {self.account}, {times}{self.count} times"

    @property
    def endpoint(self) -> str:
        return f"sign-in {self.target.name}"


Request = ResolveName | LookAt | AskProxy | AskPath | AskAutodiscover | SampleAnonymous | SampleSignIn
