"""What changed between two reports, as data: findings, facts and routes. Pure.

It reads the JSON form of DESIGN 6, since that is what both a case and a stored report have in common. What differs
between any two looks at the same thing, such as times, counts of samples or who of a pool answered, is no change.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from easwizard.case.untrusted import visible
from easwizard.reports.comparing_logs import changed_shares

_FORMAT = "easwizard-report"
_VERSION = 1
_SHORT_TTL = 300
"""Seconds (exchange.md 7): a cache counts down, so that only crossing this is told."""
_OF_FINDINGS = ("verdict", "severity", "summary", "accepted")
_OF_ONE_LOOK = frozenset(
    {"detail", "headers", "clock_offset_s", "identity", "answered_by", "build", "records", "chain", "ttl", "cipher"}
)
"""Fields of an observation that tell of one look, or of who of a pool answered it, and not of the estate."""
_OF_READING = frozenset({"sources", "basis"})
"""Fields of the inventory that tell how something is known, and not what."""
_HEADERS = ("ms-server-activesync", "ms-asprotocolversions", "location")
"""Headers that do count."""
_COUNT = re.compile(r"(?<![\w.:-])\d+(?:\.\d+)?(?![\w.:-])")
"""A number that stands alone: no part of a name, an address or a version."""
_UNORDERED = {"addresses", "names", "challenges", "handed_out", "endpoints", "bindings", "issuers"}

Row = Mapping[str, Any]


class NotComparable(ValueError):
    """Something that is no report of easwizard, or a broken one; the message says what and where."""


@dataclass(frozen=True)
class FieldChange:
    """One value that is another one now; None where there was or is none."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Thing:
    """A finding, fact or route that is in one report only."""

    id: str
    about: Row
    """What identifies it and what it says, as the report has it."""


@dataclass(frozen=True)
class Change:
    """A finding, fact or route that both have, with what differs."""

    id: str
    about: Row
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True)
class Part:
    """What changed of one kind of thing."""

    added: tuple[Thing, ...] = ()
    removed: tuple[Thing, ...] = ()
    changed: tuple[Change, ...] = ()

    @property
    def is_same(self) -> bool:
        return not (self.added or self.removed or self.changed)

    def __len__(self) -> int:
        return len(self.added) + len(self.removed) + len(self.changed)


@dataclass(frozen=True)
class Difference:
    """What changed between two reports."""

    findings: Part
    facts: Part
    routes: Part

    @property
    def is_same(self) -> bool:
        return self.findings.is_same and self.facts.is_same and self.routes.is_same


@dataclass(frozen=True)
class _Item:
    """One thing of one report: how it is told, and the fields by which two of them are compared."""

    about: Row
    fields: Row


def difference(before: Any, after: Any) -> Difference:
    """What changed from one report to the other, both as parsed JSON. Raises NotComparable."""
    parts = [_part(read(_checked(before)), read(_checked(after))) for read in (_findings, _facts, _routes)]
    findings, facts, routes = parts
    logged = tuple(_share_changes(before.get("logs"), after.get("logs")))
    return Difference(findings, replace(facts, changed=(*facts.changed, *logged)), routes)


def _share_changes(before: Any, after: Any) -> Iterator[Change]:
    """Targets of logs that fail more or less often than chance explains, as facts."""
    for id, target, was, is_now in changed_shares(before, after):
        about = {"id": id, "kind": "log target", "target": target}
        yield Change(id, about, (FieldChange("share failed", was, is_now),))


def masked(before: Any, after: Any) -> str | None:
    """Why names cannot be compared, where one report is redacted otherwise than the other. Raises NotComparable."""
    kinds = [str(_checked(report).get("redacted", "none")) for report in (before, after)]
    if kinds[0] == kinds[1] == "none":
        return None
    told = " and ".join(visible(kind, 20) for kind in kinds)
    return f"names are masked in at least one of them ({told}): a name that differs need not be another one"


def _part(before: Mapping[str, _Item], after: Mapping[str, _Item]) -> Part:
    changed = []
    for id in (id for id in before if id in after):
        fields = tuple(_changes(before[id].fields, after[id].fields))
        if fields:
            changed.append(Change(id, after[id].about, fields))
    return Part(
        added=tuple(Thing(id, item.about) for id, item in after.items() if id not in before),
        removed=tuple(Thing(id, item.about) for id, item in before.items() if id not in after),
        changed=tuple(changed),
    )


def _changes(before: Row, after: Row) -> Iterator[FieldChange]:
    """What differs. A field that only one version of this program writes is no change; a part of a value is."""
    for field in dict.fromkeys((*before, *after)):
        was, is_now = before.get(field), after.get(field)
        in_both = field in before and field in after
        if not _same(was, is_now, counted=field == "summary") and (in_both or "." in field):
            yield FieldChange(field, was, is_now)


def _same(was: Any, is_now: Any, *, counted: bool) -> bool:
    """Equal; of a summary also where only its counts differ, which are others with every run of samples."""
    if counted and isinstance(was, str) and isinstance(is_now, str):
        return _COUNT.sub("#", was) == _COUNT.sub("#", is_now)
    return bool(was == is_now)


# What counts of each kind


def _findings(report: Row) -> dict[str, _Item]:
    return _items(report, "findings", _finding)


