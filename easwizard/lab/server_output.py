"""What a server's own files and tools say of it: IIS configuration, Get-WindowsFeature, netsh, appcmd.

The shapes are those of real files (evidence-formats 6, 7); nothing here knows how they are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

from easwizard.exchange.inventory import ROLE_SERVICES, ClientCertificates, Inventory, Server, VirtualDirectory
from easwizard.lab.scenario import AppPool, Providers, SiteKnobs

SSL_FLAGS = {
    ClientCertificates.IGNORE: "Ssl",
    ClientCertificates.ACCEPT: "Ssl, SslNegotiateCert",
    ClientCertificates.REQUIRE: "Ssl, SslNegotiateCert, SslRequireCert",
}
_TITLES = {
    "Web-Client-Auth": "Client Certificate Mapping Authentic...",
    "Web-Cert-Auth": "IIS Client Certificate Mapping Authe...",
}
ACTIVESYNC = "Microsoft-Server-ActiveSync"
_LOCKED = (
    "basicAuthentication", "windowsAuthentication", "clientCertificateMappingAuthentication",
)  # fmt: skip
_POOL = "MSExchangeSyncAppPool"
_EVERY_ADDRESS = "0.0.0.0:443"
_GUID = "{4dc3e181-e14b-4a21-b022-59fc669b0914}"


@dataclass(frozen=True)
class Addresses:
    """Where web sites listen, by label in lower case; those not named get an address of their own in 192.0.2.0/24."""

    of: Mapping[str, str] = field(default_factory=dict)
    port: int = 443

    def at(self, label: str, number: int) -> str:
        return f"{self.of.get(label.casefold(), f'192.0.2.{number}')}:{self.port}"


Manners = Mapping[str, SiteKnobs]
"""By vdir label in lower case."""


class Sites:
    """The web sites of one server with ActiveSync, each with its bindings."""

    def __init__(self, inventory: Inventory, server: Server, places: Addresses, manners: Manners) -> None:
        self._inventory, self._server, self._places, self._manners = inventory, server, places, manners
        self.vdirs = [v for v in inventory.vdirs if v.server.casefold() == server.name.casefold()]

    def manners(self, vdir: VirtualDirectory) -> SiteKnobs:
        """How the web site behaves beyond what the inventory says."""
        return self._manners.get(vdir.label.casefold(), SiteKnobs())

    def providers(self, vdir: VirtualDirectory) -> tuple[str, ...]:
        """What Windows authentication of `/Proxy` offers."""
        only = self.manners(vdir).proxy_providers is Providers.NEGOTIATE
        return ("Negotiate",) if only else ("Negotiate", "NTLM")

    def bindings(self, vdir: VirtualDirectory) -> Iterator[str]:
        """By address; with the host too where no InternalUrl of the site tells that the name leads here."""
        told = [b.binding for b in self._server.bindings if b.web_site.casefold() == vdir.web_site.casefold()]
        place = self.place(vdir)
        yield from told or (f"{place}:",)
        for record in self._inventory.namespaces:
            leads_here = vdir.label.casefold() in (e.label.casefold() for e in record.endpoints)
            if leads_here and not vdir.back_end and record.host.casefold() != vdir.internal_host:
                yield f"{place}:{record.host}"

    @property
    def without_activesync(self) -> dict[str, list[str]]:
        """The web sites that phones' names lead to though their directory is gone, with their bindings."""
        found: dict[str, list[str]] = {}
        for record in self._inventory.namespaces:
            for at in record.endpoints if record.role.faces_devices else ():
                own = at.server.casefold() == self._server.name.casefold()
                if own and self._inventory.vdir(at.server, at.web_site) is None:
                    place = self._places.at(at.label, 200 + self._inventory.servers.index(self._server))
                    found.setdefault(at.web_site, [f"{place}:"]).append(f"{place}:{record.host}")
        return found

    def place(self, vdir: VirtualDirectory) -> str:
        """Address and port."""
        return self._places.at(vdir.label, 10 + self._inventory.vdirs.index(vdir))


def application_host(server: Server, sites: Sites) -> str:
    groups = "".join(f'<section name="{name}" overrideModeDefault="Deny"/>' for name in _LOCKED)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<configuration><configSections>'
        '<sectionGroup name="system.webServer"><section name="serverRuntime" overrideModeDefault="Deny"/>'
        '<sectionGroup name="security"><section name="access" overrideModeDefault="Deny"/>'
        f'<sectionGroup name="authentication">{groups}</sectionGroup></sectionGroup></sectionGroup>'
        "</configSections>\n"
        f"<system.applicationHost><sites>{''.join(_site(v, sites) for v in sites.vdirs)}{_bare(sites)}</sites>"
        "</system.applicationHost>\n<system.webServer><security><authentication>"
        f'<clientCertificateMappingAuthentication enabled="{on(server.server_mapping)}"/>'
        "</authentication></security></system.webServer>\n"
        f"{''.join(_locations(v, sites) for v in sites.vdirs)}</configuration>\n"
    )


