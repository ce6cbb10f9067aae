"""A problem judged for one case: what every screen and report draws."""

from __future__ import annotations

from dataclasses import dataclass

from easwizard.case.mending import Acceptance
from easwizard.diagnosis.clues import Clue, Missing
from easwizard.diagnosis.verdicts import Severity, Verdict
from easwizard.diagnosis.words import Remedy


@dataclass(frozen=True)
class Finding:
    """One problem, judged. `clues` and `caps` are those of the subjects it is about."""

    code: str
    title: str
    verdict: Verdict
    severity: Severity
    conflict: bool
    subjects: tuple[str, ...]
    summary: str
    helpdesk: str
    engineer: str
    clues: tuple[Clue, ...]
    limits: tuple[str, ...]
    """Why the verdict goes no higher, in words."""
    missing: tuple[Missing, ...]
    remedies: tuple[Remedy, ...]
    accepted: Acceptance | None = None
    """Set where somebody decided to live with all of it, and the day is not over (`diagnosis.accepted`)."""
    acceptance: tuple[str, ...] = ()
    """What was decided about it, in words: also for parts of it, and what is over."""


@dataclass(frozen=True)
class NotExamined:
    """Something that was not looked at, and why."""

    what: str
    why: str


@dataclass(frozen=True)
class NextBest:
    """The one piece of evidence that would settle the most open problems."""

    evidence: str
    separates: tuple[str, ...]
    how: str


@dataclass(frozen=True)
class Diagnosis:
    """Everything that follows from a case: findings in reading order, what was not examined, what to do next."""

    findings: tuple[Finding, ...]
    not_examined: tuple[NotExamined, ...]
    next_best: NextBest | None

    def finding(self, code: str) -> Finding | None:
        return next((f for f in self.findings if f.code == code), None)
