"""The first screen: what one came for, and the cases there are. Loads nothing that is not on it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from easwizard import __version__
from easwizard.tui.privacy import privacy
from easwizard.tui.recent import MOST, age, known_of
from easwizard.tui.safe_text import joined, plain
from easwizard.tui.services import CannotOpen, HeldByAnother, Opened, Practice, Services, Shelved

if TYPE_CHECKING:
    from easwizard.tui.screens.helpdesk import HelpdeskScreen
    from easwizard.tui.screens.outage import OutageScreen

_DOORS = (
    ("o", "outage", "I have an outage", "three questions, two pastes, one answer"),
    ("h", "helpdesk", "Helpdesk call", "four questions, one look, a ticket and a pack"),
    ("n", "new", "New case", "from symptoms to a proven cause, step by step"),
    ("e", "open", "Open case", "go on where you were"),
    ("c", "checklist", "Check before cut-over", "every gate, and whether the names may move"),
    ("p", "practice", "Practice", "an estate with faults, on this machine only"),
)
_WELCOME = "Finds out why phones fail between Exchange versions. Changes no server."
_FIRST_TO_PRACTISE = ("article", "healthy")
_NAME_WIDTH, _KNOWN_WIDTH = 30, 24


class StartScreen(Screen[None]):
    """Menu and recent cases in one list, so that arrow keys and Enter are enough."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "outage", "Outage", show=False, tooltip="I have an outage"),
        Binding("h", "helpdesk", "Helpdesk", show=False, tooltip="Helpdesk call"),
        Binding("n", "new", "New case", show=False, tooltip="Begin a new case"),
        Binding("e", "open", "Open case", show=False, tooltip="Open a saved case"),
        Binding("c", "checklist", "Check before cut-over", show=False, tooltip="Whether the names may move"),
        Binding("p", "practice", "Practice", show=False, tooltip="Start a practice estate on this machine"),
        Binding("q", "app.quit", "Quit", show=False, tooltip="Leave easwizard"),
    ]
    HELP = """
# Where to begin

* **I have an outage**: three questions, two pastes, then one screen with the most likely cause, the safest action
  and its undo. Everything said there can be gone on with as a case.
* **Helpdesk call**: a site profile, who fails, four questions, one look; then ten lines for the ticket and a pack
  that tier 3 or a vendor opens as a case.
* **New case**: the whole way in seven stages, saved as you go.
* **Open case**: a file `NAME.eascase`, or a pack `NAME.zip` that somebody sent. Recent ones are in the list: arrow
  keys and Enter.
* **Check before cut-over**: every gate that must hold before the names move; go or no-go, with the
  reasons. Kept in a case, for days.
* **Practice**: an estate with a known fault, on this machine only.
"""

    def __init__(self, services: Services, practice: Practice | None = None, held: Path | None = None) -> None:
        super().__init__()
        self.services = services
        self._practice, self._held = practice, held
        self._recent: tuple[Shelved, ...] = ()
        self._known: dict[Path, str] = {}

    def compose(self) -> ComposeResult:
        with_version = joined(plain(" easwizard", "bold"), f" {__version__}")
        yield Static(with_version, id="start-title")
        yield Static(plain(f" {_WELCOME}"), id="welcome")
        yield OptionList(id="menu", compact=True)
        yield Footer()

    def on_mount(self) -> None:
        self._fill()
        self.watch(self.app, "names_hidden", self._fill, init=False)
        self.query_one("#menu").focus()
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        """What was asked for on the command line."""
        if self._practice is not None:
            self._ask_how_to_practise(self._practice)
        elif self._held is not None:
            self._open(self._held)

    def on_screen_resume(self) -> None:
        self.call_after_refresh(self._look_at_the_shelf)  # reading cases takes more than drawing the screen

    # The list

    @work(group="shelf", exclusive=True)
    async def _look_at_the_shelf(self) -> None:
        """List the cases, then say of one after the other what is known."""
        self._recent = tuple((await asyncio.to_thread(self.services.shelf.recent))[:MOST])
        self._fill()
        for shelved in self._recent:
            self._known[shelved.path] = await asyncio.to_thread(known_of, shelved, self.services)
            self._fill()

    def _fill(self) -> None:
        if not self.app.is_running:
            return  # read to the end after the last key
        menu = self.query_one("#menu", OptionList)
        place = menu.highlighted
        options: list[Option | None] = [Option(_door(*door), id=door[1]) for door in _DOORS]
        if self._recent:
            options += [None, Option(plain("   Recent cases", "bold"), disabled=True)]
            options += [Option(self._line(number, s), id=f"case-{number}") for number, s in enumerate(self._recent)]
        menu.clear_options()
        menu.add_options(options)
        menu.highlighted = min(place or 0, menu.option_count - 1)

    def _line(self, number: int, shelved: Shelved) -> Content:
        name = f"case {number + 1}" if privacy(self.app).names_hidden else shelved.name
        known = self._known.get(shelved.path, "...")
        short = name if len(name) < _NAME_WIDTH else f"{name[: _NAME_WIDTH - 2]}…"
        ago = age(shelved.changed, self.services.now())
        return joined(f"   {short:<{_NAME_WIDTH}}", plain(f"{known:<{_KNOWN_WIDTH}}"), plain(ago, "dim"))

    async def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        id = event.option_id or ""
        if id.startswith("case-"):
            self._open(self._recent[int(id.removeprefix("case-"))].path)
        else:
            await self.run_action(id)

    # I have an outage

    def action_outage(self) -> None:
        self._show_outage(None)

    @work(group="opening", exclusive=True)
    async def _show_outage(self, practice: Practice | None) -> None:
        screen = await asyncio.to_thread(_outage_screen)
        await self.app.push_screen(screen(self.services, practice))

    # Helpdesk call

    def action_helpdesk(self) -> None:
        self._show_helpdesk(None)

    @work(group="opening", exclusive=True)
    async def _show_helpdesk(self, practice: Practice | None) -> None:
        screen = await asyncio.to_thread(_helpdesk_screen)
        await self.app.push_screen(screen(self.services, practice))

    # New case

    @work(group="doors", exclusive=True)
    async def action_new(self) -> None:
        await self._new()

    async def _new(self, *, at_checklist: bool = False) -> None:
        from easwizard.case.names import why_no_case_name
        from easwizard.tui.screens.line import LineScreen

        name = f"case-{self.services.now():%Y-%m-%d}"
        asked = LineScreen("New case", "Its name, also that of its file:", name, complaint=why_no_case_name)
        chosen = await self.app.push_screen_wait(asked)
        if chosen is not None:
            await self._show(lambda: self.services.shelf.create(chosen), at_checklist=at_checklist)

    # Open case

    @work(group="doors", exclusive=True)
    async def action_open(self) -> None:
        await self._choose()

    async def _choose(self, *, at_checklist: bool = False) -> None:
        from easwizard.tui.screens.line import LineScreen

        names = [shelved.path.name for shelved in self._recent]
        words = "A name from the list, or the path of a file. The right arrow key completes."
        typed = await self.app.push_screen_wait(LineScreen("Open case", words, suggestions=names))
        if typed is not None:
            await self._open_now(_path_of(typed, self._recent), at_checklist=at_checklist)

    @work(group="doors", exclusive=True)
    async def _open(self, path: Path) -> None:
        await self._open_now(path)

    async def _open_now(self, path: Path, *, at_checklist: bool = False) -> None:
        from easwizard.tui.screens.choice import Choice, ChoiceScreen

        try:
            await self._show(lambda: self.services.shelf.open(path), held=True, at_checklist=at_checklist)
        except HeldByAnother as error:
            choices = (Choice("read", "Read only", "look at it; nothing is changed", "r"), Choice("no", "Cancel"))
            if await self.app.push_screen_wait(ChoiceScreen("Open elsewhere", str(error), choices)) == "read":
                await self._show(lambda: self.services.shelf.read(path), at_checklist=at_checklist)

    async def _show(self, opening: Callable[[], Opened], *, held: bool = False, at_checklist: bool = False) -> None:
        """Open a case beside the event loop and show it. Raises HeldByAnother only where `held` is said."""
        from easwizard.tui.app import Wizard

        try:
            opened = await asyncio.to_thread(opening)
        except CannotOpen as error:
            if held and isinstance(error, HeldByAnother):
                raise
            self.notify(str(error), title="Not opened", severity="error", timeout=10, markup=False)
            return
        if isinstance(self.app, Wizard):
            self.app.open_case(opened, at_checklist=at_checklist)

    # Check before cut-over

    @work(group="doors", exclusive=True)
    async def action_checklist(self) -> None:
        from easwizard.tui.screens.checklist_door import NEW, OTHER, which_case

        hidden = privacy(self.app).names_hidden
        names = [f"case {number}" if hidden else case.name for number, case in enumerate(self._recent, start=1)]
        chosen = await self.app.push_screen_wait(which_case(names))
        if chosen == NEW:
            await self._new(at_checklist=True)
        elif chosen == OTHER:
            await self._choose(at_checklist=True)
        elif chosen is not None:
            await self._open_now(self._recent[int(chosen)].path, at_checklist=True)

    # Practice

    @work(group="doors", exclusive=True)
    async def action_practice(self) -> None:
        from easwizard.tui.screens.choice import Choice, ChoiceScreen

        titles = await asyncio.to_thread(self.services.practice.scenarios)
        order = sorted(titles, key=lambda name: (name not in _FIRST_TO_PRACTISE, name))
        choices = [Choice(name, name, titles[name]) for name in order]
        words = "Each is an estate on this machine, with its own faults."
        asked = ChoiceScreen("Practice", words, choices, search=True)
        name = await self.app.push_screen_wait(asked)
        if name is None:
            return
        self.notify("The practice estate is starting ...", markup=False)
        try:
            practice = await asyncio.to_thread(self.services.practice.start, name)
        except CannotOpen as error:
            self.notify(str(error), title="Not started", severity="error", timeout=10, markup=False)
            return
        self._ask_how_to_practise(practice)

    @work(group="practice", exclusive=True)
    async def _ask_how_to_practise(self, practice: Practice) -> None:
        from easwizard.tui.app import Wizard
        from easwizard.tui.screens.choice import Choice, ChoiceScreen

        choices = (
            Choice("stages", "Stage by stage", "the whole way, names filled in", "s"),
            Choice("outage", "I have an outage", "names filled in", "o"),
            Choice("helpdesk", "Helpdesk call", "names filled in", "h"),
        )
        words = "This estate is running on this machine. How do you want to work on it?"
        chosen = await self.app.push_screen_wait(ChoiceScreen(practice.title, words, choices))
        if chosen == "outage":
            self._show_outage(practice)
        elif chosen == "helpdesk":
            self._show_helpdesk(practice)
        elif chosen == "stages" and isinstance(self.app, Wizard):
            opened = await asyncio.to_thread(_unsaved, practice)
            self.app.open_case(opened, practice.keys, practice.pace_seconds)


def _outage_screen() -> type[OutageScreen]:
    """Loads the engine the first time: not for the event loop."""
    from easwizard.tui.screens.outage import OutageScreen

    return OutageScreen


def _helpdesk_screen() -> type[HelpdeskScreen]:
    """As above."""
    from easwizard.tui.screens.helpdesk import HelpdeskScreen

    return HelpdeskScreen


def _unsaved(practice: Practice) -> Opened:
    """A case that is forgotten: nobody wants practice among the cases."""
    from easwizard.workflow.session import Unsaved

    return Opened(practice.title, practice.case, Unsaved(practice.case))


def _door(key: str, _: str, title: str, about: str) -> Content:
    return joined(plain(f"   {key}  ", "bold"), f"{title:<22}", plain(about, "dim"))


def _path_of(typed: str, recent: Sequence[Shelved]) -> Path:
    """The file that is meant: a case of the list by its name, else a path, also as Windows copies it, in quotes."""
    text = typed.strip().strip("\"'")
    for shelved in recent:
        if text in (shelved.name, shelved.path.name):
            return shelved.path
    return Path(text).expanduser()