def _site(vdir: VirtualDirectory, sites: Sites) -> str:
    number = 1 + sites.vdirs.index(vdir)
    bindings = _https(sites.bindings(vdir))
    return (
        f'<site name={quoteattr(vdir.web_site)} id="{number}"><application path="/"/>'
        f'<application path="/{ACTIVESYNC}" applicationPool="{_POOL}">'
        f'<virtualDirectory path="/" physicalPath="C:\\sync{number}"/></application>'
        f"<bindings>{bindings}</bindings></site>\n"
    )


def _bare(sites: Sites) -> str:
    """The web sites that lost their ActiveSync directory."""
    return "".join(
        f'<site name={quoteattr(name)} id="{number}"><application path="/"/>'
        f"<bindings>{_https(bindings)}</bindings></site>\n"
        for number, (name, bindings) in enumerate(sites.without_activesync.items(), len(sites.vdirs) + 1)
    )


def _https(bindings: Iterable[str]) -> str:
    return "".join(f'<binding protocol="https" bindingInformation={quoteattr(each)}/>' for each in bindings)


def _locations(vdir: VirtualDirectory, sites: Sites) -> str:
    path = f"{vdir.web_site}/{ACTIVESYNC}"
    manners = sites.manners(vdir)
    protection = vdir.extended_protection or "none"
    authentication = (
        f'<anonymousAuthentication enabled="{on(manners.anonymous)}"/>'
        f'<basicAuthentication enabled="{on(vdir.basic)}"/>'
        f'<windowsAuthentication enabled="{on(vdir.windows)}">'
        f'<extendedProtection tokenChecking="{protection.capitalize()}"/></windowsAuthentication>'
        f'<clientCertificateMappingAuthentication enabled="{on(vdir.mapping)}"/>'
    )
    offered = "".join(f'<add value="{name}"/>' for name in sites.providers(vdir))
    proxy = (
        f'<windowsAuthentication enabled="{on(vdir.proxy_windows)}"><providers><clear/>{offered}</providers>'
        "</windowsAuthentication>"
    )
    flags = SSL_FLAGS[vdir.client_certificates or ClientCertificates.IGNORE]
    first = (
        "" if vdir.upload_read_ahead is None else f'<serverRuntime uploadReadAheadSize="{vdir.upload_read_ahead}"/>'
    )
    if manners.redirect:
        first += f'<httpRedirect enabled="true" destination={quoteattr(manners.redirect)}/>'
    return _location(path, first, f'<access sslFlags="{flags}"/>', authentication) + _location(
        f"{path}/Proxy", "", "", proxy
    )


def _location(path: str, first: str, access: str, authentication: str) -> str:
    return (
        f"<location path={quoteattr(path)}><system.webServer>{first}<security>{access}"
        f"<authentication>{authentication}</authentication></security></system.webServer></location>\n"
    )


def on(flag: bool | None) -> str:
    return "true" if flag else "false"


def features(server: Server) -> str:
    """Get-WindowsFeature as it prints."""
    head = f"{'Display Name':<56}{'Name':<27}Install State\n{'-' * 12:<56}{'-' * 4:<27}{'-' * 13}\n"
    rows = []
    for name in ROLE_SERVICES:
        installed = bool(server.role_services.get(name))
        title = f"            [{'X' if installed else ' '}] {_TITLES[name]}"
        rows.append(f"{title:<56}{name:<27}{'Installed' if installed else 'Available':>13}\n")
    return "\n" + head + "".join(rows)


def app_pools(sites: Sites) -> str:
    """`appcmd list apppool`: of a server, the one pool that ActiveSync runs in."""
    stopped = any(sites.manners(vdir).app_pool is AppPool.STOPPED for vdir in sites.vdirs)
    state = "Stopped" if stopped else "Started"
    return f'APPPOOL "{_POOL}" (MgdVersion:v4.0,MgdMode:Integrated,state:{state})\n'


def sslcert(server: Server, sites: Sites) -> str:
    """`netsh http show sslcert`; the mapper is as the server's mapping where nothing else is known (2.3 step 2b)."""
    places = dict.fromkeys(sites.place(vdir) for vdir in sites.vdirs) or {_EVERY_ADDRESS: None}
    known = server.ds_mapper or {}
    text = "\nSSL Certificate bindings:\n-------------------------\n\n"
    return text + "".join(_record(place, known.get(place, bool(server.server_mapping))) for place in places)


def _record(place: str, mapper: bool) -> str:
    lines = {
        "IP:port": place, "Certificate Hash": "1b337c1d17e0f96b09f803f0a1b2c3d4e5f60718", "Application ID": _GUID,
        "Certificate Store Name": "MY", "Verify Client Certificate Revocation": "Enabled",
        "Verify Revocation Using Cached Client Certificate Only": "Disabled", "Usage Check": "Enabled",
        "Revocation Freshness Time": "0", "URL Retrieval Timeout": "0", "Ctl Identifier": "(null)",
        "Ctl Store Name": "(null)", "DS Mapper Usage": "Enabled" if mapper else "Disabled",
        "Negotiate Client Certificate": "Disabled",
    }  # fmt: skip
    return "".join(f"    {label:<28} : {value}\n" for label, value in lines.items()) + "\n"
