"""What each DNS view says: namespaces, through the addresses of their endpoints or of a device, as records. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from easwizard.exchange.inventory import Inventory
from easwizard.lab.dns_server import Record
from easwizard.lab.scenario import ViewRecord, Views

Addresses = Mapping[str, str]
"""Endpoint label, lower case, to its address."""


def records_of(
    view: str, inventory: Inventory, views: Views, addresses: Addresses, devices: Mapping[str, str]
) -> dict[str, Record]:
    """The records of one view; `devices` are the addresses that stand in front of a host there."""
    shown = views.hosts.get(view)
    records: dict[str, Record] = {}
    for namespace in inventory.namespaces:
        host = namespace.host.lower()
        if shown is None or host in shown:
            labels = (endpoint.label for endpoint in namespace.endpoints)
            shown_addresses = (devices[host],) if host in devices else _known(labels, addresses)
            records[host] = Record(shown_addresses, ttl=views.ttls.get(host, views.ttl))
    for override in views.records:
        if override.view == view:
            records[override.host] = _overriding(override, views, addresses)
    return records


def _overriding(override: ViewRecord, views: Views, addresses: Addresses) -> Record:
    ttl = views.ttls.get(override.host, views.ttl) if override.ttl is None else override.ttl
    return Record(_known(override.endpoints, addresses), override.alias, ttl)


def _known(labels: Iterable[str], addresses: Addresses) -> tuple[str, ...]:
    found = (addresses.get(label.casefold()) for label in labels)
    return tuple(dict.fromkeys(address for address in found if address is not None))
