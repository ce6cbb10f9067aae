"""The rail of stages at the left: where one is, what is done, what needs attention. Symbol and place, not colour."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Click
from textual.reactive import reactive
from textual.widgets import Static

from easwizard.tui.messages import GoTo
from easwizard.tui.safe_text import plain
from easwizard.tui.symbols import symbols
from easwizard.workflow.stages import Stage, StageState


class Rail(Vertical):
    """All stages; shows only, keys belong to the screen."""

    current: reactive[Stage] = reactive(Stage.SYMPTOMS)
    states: reactive[dict[Stage, StageState]] = reactive(dict)

    def compose(self) -> ComposeResult:
        yield Static(plain(" Stages"), classes="rail-title")
        for stage in Stage:
            yield RailItem(stage)

    def watch_current(self) -> None:
        self._draw()

    def watch_states(self) -> None:
        self._draw()

    def _draw(self) -> None:
        for item in self.query(RailItem):
            item.draw(self.states.get(item.stage, StageState.OPEN), here=item.stage is self.current)


class RailItem(Static):
    """One stage on the rail."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.stage = stage

    def draw(self, state: StageState, *, here: bool) -> None:
        signs = symbols(self.app)
        sign = signs.here if here else signs.stage[state]
        self.update(plain(f" {sign} {self.stage.number} {self.stage.label}"))
        self.set_class(here, "-here")

    def on_click(self, event: Click) -> None:
        event.stop()
        self.post_message(GoTo(self.stage))
