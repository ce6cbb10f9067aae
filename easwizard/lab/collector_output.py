"""An estate as the collector script writes it down: one JSON file for each server that it ran on.

Written from the text of the script (`easwizard-collect.ps1`, evidence-formats 9): which section a server has, which
properties an object keeps, in which words. Nothing here knows how such a file is read. Exchange 2007 has no
`-ADPropertiesOnly` and the shell of 2013 asks no IIS but its own; a server of Windows 2008 or older has no
Get-WindowsFeature.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from easwizard.exchange.inventory import Inventory, Server, VirtualDirectory
from easwizard.exchange.products import Product
from easwizard.lab.cmdlet_output import (
    PROTECTION,
    Choice,
    Multi,
    Scalar,
    Thing,
    feature_thing,
    server_things,
    shown,
    vdir_things,
)
from easwizard.lab.server_output import ACTIVESYNC, SSL_FLAGS, Sites, on, sslcert

Item = dict[str, object]
_OF_SERVER = (
    "Name", "Fqdn", "Site", "AdminDisplayVersion", "ServerRole", "IsClientAccessServer", "IsMailboxServer",
    "IsEdgeServer", "Edition",
)  # fmt: skip
_OF_VDIR = (
    "Server", "Name", "Identity", "InternalUrl", "ExternalUrl", "WebsiteName", "BasicAuthEnabled",
    "WindowsAuthEnabled", "ClientCertAuth", "MetabasePath", "VirtualDirectoryName", "WebSiteSSLEnabled", "Path",
    "ActiveSyncServer", "MobileClientCertificateProvisioningEnabled", "InternalAuthenticationMethods",
    "ExternalAuthenticationMethods", "ExtendedProtectionTokenChecking", "ExtendedProtectionFlags",
    "AdminDisplayVersion", "DistinguishedName", "Guid", "WhenChanged", "WhenChangedUTC", "OriginatingServer",
)  # fmt: skip
_OF_FEATURE = ("Name", "Installed", "InstallState", "FeatureType")
_FROM_IIS: dict[str, Scalar] = {
    "BasicAuthEnabled": False, "WindowsAuthEnabled": False, "ClientCertAuth": None, "WebsiteName": "",
    "WebSiteSSLEnabled": False, "ExtendedProtectionTokenChecking": PROTECTION["none"],
}  # fmt: skip
"""What these read with -ADPropertiesOnly: mere defaults (evidence-formats 6)."""
_DATES = ("WhenChanged", "WhenChangedUTC")
_CREATED = "2015-11-24T10:08:05Z"
_WINDOWS = {"2003": "5.2.3790", "2008": "6.0.6002", "2008 R2": "6.1.7601", "2012": "6.2.9200", "2012 R2": "6.3.9600",
            "2016": "10.0.14393", "2019": "10.0.17763", "2022": "10.0.20348", "2025": "10.0.26100"}  # fmt: skip
_USUAL = {Product.E2007: "2008 R2", Product.E2010: "2008 R2", Product.E2013: "2012 R2", Product.E2016: "2016",
          Product.E2019: "2019", Product.SE: "2022"}  # fmt: skip
_WITHOUT_FEATURES = ("2003", "2008")
_MODULES = {
    "Web-Client-Auth": "CertificateMappingAuthenticationModule",
    "Web-Cert-Auth": "IISCertificateMappingAuthenticationModule",
}
_AUTHENTICATION = "security/authentication"
_UNLOCKED = {
    "security/access": False,
    f"{_AUTHENTICATION}/anonymousAuthentication": False,
    f"{_AUTHENTICATION}/basicAuthentication": False,
    f"{_AUTHENTICATION}/windowsAuthentication": False,
    f"{_AUTHENTICATION}/clientCertificateMappingAuthentication": False,
    f"{_AUTHENTICATION}/iisClientCertificateMappingAuthentication": False,
    "serverRuntime": False,
    "httpRedirect": True,
}
"""The sections that the script looks at, and whether a web.config may set them on a fresh server."""


def collector_file(inventory: Inventory, server: Server, sites: Sites, *, iis: bool = True) -> str:
    """The file that the script writes on one server; `iis` is off where it was run with -NoIis."""
    document = {
        "format": "easwizard-evidence",
        "version": 1,
        "created_utc": _CREATED,
        "collector": {"version": "1", "sha256": None},
        "anonymized": False,
        "host": {
            "name": server.name,
            "fqdn": server.fqdn or server.name,
            "os": f"{_WINDOWS[_windows(server)]}.0",
            "powershell": "2.0" if server.product is Product.E2007 else "4.0",
            "culture": "en-GB",
        },
        "sections": list(_sections(inventory, server, sites, iis)),
        "notes": list(_notes(sites)) if iis else [],
    }
    return json.dumps(document, ensure_ascii=True, separators=(",", ":"))


def _windows(server: Server) -> str:
    """The year of its Windows Server; the usual one of its time where the estate does not say."""
    told = (server.windows or "").removeprefix("Windows ").removeprefix("Server ")
    return told if told in _WINDOWS else _USUAL[server.product or Product.E2013]


def _sections(inventory: Inventory, server: Server, sites: Sites, iis: bool) -> Iterator[Item]:
    yield _section("Get-ExchangeServer", _items(server_things(inventory), _OF_SERVER))
    made = [
        (vdir, thing)
        for vdir, thing in zip(inventory.vdirs, vdir_things(inventory), strict=True)
        if not vdir.back_end  # hidden without -ShowMailboxVirtualDirectories
    ]
    if server.product is not Product.E2007:
        found = [_unread(thing) for _, thing in made]
        yield _section("Get-ActiveSyncVirtualDirectory -ADPropertiesOnly", _items(found, _OF_VDIR))
    listed = [thing for vdir, thing in made if _lists(server, vdir)]
    yield _section("Get-ActiveSyncVirtualDirectory", _items(listed, _OF_VDIR))
    newer = server.product in (Product.E2016, Product.E2019, Product.SE)
    access: list[Item] = [{"Name": s.name, "Fqdn": s.fqdn} for s in inventory.servers if s.client_access]
    yield _section("Get-ClientAccessService" if newer else "Get-ClientAccessServer", access)
    yield _section("Get-OutlookAnywhere", [])
    named = dict.fromkeys(s.site for s in inventory.servers if s.site)
    yield _section("Get-ADSite", [{"Name": name, "HubSiteEnabled": False} for name in named])
    if iis:
        yield _features(server)
        yield _section("IIS", list(_iis(server, sites)))
        yield _section("netsh http show sslcert", [{"line": x} for x in sslcert(server, sites).splitlines()])


def _lists(server: Server, vdir: VirtualDirectory) -> bool:
    """Whether the plain cmdlet gives a vdir there: of the old version all, later the server's own alone."""
    if server.product is not None and server.product.is_legacy:
        return vdir.product is server.product
    return vdir.server.casefold() == server.name.casefold()


