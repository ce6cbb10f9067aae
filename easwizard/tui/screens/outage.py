"""I have an outage (J28): three questions, two pastes, one answer, all with the same session as a whole case.

The order of things stands in `workflow.outage`; this screen leads from page to page and keeps the run.
"""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import ContentSwitcher, Footer, OptionList, Static
from textual.worker import Worker

from easwizard.case.case import Case, Vantage
from easwizard.case.events import Answered, AnswerWithdrawn
from easwizard.case.requests import Target
from easwizard.diagnosis.engine import diagnose
from easwizard.diagnosis.interview import Asked
from easwizard.diagnosis.legacy_names import INTERNAL_URL
from easwizard.tui.filing import Filing
from easwizard.tui.looking import Looking
from easwizard.tui.messages import Copy
from easwizard.tui.privacy import privacy
from easwizard.tui.safe_text import plain
from easwizard.tui.screens.case import CaseScreen
from easwizard.tui.screens.outage_pages import AnswerPage, LookPage, PastePage, QuestionsPage, clock
from easwizard.tui.services import Keys, Practice, Services, WrongKey
from easwizard.tui.widgets.grid import WhoFails
from easwizard.workflow.outage import QUESTIONS_AFTER_GRID, TIME_TO_DECIDE, Advice, advice, question_after_grid
from easwizard.workflow.planning import SamplingManners
from easwizard.workflow.session import Session
from easwizard.workflow.stages import GRID, Stage

_REDRAW_SECONDS = 0.15
_QUESTIONS, _PASTES, _LOOK, _ANSWER = "questions", "pastes", "look", "advice"
_TITLES = {_PASTES: "two pastes", _LOOK: "looking", _ANSWER: "the answer"}


class OutageScreen(Screen[None]):
    """From the first question to the answer. A practice estate brings its names along."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", "Go on"),
        Binding("ctrl+r", "look", "Look", tooltip="Look at the names now"),
        Binding("d", "whole", "Whole diagnosis", tooltip="Go on with it as a case, in stage 5"),
        Binding("c", "copy", "Copy", tooltip="Copy the command with its undo"),
        Binding("escape", "back", "Back", tooltip="To the page before; ends a look that is under way"),
    ]
    HELP = """
# I have an outage

Say who fails: arrow keys move, one letter answers a cell. Two questions follow, those that separate most now.
Then paste names; host names are picked out of any text. `Tab` goes from field to field, `Ctrl+R` looks.

