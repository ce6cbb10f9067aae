"""The changes that one could make to an inventory, to complete a line that is being typed; and a plan line by line.

Pure. Candidates are offers, not advice: whether a change is wise is for the simulator to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from easwizard.exchange.changes import ChangeError, apply_change, moved_away
from easwizard.exchange.inventory import ROLE_SERVICES, ClientCertificates, Flag, Inventory, VirtualDirectory
from easwizard.exchange.products import Product, impossible_pairs
from easwizard.exchange.routing import Mailbox

_MOST_URLS = 12
"""InternalUrls that are offered to align to: a large estate has a name for each server."""
_SWITCHES = ("mapping", "basic", "proxy-windows")


@dataclass(frozen=True)
class CheckedChange:
    """One change of a plan, with why it cannot be made at its place; empty where it can."""

    change: str
    trouble: str = ""


def checked_changes(inventory: Inventory, changes: Sequence[str]) -> tuple[tuple[CheckedChange, ...], Inventory]:
    """Each change in its place, and the inventory after those that can be made."""
    told: list[CheckedChange] = []
    for change in changes:
        try:
            if moved_away(inventory, change) is None:
                inventory = apply_change(inventory, change)
            told.append(CheckedChange(change))
        except ChangeError as error:
            told.append(CheckedChange(change, str(error)))
    return tuple(told), inventory


def trouble_of(inventory: Inventory, change: str) -> str:
    """Why a change cannot be made there, with the nearest names; empty where it can."""
    return checked_changes(inventory, (change,))[0][0].trouble


def change_candidates(inventory: Inventory) -> tuple[str, ...]:
    """Whole changes that would change something, by verb in the order in which a cut-over needs them."""
    vdirs = tuple(v for v in inventory.vdirs if not v.back_end)
    found = (
        *_urls(vdirs),
        *(f"remove-vdir={v.label}" for v in vdirs),
        *_namespaces(inventory, vdirs),
        *_certificates(vdirs),
        *_switches(vdirs),
        *_server_switches(inventory),
        *_additions(inventory, vdirs),
        *(f"mailboxes={mailbox}=none" for mailbox in _mailboxes(vdirs)),
        *(f"external-url={v.label}=" for v in vdirs if v.external_url != ""),
        *(f"remove-server={server.name}" for server in inventory.servers),
    )
    return tuple(dict.fromkeys(found))


def _urls(vdirs: Sequence[VirtualDirectory]) -> Iterator[str]:
    """Each vdir with the InternalUrls of the others of its version: that is what aligning is (6.2)."""
    for vdir in vdirs:
        alike = (v.internal_url for v in vdirs if v.product is vdir.product and v.site == vdir.site)
        for url in list(dict.fromkeys(url for url in alike if url and url != vdir.internal_url))[:_MOST_URLS]:
            yield f"internal-url={vdir.label}={url}"


def _namespaces(inventory: Inventory, vdirs: Sequence[VirtualDirectory]) -> Iterator[str]:
    """Each name with the pools that it could lead to: the web sites of one name, version and AD site."""
    pools: dict[tuple[str, Product | None, str | None], list[str]] = {}
    for vdir in vdirs:
        pools.setdefault((vdir.web_site.casefold(), vdir.product, vdir.site), []).append(vdir.label)
    for record in inventory.namespaces:
        now = {endpoint.label for endpoint in record.endpoints}
        for labels in pools.values():
            if set(labels) != now:
                yield f"namespace={record.host}={','.join(labels)}"


def _certificates(vdirs: Sequence[VirtualDirectory]) -> Iterator[str]:
    for vdir in vdirs:
        for value in ClientCertificates:
            if vdir.client_certificates is not value:
                yield f"client-certificates={vdir.label}={value}"


def _switches(vdirs: Sequence[VirtualDirectory]) -> Iterator[str]:
    for vdir in vdirs:
        now: dict[str, Flag] = dict(zip(_SWITCHES, (vdir.mapping, vdir.basic, vdir.proxy_windows), strict=True))
        for verb, is_on in now.items():
            yield from (f"{verb}={vdir.label}={value}" for value in _others(is_on))


def _server_switches(inventory: Inventory) -> Iterator[str]:
    for server in inventory.servers:
        yield from (f"server-mapping={server.name}={value}" for value in _others(server.server_mapping))
        for service in ROLE_SERVICES:
            is_on = server.role_services.get(service)
            yield from (f"role-service={server.name}={service}={value}" for value in _others(is_on))


def _others(is_on: Flag) -> tuple[str, ...]:
    """The positions in which a switch is not known to be."""
    return ("on", "off") if is_on is None else ("off",) if is_on else ("on",)


def _additions(inventory: Inventory, vdirs: Sequence[VirtualDirectory]) -> Iterator[str]:
    """New vdirs on servers that have none, and the new servers that a site could get, by a name to be changed."""
    default = next((v.web_site for v in vdirs if v.web_site.casefold() == "default web site"), "Default Web Site")
    having = {v.server.casefold() for v in vdirs}
    yield from (f"add-vdir={s.name}/{default}" for s in inventory.servers if s.name.casefold() not in having)
    sites = dict.fromkeys(s for s in (*(s.site for s in inventory.servers), *(v.site for v in vdirs)) if s)
    there = {p for p in (*(s.product for s in inventory.servers), *(v.product for v in vdirs)) if p is not None}
    fitting = [p for p in Product if not p.is_legacy and not impossible_pairs({*there, p})]
    for site in sites:
        yield from (f"add-server=NEW={product}@{site}" for product in fitting)


def _mailboxes(vdirs: Sequence[VirtualDirectory]) -> tuple[Mailbox, ...]:
    found = dict.fromkeys(Mailbox(v.product, v.site) for v in vdirs if v.product is not None and v.site)
    return tuple(mailbox for mailbox in found if mailbox.product.is_legacy)
