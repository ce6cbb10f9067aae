"""The case on the screen: the rail, the pane of the stage one is in, and the run of probes behind it.

It wires panes to the session; what a pane shows or asks is the pane's own business.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widgets import ContentSwitcher, Footer, Static
from textual.worker import Worker, WorkerState

from easwizard.case.case import Case
from easwizard.case.events import ChangesPlanned, Event, WentTo
from easwizard.tui.bringing import Bringing
from easwizard.tui.looking import Looking
from easwizard.tui.mending import Mending
from easwizard.tui.messages import GoTo, Happened, Look, LookAgain, ShowLogs, Stale, Stop, ToldStep, Viewed
from easwizard.tui.privacy import Privacy, privacy
from easwizard.tui.safe_text import plain
from easwizard.tui.screens.checklist_door import show_checklist
from easwizard.tui.screens.logs_door import show_logs
from easwizard.tui.services import CannotSave, Keys, Opened, Services, WrongKey
from easwizard.tui.stages.pane import Pane, load_pane, pane_for
from easwizard.tui.view import View, view_of
from easwizard.tui.widgets.rail import Rail
from easwizard.tui.widgets.top_line import TopLine
from easwizard.workflow.planning import SamplingManners
from easwizard.workflow.run import Run
from easwizard.workflow.session import Session, Unsaved
from easwizard.workflow.stages import Stage

if TYPE_CHECKING:
    from easwizard.tui.screens.simulator import SimulatorScreen

_REDRAW_SECONDS = 0.15
"""Between two pictures of a case or a run that changes all the time."""
_SHOW_THE_END = (Stage.PROBES, Stage.DIAGNOSIS, Stage.FIX)
"""The stages that show by themselves that a run is over."""


class CaseScreen(Screen[None]):
    """One open case."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(str(stage.number), f"go('{stage}')", stage.label, show=False, tooltip=f"Go to {stage.label}")
            for stage in Stage
        ),
        Binding("f6", "next_stage", "Next stage", show=False),
        Binding("shift+f6", "previous_stage", "Previous stage", show=False),
        Binding("ctrl+r", "look", "Look", tooltip="Look at everything that was named"),
        Binding("ctrl+x", "stop", "Stop", tooltip="End the run; what was seen stays"),
        Binding("f5", "logs", "Logs", show=False, tooltip="What the logs say, and the rows behind the numbers"),
        Binding("f7", "what_if", "What if", show=False, tooltip="What a change would do to the imported estate"),
        Binding("f8", "checklist", "Check before cut-over", show=False, tooltip="Whether the names may move"),
        Binding("escape", "leave", "Leave", show=False, tooltip="Back to the first screen; everything is saved"),
    ]
    HELP = """
# The case

The keys `1` to `7` go to a stage, `F6` to the next one. Stages may be visited in any order, and nothing is lost by
going back. `Ctrl+R` looks at everything that was named, `Ctrl+X` ends a run; what was seen stays.

Everything is saved as it happens. `Esc` leaves the case.
"""

    def __init__(
        self,
        opened: Opened,
        services: Services,
        keys: Keys | None = None,
        pace: float = 3.0,
        stage: Stage | None = None,
        *,
        at_checklist: bool = False,
    ) -> None:
        """`pace` is in seconds; without `stage` the case opens where it was left, `at_checklist` above that."""
        super().__init__()
        self.opened, self.services = opened, services
        self.session = Session(opened.journal if opened.journal is not None else Unsaved(opened.case))
        self.keys = keys or Keys()
        self.manners = SamplingManners(pace_seconds=pace)
        self.looking = Looking(self.session, services, self.manners, self._complain)
        self.bringing = Bringing(self.session, opened.copies, services.now, self._complain)
        self.mending = Mending(self.session, services)
        self.view: View | None = None
        self._first_stage, self._at_checklist = stage or _stage_of(opened.case), at_checklist
        self._changed = asyncio.Event()
        self._pictured = opened.case
        self._worker: Worker[None] | None = None
        self._made: list[Pane] = []
        self._left = False

    def compose(self) -> ComposeResult:
        yield TopLine(id="top")
        yield Static(plain(" The window is small: 80 x 24 shows everything."), id="small")
        with Horizontal(id="body"):
            yield Rail(id="rail")
            yield ContentSwitcher(id="panes")
        yield Footer()

    def on_mount(self) -> None:
        self.session.listen(self._on_case)
        self._changed.set()
        self._keep_picturing()
        self._keep_drawing_the_run()
        self.watch(self.app, "names_hidden", self._on_privacy, init=False)
        self._draw_saved(_at_opening(self.opened))
        self.call_after_refresh(self._begin)

    async def _begin(self) -> None:
        await self.action_go(self._first_stage.value)
        if self._at_checklist:
            self.action_checklist()

    # The picture of the case

    def _on_case(self, case: Case) -> None:
        if self.opened.journal is not None and not isinstance(self.opened.journal, Unsaved):
            self._draw_saved(f"saved {self.services.now():%H:%M} UTC")
        if replace(case, stage=self._pictured.stage) != self._pictured:
            self._changed.set()

    def _on_privacy(self) -> None:
        self.looking.changed = True
        self._changed.set()

    @property
    def _privacy(self) -> Privacy:
        return privacy(self.app)

    @work(group="picture", exclusive=True)
    async def _keep_picturing(self) -> None:
        """Diagnosing takes longer than a frame, so it happens beside the event loop, one at a time."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            self._pictured = case = self.session.case
            self.post_message(Viewed(await asyncio.to_thread(self._picture, case)))
            await asyncio.sleep(_REDRAW_SECONDS)

    def _picture(self, case: Case) -> View:
        view = view_of(self.opened.name, case, self.services.now())
        plans = self.mending.offers(case, view.report.diagnosis)
        view = replace(view, offers=plans, looked=self.mending.looked)
        return replace(self._privacy.shown(view), name="(names hidden)") if self._privacy.names_hidden else view

    def on_viewed(self, message: Viewed) -> None:
        self.view = message.view
        self.query_one(Rail).states = message.view.stages
        top = self.query_one(TopLine)
        top.show_name(message.view.name)
        top.show_counts(message.view)
        for pane in self._panes():
            pane.show(message.view)

    def on_stale(self, _: Stale) -> None:
        self._changed.set()

    def _draw_saved(self, words: str) -> None:
        self.query_one(TopLine).show_saved(words)

    # Stages

    async def action_go(self, stage: str) -> None:
        """Show a stage; its pane is made at the first visit."""
        wanted = Stage(stage)
        switcher = self.query_one("#panes", ContentSwitcher)
        if not switcher.query(f"#stage-{wanted}"):
            await self._make(wanted, switcher)
        if not switcher.query(f"#stage-{wanted}"):
            return  # the case was left meanwhile
        switcher.current = f"stage-{wanted}"
        self.query_one(Rail).current = wanted
        switcher.query_one(f"#stage-{wanted}", Pane).take_focus()
        if self.opened.journal is not None and self.session.case.stage != wanted:
            self._record(WentTo(wanted.value))

    async def _make(self, stage: Stage, switcher: ContentSwitcher) -> None:
        await asyncio.to_thread(load_pane, stage)
        course = await asyncio.to_thread(self._shown_course)
        if self._left or not self.app.is_running:
            return
        if stage is Stage.FIX:
            self.mending.is_shown = True
            self._changed.set()
        pane = pane_for(stage)
        await switcher.mount(pane)
        if pane.is_attached:
            self._made.append(pane)
            if self.view is not None:
                pane.show(self.view)
            pane.show_run(course)

    @property
    def stage(self) -> Stage:
        return self.query_one(Rail).current

    @property
    def pane(self) -> Pane | None:
        """The pane that is shown."""
        shown = self.query_one("#panes", ContentSwitcher).visible_content
        return shown if isinstance(shown, Pane) else None

    def _panes(self) -> tuple[Pane, ...]:
        """Those that can be drawn: whole, and not being taken away, when their parts go before them."""
        return tuple(self._made) if self.app.is_running and not self._left else ()

    async def action_next_stage(self) -> None:
        await self._step(1)

    async def action_previous_stage(self) -> None:
        await self._step(-1)

    async def _step(self, by: int) -> None:
        stages = list(Stage)
        await self.action_go(stages[(stages.index(self.stage) + by) % len(stages)])

    async def on_go_to(self, message: GoTo) -> None:
        await self.action_go(message.stage)

    # What happens to the case

    def on_happened(self, message: Happened) -> None:
        if self.opened.journal is None:
            self._complain(f"This case may only be read: {self.opened.why_read_only}.")
            self._changed.set()  # what was typed makes way for what is so
        else:
            self._record(*self._privacy.meant(message.events))

    @work(group="telling")
    async def on_told_step(self, message: ToldStep) -> None:
        if self.opened.journal is None:
            self.on_happened(Happened(()))
            return
        step, subject, note = self._privacy.meant((message.step, message.subject, message.note))
        told = await asyncio.to_thread(self.mending.told, step, message.state, subject, note)
        if told is not None:
            self._record(told)

    def _record(self, *events: Event) -> None:
        try:
            self.session.record(*events)
        except CannotSave as error:
            self._complain(str(error))
            self._draw_saved("NOT SAVED")

    def _complain(self, words: str) -> None:
        self.notify(words, title="Not saved", severity="error", timeout=10, markup=False)

    # Looking

    def action_look(self) -> None:
        self.post_message(Look())

    def action_stop(self) -> None:
        self.post_message(Stop())

    def on_look(self, message: Look | LookAgain) -> None:
        if self._is_looking:
            self.notify("A run is under way already; Ctrl+X ends it.", markup=False)
        elif self.opened.journal is None:
            self._complain(f"This case may only be read: {self.opened.why_read_only}.")
        elif not self.session.case.targets:
            self.notify("Name a namespace first, in stage 2.", severity="warning", markup=False)
        else:
            self._worker = self._look(message)

    def on_look_again(self, message: LookAgain) -> None:
        self.on_look(message)

    @property
    def _is_looking(self) -> bool:
        return self._worker is not None and not self._worker.is_finished

    def on_stop(self, message: Stop) -> None:
        if message.request is not None:
            self.looking.cancel(self._privacy.meant(message.request))
        elif self._worker is not None:
            self._worker.cancel()

    @work(group="probes", exit_on_error=False)
    async def _look(self, message: Look | LookAgain) -> None:
        before = await asyncio.to_thread(self.mending.standings)
        try:
            if isinstance(message, Look):
                await self.looking.look(self.keys, self._privacy.meant(message.again))
            else:
                wanted = await asyncio.to_thread(self.mending.wanted, self._privacy.meant(message.step))
                await self.looking.look(self.keys, wanted=wanted)
        except WrongKey as error:
            self.notify(str(error), severity="error", timeout=10, markup=False)
            return
        told = await asyncio.to_thread(self.mending.after_look, before)
        if told:
            self._record(*told)
        self._changed.set()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say how a run ended where its pane is not there to show it."""
        if event.worker is not self._worker:
            return
        if event.state is WorkerState.ERROR:
            words = f"The run was ended by an error of this program ({type(event.worker.error).__name__})."
            self.notify(f"{words} What was seen stays.", severity="error", timeout=10, markup=False)
        elif event.state is WorkerState.SUCCESS and self.looking.course.errands and self.stage not in _SHOW_THE_END:
            self.notify("The run is over: key 5 shows the diagnosis.", markup=False)

    @work(group="drawing the run", exclusive=True)
    async def _keep_drawing_the_run(self) -> None:
        """A few times a second, however fast the probes are; while they run also for the clock."""
        while True:
            await asyncio.sleep(_REDRAW_SECONDS)
            course = self.looking.course
            if self.looking.changed or (course.errands and not course.over):
                self.looking.changed = False
                course = await asyncio.to_thread(self._shown_course)
                for pane in self._panes():
                    pane.show_run(course)

    def _shown_course(self) -> Run:
        return self._privacy.shown(self.looking.course)

    # What if

    @work(group="what if", exclusive=True)
    async def action_what_if(self) -> None:
        wanted = await self.what_if()
        if wanted is not None:
            await self.action_go(wanted.value)

    async def what_if(self) -> Stage | None:
        """The simulator writes one thing down: the plan for the cut-over. Returns the stage that was chosen there."""
        screen = await asyncio.to_thread(_simulator)
        return await self.app.push_screen_wait(
            screen(
                self.opened.name,
                lambda: self.session.case,
                lambda changes: self.on_happened(Happened((ChangesPlanned(changes),))),
                self.why_read_only,
            )
        )

    @property
    def why_read_only(self) -> str | None:
        """Why nothing may be written down; None where it may."""
        return self.opened.why_read_only or "read only" if self.opened.journal is None else None

    # Check before cut-over

    @work(group="checklist", exclusive=True)
    async def action_checklist(self) -> None:
        wanted = await show_checklist(self)
        if wanted is not None:
            await self.action_go(wanted.value)

    # Logs

    @work(group="logs", exclusive=True)
    async def action_logs(self, target: str = "") -> None:
        await show_logs(self, target)

    def on_show_logs(self, message: ShowLogs) -> None:
        self.action_logs(message.target)

    # Leaving

    def action_leave(self) -> None:
        self._left = True
        if self._worker is not None:
            self._worker.cancel()
        self.dismiss(None)

    async def on_unmount(self) -> None:
        await asyncio.to_thread(self.session.close)


def _simulator() -> type[SimulatorScreen]:
    from easwizard.tui.screens.simulator import SimulatorScreen

    return SimulatorScreen


def _stage_of(case: Case) -> Stage:
    """Where the case was left; a stage that this version does not know counts as the first."""
    return Stage(case.stage) if case.stage in list(Stage) else Stage.SYMPTOMS


def _at_opening(opened: Opened) -> str:
    if opened.journal is None:
        return "read only"
    return "not saved" if isinstance(opened.journal, Unsaved) else "saved"
