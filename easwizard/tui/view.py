"""What the screens draw: one frozen picture of the case and of all that follows from it. Holds no widget."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from easwizard.case.case import Case
from easwizard.diagnosis.interview import Asked, Ranked, next_question, ranking
from easwizard.reports.model import Report, report_on
from easwizard.workflow.offering import Offer
from easwizard.workflow.stages import Stage, StageState, stage_states
from easwizard.workflow.verifying import Looked


@dataclass(frozen=True)
class View:
    """A case with its diagnosis, as every pane sees it."""

    name: str
    """The case's name, as the admin calls it."""
    report: Report
    ranking: tuple[Ranked, ...]
    """Hypotheses, the most pressing first."""
    asked: Asked | None
    """The question that would separate most now."""
    stages: dict[Stage, StageState]
    offers: tuple[Offer, ...] | None = None
    """The plans, each once; None where nobody has looked at stage 6 yet, for they take a while."""
    looked: tuple[Looked, ...] = ()
    """How steps stood before the last look and stand since."""

    @property
    def case(self) -> Case:
        return self.report.case


def view_of(name: str, case: Case, now: datetime) -> View:
    """Everything that the screens show of a case. Pure, but not quick: not for the event loop."""
    report = report_on(case, now)
    return View(name, report, ranking(case), next_question(case), stage_states(case, report.diagnosis))
