"""What an inventory lacks for the rules, each with the one command that would fill it (exchange.md 5.2).

All commands only read. Judges nothing: a hole is something not known, not something wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from easwizard.exchange.inventory import ROLE_SERVICES, Inventory, Server, VirtualDirectory

SERVERS = (
    "Get-ExchangeServer | Select-Object Name,Fqdn,Site,AdminDisplayVersion,ServerRole,IsClientAccessServer"
    " | Export-Clixml servers.xml"
)
VDIRS = "Get-ActiveSyncVirtualDirectory -ADPropertiesOnly | Select-Object * | Export-Clixml easvdirs-ad.xml"
ALL_VDIRS = "Get-ActiveSyncVirtualDirectory | Select-Object * | Export-Clixml easvdirs.xml"


@dataclass(frozen=True)
class Hole:
    """Something not known of some servers or vdirs, and how to learn it."""

    subjects: tuple[str, ...]
    """Servers, or SERVER/SITE-NAME; empty where the whole organisation is meant."""
    missing: tuple[str, ...]
    """What is not known, in words."""
    where: str
    """Where the command is run."""
    command: str


def holes_of(inventory: Inventory) -> tuple[Hole, ...]:
    """Everything that is not known and that a rule needs; an organisation of which nothing is known has two."""
    front = tuple(v for v in inventory.vdirs if not v.back_end)
    return (*_of_directory(inventory, front), *_of_servers(inventory, front))


_SHELL = "in the newest Exchange Management Shell"


def _of_directory(inventory: Inventory, front: Sequence[VirtualDirectory]) -> Iterator[Hole]:
    if not inventory.servers:
        yield Hole((), ("the servers, their AD sites and versions",), _SHELL, SERVERS)
    lacking = {server.name: _missing_of_server(server) for server in inventory.servers}
    yield from _one(lacking, _SHELL, SERVERS)
    have = {vdir.server.casefold() for vdir in front}
    without = [s.name for s in inventory.servers if s.client_access and s.name.casefold() not in have]
    if without or not inventory.servers:
        yield Hole(tuple(without), ("the ActiveSync virtual directories",), _SHELL, ALL_VDIRS)
    yield from _one({vdir.label: _missing_urls(vdir) for vdir in front}, _SHELL, VDIRS)


def _one(lacking: dict[str, tuple[str, ...]], where: str, command: str) -> Iterator[Hole]:
    """One hole for everything that one command fills."""
    subjects = tuple(subject for subject, missing in lacking.items() if missing)
    if subjects:
        missing = dict.fromkeys(word for words in lacking.values() for word in words)
        yield Hole(subjects, tuple(missing), where, command)


def _missing_of_server(server: Server) -> tuple[str, ...]:
    known = {"version": server.product, "AD site": server.site, "whether clients reach it": server.client_access}
    return tuple(words for words, value in known.items() if value is None)


def _missing_urls(vdir: VirtualDirectory) -> tuple[str, ...]:
    known = {"InternalUrl": vdir.internal_url, "ExternalUrl": vdir.external_url}
    return tuple(words for words, value in known.items() if value is None)


def _of_servers(inventory: Inventory, front: Sequence[VirtualDirectory]) -> Iterator[Hole]:
    """What only the server itself knows; of servers without an ActiveSync vdir nothing is wanted."""
    by_server: dict[str, list[VirtualDirectory]] = {}
    for vdir in front:
        by_server.setdefault(vdir.server.casefold(), []).append(vdir)
    for server in inventory.servers:
        own = by_server.get(server.name.casefold())
        if own:
            yield from _of_iis(server, own)
            yield from _of_windows(server)


def _is_newer(server: Server) -> bool:
    return server.product is None or not server.product.is_legacy


def _of_iis(server: Server, own: Sequence[VirtualDirectory]) -> Iterator[Hole]:
    lacking = {vdir.label: _missing_of_iis(server, vdir) for vdir in own}
    if _is_newer(server) and server.server_mapping is None:
        lacking[server.name] = ("certificate mapping at the server's root",)
    if not server.bindings:
        lacking[server.name] = (*lacking.get(server.name, ()), "bindings")
    yield from _one(lacking, f"on {server.name}, elevated", _copy_of_iis(server))
    unread = tuple(vdir.label for vdir in own if vdir.upload_read_ahead is None)
    if unread and _is_newer(server) and server.bindings:
        copy = (
            r'Copy-Item "$env:ExchangeInstallPath\FrontEnd\HttpProxy\sync\web.config"'
            f" '.\\{server.name}-{own[0].web_site}-EAS_web.config'"
        )
        yield Hole(unread, ("uploadReadAheadSize",), f"on {server.name}", copy)


def _copy_of_iis(server: Server) -> str:
    """IIS 6 keeps its settings in the metabase (evidence-formats 7.3)."""
    if server.windows is not None and "2003" in server.windows:
        return rf'copy "%windir%\System32\inetsrv\MetaBase.xml" MetaBase-{server.name}.xml'
    path = r'"$env:windir\System32\inetsrv\config\applicationHost.config"'
    return rf"Copy-Item {path} .\applicationHost-{server.name}.config"


def _missing_of_iis(server: Server, vdir: VirtualDirectory) -> tuple[str, ...]:
    known: dict[str, object] = {
        "client certificates": vdir.client_certificates,
        "Basic authentication": vdir.basic,
        "Windows authentication": vdir.windows,
    }
    if _is_newer(server):
        known["certificate mapping"] = vdir.mapping
        known["extended protection"] = vdir.extended_protection
    else:
        known["Windows authentication on /Proxy"] = vdir.proxy_windows
    return tuple(words for words, value in known.items() if value is None)


def _of_windows(server: Server) -> Iterator[Hole]:
    if not _is_newer(server):
        return
    missing = tuple(f"role service {s}" for s in ROLE_SERVICES if server.role_services.get(s) is None)
    if missing:
        services = ",".join(ROLE_SERVICES)
        command = f"Get-WindowsFeature {services} | Export-Clixml features-{server.name}.xml"
        yield Hole((server.name,), missing, f"on {server.name}, elevated", command)
    if server.ds_mapper is None:
        command = f"netsh http show sslcert > sslcert-{server.name}.txt"
        yield Hole((server.name,), ("DS mapper flag of the bindings",), f"on {server.name}, elevated", command)
