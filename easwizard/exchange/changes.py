"""CHANGE: one planned change of an inventory, as the command line and remedies write it (DESIGN 5).

`VERB=FIELD[=FIELD...]`: split at the first `=`, SERVER/SITE-NAME at the first `/`, and the last field is the
rest. `internal-url`, `external-url`, `client-certificates` and `basic` stand for `Set-ActiveSyncVirtualDirectory`,
which wipes the vdir's certificate mapping (exchange.md 2.5), so each of them turns `mapping` off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

from easwizard.exchange.inventory import (
    ROLE_SERVICES,
    ClientCertificates,
    Endpoint,
    Flag,
    Inventory,
    NamespaceRecord,
    Role,
    Server,
    VirtualDirectory,
    host_of,
)
from easwizard.exchange.products import Product
from easwizard.exchange.routing import Mailbox, endpoints_of

_SHOWN = 5
"""How many known names a message lists when none is near."""


class ChangeError(ValueError):
    """A CHANGE that cannot be applied; the message says what is unknown and which names are near."""


def apply_change(inventory: Inventory, text: str) -> Inventory:
    """The inventory after one CHANGE; raises `ChangeError` when it makes no sense or names something unknown."""
    verb, separator, rest = text.strip().partition("=")
    known = _VERBS.get(verb.casefold())
    if known is None:
        raise _unknown("change", verb, _VERBS)
    fields = [field.strip() for field in rest.split("=", known.form.count("="))]
    if not separator or len(fields) != known.form.count("=") + 1:
        raise ChangeError(f"{text!r} is incomplete: the form is {verb}={known.form}")
    return known.apply(inventory, *fields)


# What a field may say


def _unknown(what: str, name: str, known: Iterable[str]) -> ChangeError:
    by_folded = {k.casefold(): k for k in known}
    near = [by_folded[n] for n in get_close_matches(name.casefold(), by_folded, n=3)]
    if near:
        return ChangeError(f"unknown {what} {name!r}; nearest: {', '.join(near)}")
    listed = sorted(by_folded.values(), key=str.casefold)[:_SHOWN]
    return ChangeError(f"unknown {what} {name!r}; known: {', '.join(listed) or 'none'}")


def _flag(text: str) -> bool:
    value = {"on": True, "off": False}.get(text.casefold())
    if value is None:
        raise _unknown("switch position", text, ("on", "off"))
    return value


def _certificates(text: str) -> ClientCertificates:
    try:
        return ClientCertificates(text.casefold())
    except ValueError:
        raise _unknown("client-certificate setting", text, ClientCertificates) from None


def _url(text: str) -> str:
    """A URL with a host, or `""`, which clears it."""
    if text and not (text.casefold().startswith(("https://", "http://")) and host_of(text)):
        raise ChangeError(f"{text!r} is not a URL with a host; nothing after the last = clears it")
    return text


def _product_and_site(text: str) -> tuple[Product, str]:
    name, _, site = text.partition("@")
    by_name = {product.casefold(): product for product in Product}
    product = by_name.get(name.strip().casefold())
    if product is None:
        raise _unknown("product", name, Product)
    if not site.strip():
        raise ChangeError(f"{text!r} names no AD site: the form is PRODUCT@AD-SITE")
    return product, site.strip()


# What an inventory knows


def _same(first: str, second: str) -> bool:
    return first.casefold() == second.casefold()


def _server(inventory: Inventory, name: str) -> Server:
    """The server's record; where only vdirs of it were read, a record with what they say."""
    server = inventory.server(name)
    if server is not None:
        return server
    own = next((v for v in inventory.vdirs if _same(v.server, name)), None)
    if own is not None:
        return Server(own.server, product=own.product, site=own.site)
    raise _unknown("server", name, [s.name for s in inventory.servers] + [v.server for v in inventory.vdirs])


def _with_server(inventory: Inventory, server: Server) -> Inventory:
    if inventory.server(server.name) is None:
        return replace(inventory, servers=(*inventory.servers, server))
    kept = tuple(server if _same(s.name, server.name) else s for s in inventory.servers)
    return replace(inventory, servers=kept)


def _split_label(label: str) -> tuple[str, str]:
    server, separator, web_site = (part.strip() for part in label.partition("/"))
    if not (server and separator and web_site):
        raise ChangeError(f"{label!r} names no web site: the form is SERVER/SITE-NAME")
    return server, web_site


def _vdir(inventory: Inventory, label: str) -> VirtualDirectory:
    vdir = inventory.vdir(*_split_label(label))
    if vdir is None:
        raise _unknown("virtual directory", label, (v.label for v in inventory.vdirs if not v.back_end))
    return vdir


