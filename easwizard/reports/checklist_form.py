"""The JSON form of a checklist (DESIGN 6), with more keys than the contract names."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from easwizard.checklist.decision import Checklist, GateStatus
from easwizard.reports.json_form import utc

FORMAT = "easwizard-checklist"
VERSION = 1


def render_json(checklist: Checklist, changes: Sequence[str] = ()) -> str:
    """The checklist as JSON text; `changes` are those that are planned."""
    return json.dumps(document(checklist, changes), ensure_ascii=False, indent=2) + "\n"


def document(checklist: Checklist, changes: Sequence[str] = ()) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "created_utc": utc(checklist.at),
        "decision": checklist.decision.value,
        "reasons": [gate.id for gate in checklist.reasons()],
        "changes": list(changes),
        "gates": [_gate(gate) for gate in checklist.gates],
        "left_out": [entry.id for entry in checklist.left_out],
    }


def _gate(gate: GateStatus) -> dict[str, Any]:
    waiver = gate.waiver
    return {
        "id": gate.id,
        "state": gate.state.value,
        "mode": gate.entry.mode.value,
        "owner": gate.owner or None,
        "evidence": gate.evidence or None,
        "at_utc": utc(gate.at) if gate.at is not None else None,
        "waiver": None
        if waiver is None
        else {
            "reason": waiver.reason,
            "until": waiver.until.isoformat() if waiver.until is not None else None,
            "holds": waiver.holds,
        },
        "title": gate.entry.words.title,
        "topic": gate.entry.gate.topic.value,
        "why": gate.why,
        "told_by": gate.told_by.value if gate.told_by is not None else None,
        "note": gate.note or None,
    }
