"""What an organisation has: servers, AD sites, virtual directories, bindings, and where names lead.

One type serves four times: imported evidence, a planned change, a simulation and a lab estate (DESIGN 4).
Every value is known, explicitly empty or unknown: `None` is unknown, `""` is explicitly empty, anything
else is known. A `bool | None` of `None` is unknown, never "off".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from easwizard.exchange.products import Product

Text = str | None
"""A text that is known, explicitly empty (`""`) or unknown (`None`)."""
Flag = bool | None
"""A switch that is on, off or unknown (`None`)."""

ROLE_SERVICES = ("Web-Client-Auth", "Web-Cert-Auth")
"""The two Windows role services of exchange.md 2.3 steps 1 and 1b, by their feature names."""


class ClientCertificates(StrEnum):
    """What a vdir does about client certificates (`ClientCertAuth`, exchange.md 2.3)."""

    IGNORE = "ignore"
    ACCEPT = "accept"
    REQUIRE = "require"


class Role(StrEnum):
    """What a namespace is for (DESIGN 2)."""

    GENERIC = "generic"
    CERT = "cert"
    LEGACY_GENERIC = "legacy-generic"
    LEGACY_CERT = "legacy-cert"
    AUTODISCOVER = "autodiscover"
    OTHER = "other"

    @property
    def is_legacy(self) -> bool:
        return self in (Role.LEGACY_GENERIC, Role.LEGACY_CERT)

    @property
    def faces_devices(self) -> bool:
        """Whether phones have this name in their settings."""
        return self in (Role.GENERIC, Role.CERT)


@dataclass(frozen=True)
class Binding:
    """One HTTPS binding of a web site, e.g. `192.0.2.10:443:` or `*:443:mail.contoso.com`."""

    web_site: str
    binding: str


@dataclass(frozen=True)
class Server:
    """One Exchange server; `site` is its Active Directory site."""

    name: str
    fqdn: Text = None
    product: Product | None = None
    build: Text = None
    windows: Text = None
    site: Text = None
    client_access: Flag = None
    role_services: Mapping[str, Flag] = field(default_factory=dict)
    server_mapping: Flag = None
    ds_mapper: Mapping[str, bool] | None = None
    bindings: tuple[Binding, ...] = ()


@dataclass(frozen=True)
class VirtualDirectory:
    """One ActiveSync vdir on one server, as Active Directory and IIS describe it."""

    server: str
    web_site: str
    back_end: bool = False
    site: Text = None
    product: Product | None = None
    internal_url: Text = None
    external_url: Text = None
    client_certificates: ClientCertificates | None = None
    basic: Flag = None
    windows: Flag = None
    mapping: Flag = None
    proxy_windows: Flag = None
    upload_read_ahead: int | None = None
    extended_protection: Text = None
    sources: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """`SERVER/SITE-NAME`, the form of the command line's CHANGE."""
        return f"{self.server}/{self.web_site}"

    @property
    def internal_host(self) -> Text:
        """The host that the InternalUrl names; empty or unknown as the URL is."""
        return host_of(self.internal_url)


@dataclass(frozen=True)
class Endpoint:
    """What a name really leads to: a web site on a server, reached under an address."""

    server: str
    web_site: str
    address: Text = None

    @property
    def label(self) -> str:
        return f"{self.server}/{self.web_site}"


@dataclass(frozen=True)
class NamespaceRecord:
    """Where one host name leads, and how that is known."""

    host: str
    role: Role
    endpoints: tuple[Endpoint, ...] = ()
    basis: str = "assumed"
    """`dns`, `binding`, `assumed` or `change`."""


@dataclass(frozen=True)
class Inventory:
    """Everything known of an organisation; empty tuples mean that nothing was read, not that nothing is there."""

    servers: tuple[Server, ...] = ()
    vdirs: tuple[VirtualDirectory, ...] = ()
    namespaces: tuple[NamespaceRecord, ...] = ()

    def server(self, name: str) -> Server | None:
        """The server of that name, compared as Windows does: without regard to case."""
        return next((s for s in self.servers if s.name.casefold() == name.casefold()), None)

    def vdir(self, server: str, web_site: str) -> VirtualDirectory | None:
        """The front-end vdir of that web site, or None."""
        wanted = (server.casefold(), web_site.casefold())
        return next(
            (v for v in self.vdirs if not v.back_end and (v.server.casefold(), v.web_site.casefold()) == wanted),
            None,
        )

    def namespace(self, host: str) -> NamespaceRecord | None:
        """What is recorded of that host name, or None."""
        return next((n for n in self.namespaces if n.host.casefold() == host.casefold()), None)


def host_of(url: Text) -> Text:
    """The lower-case host of a URL; `""` stays empty and `None` unknown; a URL without a host is unknown.

    >>> host_of("https://Mail.Contoso.com:443/Microsoft-Server-ActiveSync")
    'mail.contoso.com'
    """
    if not url:
        return url
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
