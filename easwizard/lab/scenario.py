"""What a scenario is: an inventory, how the lab must behave, who has accounts, and what must be found.

Data only. `scenario_reader` makes it from a file; nothing here knows files, sockets or findings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from easwizard.exchange.inventory import ClientCertificates, Inventory
from easwizard.exchange.products import Product

VIEWS = ("internal", "external")
VANTAGES = ("names", "account", "evidence", "logs")
CLOUD_URL = "https://cloud.example.test/Microsoft-Server-ActiveSync"
"""Where phones of mailboxes in Exchange Online are sent; nothing answers there."""
EVERY_OTHER = "*"
LOG_HOURS = range(6, 18)
"""The hours (UTC) of a made day in which people use their phones."""
MOST_LOG_USERS = 10_000
VERDICTS = ("confirmed", "likely", "possible", "ruled-out", "not-examined")


class Pick(StrEnum):
    """How long a front end keeps the candidate that it drew."""

    REQUEST = "request"
    MINUTES = "minutes"
    USER = "user"


class Options(StrEnum):
    """Whether a front end passes OPTIONS on for an old mailbox or answers itself (J8)."""

    FORWARDED = "forwarded"
    ANSWERED = "answered"


class Demand(StrEnum):
    """When a vdir's certificate is asked for: after the path is known, or in the first handshake."""

    PATH = "path"
    HANDSHAKE = "handshake"


class ServerCertificate(StrEnum):
    """What is wrong with the certificate that a web site shows, if anything."""

    GOOD = "good"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    FOREIGN = "foreign"
    SELF_SIGNED = "self-signed"
    WRONG_NAME = "wrong-name"
    NO_INTERMEDIATE = "no-intermediate"
    """Issued by an intermediate authority that the server does not send along."""
    WEAK_KEY = "weak-key"


class Issuers(StrEnum):
    """Whether a request for a client certificate names the authorities it accepts; IIS names none by default."""

    NONE = "none"
    LISTED = "listed"


class Providers(StrEnum):
    """Which ways of Windows authentication `/Proxy` offers."""

    BOTH = "both"
    NEGOTIATE = "negotiate"


class OptionsReply(StrEnum):
    """What becomes of an authenticated OPTIONS at a web site."""

    NORMAL = "normal"
    STRIPPED = "stripped"
    """A filter answers 200 without the ActiveSync headers (exchange.md 3.1)."""


class FrontKind(StrEnum):
    """A device in front of the web sites that a name leads to."""

    PASS = "pass"
    """Passes TLS through to a member, another one for each connection."""
    BRIDGING = "bridging"
    """Ends TLS itself and opens it again to a member; a client certificate does not get past it."""
    DELEGATION = "delegation"
    """Signs phones in by itself and goes on to a member with Windows authentication."""
    OTHER_PRODUCT = "other-product"
    """Not Exchange at all."""


class AppPool(StrEnum):
    """Whether anything is there behind HTTP.sys."""

    RUNNING = "running"
    STOPPED = "stopped"


class Tls(StrEnum):
    """The one TLS version that a server speaks."""

    V1_0 = "1.0"
    V1_2 = "1.2"
    V1_3 = "1.3"


@dataclass(frozen=True)
class Knobs:
    """How the whole estate behaves where the reference leaves it open."""

    pick: Pick = Pick.REQUEST
    pick_minutes: float = 5.0
    options: Options = Options.FORWARDED
    leg_failure_status: int = 403


@dataclass(frozen=True)
class ServerKnobs:
    """How one server behaves; delays are in seconds and shrink with the time scale."""

    tls: Tls = Tls.V1_2
    delay_handshake: float = 0.0
    delay_reply: float = 0.0
    clock_skew: float = 0.0
    """Seconds by which its clock is ahead, in Date headers and NTLM challenges."""
    throttled: bool = False
    """Answers signed-in requests 503 with Retry-After, as a server that holds users back (exchange.md 3.1)."""
    down: bool = False
    """Its addresses refuse connections."""
    outbound_tls: Tls = Tls.V1_0
    """The oldest TLS version that it speaks as a client, on its legs to old servers (J16)."""


@dataclass(frozen=True)
class SiteKnobs:
    """How one web site behaves beyond what the inventory says of its vdir."""

    demand: Demand = Demand.PATH
    certificate: ServerCertificate = ServerCertificate.GOOD
    app_pool: AppPool = AppPool.RUNNING
    issuers: Issuers = Issuers.NONE
    proxy_providers: Providers = Providers.BOTH
    options_reply: OptionsReply = OptionsReply.NORMAL
    redirect: str | None = None
    """Where every request is sent by 302, e.g. `/owa/`."""
    anonymous: bool = False
    """Answers OPTIONS in full without any sign-in."""
    refuses_servers: float = 0.0
    """Share of other servers' sign-ins to `/Proxy` that fail although it offers what they need (J15, J17)."""


