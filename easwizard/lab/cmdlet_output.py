"""Writes an inventory as the cmdlets of Exchange print it, in every format they are exported in.

Made, not captured: the shapes are those of real files of sibling classes (evidence-formats 1 to 5), the values are
the inventory's.
"""

from __future__ import annotations

import csv
import io
import json
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from easwizard.exchange.inventory import ClientCertificates, Inventory, Server, VirtualDirectory
from easwizard.exchange.products import Product, parse_build

_DIRECTORY = "Microsoft.Exchange.Data.Directory.SystemConfiguration."
_ORGANISATION = (
    "CN=Servers,CN=Exchange Administrative Group (FYDIBOHF23SPDLT),CN=Administrative Groups,CN=Contoso,"
    "CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=test"
)


@dataclass(frozen=True)
class Url:
    text: str


@dataclass(frozen=True)
class Choice:
    """An enumeration's value."""

    type: str
    text: str
    number: int


@dataclass(frozen=True)
class Directory:
    """An ADObjectId."""

    text: str
    dn: str


@dataclass(frozen=True)
class Version:
    numbers: tuple[int, ...]

    @property
    def text(self) -> str:
        major, minor, build, revision = self.numbers
        return f"Version {major}.{minor} (Build {build}.{revision})"


@dataclass(frozen=True)
class Multi:
    """A multi-valued property."""

    choices: tuple[Choice, ...] = ()


Scalar = None | str | bool | int | Url | Choice | Directory | Version | Multi


@dataclass(frozen=True)
class Thing:
    """One object of a cmdlet: its class, what it prints as, its properties in order."""

    type: str
    text: str
    properties: dict[str, Scalar]
    notes: dict[str, Scalar] = field(default_factory=dict)


CERTIFICATES = {
    ClientCertificates.IGNORE: Choice("ClientCertAuthTypes", "Ignore", 0),
    ClientCertificates.ACCEPT: Choice("ClientCertAuthTypes", "Accepted", 1),
    ClientCertificates.REQUIRE: Choice("ClientCertAuthTypes", "Required", 2),
}
PROTECTION = {
    "none": Choice("ExtendedProtectionTokenCheckingMode", "None", 0),
    "allow": Choice("ExtendedProtectionTokenCheckingMode", "Allow", 1),
    "require": Choice("ExtendedProtectionTokenCheckingMode", "Require", 2),
}
BASIC = Choice("AuthenticationMethod", "Basic", 0)


# What the cmdlets give


def server_thing(server: Server) -> Thing:
    """Get-ExchangeServer; ExchangeVersion is that of the object, as ever (2)."""
    build = parse_build(server.build or "") or (0, 0, 0, 0)
    dn = f"CN={server.name},{_ORGANISATION}"
    properties: dict[str, Scalar] = {
        "Name": server.name,
        "Fqdn": server.fqdn,
        "Site": Directory(
            f"contoso.test/Configuration/Sites/{server.site}",
            f"CN={server.site},CN=Sites,CN=Configuration,DC=contoso",
        )
        if server.site
        else None,
        "ServerRole": _roles(server),
        "IsClientAccessServer": server.client_access,
        "IsMailboxServer": True,
        "ExchangeVersion": "0.1 (8.0.535.0)",
        "AdminDisplayVersion": Version(build),
        "Identity": Directory(server.name, dn),
        "DistinguishedName": dn,
        "OriginatingServer": "dc1.contoso.test",
    }
    if server.client_access is None:
        del properties["IsClientAccessServer"], properties["ServerRole"]
    return Thing("Microsoft.Exchange.Data.Directory.Management.ExchangeServer", server.name, properties)


def _roles(server: Server) -> Choice:
    if server.product in (Product.E2016, Product.E2019, Product.SE):
        return Choice("ServerRole", "Mailbox", 2)
    if server.client_access:
        return Choice("ServerRole", "Mailbox, ClientAccess", 6)
    return Choice("ServerRole", "Mailbox", 2)