def _endpoint(inventory: Inventory, label: str) -> Endpoint:
    """The web site of that label, which may have no vdir (any more): names go on leading to it (J4)."""
    vdirs = (Endpoint(v.server, v.web_site) for v in inventory.vdirs if not v.back_end)
    bound = (Endpoint(s.name, b.web_site) for s in inventory.servers for b in s.bindings)
    named = (Endpoint(e.server, e.web_site) for n in inventory.namespaces for e in n.endpoints)
    known = {e.label.casefold(): e for e in (*named, *bound, *vdirs)}
    wanted = "/".join(_split_label(label))
    if wanted.casefold() not in known:
        raise _unknown("web site", wanted, (e.label for e in known.values()))
    return known[wanted.casefold()]


def _pinned(inventory: Inventory, host: str | None) -> Inventory:
    """The inventory with what a host leads to now on record: no change of a vdir rebinds a name (J2).

    Without a record routing goes by the InternalUrls, which are about to change. A host that leads nowhere known
    gets a record without endpoints.
    """
    record = inventory.namespace(host) if host else None
    if not host or (record is not None and record.endpoints):
        return inventory
    endpoints = endpoints_of(inventory, host)
    pinned = replace(
        record or NamespaceRecord(host, Role.OTHER), endpoints=endpoints, basis="assumed" if endpoints else "change"
    )
    return replace(inventory, namespaces=(*(n for n in inventory.namespaces if n is not record), pinned))


# The verbs


def _remove_vdir(inventory: Inventory, label: str) -> Inventory:
    """Without the vdir; the name it had goes on leading to its web site (J4)."""
    gone = _vdir(inventory, label)
    left = tuple(v for v in inventory.vdirs if v is not gone)
    return replace(_pinned(inventory, gone.internal_host), vdirs=left)


def _add_vdir(inventory: Inventory, label: str) -> Inventory:
    """A new vdir with the default settings of exchange.md 1.3 and 2.2, and no URL yet.

    Whether a legacy one gets its `/Proxy` depends on how it is made (`-InstallProxySubDirectory`, 1.3 and 1.4),
    so its Windows authentication there stays unknown.
    """
    name, web_site = _split_label(label)
    server = _server(inventory, name)
    if inventory.vdir(name, web_site) is not None:
        raise ChangeError(f"the virtual directory {label!r} is already there")
    newer = server.product is not None and not server.product.is_legacy
    vdir = VirtualDirectory(
        server=server.name,
        web_site=web_site,
        site=server.site,
        product=server.product,
        internal_url="",
        external_url="",
        client_certificates=ClientCertificates.IGNORE,
        basic=True,
        windows=False,
        mapping=False,
        proxy_windows=True if newer else None,
    )
    return replace(inventory, vdirs=(*inventory.vdirs, vdir))


def _setting(change: Callable[[VirtualDirectory, str], VirtualDirectory]) -> Callable[..., Inventory]:
    """A verb that changes one vdir."""

    def apply(inventory: Inventory, label: str, value: str) -> Inventory:
        old = _vdir(inventory, label)
        new = change(old, value)
        return replace(inventory, vdirs=tuple(new if v is old else v for v in inventory.vdirs))

    return apply


def _cmdlet(change: Callable[[VirtualDirectory, str], VirtualDirectory]) -> Callable[..., Inventory]:
    """A verb that stands for `Set-ActiveSyncVirtualDirectory`: it turns the mapping off (exchange.md 2.5)."""
    return _setting(lambda vdir, value: replace(change(vdir, value), mapping=False))


def _internal_url(inventory: Inventory, label: str, value: str) -> Inventory:
    new = _url(value)
    pinned = _pinned(_pinned(inventory, _vdir(inventory, label).internal_host), host_of(new))
    return _set_internal_url(pinned, label, new)


_set_internal_url = _cmdlet(lambda vdir, url: replace(vdir, internal_url=url))


def _server_mapping(inventory: Inventory, name: str, value: str) -> Inventory:
    return _with_server(inventory, replace(_server(inventory, name), server_mapping=_flag(value)))


def _role_service(inventory: Inventory, name: str, service: str, value: str) -> Inventory:
    server = _server(inventory, name)
    by_name = {known.casefold(): known for known in (*ROLE_SERVICES, *server.role_services)}
    known = by_name.get(service.casefold())
    if known is None:
        raise _unknown("role service", service, by_name.values())
    services: dict[str, Flag] = {**server.role_services, known: _flag(value)}
    return _with_server(inventory, replace(server, role_services=services))


def _namespace(inventory: Inventory, host: str, labels: str) -> Inventory:
    """Where a name leads from now on; a name not seen before is added with the role `other`."""
    if not host:
        raise ChangeError("a namespace needs a host name: the form is namespace=HOST=SERVER/SITE-NAME[,...]")
    old = inventory.namespace(host) or NamespaceRecord(host.casefold(), Role.OTHER)
    before = {e.label.casefold(): e for e in old.endpoints}
    wanted = [_endpoint(inventory, label) for label in labels.split(",")]
    endpoints = tuple(before.get(e.label.casefold(), e) for e in dict.fromkeys(wanted))
    new = replace(old, endpoints=endpoints, basis="change")
    if inventory.namespace(host) is None:
        return replace(inventory, namespaces=(*inventory.namespaces, new))
    return replace(inventory, namespaces=tuple(new if n is old else n for n in inventory.namespaces))


