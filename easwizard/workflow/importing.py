"""The use case "read what the admin brought": files become an inventory in the case, joined with the case's names.

Opens the files given and nothing else. Only claims enter the case: no file's text, no secret of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from easwizard.case.case import Case, Contradiction, Import, Noted, StatedCode
from easwizard.case.events import Event, ImportsRead, InventoryRead, Observed
from easwizard.case.requests import Target
from easwizard.case.untrusted import visible
from easwizard.evidence.gathering import Evidence, FileProgress, read_evidence
from easwizard.evidence.import_files import ImportFile, imports_form
from easwizard.evidence.merging import Conflict
from easwizard.evidence.reading import Reading, Trouble
from easwizard.exchange.inventory import Inventory, NamespaceRecord, Role
from easwizard.exchange.routing import endpoints_of

_NOTHING_READ = frozenset({"unreadable", "empty", "not text", "not recognised"})
"""Formats of a reading that came to nothing (`evidence.detect`, `evidence.gathering`)."""
_NEEDS_SERVER = "SERVER=FILE"
"""What every reader says of a file that has no owner."""
_MOST_REASONS = 3
_MOST_NOTED = 200
"""Remarks kept of one file: a broken one may have as many as lines."""


class NotImported(ValueError):
    """A file that cannot be used as it was given; the message names it and says how to give it."""


def read_imports(files: Sequence[ImportFile], progress: FileProgress | None = None) -> Evidence:
    """Read the files. Raises NotImported for one that cannot be read, or that has no owner and needs one."""
    evidence = read_evidence(files, progress)
    for reading in evidence.readings:
        _check(reading)
    return evidence


def _check(reading: Reading) -> None:
    # A file that is of use without an owner, as a setup log is, is taken; what is missing then stands in the report.
    if reading.claims or reading.findings or reading.observations:
        return
    ownerless = next((t.what for t in reading.troubles if _NEEDS_SERVER in t.what), None)
    if ownerless is not None:
        raise NotImported(f"{reading.file}: {ownerless}")
    understood = reading.iis or reading.notes or any(reading.objects.values())
    if reading.format in _NOTHING_READ or (reading.troubles and not understood):
        why = "; ".join(trouble.what for trouble in reading.troubles[:_MOST_REASONS]) or reading.format
        raise NotImported(f"{reading.file}: {why}")


def events_of_import(case: Case, evidence: Evidence) -> tuple[Event, ...]:
    """What reading these files does to a case. They replace what was imported before."""
    inventory = with_names(evidence.inventory, case.targets)
    imports = tuple(_import(reading) for reading in evidence.readings)
    contradictions = tuple(_contradiction(conflict) for conflict in evidence.conflicts)
    seen = (observation for reading in evidence.readings for observation in reading.observations)
    return (InventoryRead(inventory), ImportsRead(imports, contradictions), *(Observed(o) for o in seen))


def with_names(inventory: Inventory, targets: Iterable[Target]) -> Inventory:
    """The inventory with a record for each name of the case: where it leads by bindings, else by InternalUrls.

    A name that neither tells of leads nowhere known. What a record already says of a name stays.
    """
    hosts = {record.host.casefold() for record in inventory.namespaces}
    records = list(inventory.namespaces)
    for target in targets:
        if target.host.casefold() not in hosts:
            hosts.add(target.host.casefold())
            records.append(_record(inventory, target.host, target.role))
    return replace(inventory, namespaces=tuple(records))


def _record(inventory: Inventory, host: str, role: Role) -> NamespaceRecord:
    bound = any(
        binding.binding.rpartition(":")[2].casefold() == host.casefold()
        for server in inventory.servers
        for binding in server.bindings
    )
    return NamespaceRecord(host, role, endpoints_of(inventory, host), "binding" if bound else "assumed")


def _import(reading: Reading) -> Import:
    [form] = imports_form([reading])
    problems = tuple(Noted(each["where"], each["what"]) for each in form["problems"])
    where = _where(reading)
    codes = tuple(StatedCode(code, reading.found_on.get(code), where) for code in dict.fromkeys(reading.findings))
    return Import(
        file=visible(reading.file, 200),
        format=reading.format,
        objects=dict(reading.objects),
        problems=_few(problems),
        notes=_few(tuple(_noted(note) for note in reading.notes)),
        codes=codes,
    )


def _where(reading: Reading) -> str:
    """The line that states a code, where the file gave one remark only; else the file."""
    places = {note.where for note in reading.notes}
    return places.pop() if len(places) == 1 else reading.file


def _noted(trouble: Trouble) -> Noted:
    return Noted(trouble.where, trouble.what)


def _few(noted: tuple[Noted, ...]) -> tuple[Noted, ...]:
    if len(noted) <= _MOST_NOTED:
        return noted
    return (*noted[:_MOST_NOTED], Noted("", f"and {len(noted) - _MOST_NOTED} more remarks of this kind"))


def _contradiction(conflict: Conflict) -> Contradiction:
    values = tuple(Noted(", ".join(told.places), told.value) for told in conflict.values)
    return Contradiction(conflict.about, conflict.property, values, conflict.taken, conflict.rule)
