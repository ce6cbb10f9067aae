"""Plans that were begun: as they were when the first step was done, although what they mend may be gone by now.

What a step changes is written into its record as the CHANGEs that lead back; so the names and URLs of before, which
the way back needs, survive a new import. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from easwizard.case.case import Case
from easwizard.case.mending import StepRecord, StepState
from easwizard.diagnosis.engine import diagnose
from easwizard.diagnosis.plans.inverse import inverse
from easwizard.diagnosis.plans.making import make_plan
from easwizard.diagnosis.plans.model import Plan, PlanStep
from easwizard.diagnosis.problem import catalogue
from easwizard.exchange.changes import ChangeError, apply_change
from easwizard.exchange.inventory import Inventory
from easwizard.workflow.mending import done
from easwizard.workflow.name_records import with_names

_WAS = "was: "
"""How a line of a record's note begins that leads back."""


def done_with_way_back(
    case: Case, plan: Plan, step: PlanStep, now: datetime, who: str = "", subject: str = "", note: str = ""
) -> StepRecord:
    """The record that a step was done, with what it was before in its note."""
    changes = [c for c in step.changes if not subject or f"={subject}" in c]
    back = dict.fromkeys(line for change in reversed(changes) for line in inverse(case.inventory, change))
    return done(
        plan, step, now, who, subject, "\n".join([*([note] if note else []), *(_WAS + line for line in back)])
    )


def begun_plans(case: Case) -> tuple[Plan, ...]:
    """Every plan of which a step was done, in the order of their first steps."""
    keys = dict.fromkeys(record.plan for record in case.steps)
    return tuple(plan for key in keys if (plan := plan_as_begun(case, key)) is not None)


def plan_as_begun(case: Case, key: str) -> Plan | None:
    """The plan of that key (`CODE/REMEDY`) for the case as it was when it was begun; None if unknown."""
    code, _, remedy = key.rpartition("/")
    entry = next((e for e in catalogue() if e.code == code), None)
    if entry is None:
        return None
    template = next((t for t in entry.words.templates if t.id == remedy), None)
    if template is None:
        return None
    then = case_as_begun(case, key)
    finding = diagnose(then, (entry,)).finding(code)
    told = [record.subject for record in case.steps if record.plan == key and record.subject]
    found = dict.fromkeys([*(finding.subjects if finding is not None else ()), *told])
    return make_plan(then, code, template, tuple(found))


def case_as_begun(case: Case, key: str) -> Case:
    """The case with the inventory of before the plan, as far as the records of its steps tell it."""
    inventory = case.inventory
    changes = tuple(_ways_back(case, key))
    for change in reversed(changes):
        try:
            inventory = apply_change(inventory, change)
        except ChangeError:
            continue  # it is so again already, or the server is gone: what is left tells the rest
    return replace(case, inventory=_led_again(inventory, case) if changes else inventory)


def _led_again(inventory: Inventory, case: Case) -> Inventory:
    """Names of which files say nothing since the plan lead again where the URLs of before say.

    An aligned URL is shared by two web sites of a server, so that files read since leave its name open (J19).
    """
    known = tuple(record for record in inventory.namespaces if record.endpoints)
    return with_names(replace(inventory, namespaces=known), case.targets)


def _ways_back(case: Case, key: str) -> Iterator[str]:
    """The changes of all done steps, the last to be made first."""
    states = (StepState.DONE, StepState.WAITING)
    for record in (r for r in case.steps if r.plan == key and r.state in states):
        lines = [line.removeprefix(_WAS) for line in record.note.splitlines() if line.startswith(_WAS)]
        yield from reversed(lines)
