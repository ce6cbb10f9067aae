"""How far a plan is: the standing of each step, what comes next, what is looked at to verify, and what may be undone.

Rests on J22: a right fix looks wrong for a while. Until the wait is over a failed check reads "too early", and no
undo is offered. Verified means looked at again. Pure: the time is passed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from easwizard.case.case import Case
from easwizard.case.mending import StepRecord, StepState
from easwizard.case.requests import Request, Target
from easwizard.diagnosis.plans.model import Plan, PlanStep
from easwizard.diagnosis.plans.template import CheckKind, Expectation
from easwizard.workflow.planning import SamplingManners, looking, resolving, signing_in
from easwizard.workflow.step_checks import Seen, seen_of

RECYCLE = "recycle"
"""The step that ends the wait for caches at once: `MSExchangeSyncAppPool` recycled on every new server (J22)."""


class Standing(StrEnum):
    """Where a step stands now."""

    TO_DO = "to do"
    HELD = "held"
    """A step before it has to be verified first."""
    DONE = "done"
    """Somebody did it; nothing has looked at it yet."""
    WAITING = "waiting"
    TOO_EARLY = "too early"
    """It was looked at before the wait was over, and is not right yet."""
    VERIFIED = "verified"
    FAILED = "failed"
    CANNOT_BE_SEEN = "cannot be seen from here"
    UNDONE = "undone"

    @property
    def is_open(self) -> bool:
        """Whether another look could change it."""
        return self in (Standing.DONE, Standing.WAITING, Standing.TOO_EARLY, Standing.FAILED, Standing.CANNOT_BE_SEEN)

    @property
    def passes(self) -> bool:
        """Whether what comes after a stop may begin."""
        return self in (Standing.VERIFIED, Standing.DONE)


@dataclass(frozen=True)
class StepStanding:
    """One step with where it stands, since when and why."""

    step: PlanStep
    standing: Standing
    why: str = ""
    until: datetime | None = None
    """UTC; before it nothing can be said, and nothing is undone."""
    record: StepRecord | None = None
    """What was last told of it; None where nobody told anything."""

    @property
    def ends_turn(self) -> bool:
        """Whether nothing more has to be done for it before the next server; what only waits goes on by itself."""
        return (
            self.standing.passes
            or self.standing is Standing.WAITING
            or (self.standing is Standing.CANNOT_BE_SEEN and self.record is not None)
        )

    @property
    def words(self) -> str:
        """`waiting until 14:32 UTC`, `verified`."""
        if self.until is not None and self.standing in (Standing.WAITING, Standing.TOO_EARLY):
            return f"{self.standing.value}: until {self.until:%H:%M} UTC"
        return self.standing.value


@dataclass(frozen=True)
class Progress:
    """A plan with the standing of all its steps."""

    plan: Plan
    steps: tuple[StepStanding, ...]
    now: datetime

    @property
    def next(self) -> StepStanding | None:
        """The step to turn to: one that failed, else the first not verified; done ones where nothing else is left."""
        left = [s for s in self.steps if s.standing is not Standing.VERIFIED]
        failed = [s for s in left if s.standing is Standing.FAILED]
        return next(iter([*failed, *(s for s in left if s.standing is not Standing.DONE), *left]), None)

    @property
    def is_begun(self) -> bool:
        return any(s.record is not None for s in self.steps)

    @property
    def is_verified(self) -> bool:
        """Whether every step was seen to have worked."""
        return bool(self.steps) and all(s.standing is Standing.VERIFIED for s in self.steps)

    @property
    def too_early_until(self) -> datetime | None:
        """The end of the longest wait that is still running; None where none is."""
        running = [s.until for s in self.steps if s.until is not None and s.until > self.now]
        return max(running, default=None)

    def of(self, step: PlanStep) -> StepStanding:
        return next(s for s in self.steps if s.step.key == step.key)


def progress(case: Case, plan: Plan, now: datetime, *, back: bool = False) -> Progress:
    """Where each step of the plan stands; with `back` those of its way back."""
    steps = plan.rollback if back else plan.steps
    standings: list[StepStanding] = []
    held = ""
    for step in steps:
        standing = _standing(case, plan, step, standings, now)
        if held and standing.record is None and standing.standing is not Standing.VERIFIED:
            standing = StepStanding(step, Standing.HELD, held)
        standings.append(standing)
        if step.stop and not standing.standing.passes:
            held = held or step.stop
    return Progress(plan, tuple(_one_at_a_time(standings)), now)


def _one_at_a_time(standings: Sequence[StepStanding]) -> Iterator[StepStanding]:
    """The steps of another server are held while one is under way (J23): drained, changed, and not yet put back."""
    open_turn = next(iter(_turns_under_way(standings)), None)
    for each in standings:
        waits = open_turn is not None and each.step.subject not in ("", open_turn)
        if waits and each.record is None and each.standing is Standing.TO_DO:
            yield StepStanding(each.step, Standing.HELD, f"one server at a time: first finish {open_turn} (J23)")
        else:
            yield each


def _turns_under_way(standings: Sequence[StepStanding]) -> Iterator[str]:
    """The subjects whose turn was begun and is not over, in the order of the plan."""
    for subject in dict.fromkeys(each.step.subject for each in standings if each.step.subject):
        turn = [each for each in standings if each.step.subject == subject]
        done = [each for each in turn if each.record is not None and each.standing is not Standing.UNDONE]
        if any(each.standing is not Standing.TO_DO for each in done) and not all(each.ends_turn for each in turn):
            yield subject


def undo_refused(progress_: Progress, step: PlanStep) -> str | None:
    """Why an undo of a step is not offered now; None where it may be (J22)."""
    standing = progress_.of(step)
    if standing.record is None or standing.standing in (Standing.TO_DO, Standing.HELD, Standing.UNDONE):
        return "it was not done"
    if not (step.undo or step.undo_orders):
        return "it has no way back of its own: see the way back of the whole plan"
    until = progress_.too_early_until
    if until is not None:
        return f"too early: what was done may not show before {until:%H:%M} UTC (J22)"
    return None


# One step


def _standing(case: Case, plan: Plan, step: PlanStep, before: Sequence[StepStanding], now: datetime) -> StepStanding:
    record = record_of(case, plan, step)
    if record is None:
        return _untold(case, plan, step, before, now)
    if record.state is StepState.UNDONE:
        return StepStanding(step, Standing.UNDONE, record.note, record=record)
    if record.state is StepState.TO_DO:
        return StepStanding(step, Standing.TO_DO, record.note, record=record)
    told = _told_done(case, plan, step)
    until = (
        _until(case, plan, step, told.until, told.at)
        if told is not None
        else _until(case, plan, step, record.until, _last_change(case, plan, before) or record.at)
    )
    seen = _seen_in_time(case, plan, step, record.at, until, now)
    if record.state is StepState.VERIFIED and seen.worked is not False:
        return StepStanding(step, Standing.VERIFIED, record.note or seen.why, record=record)
    last = Seen(False, record.note) if record.state is StepState.FAILED and seen.worked is None else seen
    judged = _judged(step, last, until, now, record)
    if record.state is StepState.CANNOT_BE_SEEN and judged.standing in (Standing.DONE, Standing.WAITING):
        return replace(judged, standing=Standing.CANNOT_BE_SEEN, why=record.note or judged.why)
    return judged


def _untold(case: Case, plan: Plan, step: PlanStep, before: Sequence[StepStanding], now: datetime) -> StepStanding:
    """A step that nobody told anything of: perhaps it is so already, or it is only a look at what others did."""
    doing = [s.record for s in before if s.record is not None and s.record.state not in _NOT_DONE]
    since = max((record.at for record in doing), default=None)
    if step.check.kind is CheckKind.IMPORT and step.changes:
        seen = seen_of(case, plan, step, since)
        if seen.worked:
            return StepStanding(step, Standing.VERIFIED, f"it is so already: {seen.why}")
    only_looks = not step.orders and not step.changes_something and step.check.kind is CheckKind.PROBE
    last = _last_change(case, plan, before)
    if only_looks and (last is not None or not any(s.step.changes_something for s in before)):
        until = _until(case, plan, step, None, last) if last is not None else None
        seen = _seen_in_time(case, plan, step, last, until, now)
        if seen.worked is not None or last is not None:
            return _judged(step, seen, until, now, None)
    return StepStanding(step, Standing.TO_DO)


def _last_change(case: Case, plan: Plan, before: Sequence[StepStanding]) -> datetime | None:
    """When the last step before this one that changes something was done; None where none was.

    A look that came later verified it, and changed nothing.
    """
    changing = ((s.step, s.record) for s in before if s.step.changes_something and s.record is not None)
    told = ((_told_done(case, plan, one) or record) for one, record in changing if record.state not in _NOT_DONE)
    return max((record.at for record in told), default=None)


def _seen_in_time(
    case: Case, plan: Plan, step: PlanStep, since: datetime | None, until: datetime | None, now: datetime
) -> Seen:
    """What was seen of a step; a look that failed while it was too early never becomes a failure by itself (J22)."""
    seen = seen_of(case, plan, step, since)
    if seen.worked is not False or until is None or now < until:
        return seen
    in_time = seen_of(case, plan, step, max(until, since) if since is not None else until)
    if in_time.worked is None:
        return Seen(None, f"the last look was too early; the wait is over since {until:%H:%M} UTC: look again")
    return in_time


def _judged(
    step: PlanStep, seen: Seen, until: datetime | None, now: datetime, record: StepRecord | None
) -> StepStanding:
    is_early = until is not None and now < until
    if seen.worked:
        standing = Standing.VERIFIED
    elif seen.worked is False:
        standing = Standing.TOO_EARLY if is_early else Standing.FAILED
    elif is_early:
        standing = Standing.WAITING
    elif seen.out_of_sight:
        standing = Standing.CANNOT_BE_SEEN
    else:
        standing = Standing.DONE if record is not None else Standing.TO_DO
    return StepStanding(step, standing, seen.why, until if is_early else None, record)


def record_of(case: Case, plan: Plan, step: PlanStep) -> StepRecord | None:
    """The newest record of a step: of the whole, or, where it was done one by one, the one furthest behind."""
    own = [r for r in case.steps if r.plan == plan.key and r.step == step.id]
    whole = _newest(r for r in own if r.subject == step.subject)
    subjects = {order.subject for order in step.orders if order.subject} - {step.subject}
    parts = [_newest(r for r in own if r.subject == subject) for subject in sorted(subjects)]
    known = [part for part in parts if part is not None]
    if not known or len(known) < len(parts) or (whole is not None and all(whole.at >= p.at for p in known)):
        return whole
    return min(known, key=lambda r: (_BEHIND.index(r.state), -r.at.timestamp()))


def _told_done(case: Case, plan: Plan, step: PlanStep) -> StepRecord | None:
    """When it was last said to be done: the wait begins there, not at a look that failed since."""
    states = (StepState.DONE, StepState.WAITING)
    subjects = {step.subject, *(order.subject for order in step.orders)}
    own = (r for r in case.steps if r.plan == plan.key and r.step == step.id and r.subject in subjects)
    return _newest(r for r in own if r.state in states)


_NOT_DONE = (StepState.TO_DO, StepState.UNDONE)
"""Records that say that nothing is changed by that step now."""
_BEHIND = (
    StepState.FAILED, StepState.TO_DO, StepState.UNDONE, StepState.CANNOT_BE_SEEN, StepState.WAITING, StepState.DONE,
    StepState.VERIFIED,
)  # fmt: skip
"""From the state that needs somebody most to the one that needs nobody."""


def _newest(records: Iterable[StepRecord]) -> StepRecord | None:
    """Of two of the same moment that which was told last."""
    return max(reversed(tuple(records)), key=lambda record: record.at, default=None)


def _until(case: Case, plan: Plan, step: PlanStep, told: datetime | None, since: datetime) -> datetime | None:
    """The end of a step's wait; a recycle of every new server's pool ends it at once (J22)."""
    until = told or (since + timedelta(minutes=step.wait.minutes) if step.wait is not None else None)
    if until is None:
        return None
    recycle = plan.step(RECYCLE)
    done = record_of(case, plan, recycle) if recycle is not None and recycle.id != step.id else None
    is_over = done is not None and done.state in (StepState.DONE, StepState.VERIFIED) and done.at >= since
    return min(until, done.at) if is_over and done is not None else until


# Records


def done(plan: Plan, step: PlanStep, now: datetime, who: str = "", subject: str = "", note: str = "") -> StepRecord:
    """The record that somebody did a step, or did it for one of its servers; waiting where its effect takes time."""
    until = now + timedelta(minutes=step.wait.minutes) if step.wait is not None else None
    state = StepState.WAITING if until is not None else StepState.DONE
    return StepRecord(plan.key, step.id, state, now, who, subject or step.subject, until, note)


def looked(progress_: Progress, who: str = "") -> Iterator[StepRecord]:
    """The records of what the standings say by looks, where that is more than was told before."""
    for each in progress_.steps:
        state = _STATE.get(each.standing)
        if state is None or (each.record is not None and each.record.state is state):
            continue
        if each.record is None and each.standing is Standing.CANNOT_BE_SEEN:
            continue
        yield StepRecord(
            progress_.plan.key, each.step.id, state, progress_.now, who, each.step.subject, None, each.why
        )  # fmt: skip


_STATE = {
    Standing.VERIFIED: StepState.VERIFIED,
    Standing.FAILED: StepState.FAILED,
    Standing.CANNOT_BE_SEEN: StepState.CANNOT_BE_SEEN,
}


# Looking again


def targets_to_verify(case: Case, plan: Plan, now: datetime) -> tuple[Target, ...]:
    """The names that the open steps want looked at again, in the order of the case."""
    wanted = {host.casefold() for step in steps_to_look_at(case, plan, now) for host in step.check.hosts}
    return tuple(target for target in case.targets if target.host.casefold() in wanted)


def requests_to_verify(
    case: Case, plan: Plan, now: datetime, manners: SamplingManners | None = None
) -> tuple[Request, ...]:
    """What to look at again for the open steps: DNS, each place of their names, sign-ins where a check needs them.

    The places are those known by now; a run that resolves first plans the rest anew with the same names.
    """
    small = replace(case, targets=targets_to_verify(case, plan, now))
    kept = manners or SamplingManners()
    signs = any(step.check.expectation in BY_SIGN_IN for step in steps_to_look_at(case, plan, now))
    return (*resolving(small), *looking(small, kept), *(signing_in(small, kept) if signs else ()))


BY_SIGN_IN = (Expectation.SIGNS_IN, Expectation.LEG_WORKS, Expectation.GONE)
"""What a look without credentials cannot tell."""


def steps_to_look_at(case: Case, plan: Plan, now: datetime) -> list[PlanStep]:
    """The steps with a probe that another look may change, forward and back; nothing of a plan that is not begun."""
    ways = (progress(case, plan, now), progress(case, plan, now, back=True))
    return [
        each.step
        for way in ways
        for each in way.steps
        if each.step.check.kind is CheckKind.PROBE and _wants_a_look(each, way)
    ]


def _wants_a_look(each: StepStanding, way: Progress) -> bool:
    """Whether it is open, or only looks at what others have changed by now."""
    if each.standing is not Standing.TO_DO:
        return each.standing.is_open
    was_changed = any(s.record is not None and s.step.changes_something for s in way.steps)
    return was_changed and not each.step.orders and not each.step.changes_something