def vdir_thing(vdir: VirtualDirectory, fqdn: str | None, number: int, build: str | None) -> Thing:
    """Get-ActiveSyncVirtualDirectory; without IIS-derived values where the inventory has none."""
    name = f"Microsoft-Server-ActiveSync ({vdir.web_site})"
    dn = f"CN={name},CN=HTTP,CN=Protocols,CN={vdir.server},{_ORGANISATION}"
    read = vdir.client_certificates is not None
    properties: dict[str, Scalar] = {
        "MobileClientFlags": "BadItemReportingEnabled, SendWatsonReport",
        "MobileClientCertificateProvisioningEnabled": False,
        "MobileClientCertificateAuthorityURL": "",
        "MobileClientCertTemplateName": "",
        "ActiveSyncServer": vdir.internal_url or None,
        "BasicAuthEnabled": bool(vdir.basic),
        "WindowsAuthEnabled": bool(vdir.windows),
        "ClientCertAuth": CERTIFICATES[vdir.client_certificates] if vdir.client_certificates else None,
        "WebsiteName": vdir.web_site if read else "",
        "WebSiteSSLEnabled": read,
        "VirtualDirectoryName": "Microsoft-Server-ActiveSync",
        "Path": _path(vdir),
        "MetabasePath": f"IIS://{fqdn or vdir.server}/W3SVC/{number}/ROOT/Microsoft-Server-ActiveSync",
        "Server": Directory(vdir.server, f"CN={vdir.server},{_ORGANISATION}"),
        "InternalUrl": Url(vdir.internal_url) if vdir.internal_url else None,
        "InternalAuthenticationMethods": Multi(),
        "ExternalUrl": Url(vdir.external_url) if vdir.external_url else None,
        "ExternalAuthenticationMethods": Multi((BASIC,)),
        "AdminDisplayName": "",
        "ExchangeVersion": "0.1 (8.0.535.0)",
        "Name": name,
        "DistinguishedName": dn,
        "Identity": Directory(f"{vdir.server}\\{name}", dn),
        "Guid": "92ff2c9c-fbdd-4333-bb6c-37d0b20026bf",
        "WhenChanged": "11/24/2015 11:08:05 AM",
        "OriginatingServer": "dc1.contoso.test",
    }
    if vdir.product is not Product.E2007:
        checking = PROTECTION.get(vdir.extended_protection or "")
        properties |= {"ExtendedProtectionTokenChecking": checking, "WhenChangedUTC": "11/24/2015 10:08:05 AM"}
        properties["AdminDisplayVersion"] = Version(parse_build(build or "") or (15, 0, 1497, 2))
    for field_name, property in (("internal_url", "InternalUrl"), ("external_url", "ExternalUrl")):
        if getattr(vdir, field_name) is None:
            del properties[property]
    if vdir.internal_url is None:
        del properties["ActiveSyncServer"]
    return Thing(_DIRECTORY + "ADMobileVirtualDirectory", f"{vdir.server}\\{name}", properties)


def _path(vdir: VirtualDirectory) -> str:
    home = "C:\\Program Files\\Microsoft\\Exchange Server"
    if vdir.product is None or vdir.product.is_legacy:
        return f"{home}\\ClientAccess\\sync"
    folder = "ClientAccess" if vdir.back_end else "FrontEnd\\HttpProxy"
    return f"{home}\\V15\\{folder}\\sync"


def feature_thing(name: str, installed: bool) -> Thing:
    state = Choice("InstallState", "Installed" if installed else "Available", 1 if installed else 0)
    type = "Microsoft.Windows.ServerManager.Commands.Feature"
    properties: dict[str, Scalar] = {
        "Name": name, "DisplayName": "Clientzertifikatzuordnung", "Installed": installed, "InstallState": state,
        "FeatureType": "Role Service",
    }  # fmt: skip
    return Thing(type, type, properties)


def server_things(inventory: Inventory) -> list[Thing]:
    return [server_thing(server) for server in inventory.servers]


def vdir_things(inventory: Inventory) -> list[Thing]:
    servers = {server.name: server for server in inventory.servers}
    return [
        vdir_thing(v, servers[v.server].fqdn, 2 if v.back_end else 1 if v.web_site == "Default Web Site" else 3,
                   servers[v.server].build)
        for v in inventory.vdirs
    ]  # fmt: skip


# Export-Clixml


def clixml(things: Sequence[Thing], *, selected: bool = False, prefix: str = "") -> str:
    """Export-Clixml; `selected` as after Select-Object, where everything stands in MS."""
    writer = _Clixml(prefix)
    return (
        '<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">\n'
        + "".join(writer.thing(thing, selected) for thing in things)
        + "</Objs>"
    )


