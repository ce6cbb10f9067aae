"""The short form of a plan that reports and lists show: one command, one check and one undo a step, on one line each.

A step with several orders becomes several: one for each server, and one for each condition that is not known.
"""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.diagnosis.plans.model import Order, Plan, PlanStep
from easwizard.diagnosis.words import Remedy, Step


def remedy_of(plan: Plan) -> Remedy:
    """The plan as a remedy, with itself behind it."""
    steps = tuple(short for step in plan.steps for short in _steps(step))
    return Remedy(plan.remedy_id, plan.title, plan.recommended, steps, plan)


def _steps(step: PlanStep) -> Iterator[Step]:
    orders: tuple[Order | None, ...] = step.orders or step.check.looks or (None,)
    for number, order in enumerate(orders):
        yield Step(
            title=_title(step, order if len(orders) > 1 else None),
            instruction=_instruction(step, order, is_first=number == 0),
            check=step.check.words,
            undo=_undo(step, order),
            command=order.line if order is not None else None,
            shell=_shell(order) if order is not None else None,
            change=_change(step, order),
        )


def _title(step: PlanStep, order: Order | None) -> str:
    subject = order.subject if order is not None else step.subject
    named = not subject or subject in step.title or (order is None and subject.partition("/")[0] in step.title)
    return step.title if named and order is None else f"{step.title} ({subject})" if subject else step.title


def _instruction(step: PlanStep, order: Order | None, *, is_first: bool) -> str:
    condition = (order.condition if order is not None else "") or step.condition
    parts = [f"Only {condition}." if condition else ""]
    if is_first:
        waiting = f"Wait {step.wait.minutes} minutes: {step.wait.why}." if step.wait is not None else ""
        parts += [step.instruction, *step.cautions, waiting]
    if order is not None and order.refused:
        parts.append(f"Not filled in: {order.refused}.")
    return " ".join(part for part in parts if part)


def _undo(step: PlanStep, order: Order | None) -> str | None:
    if step.undo:
        return step.undo
    subject = order.subject if order is not None else ""
    back = [o for o in step.undo_orders if o.subject == subject] or list(step.undo_orders)
    return "; ".join(dict.fromkeys(o.line for o in back)) or None


def _change(step: PlanStep, order: Order | None) -> str | None:
    """The change of this one order; None where it has several or none."""
    subject = order.subject if order is not None else step.subject
    own = [change for change in step.changes if subject and f"={subject}" in change] or list(step.changes)
    return own[0] if len(own) == 1 else None


def _shell(order: Order) -> str:
    return f"{order.shell}, elevated" if order.elevated else order.shell