def _unread(thing: Thing) -> Thing:
    """A vdir as the shell of 2010 or later takes it from Active Directory alone."""
    defaults = {name: value for name, value in _FROM_IIS.items() if name in thing.properties}
    return Thing(thing.type, thing.text, {**thing.properties, **defaults, "WhenChangedUTC": _CREATED})


def _section(name: str, items: Sequence[Item], error: str | None = None) -> Item:
    return {
        "name": name, "ok": error is None or bool(items), "error": error, "seconds": 0.1, "truncated": False,
        "items": items,
    }  # fmt: skip


def _items(things: Sequence[Thing], names: Sequence[str]) -> list[Item]:
    """The wanted properties that each object has."""
    return [
        {name: _json(name, thing.properties[name]) for name in names if name in thing.properties} for thing in things
    ]


def _json(name: str, value: Scalar) -> object:
    if name in _DATES and value:
        return _CREATED
    match value:
        case None | bool() | int() | str():
            return value
        case Choice():
            return {"t": value.text, "n": value.number}
        case Multi():
            return [_json(name, choice) for choice in value.choices]
    return shown(value)


def _features(server: Server) -> Item:
    name = "Get-WindowsFeature"
    if _windows(server) in _WITHOUT_FEATURES:
        missing = "The term 'Get-WindowsFeature' is not recognized as the name of a cmdlet."
        return _section(name, [], missing)
    return _section(name, _items([feature_thing(f, bool(v)) for f, v in server.role_services.items()], _OF_FEATURE))


