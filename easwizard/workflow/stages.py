"""The seven stages of an investigation and how far each one is (DESIGN 8). Pure; free to walk in any order."""

from __future__ import annotations

from enum import StrEnum

from easwizard.case.case import Case
from easwizard.case.facts import Status
from easwizard.diagnosis.finding import Diagnosis

GRID = ("fails-basic-old", "fails-cert-old", "fails-basic-new", "fails-cert-new")
"""The questions of the grid "who fails"."""


class Stage(StrEnum):
    """One stage; the order is the order of the rail."""

    SYMPTOMS = "symptoms"
    ESTATE = "estate"
    PROBES = "probes"
    EVIDENCE = "evidence"
    DIAGNOSIS = "diagnosis"
    FIX = "fix"
    REPORT = "report"

    @property
    def number(self) -> int:
        return list(Stage).index(self) + 1

    @property
    def label(self) -> str:
        return self.value.capitalize()


class StageState(StrEnum):
    """How far a stage is."""

    OPEN = "open"
    DONE = "done"
    ATTENTION = "attention"


def stage_states(case: Case, diagnosis: Diagnosis) -> dict[Stage, StageState]:
    """The state of every stage, from what the case holds."""
    asserted = any(finding.verdict.asserts for finding in diagnosis.findings)
    states = {
        Stage.SYMPTOMS: _done(all(question in case.answers for question in GRID)),
        Stage.ESTATE: _done(bool(case.targets)),
        Stage.PROBES: _probed(case),
        Stage.EVIDENCE: _done(bool(case.inventory.vdirs)),
        Stage.DIAGNOSIS: StageState.ATTENTION if asserted else _done(_examined(case) and bool(diagnosis.findings)),
        Stage.FIX: StageState.ATTENTION if any(f.remedies for f in diagnosis.findings) else StageState.OPEN,
        Stage.REPORT: StageState.OPEN,
    }
    return {stage: states[stage] for stage in Stage}


def _done(done: bool) -> StageState:
    return StageState.DONE if done else StageState.OPEN


def _examined(case: Case) -> bool:
    """Whether anything was looked at or read: answers alone rule things out, and that is no diagnosis yet."""
    return bool(case.observations or case.imports or case.inventory.vdirs)


def _probed(case: Case) -> StageState:
    """Attention where something did not answer or was cancelled: that is not health."""
    if not case.observations:
        return StageState.OPEN
    troubled = any(o.status in (Status.FAILED, Status.CANCELLED) for o in case.observations)
    return StageState.ATTENTION if troubled else StageState.DONE
