"""A plan as text to take along: everything a colleague needs who has no easwizard at hand. Pure.

Names in it are the site's own; nothing in a command is changed on the way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from easwizard.diagnosis.plans.model import Order, Plan, PlanStep
from easwizard.diagnosis.plans.template import CheckKind
from easwizard.workflow.mending import Progress, StepStanding

SEEN_BY = {
    CheckKind.PROBE: "easwizard looks again",
    CheckKind.IMPORT: "bring it to easwizard again",
    CheckKind.PASTE: "paste what it prints",
    CheckKind.MANUAL: "see for yourself",
}
"""Who can see that a step worked, in words."""


def plan_text(plan: Plan, forward: Progress | None = None, back: Progress | None = None) -> str:
    """The whole plan, its way back included; with the standings of its steps where they are given."""
    lines = [plan.title, f"({plan.key})", ""]
    lines += [f"! {caution}" for caution in plan.cautions]
    lines += [f"{label}: {text}" for label, text in about(plan) if text]
    lines += ["", *_steps(plan.steps, forward)]
    if plan.watch:
        lines += ["", "In the next hour watch", *(f"- {line}" for line in plan.watch)]
    if plan.rollback:
        lines += ["", "The way back of the whole plan", "", *_steps(plan.rollback, back)]
    return "\n".join(lines).rstrip() + "\n"


def about(plan: Plan) -> Iterator[tuple[str, str]]:
    """What is said of a plan before its steps: label and sentence."""
    yield "For whom", plan.for_whom
    yield "Costs", plan.costs
    yield "Risk", plan.risk
    yield "Outage", plan.outage
    yield from (("Needs", text) for text in plan.prerequisites)


def _steps(steps: Sequence[PlanStep], progress: Progress | None) -> Iterator[str]:
    turn = ""
    for number, step in enumerate(steps, start=1):
        if step.subject != turn:
            turn = step.subject
            yield from ([f"-- {turn}", ""] if turn else ["-- once", ""])
        yield from _step(number, step, progress.of(step) if progress is not None else None)


def _step(number: int, step: PlanStep, standing: StepStanding | None) -> Iterator[str]:
    state = f" [{standing.words}]" if standing is not None and standing.record is not None else ""
    yield f"{number}. {step.title}.{state}"
    if step.condition:
        yield f"   Only {step.condition}."
    yield from (f"   {text}" for text in (step.instruction,) if text)
    yield from (f"   ! {caution}" for caution in step.cautions)
    yield from _orders("first save what is there", step.backup)
    yield from _orders("", step.orders)
    if step.expected:
        yield f"   expect: {step.expected}"
    yield from _orders("to see it", step.check.looks)
    yield f"   check: {step.check.words} ({SEEN_BY[step.check.kind]})"
    if step.wait is not None:
        yield f"   wait: {step.wait.minutes} minutes; {step.wait.why}"
    if step.undo:
        yield f"   undo: {step.undo}"
    yield from _orders("undo", step.undo_orders)
    if step.stop:
        yield f"   STOP: {step.stop}"
    yield ""


def _orders(title: str, orders: Sequence[Order]) -> Iterator[str]:
    if orders and title:
        yield f"   {title}:"
    for order in orders:
        yield from (f"     {line}" for line in order.block.splitlines())
        if order.refused:
            yield f"     # not filled in: {order.refused}"
