"""An estate as the files that an admin would bring: cmdlet output in four formats, and each server's own files.

A lab estate leaves nothing unknown, so that every file says all that its kind can carry. The shapes are those of real
files (evidence-formats 1 to 7); nothing here knows how they are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import quoteattr

from easwizard.exchange.inventory import ROLE_SERVICES, ClientCertificates, Inventory, Server, VirtualDirectory
from easwizard.lab.cmdlet_output import Thing, clixml, format_list, server_things, to_csv, to_json, vdir_things

Write = Callable[[Sequence[Thing]], str]
FORMATS: Mapping[str, tuple[str, Write]] = {
    "clixml": ("xml", clixml),
    "json": ("json", to_json),
    "csv": ("csv", to_csv),
    "format-list": ("txt", format_list),
}
"""How cmdlet output may be exported: name of the format to the ending of its files and what writes it."""
_FLAGS = {
    ClientCertificates.IGNORE: "Ssl",
    ClientCertificates.ACCEPT: "Ssl, SslNegotiateCert",
    ClientCertificates.REQUIRE: "Ssl, SslNegotiateCert, SslRequireCert",
}
_TITLES = {
    "Web-Client-Auth": "Client Certificate Mapping Authentic...",
    "Web-Cert-Auth": "IIS Client Certificate Mapping Authe...",
}
_EAS = "Microsoft-Server-ActiveSync"
_LOCKED = (
    "basicAuthentication", "windowsAuthentication", "clientCertificateMappingAuthentication",
)  # fmt: skip
_GUID = "{4dc3e181-e14b-4a21-b022-59fc669b0914}"


@dataclass(frozen=True)
class Addresses:
    """Where web sites listen, by label in lower case; those not named get an address of their own in 192.0.2.0/24."""

    of: Mapping[str, str] = field(default_factory=dict)
    port: int = 443

    def at(self, label: str, number: int) -> str:
        return f"{self.of.get(label.casefold(), f'192.0.2.{number}')}:{self.port}"


def cmdlet_files(inventory: Inventory, format: str) -> dict[str, str]:
    """Name to text: the servers, the old servers' vdirs from their own shell, the others from the newest one."""
    ending, write = FORMATS[format]
    made = list(zip(inventory.vdirs, vdir_things(inventory), strict=True))
    old = [thing for vdir, thing in made if vdir.product is not None and vdir.product.is_legacy]
    new = [thing for vdir, thing in made if vdir.product is None or not vdir.product.is_legacy]
    things = {"servers": server_things(inventory), "easvdirs-old-shell": old, "easvdirs-new-shell": new}
    return {f"{name}.{ending}": write(each) for name, each in things.items() if each}


def server_files(inventory: Inventory, addresses: Addresses | None = None) -> dict[str, str]:
    """Name to text: what only the servers themselves have; each name tells its server."""
    places = addresses or Addresses()
    files: dict[str, str] = {}
    for server in inventory.servers:
        sites = _Sites(inventory, server, places)
        files[f"applicationHost-{server.name}.config"] = _application_host(server, sites)
        files[f"features-{server.name}.txt"] = _features(server)
        files[f"sslcert-{server.name}.txt"] = _sslcert(server, sites)
    return files


def write_evidence(folder: Path, inventory: Inventory, addresses: Addresses | None = None) -> tuple[Path, ...]:
    """Write everything below a folder, each format of cmdlet output in one of its own; raises `OSError`."""
    texts = {f"{format}/{name}": text for format in FORMATS for name, text in cmdlet_files(inventory, format).items()}
    texts |= {f"servers/{name}": text for name, text in server_files(inventory, addresses).items()}
    paths = []
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return tuple(paths)


class _Sites:
    """The web sites of one server with ActiveSync, each with its bindings."""

    def __init__(self, inventory: Inventory, server: Server, places: Addresses) -> None:
        self._inventory, self._server, self._places = inventory, server, places
        self.vdirs = [v for v in inventory.vdirs if v.server.casefold() == server.name.casefold()]

    def bindings(self, vdir: VirtualDirectory) -> Iterator[str]:
        """By address; with the host too where no InternalUrl of the site tells that the name leads here."""
        told = [b.binding for b in self._server.bindings if b.web_site.casefold() == vdir.web_site.casefold()]
        place = self.place(vdir)
        yield from told or (f"{place}:",)
        for record in self._inventory.namespaces:
            leads_here = vdir.label.casefold() in (e.label.casefold() for e in record.endpoints)
            if leads_here and not vdir.back_end and record.host.casefold() != vdir.internal_host:
                yield f"{place}:{record.host}"

    def place(self, vdir: VirtualDirectory) -> str:
        """Address and port."""
        return self._places.at(vdir.label, 10 + self._inventory.vdirs.index(vdir))