@dataclass(frozen=True)
class Front:
    """A device in front of a name: DNS leads to its own address, and it goes on to the name's endpoints."""

    host: str
    kind: FrontKind
    asks: ClientCertificates = ClientCertificates.IGNORE
    """What the device itself asks of clients, where it ends TLS."""
    certificate: ServerCertificate = ServerCertificate.GOOD
    blocks: tuple[str, ...] = ()
    """Paths below the vdir that it refuses, e.g. `/Proxy`."""
    block_status: int = 403
    views: tuple[str, ...] = VIEWS
    """DNS views in which the name leads to the device; elsewhere it leads to its endpoints."""


@dataclass(frozen=True)
class Account:
    """One user with a mailbox; `printed_password` is what the check command is given."""

    label: str
    user: str
    password: str
    product: Product
    site: str
    printed_password: str
    cloud: bool = False
    """The mailbox has moved to Exchange Online: a newer server answers 451 (exchange.md 1.2)."""

    @property
    def mailbox(self) -> str:
        """`PRODUCT@AD-SITE`, the form of `--mailbox`."""
        return f"{self.product}@{self.site}"


@dataclass(frozen=True)
class DeviceCertificate:
    """A certificate on a phone: whose it is, and whether it is one of the estate's own."""

    label: str
    account: str
    foreign: bool = False
    expired: bool = False
    for_clients: bool = True
    """Whether its extended key usage allows signing in."""


@dataclass(frozen=True)
class ViewRecord:
    """What one DNS view says of a host, against the rule that a name leads to its endpoints."""

    view: str
    host: str
    endpoints: tuple[str, ...] = ()
    """Labels, `SERVER/SITE-NAME`."""
    alias: str | None = None
    ttl: int | None = None


@dataclass(frozen=True)
class Views:
    """Which namespaces each view has (None: all of them), and for how long answers hold."""

    hosts: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    ttl: int = 300
    ttls: Mapping[str, int] = field(default_factory=dict)
    """Hosts whose answers hold for another time."""
    records: tuple[ViewRecord, ...] = ()


@dataclass(frozen=True)
class Expectation:
    """What one vantage must report: verdicts by problem code, codes that must stay silent, the exit code."""

    must: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    must_not: tuple[str, ...] = ()
    """Neither confirmed nor likely; `*` means every code that is not in `must` or `may`."""
    may: tuple[str, ...] = ()
    """Codes that are right to show and right to leave out."""
    exit: int | None = None

    def spares(self, code: str) -> bool:
        """Whether a code must be neither confirmed nor likely."""
        if code in self.must_not:
            return True
        return EVERY_OTHER in self.must_not and code not in self.must and code not in self.may


@dataclass(frozen=True)
class LogKnobs:
    """The made day that the servers' logs tell of."""

    users: int = 20
    """People with a phone, made in the likeness of the accounts; the accounts themselves are among them."""
    requests_per_user: int = 40
    began: int | None = None
    """The hour (UTC) from which on the estate is as it is now; before it every request went well. None: all day."""


@dataclass(frozen=True)
class Scenario:
    """One lab estate and what a good diagnosis says of it."""

    name: str
    title: str
    description: str
    seed: int
    inventory: Inventory
    views: Views = Views()
    knobs: Knobs = Knobs()
    server_knobs: Mapping[str, ServerKnobs] = field(default_factory=dict)
    """By lower-case server name."""
    site_knobs: Mapping[str, SiteKnobs] = field(default_factory=dict)
    """By lower-case vdir label."""
    accounts: tuple[Account, ...] = ()
    certificates: tuple[DeviceCertificate, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    check_options: tuple[str, ...] = ()
    connect_to: tuple[tuple[str, str], ...] = ()
    """Pairs of host and endpoint label that the printed check command reaches directly (`--connect-to`)."""
    fronts: Mapping[str, Front] = field(default_factory=dict)
    """By lower-case host."""
    logs: LogKnobs = LogKnobs()
    expectations: Mapping[str, Expectation] = field(default_factory=dict)
    """By vantage: names, account, evidence, logs."""

    def knobs_of(self, server: str) -> ServerKnobs:
        return self.server_knobs.get(server.casefold(), ServerKnobs())

    def site_knobs_of(self, label: str) -> SiteKnobs:
        return self.site_knobs.get(label.casefold(), SiteKnobs())
