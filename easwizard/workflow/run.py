"""A probe run as it goes: which request waits, runs or has ended. Pure; fed by progress, read by screens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from easwizard.case.facts import Observation, SampleFacts, Status
from easwizard.case.progress import Finished, Phase, Progress, Sampled, Started
from easwizard.case.requests import Request


class State(StrEnum):
    """Where a request is."""

    WAITING = "waiting"
    RUNNING = "running"
    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        return self not in (State.WAITING, State.RUNNING)


_WORST_FIRST = (Status.CANCELLED, Status.FAILED, Status.SKIPPED, Status.OK)


@dataclass(frozen=True)
class Errand:
    """One request of a run and how far it is. Times are seconds of the caller's clock."""

    request: Request
    state: State = State.WAITING
    phase: str | None = None
    since: float | None = None
    """When the phase under way began."""
    outcomes: Mapping[str, int] = field(default_factory=dict)
    """Of samples, by outcome."""
    samples: SampleFacts | None = None
    """Of samples, counted so far."""
    observations: tuple[Observation, ...] = ()


@dataclass(frozen=True)
class Run:
    """All requests that were announced so far, in order."""

    step: str = ""
    """The name of the step under way, e.g. `looking`."""
    errands: tuple[Errand, ...] = ()
    over: bool = False

    def announced(self, step: str, requests: tuple[Request, ...]) -> Run:
        """The run with a step more."""
        return replace(self, step=step, errands=(*self.errands, *(Errand(request) for request in requests)))

    def after(self, progress: Progress, now: float) -> Run:
        """The run after one thing more has happened; what belongs to no errand is ignored."""
        changed = [_after(e, progress, now) if e.request == progress.request else e for e in self.errands]
        return replace(self, errands=tuple(changed))

    def ended(self) -> Run:
        return replace(self, over=True)

    @property
    def counts(self) -> Counter[State]:
        return Counter(errand.state for errand in self.errands)


def _after(errand: Errand, progress: Progress, now: float) -> Errand:
    match progress:
        case Started():
            return replace(errand, state=State.RUNNING, since=now)
        case Phase(phase=phase):
            return replace(errand, state=State.RUNNING, phase=phase, since=now)
        case Sampled(outcome=outcome, facts=facts):
            outcomes = {**errand.outcomes, outcome: errand.outcomes.get(outcome, 0) + 1}
            return replace(errand, outcomes=outcomes, samples=facts)
        case Finished(observations=observations):
            return replace(errand, state=_state_of(observations), observations=observations, phase=None)


def _state_of(observations: tuple[Observation, ...]) -> State:
    """The worst of its observations; a request whose first layers answered and whose last failed has failed."""
    found = {observation.status for observation in observations}
    worst = next((status for status in _WORST_FIRST if status in found), Status.SKIPPED)
    return State(worst.value)
