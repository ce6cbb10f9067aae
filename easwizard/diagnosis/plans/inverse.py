"""What leads back from a CHANGE: the CHANGEs that make an inventory again what it was, as far as it was known."""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.exchange.inventory import Inventory, VirtualDirectory


def inverse(before: Inventory, change: str) -> tuple[str, ...]:
    """The changes that undo one, in the order in which they are made; empty where the inventory does not know it."""
    verb, _, rest = change.partition("=")
    label = rest.partition("=")[0].strip()
    server, _, web_site = label.partition("/")
    if verb in ("server-mapping", "role-service"):
        return tuple(_of_server(before, verb, rest))
    vdir = before.vdir(server.strip(), web_site.strip())
    if vdir is None:
        return ()
    if verb == "remove-vdir":
        return (f"add-vdir={label}", *_settings(vdir, _CMDLET), *_settings(vdir, ("mapping",)))
    if verb in _CMDLET:
        return (*_settings(vdir, (verb,)), *_settings(vdir, ("mapping",)))
    return tuple(_settings(vdir, (verb,)))


_CMDLET = ("internal-url", "external-url", "client-certificates", "basic", "proxy-windows")
"""Set by the cmdlet, which wipes the mapping: so the mapping is set after them (exchange.md 2.5)."""


def _settings(vdir: VirtualDirectory, verbs: tuple[str, ...]) -> Iterator[str]:
    values: dict[str, str | bool | None] = {
        "internal-url": vdir.internal_url,
        "external-url": vdir.external_url,
        "client-certificates": vdir.client_certificates.value if vdir.client_certificates is not None else None,
        "basic": vdir.basic,
        "proxy-windows": vdir.proxy_windows,
        "mapping": vdir.mapping,
    }
    for verb in verbs:
        value = values.get(verb)
        if value is not None:
            yield f"{verb}={vdir.label}={_word(value)}"


def _word(value: str | bool) -> str:
    return value if isinstance(value, str) else "on" if value else "off"


def _of_server(before: Inventory, verb: str, rest: str) -> Iterator[str]:
    name, _, more = rest.partition("=")
    server = before.server(name.strip())
    if server is None:
        return
    if verb == "server-mapping" and server.server_mapping is not None:
        yield f"{verb}={server.name}={_word(server.server_mapping)}"
    service = more.partition("=")[0].strip()
    installed = server.role_services.get(service)
    if verb == "role-service" and installed is not None:
        yield f"{verb}={server.name}={service}={_word(installed)}"
