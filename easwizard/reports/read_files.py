"""What was read of the files that the admin brought, in lines; and what nobody brought, as not examined."""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.case import Case, Contradiction, Import, Noted
from easwizard.diagnosis.finding import NotExamined
from easwizard.evidence.holes import Hole, holes_of
from easwizard.reports.lines import Paragraph

_MOST_LINES = 8
"""Remarks shown of one file; the JSON has all of them."""
_MOST_SUBJECTS = 4


def read_files(case: Case) -> Iterator[Paragraph]:
    """Each file with what was understood of it and what was not, then what the files contradict each other about."""
    for read in case.imports:
        yield Paragraph("  ", f"{read.file}: {read.format}, {_objects(read)}")
        yield from _noted("      not understood: ", read.problems)
        yield from _noted("      noted: ", read.notes)
    for contradiction in case.contradictions:
        yield Paragraph("  contradiction: ", _contradiction(contradiction))


def not_brought(case: Case) -> tuple[NotExamined, ...]:
    """What the inventory lacks for the rules, with the one command that fills each hole; none without an import."""
    if not case.imports:
        return ()
    return tuple(
        NotExamined(_what(hole), f"not read; {hole.where}:\n{hole.command}") for hole in holes_of(case.inventory)
    )


def _objects(read: Import) -> str:
    return (
        ", ".join(f"{count} {kind}" for kind, count in read.objects.items() if count) or "nothing that is used here"
    )


def _noted(start: str, noted: tuple[Noted, ...]) -> Iterator[Paragraph]:
    for each in noted[:_MOST_LINES]:
        yield Paragraph(start, f"{each.where}: {each.what}" if each.where else each.what)
    if len(noted) > _MOST_LINES:
        yield Paragraph(start, f"and {len(noted) - _MOST_LINES} more; --json lists them")


def _contradiction(contradiction: Contradiction) -> str:
    told = "; ".join(f"{value.what or '(empty)'} by {value.where}" for value in contradiction.values)
    taken = "unknown" if contradiction.taken is None else contradiction.taken or "(empty)"
    return f"{contradiction.property} of {contradiction.about}: {told}. Taken as {taken}: {contradiction.rule}"


def _what(hole: Hole) -> str:
    names = hole.subjects[:_MOST_SUBJECTS]
    more = len(hole.subjects) - len(names)
    of = ", ".join(names) + (f" and {more} more" if more else "")
    return f"{', '.join(hole.missing)}{f' of {of}' if of else ''}"