# IIS


def _iis(server: Server, sites: Sites) -> Iterator[Item]:
    """The items of `Get-EasIisItem`, in its order."""
    for section, unlocked in _UNLOCKED.items():
        yield {"kind": "section", "section": section, "unlocked": unlocked}
    for service, module in _MODULES.items():
        if server.role_services.get(service):
            yield {"kind": "module", "name": module}
    for vdir in sites.vdirs:
        yield {"kind": "site", "name": vdir.web_site, "bindings": list(sites.bindings(vdir))}
        yield from _applications(vdir, sites)
        if _folder_is_there(vdir):
            yield {"kind": "web.config", "level": vdir.web_site, "present": False}
            yield {"kind": "web.config", "level": f"{vdir.web_site}/{ACTIVESYNC}", "present": False}
    for name, bindings in sites.without_activesync.items():
        yield {"kind": "site", "name": name, "bindings": bindings}
        yield {"kind": "application", "site": name, "path": "", "pool": "", "folder": "C:\\inetpub\\wwwroot"}
    yield _setting("", f"{_AUTHENTICATION}/clientCertificateMappingAuthentication", on(server.server_mapping))
    for vdir in sites.vdirs:
        yield from _settings(vdir, sites)


def _applications(vdir: VirtualDirectory, sites: Sites) -> Iterator[Item]:
    number = 1 + sites.vdirs.index(vdir)
    yield {"kind": "application", "site": vdir.web_site, "path": "", "pool": "", "folder": "C:\\inetpub\\wwwroot"}
    yield {
        "kind": "application", "site": vdir.web_site, "path": f"/{ACTIVESYNC}", "pool": "MSExchangeSyncAppPool",
        "folder": f"C:\\sync{number}",
    }  # fmt: skip


def _folder_is_there(vdir: VirtualDirectory) -> bool:
    """An estate that does not say what web.config decides is one whose folder could not be read."""
    return vdir.upload_read_ahead is not None


def _notes(sites: Sites) -> Iterator[str]:
    for vdir in sites.vdirs:
        if not _folder_is_there(vdir):
            yield f"not read: the folder of {vdir.web_site}/{ACTIVESYNC} is not there"


def _settings(vdir: VirtualDirectory, sites: Sites) -> Iterator[Item]:
    manners = sites.manners(vdir)
    level = f"{vdir.web_site}/{ACTIVESYNC}"
    windows = f"{_AUTHENTICATION}/windowsAuthentication"
    if vdir.client_certificates is not None:
        yield _setting(level, "security/access", SSL_FLAGS[vdir.client_certificates])
    yield _setting(level, f"{_AUTHENTICATION}/anonymousAuthentication", on(manners.anonymous))
    yield _setting(level, f"{_AUTHENTICATION}/basicAuthentication", on(vdir.basic))
    yield _setting(level, windows, on(vdir.windows))
    checking = (vdir.extended_protection or "none").capitalize()
    yield _setting(level, windows, checking, "extendedProtection/tokenChecking")
    yield _setting(level, f"{_AUTHENTICATION}/clientCertificateMappingAuthentication", on(vdir.mapping))
    if vdir.upload_read_ahead is not None:
        yield _setting(level, "serverRuntime", str(vdir.upload_read_ahead), "uploadReadAheadSize")
    if manners.redirect:
        yield _setting(level, "httpRedirect", "true")
        yield _setting(level, "httpRedirect", manners.redirect, "destination")
    yield _setting(f"{level}/Proxy", windows, on(vdir.proxy_windows))
    offered = [f"+{name}" for name in sites.providers(vdir)]
    yield _setting(f"{level}/Proxy", windows, ["clear", *offered], "providers")


def _setting(level: str, section: str, value: str | list[str], name: str = "enabled") -> Item:
    attribute = "sslFlags" if section == "security/access" else name
    return {
        "kind": "setting", "level": level, "section": section, "name": attribute, "value": value,
        "file_level": None, "inherit": True,
    }  # fmt: skip
