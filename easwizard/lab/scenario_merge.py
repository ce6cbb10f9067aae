"""How a scenario that extends another becomes one table: lists merge by key, the child's values win.

Works on plain TOML tables; knows which lists have keys and nothing else of what they mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from easwizard.lab.errors import ScenarioError

Raw = dict[str, Any]

KEYS: Mapping[str, tuple[str, ...]] = {
    "servers": ("name",),
    "vdirs": ("server", "web_site"),
    "namespaces": ("host",),
    "records": ("view", "host"),
    "fronts": ("host",),
    "accounts": ("label",),
    "certificates": ("label",),
}
"""What makes two entries of a list the same entry."""
_TABLES = ("knobs", "views", "answers", "check", "logs")
_WHOLE_BELOW = ("expect",)
"""Tables whose sub-tables are replaced whole: expectations of one vantage belong together."""


def merged(parent: Raw, child: Raw, file: str) -> Raw:
    """The child on top of the parent; `absent = true` removes an entry."""
    result = {**parent, **child}
    for name in KEYS:
        if name in parent or name in child:
            result[name] = _merged_list(name, parent.get(name, []), child.get(name, []), file)
    for name in (*_TABLES, *_WHOLE_BELOW):
        if name in parent and name in child:
            result[name] = {**parent[name], **child[name]}
    return result


def _merged_list(name: str, parent: list[Raw], child: list[Raw], file: str) -> list[Raw]:
    entries = {_identity(name, entry, file): entry for entry in parent}
    for entry in child:
        identity = _identity(name, entry, file)
        if entry.get("absent") is True:
            if entries.pop(identity, None) is None:
                raise ScenarioError(file, name, f"nothing to remove: {' / '.join(identity)}")
            continue
        inherited = entries.get(identity, {})
        spelling = {key: inherited[key] for key in KEYS[name] if key in inherited}
        entries[identity] = {**inherited, **entry, **spelling}
    return list(entries.values())


def _identity(name: str, entry: Raw, file: str) -> tuple[str, ...]:
    missing = [key for key in KEYS[name] if not isinstance(entry.get(key), str)]
    if missing:
        raise ScenarioError(file, f"{name}.{missing[0]}", "is missing")
    return tuple(str(entry[key]).casefold() for key in KEYS[name])
