"""The use case "read what the admin brought": files become an inventory in the case, joined with the case's names.

Reads nothing itself; `bringing` does. Only claims enter the case: no file's text, no secret of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from easwizard.case.case import Case, Contradiction, Import, Noted, StatedCode
from easwizard.case.events import Event, ImportsRead, InventoryRead, Observed
from easwizard.case.untrusted import visible
from easwizard.evidence.gathering import Evidence
from easwizard.evidence.import_files import imports_form
from easwizard.evidence.merging import Conflict
from easwizard.evidence.reading import Reading, Trouble
from easwizard.workflow.name_records import with_names

_NOTHING_READ = frozenset({"unreadable", "empty", "not text", "not recognised"})
"""Formats of a reading that came to nothing (`evidence.detect`, `evidence.gathering`)."""
_NEEDS_SERVER = "SERVER=FILE"
"""What every reader says of a file that has no owner."""
_MOST_REASONS = 3
_MOST_NOTED = 200
"""Remarks kept of one file: a broken one may have as many as lines."""


@dataclass(frozen=True)
class Unusable:
    """Why a file is of no use as it was given."""

    why: str
    needs_server: bool = False
    """Whether it would be of use if its server were known."""


def why_unusable(reading: Reading) -> Unusable | None:
    """Why nothing of a file can be used; None where something can."""
    # A file that is of use without an owner, as a setup log is, is taken; what is missing then stands in the report.
    if reading.claims or reading.findings or reading.observations:
        return None
    ownerless = next((t.what for t in reading.troubles if _NEEDS_SERVER in t.what), None)
    if ownerless is not None:
        return Unusable(ownerless, needs_server=True)
    understood = reading.iis or reading.notes or any(reading.objects.values())
    if reading.format in _NOTHING_READ or (reading.troubles and not understood):
        why = "; ".join(trouble.what for trouble in reading.troubles[:_MOST_REASONS]) or reading.format
        return Unusable(why)
    return None


def events_of_import(case: Case, evidence: Evidence, imports: Sequence[Import] | None = None) -> tuple[Event, ...]:
    """What reading these files does to a case. They replace what was imported before.

    `imports` are the records of these files where they are known better than from the reading alone.
    """
    inventory = with_names(evidence.inventory, case.targets)
    records = tuple(record_of(reading) for reading in evidence.readings) if imports is None else tuple(imports)
    contradictions = tuple(_contradiction(conflict) for conflict in evidence.conflicts)
    seen = (observation for reading in evidence.readings for observation in reading.observations)
    return (InventoryRead(inventory), ImportsRead(records, contradictions), *(Observed(o) for o in seen))


def record_of(reading: Reading) -> Import:
    """What a case keeps of a file: what it is, and what of it was understood."""
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
