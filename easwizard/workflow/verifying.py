"""The use case "did it work": look again at what the open steps need, and say of each step how it stood and stands.

Verified means looked at again. Only names and sign-ins that a step's check is bound to are looked at; what a file or
a person has to show is told as such, never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from easwizard.case.case import Case
from easwizard.case.events import StepTold
from easwizard.case.progress import Listener
from easwizard.case.requests import Request
from easwizard.diagnosis.plans.model import Plan, PlanStep
from easwizard.diagnosis.plans.template import CheckKind, Expectation
from easwizard.workflow.begun import begun_plans
from easwizard.workflow.investigate import Announce
from easwizard.workflow.mending import (
    BY_SIGN_IN,
    Progress,
    Standing,
    StepStanding,
    looked,
    progress,
    steps_to_look_at,
)
from easwizard.workflow.planning import SamplingManners, enumerating, looking, resolving, signing_in
from easwizard.workflow.ports import Prober


@dataclass(frozen=True)
class Wanted:
    """What has to be looked at again."""

    hosts: tuple[str, ...] = ()
    signs_in: bool = False
    """Whether a look without credentials would not tell."""
    who_answers: bool = False
    """Whether it matters which servers answer behind a name."""

    def of(self, case: Case) -> Case:
        """The case with these names alone, to plan requests from."""
        hosts = {host.casefold() for host in self.hosts}
        return replace(case, targets=tuple(t for t in case.targets if t.host.casefold() in hosts))


def wanted_by(steps: Iterable[PlanStep]) -> Wanted:
    """What the checks of these steps look at; those that no look can tell want nothing."""
    probed = [step for step in steps if step.check.kind is CheckKind.PROBE]
    return Wanted(
        hosts=tuple(dict.fromkeys(host for step in probed for host in step.check.hosts)),
        signs_in=any(step.check.expectation in BY_SIGN_IN for step in probed),
        who_answers=any(step.check.expectation is Expectation.GONE for step in probed),
    )


def wanted(case: Case, now: datetime) -> Wanted:
    """What the open steps of every plan that was begun want looked at."""
    return wanted_by(step for plan in begun_plans(case) for step in steps_to_look_at(case, plan, now))


async def look_again(
    case: Case, prober: Prober, manners: SamplingManners, wanted: Wanted, listener: Listener, announce: Announce
) -> Case:
    """The case with fresh looks at what is wanted; names are resolved first, for they may lead elsewhere by now."""
    steps: list[tuple[str, Callable[[Case], tuple[Request, ...]]]] = [
        ("resolving again", resolving),
        ("looking again", lambda known: looking(known, manners)),
    ]
    if wanted.who_answers:
        steps.append(("seeing who answers", lambda known: enumerating(known, manners)))
    if wanted.signs_in:
        steps.append(("signing in again", lambda known: signing_in(known, manners)))
    for name, plan in steps:
        requests = plan(wanted.of(case))
        if requests:
            announce(name, requests)
            case = case.with_observations(await prober.run(requests, listener))
    return case


# Before and after


@dataclass(frozen=True)
class Looked:
    """One step before and after a look."""

    plan: Plan
    before: StepStanding
    after: StepStanding

    @property
    def step(self) -> PlanStep:
        return self.after.step

    @property
    def is_news(self) -> bool:
        return self.before.standing is not self.after.standing


Standings = tuple[Progress, ...]
"""Of every plan that was begun: its way forward, then its way back."""


def standings(case: Case, now: datetime) -> Standings:
    """Where every plan that was begun stands, forward and back."""
    return tuple(progress(case, plan, now, back=back) for plan in begun_plans(case) for back in (False, True))


def compared(before: Standings, after: Standings) -> tuple[Looked, ...]:
    """Every step that was open before or is now, and every one that stands differently, in the order of the plans."""
    old = {(p.plan.key, each.step.key): each for p in before for each in p.steps}
    return tuple(
        Looked(p.plan, then, each)
        for p in after
        for each in p.steps
        if (then := old.get((p.plan.key, each.step.key), each)) and _is_of_interest(then, each)
    )


def _is_of_interest(before: StepStanding, after: StepStanding) -> bool:
    if before.standing is not after.standing and Standing.HELD not in (before.standing, after.standing):
        return True
    return before.standing.is_open or after.standing.is_open


def told(after: Standings, who: str) -> tuple[StepTold, ...]:
    """What a look has shown, to be kept with who looked and when; nothing twice."""
    return tuple(StepTold(record) for each in after if each.is_begun for record in looked(each, who))


def left_open(seen: Sequence[Looked]) -> Iterator[Looked]:
    """The steps that no look from here could tell of: a file, a paste or a person has to."""
    for each in seen:
        if each.step.check.kind is not CheckKind.PROBE and each.after.standing.is_open:
            yield each
