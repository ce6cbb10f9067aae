"""An estate as the files that an admin would bring: cmdlet output in four formats, and each server's own files.

Or all of it from the collector, one file a server. A lab estate leaves nothing unknown, so that every file says all
that its kind can carry. The shapes are those of real files (evidence-formats 1 to 9); nothing here knows how they
are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from easwizard.exchange.inventory import Inventory, Server
from easwizard.lab.cmdlet_output import Thing, clixml, format_list, server_things, to_csv, to_json, vdir_things
from easwizard.lab.collector_output import collector_file
from easwizard.lab.server_output import (
    Addresses,
    Manners,
    Sites,
    app_pools,
    application_host,
    features,
    sslcert,
)

Write = Callable[[Sequence[Thing]], str]
FORMATS: Mapping[str, tuple[str, Write]] = {
    "clixml": ("xml", clixml),
    "json": ("json", to_json),
    "csv": ("csv", to_csv),
    "format-list": ("txt", format_list),
}
"""How cmdlet output may be exported: name of the format to the ending of its files and what writes it."""
COLLECTOR = "collector"
EVIDENCE = (*FORMATS, COLLECTOR)
"""Every form in which a whole estate may be brought."""


@dataclass(frozen=True)
class Behaviour:
    """What the servers know of themselves beyond the inventory: where they listen, and how their sites behave."""

    addresses: Addresses = field(default_factory=Addresses)
    manners: Manners = field(default_factory=dict)


PLAIN = Behaviour()


def evidence_in(form: str, inventory: Inventory, how: Behaviour = PLAIN, *, own_files: bool = True) -> dict[str, str]:
    """Name to text: a whole estate in one form of `EVIDENCE`; without `own_files` only what the shell gives."""
    if form == COLLECTOR:
        return collector_files(inventory, how, iis=own_files) | (pool_files(inventory, how) if own_files else {})
    return cmdlet_files(inventory, form) | (server_files(inventory, how) if own_files else {})


def cmdlet_files(inventory: Inventory, format: str) -> dict[str, str]:
    """Name to text: the servers, the old servers' vdirs from their own shell, the others from the newest one."""
    ending, write = FORMATS[format]
    made = list(zip(inventory.vdirs, vdir_things(inventory), strict=True))
    old = [thing for vdir, thing in made if vdir.product is not None and vdir.product.is_legacy]
    new = [thing for vdir, thing in made if vdir.product is None or not vdir.product.is_legacy]
    things = {"servers": server_things(inventory), "easvdirs-old-shell": old, "easvdirs-new-shell": new}
    return {f"{name}.{ending}": write(each) for name, each in things.items() if each}


def collector_files(inventory: Inventory, how: Behaviour = PLAIN, *, iis: bool = True) -> dict[str, str]:
    """Name to text: what the collector writes on each server; `iis` is off where it was run with -NoIis."""
    return {
        f"easwizard-{server.name}-20151124100805.json": collector_file(inventory, server, sites, iis=iis)
        for server, sites in _servers(inventory, how)
    }


def server_files(inventory: Inventory, how: Behaviour = PLAIN) -> dict[str, str]:
    """Name to text: what only the servers themselves have; each name tells its server."""
    files: dict[str, str] = {}
    for server, sites in _servers(inventory, how):
        files[f"applicationHost-{server.name}.config"] = application_host(server, sites)
        files[f"features-{server.name}.txt"] = features(server)
        files[f"sslcert-{server.name}.txt"] = sslcert(server, sites)
    return files | pool_files(inventory, how)


def pool_files(inventory: Inventory, how: Behaviour = PLAIN) -> dict[str, str]:
    """Name to text: the state of the application pool, which no configuration tells."""
    return {f"appcmd-{server.name}.txt": app_pools(sites) for server, sites in _servers(inventory, how)}


def write_evidence(folder: Path, inventory: Inventory, how: Behaviour = PLAIN) -> tuple[Path, ...]:
    """Write everything below a folder, each form in one of its own; raises `OSError`."""
    texts = {f"{format}/{name}": text for format in FORMATS for name, text in cmdlet_files(inventory, format).items()}
    texts |= {f"servers/{name}": text for name, text in server_files(inventory, how).items()}
    texts |= {f"{COLLECTOR}/{name}": text for name, text in collector_files(inventory, how).items()}
    paths = []
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return tuple(paths)


def _servers(inventory: Inventory, how: Behaviour) -> Iterator[tuple[Server, Sites]]:
    for server in inventory.servers:
        yield server, Sites(inventory, server, how.addresses, how.manners)