class _Clixml:
    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._ref = -1
        self._types: dict[str, int] = {}

    def _next(self) -> int:
        self._ref += 1
        return self._ref

    def _type(self, *names: str) -> str:
        if names[0] in self._types:
            return f'<TNRef RefId="{self._types[names[0]]}" />'
        self._types[names[0]] = len(self._types)
        inner = "".join(f"<T>{escape(name)}</T>" for name in (*names, "System.Object"))
        return f'<TN RefId="{self._types[names[0]]}">{inner}</TN>'

    def thing(self, thing: Thing, selected: bool) -> str:
        type = ("Selected." if selected else self._prefix) + thing.type
        members = "".join(self.member(name, value) for name, value in thing.properties.items())
        notes = "".join(self.member(name, value) for name, value in thing.notes.items())
        if selected:
            body = f"<MS>{members}{notes}</MS>"
        else:
            body = f"<ToString>{escape(thing.text)}</ToString><Props>{members}</Props><MS>{notes}</MS>"
        return f'  <Obj RefId="{self._next()}">{self._type(type)}{body}</Obj>\n'

    def member(self, name: str, value: Scalar) -> str:
        at = f'N="{name}"'
        match value:
            case None:
                return f"<Nil {at} />"
            case bool():
                return f"<B {at}>{str(value).lower()}</B>"
            case int():
                return f"<I32 {at}>{value}</I32>"
            case str():
                return f"<S {at}>{escape(value)}</S>"
            case Url():
                return f"<URI {at}>{escape(value.text)}</URI>"
        return self._object(at + " ", value)

    def _object(self, at: str, value: Choice | Directory | Version | Multi) -> str:
        start = f'<Obj {at}RefId="{self._next()}">'
        match value:
            case Choice():
                inner = self._type(_DIRECTORY + value.type, "System.Enum")
                inner += f"<ToString>{value.text}</ToString><I32>{value.number}</I32>"
            case Directory():
                inner = self._type("Microsoft.Exchange.Data.Directory.ADObjectId")
                inner += (
                    f"<ToString>{escape(value.text)}</ToString><Props><S N='DistinguishedName'>{escape(value.dn)}"
                )
                inner += '</S></Props><MS><BA N="SerializationData">AAEAAAD/////AQ==</BA></MS>'
            case Version():
                inner = self._type("Microsoft.Exchange.Data.ServerVersion")
                inner += f"<ToString>{value.text}</ToString><Props><I32 N='Major'>{value.numbers[0]}</I32></Props>"
            case Multi():
                inner = self._type("Microsoft.Exchange.Data.MultiValuedProperty`1[[System.Object]]")
                inner += "<LST>" + "".join(self._object("", choice) for choice in value.choices) + "</LST>"
        return f"{start}{inner}</Obj>"


# ConvertTo-Json


def to_json(things: Sequence[Thing]) -> str:
    """ConvertTo-Json: enumerations as numbers; one object without brackets, as before PowerShell 7."""
    documents = [{name: _json(value) for name, value in thing.properties.items()} for thing in things]
    return json.dumps(documents[0] if len(documents) == 1 else documents, indent=4)


def _json(value: Scalar) -> object:
    match value:
        case Url():
            return value.text
        case Choice():
            return value.number
        case Directory():
            return {"DistinguishedName": value.dn, "Name": value.text.rpartition("/")[2], "ObjectGuid": "x"}
        case Version():
            return dict(zip(("Major", "Minor", "Build", "Revision"), value.numbers, strict=True))
        case Multi():
            return [choice.number for choice in value.choices]
    return value


# Export-Csv


def to_csv(things: Sequence[Thing], *, delimiter: str = ",", with_type: bool = True) -> str:
    """Export-Csv: the columns are those of all objects, lists become the name of their type."""
    out = io.StringIO()
    if with_type:
        out.write(f"#TYPE Selected.{things[0].type}\r\n")
    columns = [name for name in things[0].properties if all(name in thing.properties for thing in things)]
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(columns)
    for thing in things:
        writer.writerow([_csv(thing.properties.get(name)) for name in columns])
    return out.getvalue()


def _csv(value: Scalar) -> str:
    if isinstance(value, Multi):
        return "Microsoft.Exchange.Data.MultiValuedProperty`1[Microsoft.Exchange.Data.Directory.AuthenticationMethod]"
    return shown(value)


def shown(value: Scalar) -> str:
    """A value as PowerShell displays it."""
    match value:
        case None:
            return ""
        case Multi():
            return "{" + ", ".join(choice.text for choice in value.choices) + "}"
        case Url() | Choice() | Directory() | Version():
            return value.text
    return str(value)


# Format-List


def format_list(things: Sequence[Thing], *, width: int = 4096, between: str = "\n") -> str:
    """Format-List at a console of some width; `between` is the end of each line."""
    return "\n\n" + "\n\n".join(between.join(_record(thing, width)) for thing in things) + "\n\n"


def _record(thing: Thing, width: int) -> list[str]:
    pad = max(len(name) for name in thing.properties)
    lines: list[str] = []
    for name, value in thing.properties.items():
        start = f"{name:<{pad}} : "
        wrapped = textwrap.wrap(shown(value), max(20, width - len(start)), break_on_hyphens=True) or [""]
        lines += [start + wrapped[0], *(" " * len(start) + rest for rest in wrapped[1:])]
    return lines
