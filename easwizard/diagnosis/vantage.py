"""What may be said of the legacy leg from a jump box (J7). Shared by the problems of that leg."""

from __future__ import annotations

from collections.abc import Iterable

from easwizard.diagnosis.clues import Cap, Clue, Group
from easwizard.diagnosis.verdicts import Verdict

_SEEN_BY_THE_LEG_ITSELF = {Group.SAMPLING, Group.LOG, Group.EVIDENCE}


def jump_box_caps(clues: Iterable[Clue]) -> tuple[Cap, ...]:
    """At most likely, until crossed samples, a log or the configuration speaks for the problem too."""
    if any(clue.is_positive and clue.group in _SEEN_BY_THE_LEG_ITSELF for clue in clues):
        return ()
    because = "a jump box is not the proxying server: what it sees alone never confirms"
    return (Cap(Verdict.LIKELY, because, "J7"),)
