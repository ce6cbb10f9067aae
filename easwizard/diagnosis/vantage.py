"""What may be said from where we look: of the legacy leg from a jump box (J7), of machines behind a name (J14)."""

from __future__ import annotations

from collections.abc import Iterable

from easwizard.case.case import Case
from easwizard.diagnosis.clues import Cap, Clue, Group
from easwizard.diagnosis.verdicts import Verdict

_SEEN_BY_THE_LEG_ITSELF = {Group.SAMPLING, Group.LOG, Group.EVIDENCE}


def jump_box_caps(clues: Iterable[Clue]) -> tuple[Cap, ...]:
    """At most likely, until crossed samples, a log or the configuration speaks for the problem too."""
    if any(clue.is_positive and clue.group in _SEEN_BY_THE_LEG_ITSELF for clue in clues):
        return ()
    because = "a jump box is not the proxying server: what it sees alone never confirms"
    return (Cap(Verdict.LIKELY, because, "J7"),)


def reached_directly(case: Case, host: str) -> frozenset[str]:
    """The addresses at which only machines behind a name were reached, never the name as DNS gives it (J14)."""
    direct = {m.address for m in case.members if m.host.casefold() == host.casefold()}
    return frozenset(direct - set(case.addresses(host)))
