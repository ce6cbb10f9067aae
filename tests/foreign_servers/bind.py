"""BIND with an internal and an external view of one zone.

A view is chosen by the address that was asked, and BIND listens only where the interface has one: 127.0.0.1 and ::1.
Where ::1 is missing two processes with one view each stand in for it. Nothing it does not know leaves the machine:
questions go out from 127.0.0.1 only, and to a closed port.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from easwizard.case.requests import Resolver
from tests.foreign_servers.processes import binary, free_ports, running
from tests.probes.servers import closed_port

ZONE = "contoso.test"
_HEAD = """$TTL 300
@ IN SOA ns admin 1 3600 600 86400 60
@ IN NS ns
ns IN A 127.0.0.1
"""


@dataclass(frozen=True)
class View:
    """What one view answers, and whether it asks others for what it does not know."""

    label: str
    records: str
    recursion: bool


def has_ipv6_loopback() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


@contextmanager
def serving(views: tuple[View, View], folder: Path) -> Iterator[tuple[Resolver, Resolver]]:
    """The two views as resolvers with their labels, until the block ends."""
    first, second = views
    in_one = has_ipv6_loopback()
    ports = free_ports(2)
    resolvers = (
        Resolver(first.label, "127.0.0.1", ports[0]),
        Resolver(second.label, "::1" if in_one else "127.0.0.1", ports[1]),
    )
    pairs = tuple(zip(views, resolvers, strict=True))
    processes = [pairs] if in_one else [(pair,) for pair in pairs]
    with ExitStack() as stack:
        for number, parts in enumerate(processes):
            home = folder / f"bind-{number}"
            home.mkdir()
            for view, _ in parts:
                (home / f"{view.label}.zone").write_text(_HEAD + view.records, encoding="utf-8")
            (home / "named.conf").write_text(_configuration(parts, home), encoding="utf-8")
            command = [binary("bind9", "named"), "-g", "-n", "1", "-c", str(home / "named.conf")]
            stack.enter_context(running(command, [(r.address, r.port) for _, r in parts], home))
        yield resolvers


def _configuration(parts: tuple[tuple[View, Resolver], ...], folder: Path) -> str:
    v4 = [resolver for _, resolver in parts if resolver.address != "::1"]
    v6 = [resolver for _, resolver in parts if resolver.address == "::1"]
    return "\n".join(
        [
            "options {",
            f'  directory "{folder}"; pid-file none; session-keyfile none; dnssec-validation no; notify no;',
            *(f"  listen-on port {r.port} {{ 127.0.0.1; }};" for r in v4),
            *(f"  listen-on-v6 port {r.port} {{ ::1; }};" for r in v6),
            *(["  listen-on-v6 { none; };"] if not v6 else []),
            "  query-source address 127.0.0.1;",
            f"  forward only; forwarders {{ 127.0.0.1 port {closed_port()}; }};",
            "};",
            "controls {};",
            *(_view(view, resolver) for view, resolver in parts),
        ]
    )


def _view(view: View, resolver: Resolver) -> str:
    recursion = "recursion yes; allow-recursion { any; };" if view.recursion else "recursion no;"
    return (
        f'view "{view.label}" {{ match-destinations {{ {resolver.address}; }}; {recursion}\n'
        f'  zone "{ZONE}" {{ type primary; file "{view.label}.zone"; }};\n}};'
    )
