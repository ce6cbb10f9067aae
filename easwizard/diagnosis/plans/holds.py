"""Whether an inventory shows that a CHANGE was made: how an import check of a step is read (DESIGN 5).

Only the thing that the change names is looked at. Unknown is never yes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from easwizard.exchange.inventory import ClientCertificates, Flag, Inventory, VirtualDirectory

_SWITCH = {"on": True, "off": False}


def holds(inventory: Inventory, change: str) -> Flag:
    """True where the inventory says so, False where it says otherwise, None where it does not say."""
    verb, _, rest = change.partition("=")
    read = _READERS.get(verb.strip().casefold())
    return read(inventory, rest) if read is not None else None


def _vdir(inventory: Inventory, label: str) -> VirtualDirectory | None:
    server, _, web_site = label.partition("/")
    return inventory.vdir(server.strip(), web_site.strip())


def _were_read(inventory: Inventory, label: str) -> bool:
    """Whether any vdir of that server is known: without one, a vdir that is not there is no news."""
    server = label.partition("/")[0].strip().casefold()
    return any(v.server.casefold() == server and not v.back_end for v in inventory.vdirs)


def _removed(inventory: Inventory, label: str) -> Flag:
    if _vdir(inventory, label) is not None:
        return False
    return True if _were_read(inventory, label) else None


def _added(inventory: Inventory, label: str) -> Flag:
    gone = _removed(inventory, label)
    return None if gone is None else not gone


Reader = Callable[[Inventory, str], Flag]


def _of_vdir(value: Callable[[VirtualDirectory, str], Flag]) -> Reader:
    def read(inventory: Inventory, rest: str) -> Flag:
        label, _, wanted = rest.partition("=")
        vdir = _vdir(inventory, label)
        return None if vdir is None else value(vdir, wanted.strip())

    return read


def _flag(own: Flag, wanted: str) -> Flag:
    return None if own is None or wanted not in _SWITCH else own is _SWITCH[wanted]


def _text(own: str | None, wanted: str) -> Flag:
    """URLs compared without regard to case and a closing slash, as IIS and Exchange do."""
    return None if own is None else own.rstrip("/").casefold() == wanted.rstrip("/").casefold()


def _certificates(own: ClientCertificates | None, wanted: str) -> Flag:
    return None if own is None else own.value == wanted


def _server_mapping(inventory: Inventory, rest: str) -> Flag:
    name, _, wanted = rest.partition("=")
    server = inventory.server(name.strip())
    return _flag(server.server_mapping, wanted.strip()) if server is not None else None


def _role_service(inventory: Inventory, rest: str) -> Flag:
    name, _, rest = rest.partition("=")
    service, _, wanted = rest.partition("=")
    server = inventory.server(name.strip())
    return _flag(server.role_services.get(service.strip()), wanted.strip()) if server is not None else None


_READERS: Mapping[str, Reader] = {
    "remove-vdir": _removed,
    "add-vdir": _added,
    "internal-url": _of_vdir(lambda vdir, wanted: _text(vdir.internal_url, wanted)),
    "external-url": _of_vdir(lambda vdir, wanted: _text(vdir.external_url, wanted)),
    "client-certificates": _of_vdir(lambda vdir, wanted: _certificates(vdir.client_certificates, wanted)),
    "mapping": _of_vdir(lambda vdir, wanted: _flag(vdir.mapping, wanted)),
    "basic": _of_vdir(lambda vdir, wanted: _flag(vdir.basic, wanted)),
    "proxy-windows": _of_vdir(lambda vdir, wanted: _flag(vdir.proxy_windows, wanted)),
    "server-mapping": _server_mapping,
    "role-service": _role_service,
}
"""Where a name leads, and servers that come and go, are seen by looking, not in an inventory."""
