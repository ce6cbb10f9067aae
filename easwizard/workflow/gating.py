"""The use case "may the names move": everything that the checklist is judged on, made from one case. Pure.

What is wrong today comes from the diagnosis, what the planned changes will do from the simulator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from difflib import get_close_matches
from types import MappingProxyType

from easwizard.case.case import Case
from easwizard.case.mending import GateRecord
from easwizard.case.untrusted import visible
from easwizard.checklist.decision import Checklist, checklist
from easwizard.checklist.evidence import Evidence, Planned, Told
from easwizard.checklist.gate import catalogue
from easwizard.diagnosis.engine import diagnose
from easwizard.diagnosis.finding import Diagnosis, Finding
from easwizard.diagnosis.in_front import QUESTION as IN_FRONT
from easwizard.diagnosis.verdicts import Severity
from easwizard.exchange.changes import ChangeError
from easwizard.workflow.facing_names import with_names
from easwizard.workflow.simulate import simulate, with_unread


class UnknownGate(ValueError):
    """No gate is called that; the message names the nearest ones."""


def checklist_of(case: Case, now: datetime) -> Checklist:
    """Every gate judged for this case at this moment (UTC)."""
    return checklist(evidence_of(case, now))


def evidence_of(case: Case, now: datetime) -> Evidence:
    """What gates look at: the case, its findings, and the simulated estate."""
    findings = _told(case, diagnose(case))
    if not case.inventory.vdirs:
        return Evidence(case, now, findings)
    try:
        return Evidence(case, now, findings, planned_estate(case, case.changes))
    except ChangeError as error:
        return Evidence(case, now, findings, trouble=visible(str(error)))


def planned_estate(case: Case, changes: tuple[str, ...]) -> Planned:
    """The estate after these changes. Raises ChangeError for one that cannot be made there."""
    inventory, _ = with_unread(case.inventory)
    named = with_names(inventory, case.targets, changes)
    after = simulate(named.inventory, changes, case.answer(IN_FRONT)).after
    return Planned(after.inventory, after.moved, after.routes, _told(case, after.diagnosis))


def gate_id(text: str) -> str:
    """The id of a gate, with or without `gate/` before it. Raises UnknownGate."""
    known = [entry.id for entry in catalogue()]
    wanted = text.strip().casefold()
    wanted = wanted if wanted.startswith("gate/") else f"gate/{wanted}"
    if wanted in known:
        return wanted
    near = get_close_matches(wanted, known, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "the checklist lists all"
    raise UnknownGate(f"there is no gate '{visible(text, 80)}'; {hint}")


def owner_of(case: Case, gate: str) -> str:
    """Who was named last as the owner of a gate; empty where nobody was."""
    return next((r.owner for r in reversed(case.gates) if r.gate == gate and r.owner), "")


def with_owner(case: Case, record: GateRecord, fallback: str) -> GateRecord:
    """The record with an owner: its own, else the one named before, else the fallback."""
    return replace(record, owner=record.owner or owner_of(case, record.gate) or fallback)


def _told(case: Case, diagnosis: Diagnosis) -> Mapping[str, Told]:
    asserted = (finding for finding in diagnosis.findings if finding.verdict.asserts)
    return MappingProxyType({finding.code: _one(case, finding) for finding in asserted})


def _one(case: Case, finding: Finding) -> Told:
    behind = {clue.observation for clue in finding.clues if clue.observation is not None}
    at = max((o.at for o in case.observations if o.id in behind), default=None)
    return Told(finding.summary, at, harms=finding.severity in (Severity.HIGH, Severity.MEDIUM))
