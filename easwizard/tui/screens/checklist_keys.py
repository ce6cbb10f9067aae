"""What the keys of the checklist do: tell, waive, own, look, plan, copy, save. Draws nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.screen import Screen

from easwizard.case.case import Case
from easwizard.case.events import Event, GateTold
from easwizard.case.mending import GateRecord, GateState
from easwizard.checklist.decision import GateStatus
from easwizard.reports.checklist_text import render_printable
from easwizard.tui.messages import Copy
from easwizard.tui.privacy import privacy
from easwizard.tui.screens import checklist_telling as telling
from easwizard.tui.screens.choice import Choice, ChoiceScreen
from easwizard.tui.screens.line import LineScreen
from easwizard.tui.widgets.outside import services_of
from easwizard.workflow.gating import checklist_of
from easwizard.workflow.run import Run
from easwizard.workflow.stages import Stage


@dataclass(frozen=True)
class Desk:
    """What the screen of the case lends to the checklist; all by true names."""

    name: str
    case: Callable[[], Case]
    tell: Callable[[tuple[Event, ...]], None]
    """Writes down; names that are hidden on the screen are put back on the way."""
    look: Callable[[], None]
    stop: Callable[[], None]
    course: Callable[[], Run]
    what_if: Callable[[], Awaitable[Stage | None]]
    """Shows the simulator; returns the stage that was chosen there."""
    why_read_only: str | None = None


class ChecklistKeys(Screen[Stage | None]):
    """The screen's keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "tell('pass')", "Pass", tooltip="Say that the marked gate holds"),
        Binding("f", "tell('fail')", "Fail", tooltip="Say that the marked gate fails"),
        Binding("u", "tell('unknown')", "Unknown", show=False, tooltip="Say that nobody knows of the marked gate"),
        Binding("w", "waive", "Waive", tooltip="Go without the marked gate, with a reason and a last day"),
        Binding("o", "owner", "Owner", tooltip="Name who looks after the marked gate"),
        Binding("l,ctrl+r", "look", "Look", key_display="l", tooltip="Look at everything that was named, now"),
        Binding("n", "next_open", "Next", tooltip="Mark the next gate that stands against going"),
        Binding("c", "copy", "Copy", tooltip="Copy the command that checks the marked gate by hand"),
        Binding("e", "export", "Print", tooltip="Save the checklist to print, tick and sign"),
        Binding("a", "only_open", "Open only", show=False, tooltip="Only what stands against going, or all gates"),
        Binding("s,f7", "what_if", "Plan", key_display="s", show=False,
                tooltip="What the planned changes do, and which they are"),
        Binding("ctrl+x", "stop", "Stop", show=False, tooltip="End the look that is under way; what was seen stays"),
    ]  # fmt: skip
    desk: Desk

    @property
    def gate(self) -> GateStatus | None:
        """The gate that is marked."""
        raise NotImplementedError

    def judge_again(self) -> None:
        """Judge the case as it stands now."""
        raise NotImplementedError

    @property
    def _pen(self) -> telling.Pen:
        services = services_of(self)
        return telling.Pen(services.who, services.now())

    def _write(self, record: GateRecord) -> None:
        self.desk.tell((GateTold(record),))
        self.judge_again()

    def _marked(self) -> GateStatus | None:
        """The gate to say something of; None, and why, where nothing may be said."""
        if self.desk.why_read_only is not None:
            self.notify(f"This case may only be read: {self.desk.why_read_only}.", severity="warning", markup=False)
            return None
        if self.gate is None:
            self.notify("Mark a gate first.", markup=False)
        return self.gate

    # Telling

    @work(group="telling", exclusive=True)
    async def action_tell(self, state: str) -> None:
        gate, wanted = self._marked(), GateState(state)
        if gate is None:
            return
        filled = await self.app.push_screen_wait(telling.told_form(wanted, gate))
        if filled is not None:
            self._write(telling.told_record(self.desk.case(), gate.id, wanted, filled, self._pen))

    @work(group="telling", exclusive=True)
    async def action_waive(self) -> None:
        gate = self._marked()
        if gate is None or (gate.waiver is not None and not await self._wants_to_waive(gate)):
            return
        filled = await self.app.push_screen_wait(telling.waiver_form(gate, self._pen.now.date()))
        if filled is not None:
            self._write(telling.waiver_record(self.desk.case(), gate.id, filled, self._pen))

    async def _wants_to_waive(self, gate: GateStatus) -> bool:
        """Whether a waiver that is there is to be changed; taking it back is done here."""
        choices = (
            Choice("change", "Change it", "another reason or last day", "c"),
            Choice("back", "Take it back", "the gate counts again", "t"),
        )
        waiver = gate.waiver
        text = f"waived until {waiver.until}: {waiver.reason}" if waiver is not None else ""
        chosen = await self.app.push_screen_wait(ChoiceScreen(gate.entry.words.title, text, choices))
        if chosen == "back":
            self._write(telling.without_waiver(self.desk.case(), gate.id, self._pen))
        return chosen == "change"

    @work(group="telling", exclusive=True)
    async def action_owner(self) -> None:
        gate = self._marked()
        if gate is None:
            return
        case = self.desk.case()
        known = {record.owner for record in case.gates} | {self._pen.who}
        _, known_shown = privacy(self.app).shown((case, tuple(sorted(known - {""}))))
        asked = LineScreen(
            "Who looks after it?", gate.entry.words.title, gate.owner or self._pen.who, suggestions=known_shown
        )
        owner = await self.app.push_screen_wait(asked)
        if owner is not None:
            self._write(telling.owned(self.desk.case(), gate.id, owner, self._pen))

    # Looking and planning

    def action_look(self) -> None:
        self.desk.look()

    def action_stop(self) -> None:
        self.desk.stop()

    @work(group="planning", exclusive=True)
    async def action_what_if(self) -> None:
        stage = await self.desk.what_if()
        self.judge_again()
        if stage is not None:
            self.dismiss(stage)

    # Taking along

    @work(group="copying commands", exclusive=True)
    async def action_copy(self) -> None:
        gate = self.gate
        commands = gate.entry.words.commands if gate is not None else ()
        if not commands:
            self.notify("This gate has no command: By hand says how to check it.", markup=False)
            return
        chosen: str | None = "0"
        if len(commands) > 1:
            each = [Choice(str(n), one.shell, one.text, str(n + 1)) for n, one in enumerate(commands)]
            chosen = await self.app.push_screen_wait(ChoiceScreen("Which command?", "", each))
        if chosen is not None:
            self.app.post_message(Copy(commands[int(chosen)].text, "the check by hand", true_names=False))

    @work(group="saving", exclusive=True)
    async def action_export(self) -> None:
        """The printed list bears the true names, whatever the screen shows: it is what people sign."""
        case, now = self.desk.case(), self._pen.now
        text = await asyncio.to_thread(lambda: render_printable(checklist_of(case, now), case.changes))
        self.app.post_message(Copy(text, "the cut-over checklist", true_names=False))
