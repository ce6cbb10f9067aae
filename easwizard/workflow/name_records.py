"""Where the case's names lead, by the inventory: a record for each, made anew when names change. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from easwizard.case.case import Case
from easwizard.case.events import InventoryRead
from easwizard.case.requests import Target
from easwizard.exchange.inventory import Inventory, NamespaceRecord, Role
from easwizard.exchange.routing import endpoints_of


def named_anew(case: Case) -> InventoryRead | None:
    """The inventory with the names as the case has them now; None where that changes nothing."""
    inventory = with_names(replace(case.inventory, namespaces=()), case.targets)
    return InventoryRead(inventory) if case.imports and inventory != case.inventory else None


def with_names(inventory: Inventory, targets: Iterable[Target]) -> Inventory:
    """The inventory with a record for each name of the case: where it leads by bindings, else by InternalUrls.

    A name that neither tells of leads nowhere known. What a record already says of a name stays.
    """
    hosts = {record.host.casefold() for record in inventory.namespaces}
    records = list(inventory.namespaces)
    for target in targets:
        if target.host.casefold() not in hosts:
            hosts.add(target.host.casefold())
            records.append(_record(inventory, target.host, target.role))
    return replace(inventory, namespaces=tuple(records))


def _record(inventory: Inventory, host: str, role: Role) -> NamespaceRecord:
    bound = any(
        binding.binding.rpartition(":")[2].casefold() == host.casefold()
        for server in inventory.servers
        for binding in server.bindings
    )
    return NamespaceRecord(host, role, endpoints_of(inventory, host), "binding" if bound else "assumed")
