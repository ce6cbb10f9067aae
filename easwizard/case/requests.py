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
class LookAt:
    """Look at one address of a namespace: TCP, TLS, trust, and one anonymous OPTIONS. Carries no credential."""

    target: Target
    address: str

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

    @property
    def label(self) -> str:
        return f"OPTIONS {self.target.name}{PROXY_PATH} at {self.address}, no credentials"

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

    @property
    def label(self) -> str:
        times = "at most " if self.until_success else ""
        how = "password" if self.sent is Sent.BASIC else "certificate"
        return f"OPTIONS {self.target.name}{ACTIVESYNC_PATH}, {how} of {self.account}, {times}{self.count} times"

    @property
    def endpoint(self) -> str:
        return f"sign-in {self.target.name}"


Request = ResolveName | LookAt | AskProxy | SampleSignIn