The answer names the most likely cause, the safest thing to do, how to undo it, and until when to decide.
Nothing here changes a server. `d` goes on with it as a case, with everything that was said and seen.
"""

    def __init__(self, services: Services, practice: Practice | None = None) -> None:
        super().__init__()
        self.services = services
        self._keys, self._pace = (practice.keys, practice.pace_seconds) if practice is not None else (Keys(), 3.0)
        self._begun = practice.case if practice is not None else Case(Vantage(services.vantage))
        self._case_name = practice.title if practice is not None else f"outage-{services.now():%Y-%m-%d-%H%M%S}"
        self._filing = Filing(services, self._case_name, self._begun, self._complain, saved=practice is None)
        self._handed_over = False
        self._looking: Looking | None = None
        self._started = services.now()
        self._asked: Asked | None = None
        self._asked_so_far = 0
        self._advice: Advice | None = None
        self._worker: Worker[None] | None = None

    @property
    def session(self) -> Session:
        return self._filing.session

    def compose(self) -> ComposeResult:
        with Horizontal(id="outage-title"):
            yield Static(id="step-title")
            yield Static(plain(f" decide by {clock(self._started + TIME_TO_DECIDE)} "), id="clock")
        yield Static(plain(" The window is small: 80 x 24 shows everything."), id="small")
        with Vertical(id="outage"), ContentSwitcher(initial=_QUESTIONS):
            yield QuestionsPage(id=_QUESTIONS)
            yield PastePage(id=_PASTES)
            yield LookPage(id=_LOOK)
            yield AnswerPage(id=_ANSWER)
        yield Footer()

    def on_mount(self) -> None:
        self.query_one(QuestionsPage).show_grid(self.session.case.answers)
        self._ask_grid()
        self.watch(self.app, "names_hidden", self._draw_answer, init=False)

    # Pages

    @property
    def page(self) -> str:
        return self.query_one(ContentSwitcher).current or _QUESTIONS

    def _show(self, page: str, title: str | None = None) -> None:
        self.query_one(ContentSwitcher).current = page
        words = title or _TITLES[page]
        self.query_one("#step-title", Static).update(plain(f" I have an outage: {words}"))
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what can be done on the page that is shown."""
        pages = {
            "go_on": (_QUESTIONS,),
            "look": (_PASTES, _ANSWER),
            "whole": (_ANSWER,),
            "copy": (_ANSWER,),
        }
        return action not in pages or (self.is_mounted and self.page in pages[action])

    def _ask_grid(self) -> None:
        self._asked, self._asked_so_far = None, 0
        self._show(_QUESTIONS, "question 1 of 3")
        self.query_one(QuestionsPage).ask_grid()

    async def action_go_on(self) -> None:
        """From the grid to the question that separates most now."""
        if self._asked is None:
            await self._ask_next()

    async def _ask_next(self) -> None:
        enough = self._asked_so_far == QUESTIONS_AFTER_GRID
        self._asked = None if enough else await asyncio.to_thread(question_after_grid, self.session.case)
        if not self.app.is_running:
            return
        if self._asked is None:
            self._show_pastes()
            return
        self._asked_so_far += 1
        self._show(_QUESTIONS, f"question {self._asked_so_far + 1} of {QUESTIONS_AFTER_GRID + 1}")
        self.query_one(QuestionsPage).ask(self._asked)

    def _show_pastes(self) -> None:
        self._show(_PASTES)
        case = self._begun
        names = "\n".join(f"{target.role}={target.name}" for target in case.targets)
        urls = (t for t in case.targets if case.answer(f"{INTERNAL_URL}{t.host}") == "yes")
        self.query_one(PastePage).begin(names, "\n".join(_internal_url(target) for target in urls))

    async def action_back(self) -> None:
        if self.page == _LOOK:
            if self._worker is not None:
                self._worker.cancel()
        elif self.page == _ANSWER:
            self._show_pastes()
        elif self.page == _PASTES or self._asked is not None:
            self._ask_grid()
        else:
            self.dismiss(None)

    # What is said

    async def on_who_fails_filled(self, event: WhoFails.Filled) -> None:
        event.stop()
        change = AnswerWithdrawn(event.question) if event.value is None else Answered(event.question, event.value)
        await self._filing.record(change)
        grid = {q: v for q, v in self.session.case.answers.items() if q in GRID}
        self.query_one(QuestionsPage).show_grid(grid)

    async def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if self._asked is not None and event.option_id is not None:
            await self._filing.record(Answered(self._asked.question.id, event.option_id))
            await self._ask_next()

    def _complain(self, words: str) -> None:
        self.notify(words, title="Not saved", severity="error", timeout=10, markup=False)

    # Looking

    async def action_look(self) -> None:
        told = self.query_one(PastePage).told
        if not told.targets:
            self.notify("Paste a name first: the one that phones have in their settings.", markup=False)
            return
        await self._filing.record(*told.events())
        self._show(_LOOK)
        if self._looking is None:  # kept between runs, since it remembers which passwords were refused
            manners = SamplingManners(pace_seconds=self._pace)
            self._looking = Looking(self.session, self.services, manners, self._complain)
        self._worker = self._look(self._looking)
        self._follow(self._looking)

    @work(group="probes", exclusive=True, exit_on_error=False)
    async def _look(self, looking: Looking) -> None:
        """Whatever ends the run, what was seen until then is answered from."""
        try:
            await looking.look(self._keys)
        except WrongKey as error:
            self.notify(str(error), severity="error", timeout=10, markup=False)
        finally:
            self.call_later(self._answer)

    @work(group="following", exclusive=True)
    async def _follow(self, looking: Looking) -> None:
        while self.page == _LOOK:
            course = await asyncio.to_thread(privacy(self.app).shown, looking.course)
            if not self.app.is_running:
                return  # its parts are being taken away already
            self.query_one(LookPage).show_run(course)
            await asyncio.sleep(_REDRAW_SECONDS)

    @work(group="answer", exclusive=True)
    async def _answer(self) -> None:
        diagnosis = await asyncio.to_thread(diagnose, self.session.case)
        if not self.app.is_running:
            return
        self._advice = advice(diagnosis, self._started)
        self._show(_ANSWER)
        await self._draw_answer()

    async def _draw_answer(self) -> None:
        if self._advice is not None:
            await self.query_one(AnswerPage).show(privacy(self.app).shown(self._advice))

    # Going on

    def action_copy(self) -> None:
        if self._advice is not None:
            self.post_message(Copy(self._advice.to_copy, "the action and its undo"))

    def action_whole(self) -> None:
        """The same session, as a case."""
        self._handed_over = True
        self.app.switch_screen(
            CaseScreen(self._filing.opened(), self.services, self._keys, self._pace, Stage.DIAGNOSIS)
        )

    async def on_unmount(self) -> None:
        if not self._handed_over:
            await asyncio.to_thread(self.session.close)


def _internal_url(target: Target) -> str:
    place = target.host if target.port == 443 else target.name
    return f"InternalUrl : https://{place}/Microsoft-Server-ActiveSync"