def _finding(row: Row) -> tuple[str, _Item]:
    fields = {name: row.get(name) for name in _OF_FINDINGS}
    if row.get("verdict") == "ruled-out":
        del fields["summary"]  # it says what the problem would be, not what is so
    about = {name: row.get(name) for name in ("code", "title", "verdict", "severity", "subjects", "summary")}
    return _text(row, "code"), _Item(about, fields)


def _facts(report: Row) -> dict[str, _Item]:
    """Observations and the inventory, each by a name of its own."""
    inventory = report.get("inventory") or {}
    if not isinstance(inventory, Mapping):
        raise NotComparable("'inventory' is no object")
    return {
        **_items(report, "observations", _observation),
        **_items(inventory, "servers", lambda row: _record("server", row, "name")),
        **_items(inventory, "vdirs", _vdir),
        **_items(inventory, "namespaces", lambda row: _record("namespace", row, "host")),
    }


def _observation(row: Row) -> tuple[str, _Item]:
    facts = row.get("facts") or {}
    if not isinstance(facts, Mapping):
        raise NotComparable("the 'facts' of an observation are no object")
    id, kind = _text(row, "id"), str(row.get("kind"))
    counted = dict(_sample(facts) if kind == "sample" else _looked(facts))
    fields = {"status": row.get("status"), "reason": row.get("reason"), **counted}
    return id, _Item({"id": id, "kind": kind, "target": row.get("target")}, fields)


def _sample(facts: Row) -> Iterator[tuple[str, Any]]:
    """What repeated sign-ins tell of the estate: whether they fail never, sometimes or always, not how often."""
    sent, failed = facts.get("sent"), facts.get("failed")
    if isinstance(sent, int) and isinstance(failed, int) and sent > 0:
        yield "failing", "never" if failed == 0 else "always" if failed >= sent else "sometimes"
    for name in ("redirected", "refused_credentials", "crossed"):
        count = facts.get(name)
        yield name, bool(count) if isinstance(count, int) else None
    yield "predicted_failed", facts.get("predicted_failed")


def _looked(facts: Row) -> Iterator[tuple[str, Any]]:
    yield from _flat(facts, _OF_ONE_LOOK)
    headers, ttl = facts.get("headers"), facts.get("ttl")
    if isinstance(headers, Mapping):
        yield from ((f"headers.{name}", headers[name]) for name in _HEADERS if name in headers)
    if isinstance(ttl, int):
        yield "seconds to live", f"up to {_SHORT_TTL}" if ttl <= _SHORT_TTL else f"over {_SHORT_TTL}"


def _flat(row: Row, never: Collection[str], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every value by its dotted path; objects are opened, lists are values."""
    for name, value in row.items():
        if name in never:
            continue
        if isinstance(value, Mapping):
            yield from _flat(value, never, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", _sorted(value) if name in _UNORDERED else value


def _vdir(row: Row) -> tuple[str, _Item]:
    end = " (back end)" if row.get("back_end") else ""
    return _record("vdir", row, "server", f"/{_text(row, 'web_site')}{end}")


def _record(kind: str, row: Row, key: str, more: str = "") -> tuple[str, _Item]:
    id = f"{kind}:{_text(row, key).casefold()}{more.casefold()}"
    return id, _Item({"id": id, "kind": kind, "target": f"{row[key]}{more}"}, dict(_flat(row, _OF_READING)))


def _routes(report: Row) -> dict[str, _Item]:
    return _items(report, "routes", _route)


def _route(row: Row) -> tuple[str, _Item]:
    key = {name: row.get(name) for name in ("device", "mailbox", "site", "namespace")}
    told = {name: row.get(name) for name in ("success", "range")}
    return " ".join(str(part) for part in key.values() if part), _Item({**key, **told}, told)


# Reading what may be anything


def _checked(report: Any) -> Row:
    if not isinstance(report, Mapping):
        raise NotComparable("it is no JSON object")
    if report.get("format") != _FORMAT:
        told = visible(str(report.get("format")), 60)
        raise NotComparable(f"its format is {told}, not {_FORMAT}: give a case or what check --json wrote")
    version = report.get("version")
    if version != _VERSION or isinstance(version, bool):
        raise NotComparable(
            f"it is version {visible(str(version), 20)} of a report, and this program reads {_VERSION}"
        )
    return report


def _items(report: Row, name: str, read: Callable[[Row], tuple[str, _Item]]) -> dict[str, _Item]:
    rows = report.get(name, [])
    if not isinstance(rows, list):
        raise NotComparable(f"'{name}' is no list")
    found: dict[str, _Item] = {}
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, Mapping):
            raise NotComparable(f"'{name}', entry {number}: it is no object")
        try:
            id, item = read(row)
        except NotComparable as error:
            raise NotComparable(f"'{name}', entry {number}: {error}") from None
        # A broken or odd report may name a thing twice; none of the two may be lost.
        found[id if id not in found else f"{id} (entry {number})"] = item
    return found


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value:
        raise NotComparable(f"'{name}' is missing or no text")
    return value


def _sorted(value: Any) -> Any:
    """A list whose order means nothing; what is no list stays."""
    return sorted(value, key=repr) if isinstance(value, list) else value
