"""Judges every gate for one moment, and says whether names may move (J29, DESIGN 6).

A gate's state comes from what the program sees and from what people said; where the two differ, the worse one
counts until somebody looks again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from easwizard.case.mending import GateRecord, GateState
from easwizard.checklist.evidence import Evidence
from easwizard.checklist.freshness import ended, fresh_until, oldest, too_old, why_stale
from easwizard.checklist.gate import Entry, Sight, catalogue

_NOBODY_TOLD = "nobody has told yet"
_NO_SIGHT = "nothing was seen of it"
_RULE_FAILED = "the program's own rule failed on this case; please report it, and check by hand"


class Decision(StrEnum):
    """Whether names may move."""

    GO = "go"
    NO_GO = "no-go"
    UNDECIDED = "undecided"


class Teller(StrEnum):
    """Who a state comes from."""

    PROGRAM = "program"
    PERSON = "person"


@dataclass(frozen=True)
class Waiver:
    """A gate that somebody decided to go without."""

    reason: str
    until: date | None
    """The last day on which it holds; without one it does not hold at all."""
    holds: bool


@dataclass(frozen=True)
class GateStatus:
    """One gate, judged."""

    entry: Entry
    state: GateState
    why: str
    """Why it is in this state, in words."""
    told_by: Teller | None = None
    at: datetime | None = None
    """When what it rests on was seen or said, in UTC."""
    owner: str = ""
    note: str = ""
    evidence: str = ""
    """What is there to show for it: what the program saw, or what the person named."""
    waiver: Waiver | None = None
    until: datetime | None = None
    """From when on (UTC) what lets it pass no longer counts; None where it does not pass, or does not age."""

    @property
    def id(self) -> str:
        return self.entry.id


@dataclass(frozen=True)
class Checklist:
    """All gates that apply, judged at one moment."""

    gates: tuple[GateStatus, ...]
    left_out: tuple[Entry, ...]
    """Gates that mean nothing in this case: no phone signs in with a certificate."""
    decision: Decision
    at: datetime

    def reasons(self) -> tuple[GateStatus, ...]:
        """What stands against going: failures first, then what is stale, then what is unknown."""
        order = [GateState.FAIL, GateState.STALE, GateState.UNKNOWN]
        return tuple(gate for state in order for gate in self.gates if gate.state is state)

    def gate(self, id: str) -> GateStatus | None:
        return next((gate for gate in self.gates if gate.id == id), None)


def checklist(evidence: Evidence, entries: Sequence[Entry] | None = None) -> Checklist:
    """Every gate judged on this evidence, at its moment."""
    known = catalogue() if entries is None else entries
    applying = [e for e in known if evidence.uses_certificates or not e.gate.only_with_certificates]
    judged = tuple(_judged(entry, evidence) for entry in applying)
    left_out = tuple(entry for entry in known if entry not in applying)
    return Checklist(judged, left_out, decide(gate.state for gate in judged), evidence.now)


def decide(states: Iterable[GateState]) -> Decision:
    """No-go on any failure; undecided on anything unknown or stale, or on no gate at all; else go."""
    seen = set(states)
    if GateState.FAIL in seen:
        return Decision.NO_GO
    return Decision.GO if seen and seen <= {GateState.PASS, GateState.WAIVED} else Decision.UNDECIDED


def _judged(entry: Entry, evidence: Evidence) -> GateStatus:
    records = [record for record in evidence.case.gates if record.gate == entry.id]
    sight = _seen(entry, evidence)
    said = next((r for r in reversed(records) if r.state is not GateState.WAIVED), None)
    newest = records[-1] if records else None
    waiver = _waiver(newest, evidence.now)
    status = _without_waiver(entry, sight, said, evidence.now)
    owner = next((r.owner for r in reversed(records) if r.owner), "")
    return _with_waiver(status, waiver, newest, owner)


def _seen(entry: Entry, evidence: Evidence) -> Sight | None:
    """What the program sees; a rule that fails must not pass for health, nor hide the other gates."""
    if entry.gate.look is None:
        return None
    try:
        return entry.gate.look(evidence)
    except Exception as error:  # the same care as the diagnosis takes
        return Sight(GateState.UNKNOWN, f"{_RULE_FAILED} ({type(error).__name__})")


def _waiver(newest: GateRecord | None, now: datetime) -> Waiver | None:
    if newest is None or newest.state is not GateState.WAIVED:
        return None
    holds = newest.waived_until is not None and now.date() <= newest.waived_until and bool(newest.note.strip())
    return Waiver(newest.note, newest.waived_until, holds)


def _with_waiver(status: GateStatus, waiver: Waiver | None, newest: GateRecord | None, owner: str) -> GateStatus:
    status = replace(status, owner=owner)
    if waiver is None or newest is None:
        return status
    if not waiver.holds:
        until = f"ended on {waiver.until.isoformat()}" if waiver.until is not None else "has no end, so it never held"
        return replace(status, why=f"{status.why}; the waiver {until}", waiver=waiver)
    if status.state is GateState.PASS:
        return replace(status, waiver=waiver)
    why = f"waived until {waiver.until}: {waiver.reason}; without it: {status.state}, {status.why}"
    return replace(status, state=GateState.WAIVED, why=why, told_by=Teller.PERSON, at=newest.at, waiver=waiver)


def _without_waiver(entry: Entry, sight: Sight | None, said: GateRecord | None, now: datetime) -> GateStatus:
    word = said if said is not None and said.state is not GateState.UNKNOWN else None
    if sight is not None and sight.state is GateState.FAIL:
        but = ""
        if word is not None and word.state is GateState.PASS:
            but = f"; somebody said on {word.at:%Y-%m-%d} that it holds, but what was seen counts until a new look"
        return _by_program(entry, sight, GateState.FAIL, sight.text + but, said)
    if word is not None and word.state is GateState.FAIL:
        return _by_person(entry, word, GateState.FAIL, "said to fail")
    return _passing(entry, sight, word, said, now)


def _passing(
    entry: Entry, sight: Sight | None, word: GateRecord | None, said: GateRecord | None, now: datetime
) -> GateStatus:
    """Nothing says that it fails: whether anything fresh says that it passes."""
    old_sight = old_word = None
    if sight is not None and sight.state is GateState.PASS:
        old_sight = why_stale(sight.rests_on, now)
        if old_sight is None:
            return _by_program(entry, sight, GateState.PASS, sight.text, said)
    if word is not None:
        old_word = too_old(word.at, entry.gate.lasts, now)
        if old_word is None:
            return _by_person(entry, word, GateState.PASS, "said to hold")
        return _by_person(entry, word, GateState.STALE, f"said to hold, but {old_word}; look again")
    if sight is not None and old_sight is not None:
        return _by_program(entry, sight, GateState.STALE, f"{sight.text}, but {old_sight}; look again", said)
    why = sight.text if sight is not None else _NOBODY_TOLD
    if sight is None and entry.gate.look is not None:
        why = f"{_NOBODY_TOLD}, and {_NO_SIGHT}"
    return GateStatus(entry, GateState.UNKNOWN, why, note=said.note if said else "")


def _by_program(entry: Entry, sight: Sight, state: GateState, why: str, said: GateRecord | None) -> GateStatus:
    """What a person named beside it stays visible."""
    note, named = (said.note, said.evidence) if said is not None else ("", "")
    until = fresh_until(sight.rests_on) if state is not GateState.FAIL else None
    at, shown = oldest(sight.rests_on), named or sight.text
    return GateStatus(entry, state, why, Teller.PROGRAM, at, note=note, evidence=shown, until=until)


def _by_person(entry: Entry, word: GateRecord, state: GateState, what: str) -> GateStatus:
    told = ": ".join(part for part in (what, word.note) if part)
    until = ended(word.at, entry.gate.lasts) if state is not GateState.FAIL else None
    return GateStatus(entry, state, told, Teller.PERSON, word.at, note=word.note, evidence=word.evidence, until=until)
