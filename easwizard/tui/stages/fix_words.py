"""What stage 6 says of plans and their steps: rows and paragraphs, each from an offer alone. Holds no widget."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from textual.content import Content

from easwizard.diagnosis.plans.model import Order, PlanStep
from easwizard.diagnosis.plans.prediction import Expected, Prediction
from easwizard.diagnosis.verdicts import Verdict
from easwizard.reports.heat_map import WHO, share
from easwizard.reports.times import both
from easwizard.tui.safe_text import joined, plain
from easwizard.tui.stages.diagnosis_words import command, hanging
from easwizard.tui.symbols import Symbols
from easwizard.tui.widgets.row_list import Row, fit
from easwizard.workflow.mending import Progress, Standing, StepStanding, undo_refused
from easwizard.workflow.offering import Offer
from easwizard.workflow.remedy_text import SEEN_BY, about
from easwizard.workflow.run import State

_SHORT = {
    Standing.TO_DO: "to do",
    Standing.HELD: "held",
    Standing.DONE: "done",
    Standing.WAITING: "waiting",
    Standing.TOO_EARLY: "too early",
    Standing.VERIFIED: "verified",
    Standing.FAILED: "FAILED",
    Standing.CANNOT_BE_SEEN: "not seen",
    Standing.UNDONE: "undone",
}
_STYLE = {
    Standing.HELD: "dim",
    Standing.WAITING: "$text-warning",
    Standing.TOO_EARLY: "$text-warning",
    Standing.VERIFIED: "$text-success",
    Standing.FAILED: "bold $text-error",
    Standing.CANNOT_BE_SEEN: "$text-warning",
    Standing.UNDONE: "dim",
}
_STATE_WIDTH = 9
_INDENT = "   "


def sign_of(standing: Standing, signs: Symbols) -> str:
    """One column; the word always stands beside it."""
    return {
        Standing.VERIFIED: signs.good,
        Standing.FAILED: signs.bad,
        Standing.DONE: signs.run[State.CANCELLED],
        Standing.WAITING: signs.here,
        Standing.TOO_EARLY: signs.here,
        Standing.HELD: "-",
        Standing.UNDONE: "-",
        Standing.CANNOT_BE_SEEN: "?",
    }.get(standing, signs.verdict[Verdict.NOT_EXAMINED])


# Choosing a plan


def offer_rows(offers: Sequence[Offer], signs: Symbols, width: int) -> Iterator[Row]:
    """Each plan below what it mends; those that are under way first."""
    last = None
    for number, offer in enumerate(offers):
        head = _mended(offer, signs)
        if head != last:
            last = head
            yield Row(f"finding-{number}", plain(fit(head, width)), is_heading=True)
        mark = "under way" if offer.is_begun else "recommended" if offer.plan.recommended else "or"
        if offer.forward.is_verified:
            mark = "verified"
        style = "bold" if mark in ("recommended", "under way") else "$text-success" if mark == "verified" else "dim"
        title = fit(offer.plan.title, width - 15)
        yield Row(f"remedy-{number}", joined("  ", plain(f"{mark:<11}  ", style), title))


def _mended(offer: Offer, signs: Symbols) -> str:
    if not offer.mends:
        return f"{signs.good} not seen any more  {offer.plan.code}"
    first = min(offer.mends, key=lambda mended: (mended.code != offer.plan.code, mended.verdict.rank))
    more = f" and {len(offer.mends) - 1} more" if len(offer.mends) > 1 else ""
    return f"{signs.verdict[first.verdict]} {first.verdict.value.upper()}  {first.title}{more}"


def about_offer(offer: Offer, signs: Symbols, width: int) -> Content:
    """What choosing this plan means: where it stands, what it changes for phones, what it costs."""
    lines = [_course(offer, signs, width), *_predicted(offer.prediction, signs, width)]
    others = [mended.title for mended in offer.mends]
    if len(others) > 1:
        lines.append(hanging("Mends    ", "; ".join(others), width))
    lines += [hanging(f"{label:<9}", text, width) for label, text in about(offer.plan) if text]
    lines += [hanging("! ", caution, width) for caution in offer.plan.cautions]
    if offer.plan.open_placeholders:
        names = ", ".join(offer.plan.open_placeholders)
        lines.append(hanging("Fill in  ", f"{names}: not known yet; 4 Evidence and 2 Estate fill them in", width))
    return Content("\n").join(lines)


def _course(offer: Offer, signs: Symbols, width: int) -> Content:
    way = offer.forward
    total, through = len(way.steps), sum(s.standing is Standing.VERIFIED for s in way.steps)
    if way.is_verified:
        return plain(f"{signs.good} all {total} steps verified", "$text-success")
    if not offer.is_begun:
        return plain(f"{total} steps; Enter opens them. Nothing was done yet.")
    done = sum(s.standing.passes or (s.standing is Standing.WAITING and s.record is not None) for s in way.steps)
    words = f"{done} of {total} steps done, {through} verified"
    following = way.next
    if following is not None:
        words += f"; next: {following.step.title}"
    return hanging("", words, width)


def _predicted(prediction: Prediction | None, signs: Symbols, width: int) -> Iterator[Content]:
    if prediction is None:
        yield hanging("Success  ", "not predicted: the inventory does not tell; 4 Evidence fills it in", width)
        return
    if not prediction.changed:
        yield hanging("Success  ", "the same for every phone that the inventory knows", width)
    for number, row in enumerate(prediction.changed):
        yield joined(plain("Success  " if number == 0 else " " * 9, "bold"), plain(_expected(row, signs, width - 9)))
    if prediction.changed and prediction.unchanged:
        others = "one other kind" if prediction.unchanged == 1 else f"{prediction.unchanged} other kinds"
        yield plain(" " * 9 + f"the same for {others} of requests", "dim")


def _expected(row: Expected, signs: Symbols, width: int) -> str:
    """E.g. `password, mailbox 2007@London  50 % -> 100 %`."""
    odds = f"{share(row.before)} {signs.arrow} {share(row.after)}"
    who = f"{WHO[row.device]}, mailbox {row.mailbox}"
    whole = f"{who} at {row.namespace}"
    return f"{fit(whole if len(whole) + len(odds) + 2 <= width else who, width - len(odds) - 2).rstrip()}  {odds}"


# The steps of one plan


def step_rows(way: Progress, signs: Symbols, width: int) -> Iterator[Row]:
    """One line a step, in the order of the plan; whose turn it is stands above."""
    turn = ""
    for number, each in enumerate(way.steps):
        subject = each.step.subject
        if subject != turn:
            turn = subject
            yield Row(f"turn-{number}", plain(fit(f"{signs.line * 2} {subject or 'once'} ", width)), is_heading=True)
        yield Row(f"step-{number}", _step_line(number, each, signs, width))


def _step_line(number: int, each: StepStanding, signs: Symbols, width: int) -> Content:
    head = f"{number + 1:>2} "
    state = f"{sign_of(each.standing, signs)} {_state(each):<{_STATE_WIDTH}} "
    title = each.step.title
    if each.step.subject and each.step.subject in title:
        title = title.replace(each.step.subject, "it") if title.endswith(each.step.subject) else title
    dim = each.standing in (Standing.HELD, Standing.UNDONE)
    left = fit(title, max(10, width - len(head) - len(state)))
    return joined(plain(head, "dim"), plain(state, _STYLE.get(each.standing, "")), plain(left, "dim" if dim else ""))


def _state(each: StepStanding) -> str:
    if each.until is not None and each.standing is Standing.WAITING:
        return f"til {each.until:%H:%M}"
    return _SHORT[each.standing]


def watch_lines(offer: Offer, width: int) -> Content:
    """What to watch for the next hour."""
    return Content("\n").join(
        [hanging("Watch  " if n == 0 else "       ", t, width) for n, t in enumerate(offer.plan.watch)]
    )


# One step


@dataclass(frozen=True)
class Ordered:
    """One command of a step that can be marked and copied."""

    kind: str
    """`save`, `do`, `see` or `undo`."""
    number: int
    order: Order

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.number}"


_TITLES = {
    "save": "First save what is there",
    "do": "Do it",
    "see": "To see whether it worked",
    "undo": "To undo it",
}


def orders_of(way: Progress, step: PlanStep) -> tuple[Ordered, ...]:
    """Everything of a step that can be copied; undoing it only where that may be offered now (J22)."""
    undo = step.undo_orders if undo_refused(way, step) is None else ()
    groups = (("save", step.backup), ("do", step.orders), ("see", step.check.looks), ("undo", undo))
    return tuple(Ordered(kind, number, order) for kind, found in groups for number, order in enumerate(found))


def detail_rows(offer: Offer, way: Progress, each: StepStanding, signs: Symbols, width: int) -> Iterator[Row]:
    """Everything about one step, its commands as rows that can be marked."""
    step = each.step
    if each.standing is not Standing.TO_DO or each.record is not None:
        yield Row("state", state_words(each, signs, width), is_heading=True)
    if each.standing is Standing.FAILED:
        yield Row("failed", _failed(offer, step, width), is_heading=True)
    yield from _paragraphs(step, width)
    found = orders_of(way, step)
    yield from _group("save", found, width)
    yield from _group("do", found, width)
    if step.expected:
        yield Row("expect", hanging("Expect  ", step.expected, width), is_heading=True)
    check = f"{step.check.words} ({SEEN_BY[step.check.kind]})"
    yield Row("check", hanging("Check   ", check, width), is_heading=True)
    yield from _group("see", found, width)
    if step.wait is not None:
        waiting = f"{step.wait.minutes} minutes: {step.wait.why}"
        yield Row("wait", hanging("Wait    ", waiting, width), is_heading=True)
    if step.changes_something:
        yield Row("undo", hanging("Undo    ", _undo(way, step), width), is_heading=True)
    yield from _group("undo", found, width)
    if step.sources:
        yield Row("sources", plain(f"({', '.join(step.sources)})", "dim"), is_heading=True)


def _failed(offer: Offer, step: PlanStep, width: int) -> Content:
    """What a failed check means, in the words of the problem, and the ways out."""
    lines = [hanging("  ", f"Still so: {mended.summary}", width) for mended in offer.mends[:1]]
    back = "u shows its way back" if step.undo or step.undo_orders else "r shows the way back of the plan"
    lines.append(hanging("  ", f"Do not go on. v looks again, {back}.", width))
    return Content("\n").join(lines)


def _paragraphs(step: PlanStep, width: int) -> Iterator[Row]:
    said = [("", step.instruction), *(("! ", caution) for caution in step.cautions)]
    if step.condition:
        said.insert(0, ("", f"Only {step.condition}."))
    if step.stop:
        said.append(("Stop    ", f"nothing after this step before it is through: {step.stop}"))
    for number, (head, text) in enumerate(said):
        if text:
            yield Row(f"said-{number}", hanging(head, text, width), is_heading=True)


def _group(kind: str, found: Sequence[Ordered], width: int) -> Iterator[Row]:
    own = [each for each in found if each.kind == kind]
    if not own:
        return
    many = f", {len(own)} blocks" if len(own) > 1 else ""
    is_only = kind == "see" and all(each.kind == "see" for each in found)
    title = "Run it, it changes nothing" if is_only else _TITLES[kind]
    yield Row(f"group-{kind}", plain(f"{title}{many}", "bold"), is_heading=True)
    for each in own:
        yield Row(each.key, order_block(each.order, width))


def order_block(order: Order, width: int) -> Content:
    """Where it runs, then the command as it is to be copied."""
    where = "; ".join(part for part in (order.where, order.condition) if part)
    parts = [hanging(_INDENT, where, width).stylize("dim"), command(order.text, width, _INDENT)]
    if order.open_placeholders:
        parts.append(
            hanging(_INDENT, f"fill in: {', '.join(order.open_placeholders)}", width).stylize("$text-warning")
        )
    if order.refused:
        parts.append(hanging(_INDENT, f"not filled in: {order.refused}", width).stylize("$text-warning"))
    return Content("\n").join(parts)


def _undo(way: Progress, step: PlanStep) -> str:
    """The words of the way back; whether it is offered now stands first."""
    if not (step.undo or step.undo_orders):
        return "none of its own; r shows the way back of the whole plan"
    words = step.undo or "the command below"
    refused = undo_refused(way, step)
    if refused is None:
        return words if step.undo else "u, or the command below"
    if refused == _NOT_DONE:
        return f"once it was done: {step.undo or step.undo_orders[0].line}"
    return f"not now: {refused}"


_NOT_DONE = "it was not done"


def state_words(each: StepStanding, signs: Symbols, width: int) -> Content:
    """Where a step stands, why, since when, and what that means now."""
    style = _STYLE.get(each.standing, "bold")
    words = each.standing.value
    if each.until is not None:
        words += f" until {both(each.until)}"
    if each.why and each.standing is not Standing.TO_DO:
        words += f": {_first_line(each.why)}"
    lines = [hanging(f"{sign_of(each.standing, signs)} ", words, width).stylize(style)]
    if each.standing is Standing.TOO_EARLY:
        lines.append(hanging("  ", "This says nothing yet: it is not undone, and looked at again then (J22).", width))
    record = each.record
    if record is not None:
        by = f" by {record.who}" if record.who else ""
        lines.append(plain(fit(f"  told {_moment(record.at)}{by}: {record.state.value}", width).rstrip(), "dim"))
    return Content("\n").join(lines)


def _moment(at: datetime) -> str:
    return both(at)


def _first_line(text: str) -> str:
    """A note may hold lines that lead back; those are for the program."""
    return next((line for line in text.splitlines() if not line.startswith("was: ")), "")


def looked_words(standing_before: Standing, each: StepStanding, signs: Symbols) -> str:
    """E.g. `Look again: waiting -> verified`."""
    return f"{each.step.title}: {standing_before.value} {signs.arrow} {each.standing.value}"
