"""For whom a step is done: the servers, virtual directories and names of the case that a scope means.

Taken from the inventory; names also from what the admin named. Where neither says, a scope is empty, and the step
is shown once with placeholders.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from easwizard.case.case import Case
from easwizard.case.requests import Target
from easwizard.diagnosis.certificate_servers import CertificateServer, certificate_servers, old_certificate_servers
from easwizard.diagnosis.plans.conditions import Circumstances, windows_of
from easwizard.diagnosis.plans.scopes_known import SCOPES
from easwizard.exchange.inventory import Inventory, NamespaceRecord, Role, VirtualDirectory, host_of
from easwizard.exchange.products import Product
from easwizard.exchange.replies import ACTIVESYNC_PATH
from easwizard.exchange.routing import Draw, Mailbox, draws, endpoints_of

DEFAULT_SITE = "Default Web Site"
Subjects = tuple["Subject", ...]


@dataclass(frozen=True)
class Subject:
    """One server, virtual directory or name, with what is known of it under the names of the placeholders."""

    label: str
    """The server, `SERVER/SITE-NAME` or host; empty for a step that is done once."""
    server: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    windows: str | None = None
    product: Product | None = None
    is_unknown: bool = False
    """Whether the step is for servers or names that the case does not know."""
    is_name: bool = False
    """Whether it is a name, which is asked for from anywhere, and not something on a server."""

    def circumstances(self, case: Case) -> Circumstances:
        return Circumstances(case, self.windows, self.product)


NOBODY = Subject("")
"""The subject of a step that is done once."""


def subjects_of(case: Case, scope: str, found: Sequence[str] = ()) -> Subjects:
    """Everybody that a scope means, each once; `found` are the subjects of the finding. Empty where not known."""
    if scope == "once":
        return ()
    return tuple({subject.label.casefold(): subject for subject in _FINDERS[scope](case, found)}.values())


_OLD = ("each legacy", "each refusing", "each old")
_NEW = ("each new", "each certificate server", "each certificate vdir", "each binding", "each second")


def somebody(case: Case, scope: str) -> Subject:
    """The subject of a step for others that the case does not know; their product where only one can be meant."""
    product = None
    if scope.startswith((*_OLD, *_NEW)):
        fitting = {known for known in _products(case) if known.is_legacy is scope.startswith(_OLD)}
        product = next(iter(fitting)) if len(fitting) == 1 else None
    return Subject("", product=product, is_unknown=True, is_name=scope.endswith((" name", " name found")))


def _products(case: Case) -> set[Product]:
    """The products that anything tells of: the inventory, the accounts' mailboxes, the admin."""
    inventory = case.inventory
    stated = (*(s.product for s in inventory.servers), *(v.product for v in inventory.vdirs))
    found = {product for product in stated if product is not None}
    found |= {account.mailbox.product for account in case.accounts if account.mailbox is not None}
    told = case.answer("products").split("+")
    return found | {product for product in Product if product.value in told}


# Servers and virtual directories


def _of_server(inventory: Inventory, name: str) -> Subject:
    record = inventory.server(name)
    own = next((v for v in _front(inventory) if _same(v.server, name)), None)
    product = (record.product if record is not None else None) or (own.product if own is not None else None)
    values = {"server": name, "fqdn": (record.fqdn if record is not None else None) or ""}
    windows = windows_of(record.windows if record is not None else None)
    return Subject(name, name, _known(values), windows, product)


def _of_vdir(inventory: Inventory, vdir: VirtualDirectory) -> Subject:
    server = _of_server(inventory, vdir.server)
    values = {
        "web_site": vdir.web_site,
        "internal_url": vdir.internal_url or "",
        "external_url": vdir.external_url or "",
        "phone_url": _url_by(inventory, vdir, Role.GENERIC, Role.CERT),
        "leg_url": _leg_url(inventory, vdir, server.values.get("fqdn")),
        "default_internal_url": _default_url(inventory, vdir) or "",
    }
    product = vdir.product or server.product
    return Subject(vdir.label, vdir.server, {**server.values, **_known(values)}, server.windows, product)


