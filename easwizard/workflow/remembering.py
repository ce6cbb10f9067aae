"""What files told that cannot be read any more: kept until they are removed, as far as nothing newer says otherwise.

An inventory does not say which file told which value. What the case knows and the files that are left do not tell
must have come from those that are gone. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

from easwizard.case.case import Contradiction
from easwizard.exchange.inventory import Inventory, Server, VirtualDirectory

_Told = TypeVar("_Told", Server, VirtualDirectory)
_NEVER = ("name", "server", "web_site", "back_end", "sources")


@dataclass(frozen=True)
class _Values:
    """What is remembered of one server or vdir: field to value, and to what the other files said meanwhile."""

    bare: Server | VirtualDirectory
    """The thing with its names only."""
    values: Mapping[str, tuple[object, object]]
    sources: tuple[str, ...] = ()
    """Of a vdir: its sources among the files that are gone."""


@dataclass(frozen=True)
class Remembered:
    """What only files told that are gone."""

    servers: Mapping[str, _Values] = field(default_factory=dict)
    vdirs: Mapping[tuple[str, str], _Values] = field(default_factory=dict)
    contradictions: tuple[Contradiction, ...] = ()


def remembered(
    before: Inventory, left: Inventory, contradictions: Sequence[Contradiction], gone: Sequence[str]
) -> Remembered:
    """`before` is what the case knows, `left` what the files tell that can still be read; `gone` are the others."""
    servers = {s.name.casefold(): _values(s, left.server(s.name), ()) for s in before.servers}
    theirs = {_key(v): v for v in left.vdirs}
    vdirs = {_key(v): _values(v, theirs.get(_key(v)), _from(v.sources, gone)) for v in before.vdirs}
    told = tuple(c for c in contradictions if any(_mentions(noted.where, gone) for noted in c.values))
    return Remembered(servers, vdirs, told)


def _key(vdir: VirtualDirectory) -> tuple[str, str]:
    return vdir.server.casefold(), vdir.web_site.casefold()


def _values(
    old: Server | VirtualDirectory, new: Server | VirtualDirectory | None, sources: tuple[str, ...]
) -> _Values:
    names = [f.name for f in fields(old) if f.name not in _NEVER]
    told = {name: (getattr(old, name), getattr(new, name, None)) for name in names}
    kept = {name: (was, now) for name, (was, now) in told.items() if was not in (None, (), {}) and was != now}
    bare: Server | VirtualDirectory = (
        Server(old.name) if isinstance(old, Server) else VirtualDirectory(old.server, old.web_site, old.back_end)
    )
    return _Values(bare, kept, sources)


def _from(sources: Sequence[str], gone: Sequence[str]) -> tuple[str, ...]:
    """Sources are `side:file`."""
    return tuple(source for source in sources if source.partition(":")[2] in gone)


def _mentions(places: str, files: Sequence[str]) -> bool:
    """Places are `file:line`, several joined by commas."""
    return any(place == file or place.startswith(f"{file}:") for place in places.split(", ") for file in files)


def with_remembered(
    inventory: Inventory, told: Remembered, gone: Sequence[str], unsettled: Collection[tuple[str, str]] = ()
) -> Inventory:
    """The inventory with what the files that are gone told; where something newer was said since, that counts.

    `unsettled` are subject and property of what files contradict each other about now: there nothing is filled in.
    """
    servers = {s.name.casefold(): s for s in inventory.servers}
    for name, values in told.servers.items():
        servers[name] = _completed(servers.get(name), values, Server, unsettled)
    vdirs = {_key(v): v for v in inventory.vdirs}
    for key, values in told.vdirs.items():
        sources = _from(values.sources, gone)
        if sources:
            vdir = _completed(vdirs.get(key), values, VirtualDirectory, unsettled)
            vdirs[key] = replace(vdir, sources=tuple(sorted({*vdir.sources, *sources})))
    in_order = tuple(servers[name] for name in sorted(servers))
    return replace(inventory, servers=in_order, vdirs=tuple(vdirs[key] for key in sorted(vdirs)))


def _completed(now: _Told | None, told: _Values, kind: type[_Told], unsettled: Collection[tuple[str, str]]) -> _Told:
    if now is None:
        if not isinstance(told.bare, kind):
            raise TypeError("a server is no virtual directory")
        now = told.bare
    about = now.name if isinstance(now, Server) else now.label
    missing: dict[str, Any] = {
        name: was
        for name, (was, others) in told.values.items()
        if (about, name) not in unsettled and getattr(now, name) in (others, None, (), {})
    }
    return replace(now, **missing)


def still_contradicting(
    contradictions: Sequence[Contradiction], told: Remembered, gone: Sequence[str]
) -> tuple[Contradiction, ...]:
    """The contradictions of now, and those that files were part of that are gone."""
    now = {(c.about.casefold(), c.property) for c in contradictions}
    kept = (c for c in told.contradictions if any(_mentions(noted.where, gone) for noted in c.values))
    return (*contradictions, *(c for c in kept if (c.about.casefold(), c.property) not in now))
