"""The names of an inventory: evidence tells of servers and URLs, not of what phones have in their settings. Pure.

The admin says which names there are and what for; without that they are assumed, and the assumption is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from easwizard.case.requests import Target
from easwizard.case.roles import guessed_role
from easwizard.exchange.inventory import (
    ClientCertificates,
    Endpoint,
    Inventory,
    NamespaceRecord,
    Role,
    VirtualDirectory,
    host_of,
)
from easwizard.exchange.routing import endpoints_of


@dataclass(frozen=True)
class NamedEstate:
    """An inventory with its names, and what was assumed about them, in words."""

    inventory: Inventory
    assumed: tuple[str, ...] = ()


def with_names(inventory: Inventory, names: Sequence[Target], changes: Sequence[str] = ()) -> NamedEstate:
    """The inventory with the names that were given; where none was, with those that its URLs and the plan imply."""
    if names:
        return NamedEstate(_recorded(inventory, {name.host.casefold(): name.role for name in names}))
    roles = {**_planned(changes), **_by_urls(inventory)}
    facing = [f"{host} as {role}" for host, role in roles.items() if role.faces_devices]
    said = (
        f"taken as the names that phones use: {', '.join(facing)}" if facing else "no name that phones use is known"
    )
    return NamedEstate(_recorded(inventory, roles), (said,))


def _recorded(inventory: Inventory, roles: dict[str, Role]) -> Inventory:
    """Each name on record with where it leads today; a record that is there already keeps that."""
    kept = [n for n in inventory.namespaces if n.host.casefold() not in roles]
    return replace(inventory, namespaces=(*kept, *(_record(inventory, host, role) for host, role in roles.items())))


def _record(inventory: Inventory, host: str, role: Role) -> NamespaceRecord:
    old = inventory.namespace(host)
    if old is not None and old.endpoints:
        return replace(old, role=role)
    found = endpoints_of(inventory, host) or _named_outside(inventory, host)
    return NamespaceRecord(host, role, () if _is_mixed(inventory, found) else found)


def _is_mixed(inventory: Inventory, endpoints: Sequence[Endpoint]) -> bool:
    """Whether old and newer servers share a name: which of them phones reach, only DNS tells."""
    vdirs = (inventory.vdir(e.server, e.web_site) for e in endpoints)
    return len({v.product.is_legacy for v in vdirs if v is not None and v.product is not None}) > 1


def _named_outside(inventory: Inventory, host: str) -> tuple[Endpoint, ...]:
    """The web sites whose vdirs hand this name to phones (1.8), unless they are two of one server (J19)."""
    handing = [v for v in _front(inventory) if host_of(v.external_url) == host]
    alike = len({v.web_site.casefold() for v in handing}) == 1
    return tuple(Endpoint(v.server, v.web_site) for v in handing) if alike else ()


def _by_urls(inventory: Inventory) -> dict[str, Role]:
    """The hosts of the newer servers' URLs, of the old ones' where no newer server has any (exchange.md 1.8)."""
    front = list(_front(inventory))
    newer = [v for v in front if v.product is not None and not v.product.is_legacy]
    found = {host: _role(inventory, host) for v in newer or front for host in _hosts(v)}
    return dict(sorted(found.items()))


def _front(inventory: Inventory) -> Iterator[VirtualDirectory]:
    return (v for v in inventory.vdirs if not v.back_end)


def _hosts(vdir: VirtualDirectory) -> Iterator[str]:
    """The ExternalUrl is what phones are told; without one the InternalUrl, which may be a server's own name."""
    host = host_of(vdir.external_url) or vdir.internal_host
    if host:
        yield host


def _role(inventory: Inventory, host: str) -> Role:
    """Certificates where every vdir of the name requires them, or the name itself says so; else passwords."""
    own = [v for v in _front(inventory) if host in _hosts(v)]
    required = all(v.client_certificates is ClientCertificates.REQUIRE for v in own)
    by_name = guessed_role(host) in (Role.CERT, Role.LEGACY_CERT)
    return Role.CERT if required or by_name else Role.GENERIC


def _planned(changes: Sequence[str]) -> dict[str, Role]:
    """The names that the plan leads somewhere, by what they are called."""
    verbs = (change.strip().partition("=") for change in changes)
    hosts = [rest.partition("=")[0].strip().casefold() for verb, _, rest in verbs if verb.casefold() == "namespace"]
    return {host: guessed_role(host) for host in hosts if host}