def _known(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def _default_url(inventory: Inventory, vdir: VirtualDirectory) -> str | None:
    """The InternalUrl that a legacy vdir is aligned to: that of the candidates of its group that the leg may use.

    Only where all of them agree; which of two would be right is not ours to guess.
    """
    if vdir.product is None or not vdir.product.is_legacy:
        return None
    legs = draws(inventory, Mailbox(vdir.product, vdir.site))
    urls = {leg.candidate.internal_url for leg in legs if leg.odds.low > 0 and leg.candidate.internal_url}
    return urls.pop() if len(urls) == 1 else None


def _url_by(inventory: Inventory, vdir: VirtualDirectory, *roles: Role) -> str:
    """The URL of the name with one of these roles that leads to this very directory; empty unless there is one."""
    names = [n for n in inventory.namespaces if n.role in roles]
    hosts = {n.host for n in names if any(_same(e.label, vdir.label) for e in n.endpoints)}
    return f"https://{hosts.pop()}{ACTIVESYNC_PATH}" if len(hosts) == 1 else ""


def _leg_url(inventory: Inventory, vdir: VirtualDirectory, fqdn: str | None) -> str:
    """Its name of old servers, else its server's own name, which is what Exchange sets by itself (J6)."""
    own = f"https://{fqdn}{ACTIVESYNC_PATH}" if fqdn else ""
    return _url_by(inventory, vdir, Role.LEGACY_GENERIC) or own


def _front(inventory: Inventory) -> list[VirtualDirectory]:
    return [v for v in inventory.vdirs if not v.back_end]


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _is_legacy(subject: Subject) -> bool:
    return subject.product is not None and subject.product.is_legacy


def _is_new(subject: Subject) -> bool:
    return subject.product is not None and not subject.product.is_legacy


def _vdirs(case: Case) -> Iterator[Subject]:
    yield from (_of_vdir(case.inventory, vdir) for vdir in _front(case.inventory))


def _servers(case: Case) -> Iterator[Subject]:
    """Those with virtual directories; also those whose role says Client Access, where no vdir was read."""
    names = [v.server for v in _front(case.inventory)]
    names += [s.name for s in case.inventory.servers if s.client_access]
    yield from (_of_server(case.inventory, name) for name in names)


def _behind(case: Case, servers: Iterable[CertificateServer]) -> Iterator[Subject]:
    """The virtual directories behind certificate names; where one was not read, its web site all the same."""
    for at in servers:
        vdir = at.vdir or VirtualDirectory(at.name, at.endpoint.web_site, product=at.product)
        yield _of_vdir(case.inventory, vdir)


def _refusing(inventory: Inventory) -> Iterator[Draw]:
    """The candidates that refuse each time they are drawn (5.3 step 4)."""
    mailboxes = {
        Mailbox(v.product, v.site) for v in _front(inventory) if v.product is not None and v.product.is_legacy
    }
    for mailbox in sorted(mailboxes, key=str):
        yield from (leg for leg in draws(inventory, mailbox) if leg.odds.high == 0)


def _refusing_vdirs(case: Case) -> Iterator[Subject]:
    yield from (_of_vdir(case.inventory, leg.candidate) for leg in _refusing(case.inventory))


def _second_vdirs(case: Case) -> Iterator[Subject]:
    """Setup expects one front-end vdir on each 2013+ server: the one of the Default Web Site stays (6.1)."""
    new = [subject for subject in _vdirs(case) if _is_new(subject)]
    for subject in new:
        beside = [other for other in new if other.server == subject.server]
        if len(beside) > 1 and not _same(subject.values["web_site"], DEFAULT_SITE):
            yield subject


def _servers_of(case: Case, subjects: Iterable[Subject]) -> Iterator[Subject]:
    yield from (_of_server(case.inventory, subject.server) for subject in subjects if subject.server)


# Names


def _of_host(case: Case, host: str) -> Subject:
    roles = [*(t.role for t in targets_named(case, (host,))), *(n.role for n in _records(case, host))]
    return Subject(host, None, _known({"host": host, "role": roles[0].value if roles else ""}), is_name=True)


def _records(case: Case, host: str) -> Iterator[NamespaceRecord]:
    return (n for n in case.inventory.namespaces if _same(n.host, host))


def hosts_with(case: Case, *roles: Role) -> tuple[str, ...]:
    """The hosts with one of these roles, by the inventory and by what the admin named; each once."""
    recorded = [n.host for n in case.inventory.namespaces if n.role in roles]
    asked = [t.host for t in case.with_role(*roles)]
    return tuple({host.casefold(): host for host in (*recorded, *asked)}.values())


def _hosts(*roles: Role) -> Callable[[Case, Sequence[str]], Iterable[Subject]]:
    return lambda case, found: (_of_host(case, host) for host in hosts_with(case, *roles))


def _refusing_names(case: Case) -> Iterator[Subject]:
    hosts = (leg.candidate.internal_host for leg in _refusing(case.inventory))
    yield from (_of_host(case, host) for host in hosts if host)


# What the finding names: hosts, servers and virtual directories stand side by side in its subjects


def _named_vdirs(case: Case, found: Sequence[str]) -> Iterator[Subject]:
    wanted = {name.casefold() for name in found}
    yield from (subject for subject in _vdirs(case) if subject.label.casefold() in wanted)


def _found_vdirs(case: Case, found: Sequence[str]) -> Iterator[Subject]:
    named = [*_named_vdirs(case, found)]
    yield from named or (_of_vdir(case.inventory, vdir) for vdir in _led_to(case.inventory, found))


def _led_to(inventory: Inventory, hosts: Iterable[str]) -> Iterator[VirtualDirectory]:
    """The directories behind names; where one was not read or is missing, its web site all the same."""
    for endpoint in (e for host in hosts for e in endpoints_of(inventory, host)):
        vdir = inventory.vdir(endpoint.server, endpoint.web_site)
        yield vdir or VirtualDirectory(endpoint.server, endpoint.web_site)


def _found_servers(case: Case, found: Sequence[str]) -> Iterator[Subject]:
    names = {name.casefold() for name in found} | {s.server.casefold() for s in _found_vdirs(case, found) if s.server}
    known = [*(s.name for s in case.inventory.servers), *(v.server for v in case.inventory.vdirs)]
    yield from (_of_server(case.inventory, name) for name in known if name.casefold() in names)


def _bindings_without_mapper(case: Case) -> Iterator[Subject]:
    for subject in _servers_of(case, _certificate_vdirs(case)):
        record = case.inventory.server(subject.label)
        flags = (record.ds_mapper if record is not None else None) or {}
        for binding in (name for name, is_on in flags.items() if not is_on):
            values = {**subject.values, "ipport": binding}
            yield Subject(f"{subject.label}/{binding}", subject.server, values, subject.windows, subject.product)


def the_name_found(case: Case, found: Sequence[str]) -> dict[str, str]:
    """The one name that the finding is about, for the steps that are done elsewhere; nothing where it has several."""
    names = tuple({subject.label.casefold(): subject.label for subject in _found_names(case, found)}.values())
    return _known({"host": _the_one(names)})


def _found_names(case: Case, found: Sequence[str]) -> Iterator[Subject]:
    wanted = {name.casefold() for name in found}
    yield from (_of_host(case, host) for host in hosts_with(case, *Role) if host.casefold() in wanted)


Finder = Callable[[Case, Sequence[str]], Iterable[Subject]]


def _only(finder: Callable[[Case], Iterable[Subject]], fits: Callable[[Subject], bool]) -> Finder:
    return lambda case, found: filter(fits, finder(case))


def _all(finder: Callable[[Case], Iterable[Subject]]) -> Finder:
    return lambda case, found: finder(case)


def _their_servers(finder: Callable[[Case], Iterable[Subject]]) -> Finder:
    return lambda case, found: _servers_of(case, finder(case))


def _certificate_vdirs(case: Case) -> Iterator[Subject]:
    return _behind(case, certificate_servers(case))


def _old_certificate_vdirs(case: Case) -> Iterator[Subject]:
    return _behind(case, old_certificate_servers(case))


_FINDERS: Mapping[str, Finder] = {
    "each server": _all(_servers),
    "each legacy server": _only(_servers, _is_legacy),
    "each new server": _only(_servers, _is_new),
    "each certificate server": _their_servers(_certificate_vdirs),
    "each old certificate server": _their_servers(_old_certificate_vdirs),
    "each refusing server": _their_servers(_refusing_vdirs),
    "each server found": _found_servers,
    "each binding without mapper": _all(_bindings_without_mapper),
    "each vdir": _all(_vdirs),
    "each legacy vdir": _only(_vdirs, _is_legacy),
    "each new vdir": _only(_vdirs, _is_new),
    "each certificate vdir": _all(_certificate_vdirs),
    "each old certificate vdir": _all(_old_certificate_vdirs),
    "each refusing vdir": _all(_refusing_vdirs),
    "each second vdir": _all(_second_vdirs),
    "each vdir named": _named_vdirs,
    "each vdir found": _found_vdirs,
    "each name": _hosts(*Role),
    "each device name": _hosts(Role.GENERIC, Role.CERT),
    "each generic name": _hosts(Role.GENERIC),
    "each certificate name": _hosts(Role.CERT),
    "each legacy name": _hosts(Role.LEGACY_GENERIC, Role.LEGACY_CERT),
    "each autodiscover name": _hosts(Role.AUTODISCOVER),
    "each refusing name": _all(_refusing_names),
    "each name found": _found_names,
}
if _FINDERS.keys() != SCOPES.keys() - {"once"}:
    raise AssertionError("plans.scopes and plans.scopes_known name different scopes")


# The estate as a whole


def estate_values(case: Case) -> dict[str, str]:
    """What is known of the estate under the names of the placeholders; only where there is exactly one."""
    roles = {
        "generic_host": Role.GENERIC,
        "cert_host": Role.CERT,
        "legacy_generic_host": Role.LEGACY_GENERIC,
        "legacy_cert_host": Role.LEGACY_CERT,
        "autodiscover_host": Role.AUTODISCOVER,
    }
    values = {name: _the_one(hosts_with(case, role)) for name, role in roles.items()}
    urls = {_default_url(case.inventory, leg.candidate) or "" for leg in _refusing(case.inventory)}
    sites = {vdir.site or "" for vdir in _front(case.inventory)}
    values["default_internal_url"] = _the_one(tuple(urls))
    values["site"] = _the_one(tuple(sites))
    values |= _default_pool(case, values)
    if case.device_certificate is not None:
        values["ca_subject"] = case.device_certificate.issuer or ""
    return _known(values)


def _default_pool(case: Case, values: Mapping[str, str]) -> dict[str, str]:
    """Where the name of the good InternalUrl leads, for the stop-gap by DNS (J25)."""
    host = host_of(values["default_internal_url"])
    if not host:
        return {}
    labels = [endpoint.label for endpoint in endpoints_of(case.inventory, host)]
    usable = bool(labels) and not any("," in label or label.count("/") != 1 for label in labels)
    return {
        "default_pool_address": _the_one(case.addresses(host)),
        "default_endpoints": ",".join(labels) if usable else "",
    }


def _the_one(found: Sequence[str]) -> str:
    return found[0] if len(found) == 1 else ""


def targets_named(case: Case, hosts: Iterable[str]) -> tuple[Target, ...]:
    """The case's targets with these hosts."""
    wanted = {host.casefold() for host in hosts}
    return tuple(target for target in case.targets if target.host.casefold() in wanted)
