"""What widgets tell the screens above them: intents and news. Small, and all in one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from easwizard.case.events import Event
from easwizard.case.mending import StepState
from easwizard.case.requests import Request
from easwizard.workflow.run import Run
from easwizard.workflow.stages import Stage

if TYPE_CHECKING:
    from easwizard.tui.mending import StepName
    from easwizard.tui.view import View  # brings the whole diagnosis along, and the first screen needs none


@dataclass
class Happened(Message):
    """The admin did something that belongs into the case."""

    events: tuple[Event, ...]


@dataclass
class GoTo(Message):
    """Show another stage."""

    stage: Stage


@dataclass
class Look(Message):
    """Look at everything that was named, or once more at these only."""

    again: tuple[Request, ...] = ()


@dataclass
class LookAgain(Message):
    """Look only at what the open steps of the plans need, or one step."""

    step: StepName | None = None


@dataclass
class ToldStep(Message):
    """Somebody says something of a step of a plan, or of one of the servers it is done for."""

    step: StepName
    state: StepState
    subject: str = ""
    note: str = ""


@dataclass
class Stale(Message):
    """Time has passed: what is drawn is not so any more, though nothing happened."""


@dataclass
class Stop(Message):
    """End the run, or one request of it."""

    request: Request | None = None


@dataclass
class ShowLogs(Message):
    """Show what the logs say, of one target first where it is named, as it is shown."""

    target: str = ""


@dataclass
class Copy(Message):
    """Something to take along."""

    text: str
    what: str
    """In words, e.g. `the next command`."""
    true_names: bool = True
    """Whether names that are hidden on the screens are put back; not in what was redacted to be handed on."""


@dataclass
class Viewed(Message):
    """There is a new picture of the case."""

    view: View

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, Viewed)


@dataclass
class Progressed(Message):
    """The run went on."""

    run: Run

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, Progressed)
