"""ActiveSync answers strangers: 200 with its protocol versions and no sign-in (exchange.md 3.1).

Whether the server or something in front does so cannot be told by the answer alone: likely at most.
"""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.case import Case
from easwizard.case.requests import Target
from easwizard.diagnosis.activesync_answers import (
    DEVICES_IN_FRONT,
    anonymous,
    answered_by_directory,
    names_exchange,
    phone_names,
    where,
)
from easwizard.diagnosis.clues import Cap, Clue, Effect, Group
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.verdicts import Severity, Verdict
from easwizard.diagnosis.wanted import past_the_device
from easwizard.exchange.certainty import Basis
from easwizard.exchange.replies import Meaning


def examine(case: Case) -> Examination:
    clues = tuple(clue for target in phone_names(case) for clue in _clues(case, target))
    if not any(c.is_positive for c in clues):
        return Examination(clues)
    because = "a device in front, or another product, may answer so too"
    return Examination(
        clues=clues,
        caps=(Cap(Verdict.LIKELY, because, "3.1"),),
        missing=(past_the_device("whether the server itself lets strangers in"),),
    )


def _clues(case: Case, target: Target) -> Iterator[Clue]:
    looks = anonymous(case, target)
    open_to_all = [look for look in looks if look[1].meaning is Meaning.ANONYMOUS]
    if open_to_all:
        text = f"{target.host} answers OPTIONS with ActiveSync's protocol versions before any sign-in"
        text += where(open_to_all, looks)
        by_device = case.answer("tls-in-front") in DEVICES_IN_FRONT
        itself = any(names_exchange(f) for _, f in open_to_all)
        effect = Effect.SUPPORTS if by_device and not itself else Effect.PROVES
        id = open_to_all[0][0].id
        yield Clue(effect, text, "3.1", Group.PROBE, Basis.BELIEVED, (target.host,), id)
    elif looks and all(answered_by_directory(f) for _, f in looks):
        text = f"{target.host} lets nobody in without a sign-in"
        yield Clue(Effect.EXCLUDES, text, "3.1", Group.PROBE, subject=(target.host,), observation=looks[0][0].id)


PROBLEM = Problem(code="eas/anonymous", severity=Severity.MEDIUM, examine=examine, reads=("tls-in-front",))
