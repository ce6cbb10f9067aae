"""The plans of the open case: what was told of their steps is written down, and looks are compared before and after.

Works beside the event loop: every method but `told` takes as long as a diagnosis. Knows no widget.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from easwizard.case.case import Case
from easwizard.case.events import StepTold
from easwizard.case.mending import StepRecord, StepState
from easwizard.diagnosis.engine import diagnose
from easwizard.diagnosis.finding import Diagnosis
from easwizard.tui.services import Services
from easwizard.workflow.begun import done_with_way_back
from easwizard.workflow.offering import Offer, offer, offers
from easwizard.workflow.session import Session
from easwizard.workflow.verifying import (
    Looked,
    Standings,
    Wanted,
    compared,
    standings,
    told,
    wanted,
    wanted_by,
)


@dataclass(frozen=True)
class StepName:
    """One step of one plan, as records name it."""

    plan: str
    id: str
    subject: str = ""


class Mending:
    """For one open case."""

    def __init__(self, session: Session, services: Services) -> None:
        self._session, self._services = session, services
        self.is_shown = False
        """Whether anybody looks at plans; until then nobody pays for them."""
        self.looked: tuple[Looked, ...] = ()
        """What the last look changed of the plans that are under way."""

    def offers(self, case: Case, diagnosis: Diagnosis) -> tuple[Offer, ...] | None:
        return offers(case, diagnosis, self._services.now()) if self.is_shown else None

    def told(self, step: StepName, state: StepState, subject: str = "", note: str = "") -> StepTold | None:
        """What somebody says of a step, with who and when; None where the plan is not there any more."""
        case, now, who = self._session.case, self._services.now(), self._services.who
        found = offer(case, diagnose(case), step.plan, now)
        known = found.plan.step(step.id, step.subject) if found is not None else None
        if found is None or known is None:
            return None
        if state is StepState.DONE:
            return StepTold(done_with_way_back(case, found.plan, known, now, who, subject, note))
        return StepTold(StepRecord(step.plan, step.id, state, now, who, subject or step.subject, None, note))

    def wanted(self, step: StepName | None) -> Wanted:
        """What is to be looked at for one step, or for all that are open."""
        case, now = self._session.case, self._services.now()
        if step is None:
            return wanted(case, now)
        found = offer(case, diagnose(case), step.plan, now)
        known = found.plan.step(step.id, step.subject) if found is not None else None
        return wanted_by([known] if known is not None else [])

    def standings(self) -> Standings:
        return standings(self._session.case, self._services.now())

    def after_look(self, before: Standings) -> Sequence[StepTold]:
        """What a look has shown since, to be written down; `looked` says it in words."""
        after = self.standings()
        self.looked = tuple(each for each in compared(before, after) if each.is_news)
        return told(after, self._services.who)
