"""What people say of a gate, asked for in small forms and made into records. Draws nothing, writes nothing down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from easwizard.case.case import Case
from easwizard.case.mending import GateRecord, GateState
from easwizard.case.untrusted import visible
from easwizard.checklist.decision import GateStatus
from easwizard.tui.last_day import HINT, last_day, why_no_last_day
from easwizard.tui.widgets.form import Field, FormScreen
from easwizard.workflow.gating import with_owner

LONGEST = 2_000
"""Characters kept of one text."""
_HEADS = {
    GateState.PASS: "It holds",
    GateState.FAIL: "It fails",
    GateState.UNKNOWN: "It is not known",
}
_NOTES = {
    GateState.PASS: "Note: what was checked, and where",
    GateState.FAIL: "Note: what is wrong",
    GateState.UNKNOWN: "Note: why it is not known",
}


@dataclass(frozen=True)
class Pen:
    """Who writes a record, and when (UTC)."""

    who: str
    now: datetime


def told_form(state: GateState, gate: GateStatus) -> FormScreen:
    """Asks for a note and for evidence; both may stay empty."""
    fields = (
        Field("note", _NOTES[state]),
        Field("evidence", "Evidence: a ticket, a file, a link", hint="where somebody else would find it"),
    )
    return FormScreen(_HEADS[state], gate.entry.words.title, fields)


def told_record(case: Case, gate: str, state: GateState, filled: Mapping[str, str], pen: Pen) -> GateRecord:
    """What was said, with its owner: the one named before, else whoever says it."""
    record = GateRecord(gate, pen.now, state, note=kept(filled["note"]), evidence=kept(filled["evidence"]))
    return with_owner(case, record, pen.who)


def waiver_form(gate: GateStatus, today: date) -> FormScreen:
    """Asks for the reason and the last day of a waiver; begins with the one that there is."""
    until = gate.waiver.until.isoformat() if gate.waiver is not None and gate.waiver.until is not None else ""
    fields = (
        Field("reason", "Reason: why it is right to go without it", gate.waiver.reason if gate.waiver else "",
              complaint=lambda text: None if text.strip() else "say why"),
        Field("until", "Its last day", until, HINT, complaint=lambda text: why_no_last_day(text, today)),
    )  # fmt: skip
    return FormScreen("Go without this gate", gate.entry.words.title, fields)


def waiver_record(case: Case, gate: str, filled: Mapping[str, str], pen: Pen) -> GateRecord:
    record = GateRecord(gate, pen.now, GateState.WAIVED, note=kept(filled["reason"]))
    return with_owner(case, replace(record, waived_until=last_day(filled["until"])), pen.who)


def without_waiver(case: Case, gate: str, pen: Pen) -> GateRecord:
    """What was said before it was waived, with its own moment: taking a waiver back makes nothing fresh again."""
    said = [record for record in case.gates if record.gate == gate and record.state is not GateState.WAIVED]
    return with_owner(case, said[-1] if said else GateRecord(gate, pen.now), pen.who)


def owned(case: Case, gate: str, owner: str, pen: Pen) -> GateRecord:
    """The last record with another owner: who looks after a gate says nothing new of it."""
    records = [record for record in case.gates if record.gate == gate]
    return replace(records[-1] if records else GateRecord(gate, pen.now), owner=kept(owner))


def kept(text: str) -> str:
    return visible(text.strip(), LONGEST)