def _add_server(inventory: Inventory, name: str, what: str) -> Inventory:
    """A new server; what Setup makes of its switches and vdirs stays unknown until it is said or read."""
    product, site = _product_and_site(what)
    if not name:
        raise ChangeError("a server needs a name: the form is add-server=NAME=PRODUCT@AD-SITE")
    if inventory.server(name) is not None or any(_same(v.server, name) for v in inventory.vdirs):
        raise ChangeError(f"the server {name!r} is already there")
    return replace(inventory, servers=(*inventory.servers, Server(name, product=product, site=site)))


def _remove_server(inventory: Inventory, name: str) -> Inventory:
    """Without the server, its vdirs, and the endpoints that names had on it."""
    gone = _server(inventory, name).name
    return Inventory(
        servers=tuple(s for s in inventory.servers if not _same(s.name, gone)),
        vdirs=tuple(v for v in inventory.vdirs if not _same(v.server, gone)),
        namespaces=tuple(_without_server(n, gone) for n in inventory.namespaces),
    )


def _without_server(record: NamespaceRecord, gone: str) -> NamespaceRecord:
    left = tuple(e for e in record.endpoints if not _same(e.server, gone))
    return record if left == record.endpoints else replace(record, endpoints=left, basis="change")


def _mailboxes(inventory: Inventory, where: str, what: str) -> Inventory:
    """An inventory does not list mailboxes, so nothing could show that they have moved."""
    gone = _moved(inventory, where, what)
    raise ChangeError(f"moving the mailboxes of {gone} away is not supported yet where only an inventory is changed")


def _moved(inventory: Inventory, where: str, what: str) -> Mailbox:
    product, site = _product_and_site(where)
    sites = {s for s in (*(s.site for s in inventory.servers), *(v.site for v in inventory.vdirs)) if s}
    if site.casefold() not in {s.casefold() for s in sites}:
        raise _unknown("AD site", site, sites)
    if what.casefold() != "none":
        raise _unknown("number of mailboxes", what, ("none",))
    return Mailbox(product, site)


def moved_away(inventory: Inventory, text: str) -> Mailbox | None:
    """The kind of mailbox that a change `mailboxes=PRODUCT@AD-SITE=none` moves away; None for any other change.

    Raises `ChangeError` as `apply_change` does. Who draws routes leaves that kind out; the inventory stays.
    """
    verb, _, rest = text.strip().partition("=")
    if verb.casefold() != "mailboxes":
        return None
    where, separator, what = (field.strip() for field in rest.partition("="))
    if not separator:
        raise ChangeError(f"{text!r} is incomplete: the form is {verb}={_VERBS['mailboxes'].form}")
    return _moved(inventory, where, what)


@dataclass(frozen=True)
class _Verb:
    form: str
    """The fields after the verb; each `=` in it separates two."""
    apply: Callable[..., Inventory]
    """Takes the inventory and one text per field."""


_VDIR = "SERVER/SITE-NAME"

_VERBS: Mapping[str, _Verb] = {
    "remove-vdir": _Verb(_VDIR, _remove_vdir),
    "add-vdir": _Verb(_VDIR, _add_vdir),
    "internal-url": _Verb(f"{_VDIR}=URL", _internal_url),
    "external-url": _Verb(f"{_VDIR}=URL", _cmdlet(lambda v, text: replace(v, external_url=_url(text)))),
    "client-certificates": _Verb(
        f"{_VDIR}=ignore|accept|require",
        _cmdlet(lambda v, text: replace(v, client_certificates=_certificates(text))),
    ),
    "basic": _Verb(f"{_VDIR}=on|off", _cmdlet(lambda v, text: replace(v, basic=_flag(text)))),
    "mapping": _Verb(f"{_VDIR}=on|off", _setting(lambda v, text: replace(v, mapping=_flag(text)))),
    "proxy-windows": _Verb(f"{_VDIR}=on|off", _setting(lambda v, text: replace(v, proxy_windows=_flag(text)))),
    "server-mapping": _Verb("SERVER=on|off", _server_mapping),
    "role-service": _Verb("SERVER=NAME=on|off", _role_service),
    "namespace": _Verb(f"HOST={_VDIR}[,{_VDIR}...]", _namespace),
    "add-server": _Verb("NAME=PRODUCT@AD-SITE", _add_server),
    "remove-server": _Verb("NAME", _remove_server),
    "mailboxes": _Verb("PRODUCT@AD-SITE=none", _mailboxes),
}
