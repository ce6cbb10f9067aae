"""Helpdesk call (J26): which site, who fails, four questions, one look; then the ticket and the pack for tier 3.

The order of the questions is the interview's; this screen leads from page to page and keeps the run.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import ContentSwitcher, Footer, OptionList, Static
from textual.worker import Worker

from easwizard.case.case import Case, Vantage
from easwizard.case.events import Answered, AnswerWithdrawn, TicketFilled
from easwizard.case.redaction.redact import Level
from easwizard.diagnosis.interview import Asked
from easwizard.reports.marking import LEVELS, mark
from easwizard.reports.model import Report, report_on
from easwizard.reports.times import both
from easwizard.tui.filing import Filing
from easwizard.tui.looking import Looking
from easwizard.tui.messages import Copy
from easwizard.tui.privacy import privacy
from easwizard.tui.safe_text import plain
from easwizard.tui.screens.case import CaseScreen
from easwizard.tui.screens.helpdesk_pages import NAMES, OTHER, SITE, SitePage, TicketPage
from easwizard.tui.screens.line import LineScreen
from easwizard.tui.screens.outage_pages import LookPage, PastePage, QuestionsPage, clock
from easwizard.tui.services import CannotOpen, CannotSave, Keys, Practice, Services, Site, WrongKey
from easwizard.tui.widgets.grid import WhoFails
from easwizard.workflow.outage import question_after_grid
from easwizard.workflow.planning import SamplingManners
from easwizard.workflow.stages import GRID, Stage
from easwizard.workflow.ticket import BY_HAND, Line, as_text, ticket

QUESTIONS = 4
"""Asked after the grid."""
_REDRAW_SECONDS = 0.15
_SITE, _QUESTIONS, _NAMES, _LOOK, _TICKET = "site", "questions", "names-page", "look", "ticket"
_TITLES = {_SITE: "which site", _NAMES: "the names", _LOOK: "looking", _TICKET: "the ticket and the pack"}


class HelpdeskScreen(Screen[None]):
    """From the call to the ticket. A practice estate brings its names along."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", "Go on"),
        Binding("ctrl+r", "look", "Look", tooltip="Look at the names now"),
        Binding("p", "pack", "Pack", tooltip="Write everything into one zip for tier 3 or a vendor"),
        Binding("t", "copy", "Copy ticket", tooltip="Copy the ten lines for the ticket, with real names"),
        Binding("r", "redaction", "Redact", tooltip="Change for whom the pack is: vendor, own people, everything"),
        Binding("s", "keep_site", "Save site", tooltip="Save these names as a site profile, for the next call"),
        Binding("d", "whole", "Case", tooltip="Go on with it as a case, in stage 5"),
        Binding("escape", "back", "Back", tooltip="To the page before; ends a look that is under way"),
    ]
    HELP = """
# Helpdesk call

Choose the site by its profile, say who fails (arrow keys move, one letter answers a cell), answer four questions.
The names are then looked at from this machine; nothing on a server is changed.

The ticket has ten lines. What the call told and what was seen stands in it; `?` is still to be asked: Enter on a line
asks for it. `t` copies the ticket with real names. `p` writes the pack, one zip with the reports, the case and a
manifest: made-up names for a vendor, `r` changes that. The list of real names stays beside it, for you alone.
`d` goes on with all of it as a case. `s` saves typed names as a site profile.
"""
    DEFAULT_CSS = """
    HelpdeskScreen #call-title { height: 1; background: $primary-background; color: $text; text-style: bold; }
    HelpdeskScreen #step-title { width: 1fr; }
    HelpdeskScreen #clock { width: auto; }
    HelpdeskScreen #call { height: 1fr; padding: 0 1; }
    HelpdeskScreen #call ContentSwitcher { height: 1fr; }
    HelpdeskScreen #hint { height: auto; margin-top: 1; }
    HelpdeskScreen #call OptionList { height: 1fr; border: none; background: transparent; }
    HelpdeskScreen SitePage { padding-top: 1; }
    HelpdeskScreen #sites { margin-top: 1; }
    HelpdeskScreen #result { height: auto; max-height: 3; }
    HelpdeskScreen #pack { height: auto; max-height: 8; margin-bottom: 1; }
    """

    def __init__(self, services: Services, practice: Practice | None = None) -> None:
        super().__init__()
        self.services = services
        self._keys, self._pace = (practice.keys, practice.pace_seconds) if practice is not None else (Keys(), 3.0)
        self._practice = practice
        self._filing = self._new(practice.case if practice is not None else Case(Vantage(services.vantage)))
        self._looking: Looking | None = None
        self._started = services.now()
        self._sites: tuple[Site, ...] = ()
        self._typed = practice is None
        """Whether the names are typed here, not read from a profile."""
        self._asked: Asked | None = None
        self._asked_so_far = 0
        self._report: Report | None = None
        self._level: Level = "vendor"
        self._packed: tuple[str, ...] = ()
        self._worker: Worker[None] | None = None
        self._handed_over = False

    def _new(self, begun: Case) -> Filing:
        name = f"call-{self.services.now():%Y-%m-%d-%H%M%S}" if self._practice is None else self._practice.title
        return Filing(self.services, name, begun, self._complain, saved=self._practice is None)

    def compose(self) -> ComposeResult:
        with Horizontal(id="call-title"):
            yield Static(id="step-title")
            yield Static(plain(f" begun {clock(self._started)} "), id="clock")
        yield Static(plain(" The window is small: 80 x 24 shows everything."), id="small")
        with Vertical(id="call"), ContentSwitcher(initial=_SITE):
            yield SitePage(id=_SITE)
            yield QuestionsPage(id=_QUESTIONS)
            yield PastePage(id=_NAMES)
            yield LookPage(id=_LOOK)
            yield TicketPage(id=_TICKET)
        yield Footer()

    def on_mount(self) -> None:
        self.watch(self.app, "names_hidden", self._draw_again, init=False)
        if self._practice is None:
            self._ask_site()
        else:
            self._ask_grid()

    # Pages

    @property
    def page(self) -> str:
        return self.query_one(ContentSwitcher).current or _SITE

    def _show(self, page: str, title: str | None = None) -> None:
        self.query_one(ContentSwitcher).current = page
        self.query_one("#step-title", Static).update(plain(f" Helpdesk call: {title or _TITLES[page]}"))
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what can be done on the page that is shown."""
        pages = {"go_on": (_QUESTIONS,), "look": (_NAMES, _TICKET)}
        pages |= dict.fromkeys(("pack", "copy", "redaction", "whole", "keep_site"), (_TICKET,))
        if action == "keep_site" and not self._typed:
            return False
        return action not in pages or (self.is_mounted and self.page in pages[action])

    async def action_back(self) -> None:
        if self.page == _LOOK:
            if self._worker is not None:
                self._worker.cancel()
        elif self.page == _TICKET and self._typed:
            self._show_names()
        elif self.page in (_TICKET, _NAMES) or (self.page == _QUESTIONS and self._asked is not None):
            self._ask_grid()
        elif self.page == _QUESTIONS and not self._filing.is_filed:
            self._ask_site()
        else:
            self.dismiss(None)

    def _draw_again(self) -> None:
        if self.page == _SITE:
            self.query_one(SitePage).show(self._sites, self.services.now())
        elif self.page == _TICKET:
            self._draw_ticket()

    async def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_id is None:
            return
        if self.page == _SITE:
            self._choose(event.option_id)
        elif self.page == _TICKET:
            self._tell(event.option_id)
        elif self._asked is not None:
            await self._filing.record(Answered(self._asked.question.id, event.option_id))
            await self._ask_next()

    # Which site

    @work(group="sites", exclusive=True)
    async def _ask_site(self) -> None:
        self._show(_SITE)
        self._sites = tuple(await asyncio.to_thread(self.services.sites.recent))
        if self.app.is_running:
            self.query_one(SitePage).show(self._sites, self.services.now())

    @work(group="sites", exclusive=True)
    async def _choose(self, id: str) -> None:
        if id == NAMES:
            self._typed = True
            self._ask_grid()
            return
        path = self._sites[int(id.removeprefix(SITE))].path if id.startswith(SITE) else None
        if id == OTHER:
            typed = await self.app.push_screen_wait(LineScreen("Site profile", "The path of a file SITE.toml:"))
            path = _path(typed) if typed is not None else None
        if path is None:
            return
        try:
            case, self._keys = await asyncio.to_thread(self.services.sites.begin, path)
        except CannotOpen as error:
            self.notify(str(error), title="Not used", severity="error", timeout=10, markup=False)
            return
        self._typed, self._filing = False, self._new(case)
        self._ask_grid()

    @work(group="sites", exclusive=True)
    async def action_keep_site(self) -> None:
        words = "A name for the profile: names and roles are saved, no secret."
        typed = await self.app.push_screen_wait(LineScreen("Save site", words, "site"))
        if typed is None:
            return
        try:
            path = await asyncio.to_thread(self.services.sites.keep, typed, self._filing.session.case, self._keys)
        except CannotSave as error:
            self._complain(str(error))
            return
        self.notify(f"The next call begins with it: {path}", title="Site saved", markup=False)

    # What is said

    def _ask_grid(self) -> None:
        self._asked, self._asked_so_far = None, 0
        self._show(_QUESTIONS, f"question 1 of {QUESTIONS + 1}")
        self._show_cells()
        self.query_one(QuestionsPage).ask_grid()

    def _show_cells(self) -> None:
        answers = self._filing.session.case.answers
        self.query_one(QuestionsPage).show_grid({q: v for q, v in answers.items() if q in GRID})

    async def on_who_fails_filled(self, event: WhoFails.Filled) -> None:
        event.stop()
        change = AnswerWithdrawn(event.question) if event.value is None else Answered(event.question, event.value)
        await self._filing.record(change)
        self._show_cells()

    async def action_go_on(self) -> None:
        if self._asked is None:
            await self._ask_next()

    async def _ask_next(self) -> None:
        case = self._filing.session.case
        enough = self._asked_so_far == QUESTIONS
        self._asked = None if enough else await asyncio.to_thread(question_after_grid, case)
        if not self.app.is_running:
            return
        if self._asked is not None:
            self._asked_so_far += 1
            self._show(_QUESTIONS, f"question {self._asked_so_far + 1} of {QUESTIONS + 1}")
            self.query_one(QuestionsPage).ask(self._asked)
        elif self._typed:
            self._show_names()
        else:
            await self.action_look()

    def _show_names(self) -> None:
        self._show(_NAMES)
        names = "\n".join(f"{target.role}={target.name}" for target in self._filing.session.case.targets)
        self.query_one(PastePage).begin(names, "")

    def _complain(self, words: str) -> None:
        self.notify(words, title="Not saved", severity="error", timeout=10, markup=False)

    # Looking

    async def action_look(self) -> None:
        if self.page == _NAMES:
            told = self.query_one(PastePage).told
            if not told.targets:
                self.notify("Paste a name first: the one that phones have in their settings.", markup=False)
                return
            await self._filing.record(*told.events())
        if self._looking is None or not self._looking.is_for(self._filing.session):
            # Kept between looks at one site, since it remembers which passwords were refused (J10).
            manners = SamplingManners(pace_seconds=self._pace)
            self._looking = Looking(self._filing.session, self.services, manners, self._complain)
        self._show(_LOOK)
        self._worker = self._look(self._looking)
        self._follow(self._looking)

    @work(group="probes", exclusive=True, exit_on_error=False)
    async def _look(self, looking: Looking) -> None:
        """Whatever ends the run, the ticket has what was seen until then."""
        try:
            await looking.look(self._keys)
        except WrongKey as error:
            self.notify(str(error), severity="error", timeout=10, markup=False)
        finally:
            self.call_later(self._judge)

    @work(group="following", exclusive=True)
    async def _follow(self, looking: Looking) -> None:
        while self.page == _LOOK:
            course = await asyncio.to_thread(privacy(self.app).shown, looking.course)
            if not self.app.is_running:
                return  # its parts are being taken away already
            self.query_one(LookPage).show_run(course)
            await asyncio.sleep(_REDRAW_SECONDS)

    @work(group="answer", exclusive=True)
    async def _judge(self) -> None:
        report = await asyncio.to_thread(report_on, self._filing.session.case, self.services.now())
        if not self.app.is_running:
            return
        self._report, self._packed = report, ()
        self._show(_TICKET)
        self._draw_ticket()
        self.query_one("#lines").focus()

    # The ticket and the pack

    def _now(self) -> Report | None:
        """The report with what was told since; what is told by hand changes no finding."""
        return None if self._report is None else replace(self._report, case=self._filing.session.case)

    def _draw_ticket(self) -> None:
        report = self._now()
        if report is not None:
            self.query_one(TicketPage).show(report, _lines(report), self._level, self._packed)

    @work(group="telling", exclusive=True)
    async def _tell(self, field: str) -> None:
        asked = next(each for each in BY_HAND if each.field == field)
        told = self._filing.session.case.ticket.get(field, "")
        screen = LineScreen(asked.label.capitalize(), asked.ask, told, complaint=lambda _: None)
        typed = await self.app.push_screen_wait(screen)
        if typed is not None:
            await self._filing.record(TicketFilled(field, typed.strip()))
            self._packed = ()
            self._draw_ticket()
            self.query_one(TicketPage).next_open()

    def action_copy(self) -> None:
        report = self._now()
        if report is not None:
            text = as_text(_lines(report), both(report.created), mark(report))
            self.post_message(Copy(text, "the ticket", true_names=False))

    def action_redaction(self) -> None:
        self._level = LEVELS[(LEVELS.index(self._level) + 1) % len(LEVELS)]
        self._packed = ()
        self._draw_ticket()

    @work(group="packing", exclusive=True)
    async def action_pack(self) -> None:
        report = self._now()
        if report is None:
            return
        copies, name = self._filing.opened().copies, self._filing.name if self._practice is None else "practice"
        try:
            made = await asyncio.to_thread(self.services.packer.pack, report, copies, name, self._level)
        except CannotSave as error:
            self.notify(str(error), title="No pack was written", severity="error", timeout=15, markup=False)
            return
        self._packed = made.words
        self._draw_ticket()

    def action_whole(self) -> None:
        """The same session, as a case."""
        self._handed_over = True
        opened = self._filing.opened()
        self.app.switch_screen(CaseScreen(opened, self.services, self._keys, self._pace, Stage.DIAGNOSIS))

    async def on_unmount(self) -> None:
        if not self._handed_over:
            await asyncio.to_thread(self._filing.session.close)


def _path(typed: str) -> Path:
    """As it was typed, or as Windows copies it, in quotes."""
    return Path(typed.strip().strip("\"'")).expanduser()


def _lines(report: Report) -> tuple[Line, ...]:
    return ticket(report.case, report.diagnosis, both)
