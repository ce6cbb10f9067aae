"""The use case "I have an outage" (J28): three questions, two pastes, one answer, a time to decide. Pure.

The first question is who fails. The two others are those that separate most given that answer, by the measure of the
interview: over all answers to the first these are what stands before the old servers, whom it hits, and whether
Outlook on the web works. A fixed choice would ask one of them where it separates nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from easwizard.case.case import UNKNOWN, Case
from easwizard.case.events import Answered, Event, TargetsNamed
from easwizard.case.pasted import internal_urls_in, targets_in
from easwizard.case.requests import Target
from easwizard.diagnosis.finding import Diagnosis, Finding
from easwizard.diagnosis.interview import Asked, next_question
from easwizard.diagnosis.legacy_names import INTERNAL_URL
from easwizard.diagnosis.words import Remedy, Step
from easwizard.exchange.inventory import Role
from easwizard.workflow.stages import GRID

QUESTIONS_AFTER_GRID = 2
TIME_TO_DECIDE = timedelta(minutes=30)
"""From the start to the decision; phones that fail longer than that are told by their users, not by us."""
ASK_VDIRS = "Get-ActiveSyncVirtualDirectory | Format-List Server,WebsiteName,InternalUrl"
"""The command whose output is pasted; reads only, on Exchange 2007 and later (exchange.md 3.1)."""
_NOTHING_YET = (
    "Name the names that phones use, then look again: stage 2 of the whole diagnosis, or easwizard check HOST"
)


def question_after_grid(case: Case) -> Asked | None:
    """What to ask next, taking cells of the grid that were left open for not known."""
    for question in GRID:
        if question not in case.answers:
            case = case.with_answer(question, UNKNOWN)
    return next_question(case)


@dataclass(frozen=True)
class Told:
    """What the two pastes say."""

    targets: tuple[Target, ...]
    internal_hosts: tuple[str, ...]
    """Of these, the legacy names that are InternalUrls now."""

    def events(self) -> tuple[Event, ...]:
        """What goes into the case; nothing where nothing was understood."""
        if not self.targets:
            return ()
        answers = (Answered(f"{INTERNAL_URL}{host}", "yes") for host in self.internal_hosts)
        return (TargetsNamed(self.targets), *answers)


def told(names: str, vdirs: str, roles: Mapping[str, Role]) -> Told:
    """Understand both pastes; `roles` are the admin's corrections, by host.

    A name of the first paste keeps the port and role that it has there; the second one adds the names that only
    the old servers know.
    """
    urls = internal_urls_in(vdirs)
    known = {target.host: target for target in urls} | {target.host: target for target in targets_in(names)}
    first = [target.host for target in targets_in(names)]
    order = [*first, *(host for host in known if host not in first)]
    corrected = (known[host] for host in order)
    targets = tuple(replace(target, role=roles.get(target.host, target.role)) for target in corrected)
    internal = {target.host for target in urls}
    return Told(targets, tuple(t.host for t in targets if t.host in internal and t.role.is_legacy))


@dataclass(frozen=True)
class Advice:
    """The one screen: what is most likely wrong, what is safest to do now, and until when to decide."""

    finding: Finding | None
    """None where nothing can be asserted."""
    others: tuple[Finding, ...]
    """What is asserted beside it: faults come in pairs, and mending one alone may only change how phones fail."""
    remedy: Remedy | None
    first: Step | None
    """What to make sure of before anything is changed."""
    step: Step | None
    """The first step that changes something."""
    command: str
    """What to run next: that step's command, or the look that would settle most."""
    decide_by: datetime

    @property
    def undo(self) -> str | None:
        return self.step.undo if self.step is not None else None

    @property
    def to_copy(self) -> str:
        """The command with where to run it on top and the way back below (J28)."""
        if self.step is None or self.step.command is None:
            return self.command
        head = f"# Run in the {self.step.shell or 'Exchange shell'}, as administrator, on one server after the other"
        return "\n".join([head, self.command, *([f"# Undo: {self.undo}"] if self.undo else [])])


def advice(diagnosis: Diagnosis, started: datetime) -> Advice:
    """What follows from a diagnosis for somebody in a hurry: the first finding that is asserted presses most."""
    by = started + TIME_TO_DECIDE
    asserted = [f for f in diagnosis.findings if f.verdict.asserts]
    best = diagnosis.next_best.how if diagnosis.next_best is not None else _NOTHING_YET
    if not asserted:
        return Advice(None, (), None, None, None, best, by)
    finding, *others = asserted
    remedy = next((r for r in finding.remedies if r.recommended), next(iter(finding.remedies), None))
    if remedy is None:
        how = finding.missing[0].how if finding.missing else best
        return Advice(finding, tuple(others), None, None, None, how, by)
    step = _changing(remedy)
    first = remedy.steps[0] if remedy.steps[0] is not step else None
    return Advice(finding, tuple(others), remedy, first, step, step.command or step.instruction or step.title, by)


def _changing(remedy: Remedy) -> Step:
    """A step that has a way back is one that changes something; without any, the first step of all."""
    return next((step for step in remedy.steps if step.undo), remedy.steps[0])
