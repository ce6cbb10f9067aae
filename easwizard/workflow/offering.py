"""The plans that a case offers, each once, with how far it is and what it would change. Pure.

What was begun comes first, and as it was when it was begun: the names of before are what its way back needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from easwizard.case.case import Case
from easwizard.diagnosis.finding import Diagnosis, Finding
from easwizard.diagnosis.plans.model import Plan
from easwizard.diagnosis.plans.prediction import Prediction, predict
from easwizard.diagnosis.verdicts import Verdict
from easwizard.workflow.begun import begun_plans, case_as_begun
from easwizard.workflow.mending import Progress, progress


@dataclass(frozen=True)
class Mends:
    """One finding that a plan mends."""

    code: str
    title: str
    verdict: Verdict
    summary: str


@dataclass(frozen=True)
class Offer:
    """One plan as the admin chooses it."""

    plan: Plan
    mends: tuple[Mends, ...]
    """Empty where what it mends is not seen any more."""
    forward: Progress
    back: Progress
    """The way back of the whole plan."""
    prediction: Prediction | None
    """None where the inventory does not tell."""

    @property
    def is_begun(self) -> bool:
        return self.forward.is_begun or self.back.is_begun


def offers(case: Case, diagnosis: Diagnosis, now: datetime) -> tuple[Offer, ...]:
    """Every plan of what is asserted, what was begun first, then by finding, the recommended one first."""
    begun = begun_plans(case)
    keys = {plan.key for plan in begun}
    left = [plan for plan in _proposed(diagnosis) if plan.key not in keys]
    return tuple(_offer(case, diagnosis, plan, now) for plan in (*begun, *left))


def offer(case: Case, diagnosis: Diagnosis, key: str, now: datetime) -> Offer | None:
    """The one of that key; None where nothing offers it any more."""
    plans = (*begun_plans(case), *_proposed(diagnosis))
    found = next((plan for plan in plans if plan.key == key), None)
    return _offer(case, diagnosis, found, now) if found is not None else None


def _proposed(diagnosis: Diagnosis) -> Iterator[Plan]:
    """Plans with the same key are the same steps: the first is enough."""
    seen: set[str] = set()
    for finding in diagnosis.findings:
        if not finding.verdict.asserts:
            continue
        for remedy in sorted(finding.remedies, key=lambda remedy: not remedy.recommended):
            if remedy.plan is not None and remedy.plan.key not in seen:
                seen.add(remedy.plan.key)
                yield remedy.plan


def _offer(case: Case, diagnosis: Diagnosis, plan: Plan, now: datetime) -> Offer:
    forward, back = progress(case, plan, now), progress(case, plan, now, back=True)
    before = replace(case, inventory=case_as_begun(case, plan.key).inventory) if forward.is_begun else case
    return Offer(plan, tuple(_mended(diagnosis, plan)), forward, back, predict(before, plan.changes))


def _mended(diagnosis: Diagnosis, plan: Plan) -> Iterator[Mends]:
    for finding in diagnosis.findings:
        if finding.verdict.asserts and _offers(finding, plan):
            yield Mends(finding.code, finding.title, finding.verdict, finding.summary)


def _offers(finding: Finding, plan: Plan) -> bool:
    if finding.code == plan.code:
        return True
    return any(remedy.plan is not None and remedy.plan.key == plan.key for remedy in finding.remedies)
