"""What was done about a case: steps of plans with their state, findings that were accepted, gates of the checklist.

Records only: who said or saw what, when. What a record means now is judged where it is used. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class StepState(StrEnum):
    """How far a step is (J22)."""

    TO_DO = "to do"
    DONE = "done"
    """Reported as done by a person; nothing looked at it yet."""
    WAITING = "waiting"
    """Done, and its effect may not be judged before `until`."""
    VERIFIED = "verified"
    """Seen by looking again, by reading evidence again, or by reading what a command printed."""
    FAILED = "failed"
    CANNOT_BE_SEEN = "cannot be seen from here"
    UNDONE = "undone"


@dataclass(frozen=True)
class StepRecord:
    """One thing that happened to one step; the newest of a step is its state."""

    plan: str
    """`CODE/REMEDY`, e.g. `namespace/duplicate/align`."""
    step: str
    """The step's id within the plan."""
    state: StepState
    at: datetime
    """UTC."""
    who: str = ""
    subject: str = ""
    """The server or vdir, where a step is done one by one; empty for the whole step."""
    until: datetime | None = None
    """UTC; before it a failed check reads "too early"."""
    note: str = ""
    """Why, in words: what was seen, or the server that would have to look."""


@dataclass(frozen=True)
class Acceptance:
    """A finding that somebody decided to live with; it stays visible."""

    code: str
    scope: str
    """The name or server it holds for; empty for all."""
    reason: str
    until: date
    """The last day on which it holds."""
    by: str = ""
    at: datetime | None = None
    """UTC."""


class GateState(StrEnum):
    """What is known of one gate of the cut-over checklist."""

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"
    WAIVED = "waived"
    STALE = "stale"


@dataclass(frozen=True)
class GateRecord:
    """What a person said of one gate; the newest of each gate counts."""

    gate: str
    """Its id, e.g. `gate/legacy-names`."""
    at: datetime
    """UTC."""
    state: GateState = GateState.UNKNOWN
    """Pass, fail, unknown, or waived with a reason and an end; never stale, which only time makes."""
    owner: str = ""
    note: str = ""
    evidence: str = ""
    waived_until: date | None = None
    """Only with `WAIVED`; the reason is the note."""
