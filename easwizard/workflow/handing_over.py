"""The use case "hand on what was brought": copies of evidence as they go into a pack, redacted as the pack is.

A copy that is left out is named with the reason. The records of the case name the copies of the pack only if reading
those says what the case says: else they are for people to read, and the case keeps what it was told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from easwizard.case.case import Case, Import
from easwizard.case.events import happened
from easwizard.case.redaction.redact import Redacted
from easwizard.evidence.decoding import decode
from easwizard.evidence.gathering import read_evidence
from easwizard.evidence.import_files import ImportFile
from easwizard.exchange.inventory import Inventory
from easwizard.storage.evidence_folder import CopiesInMemory, CopyError
from easwizard.workflow.bringing import Copies, events_of, stock_of
from easwizard.workflow.importing import record_of

MOST_REWRITTEN = 8_000_000
"""Bytes of all copies together in which names are looked for: a file of nothing but names takes 14 s a megabyte."""
MOST_TOGETHER = 200_000_000
"""Bytes of all copies in one pack."""


@dataclass(frozen=True)
class HandedOver:
    """The copies of a pack."""

    records: tuple[Import, ...]
    """What was brought, as the case in the pack says it."""
    files: Mapping[str, bytes]
    """By their names in the pack."""
    left_out: tuple[tuple[str, str], ...]
    """What is not in the pack, and why."""


@dataclass(frozen=True)
class _Copy:
    """One record with its copy in the pack; None where it has none."""

    record: Import
    name: str | None
    why: str = ""


def handed_over(case: Case, made: Redacted, copies: Copies | None) -> HandedOver:
    """The copies of what was brought to `case`, as `made` redacts it. Never raises for what a copy is."""
    kept = CopiesInMemory()
    found = tuple(_each(case, made, copies, kept))
    files = {copy.name: kept.read(copy.name) for copy in found if copy.name is not None}
    left_out = tuple((copy.record.file, copy.why) for copy in found if copy.why)
    as_it_was = made.level == "none"
    named = [copy.name if copy.name is not None and (as_it_was or _is_read(copy, kept)) else None for copy in found]
    records = tuple(replace(copy.record, copy=name) for copy, name in zip(found, named, strict=True))
    if not as_it_was and not _says_the_same(replace(made.case, imports=records), kept):
        records = tuple(replace(record, copy=None) for record in records)
    return HandedOver(records, files, left_out)


def _each(case: Case, made: Redacted, copies: Copies | None, kept: CopiesInMemory) -> Iterator[_Copy]:
    together, most = 0, MOST_REWRITTEN if made.level == "vendor" else MOST_TOGETHER
    for real, told in zip(case.imports, made.case.imports, strict=True):
        content, why = _content(real, made, copies, most - together)
        if content is None:
            yield _Copy(told, None, why)
            continue
        together += len(content)
        yield _Copy(told, kept.keep(real.file if made.level == "none" else told.file, content))


def _content(record: Import, made: Redacted, copies: Copies | None, room: int) -> tuple[bytes | None, str]:
    """What goes into the pack of one record, or why nothing does. `room`: bytes that are left for it."""
    if record.copy is None or copies is None:
        return None, "no copy of it was kept, only what it said"
    try:
        content = copies.read(record.copy)
    except CopyError as error:
        return None, made.text(str(error)) if made.level == "vendor" else str(error)
    if len(content) > room:
        too_much = "too much to look for names in" if made.level == "vendor" else "too much for one pack"
        return None, f"it has {len(content) / 1_000_000:.0f} MB: {too_much} beside the rest"
    if made.level == "none":
        return content, ""
    return made.text(decode(content).text).encode("utf-8", "replace"), ""


def _is_read(copy: _Copy, kept: CopiesInMemory) -> bool:
    """Whether as much can be read from the copy as was from the file: hidden hashes may be what a reader wants."""
    record = copy.record
    [reading] = read_evidence([ImportFile(record.file, kept.read(copy.name or ""), record.server)]).readings
    again = record_of(reading)
    return (again.format, again.objects, len(again.problems)) == (record.format, record.objects, len(record.problems))


def _says_the_same(case: Case, kept: CopiesInMemory) -> bool:
    """Whether who brings one file more to the redacted case gets the same inventory from its copies."""
    stock = stock_of(case, kept)
    again = case
    for event in events_of(case, stock, stock):
        again = happened(again, event)
    return _in_order(again.inventory) == _in_order(case.inventory)


def _in_order(inventory: Inventory) -> tuple[object, ...]:
    """The same whatever the order: made-up names sort in another one than the real ones."""
    servers = (replace(s, bindings=tuple(sorted(s.bindings, key=str))) for s in inventory.servers)
    names = (replace(n, endpoints=tuple(sorted(n.endpoints, key=str))) for n in inventory.namespaces)
    return (
        sorted(servers, key=lambda server: server.name),
        sorted(inventory.vdirs, key=lambda vdir: vdir.label),
        sorted(names, key=lambda name: name.host),
    )