def _application_host(server: Server, sites: _Sites) -> str:
    groups = "".join(f'<section name="{name}" overrideModeDefault="Deny"/>' for name in _LOCKED)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<configuration><configSections>'
        '<sectionGroup name="system.webServer"><section name="serverRuntime" overrideModeDefault="Deny"/>'
        '<sectionGroup name="security"><section name="access" overrideModeDefault="Deny"/>'
        f'<sectionGroup name="authentication">{groups}</sectionGroup></sectionGroup></sectionGroup>'
        "</configSections>\n"
        f"<system.applicationHost><sites>{''.join(_site(v, sites) for v in sites.vdirs)}</sites>"
        "</system.applicationHost>\n<system.webServer><security><authentication>"
        f'<clientCertificateMappingAuthentication enabled="{_on(server.server_mapping)}"/>'
        "</authentication></security></system.webServer>\n"
        f"{''.join(map(_locations, sites.vdirs))}</configuration>\n"
    )


def _site(vdir: VirtualDirectory, sites: _Sites) -> str:
    number = 1 + sites.vdirs.index(vdir)
    bindings = "".join(
        f'<binding protocol="https" bindingInformation={quoteattr(each)}/>' for each in sites.bindings(vdir)
    )
    return (
        f'<site name={quoteattr(vdir.web_site)} id="{number}"><application path="/"/>'
        f'<application path="/{_EAS}" applicationPool="MSExchangeSyncAppPool">'
        f'<virtualDirectory path="/" physicalPath="C:\\sync{number}"/></application>'
        f"<bindings>{bindings}</bindings></site>\n"
    )


def _locations(vdir: VirtualDirectory) -> str:
    path = f"{vdir.web_site}/{_EAS}"
    flags = _FLAGS[vdir.client_certificates or ClientCertificates.IGNORE]
    protection = vdir.extended_protection or "none"
    authentication = (
        f'<basicAuthentication enabled="{_on(vdir.basic)}"/>'
        f'<windowsAuthentication enabled="{_on(vdir.windows)}">'
        f'<extendedProtection tokenChecking="{protection.capitalize()}"/></windowsAuthentication>'
        f'<clientCertificateMappingAuthentication enabled="{_on(vdir.mapping)}"/>'
    )
    proxy = (
        f'<windowsAuthentication enabled="{_on(vdir.proxy_windows)}"><providers><clear/>'
        '<add value="Negotiate"/><add value="NTLM"/></providers></windowsAuthentication>'
    )
    return _location(path, flags, authentication, vdir.upload_read_ahead) + _location(
        f"{path}/Proxy", "", proxy, None
    )


def _location(path: str, flags: str, authentication: str, read_ahead: int | None) -> str:
    access = f'<access sslFlags="{flags}"/>' if flags else ""
    runtime = "" if read_ahead is None else f'<serverRuntime uploadReadAheadSize="{read_ahead}"/>'
    return (
        f"<location path={quoteattr(path)}><system.webServer>{runtime}<security>{access}"
        f"<authentication>{authentication}</authentication></security></system.webServer></location>\n"
    )


def _on(flag: bool | None) -> str:
    return "true" if flag else "false"


def _features(server: Server) -> str:
    """Get-WindowsFeature as it prints."""
    head = f"{'Display Name':<56}{'Name':<27}Install State\n{'-' * 12:<56}{'-' * 4:<27}{'-' * 13}\n"
    rows = []
    for name in ROLE_SERVICES:
        installed = bool(server.role_services.get(name))
        title = f"            [{'X' if installed else ' '}] {_TITLES[name]}"
        rows.append(f"{title:<56}{name:<27}{'Installed' if installed else 'Available':>13}\n")
    return "\n" + head + "".join(rows)


def _sslcert(server: Server, sites: _Sites) -> str:
    """`netsh http show sslcert`; the mapper is as the server's mapping where nothing else is known (2.3 step 2b)."""
    places = dict.fromkeys(sites.place(vdir) for vdir in sites.vdirs)
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
