"""The wizard's frame: which screen is open, keys that work everywhere, looks. Everything else is in the screens."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.command import Provider
from textual.events import Event, InputEvent
from textual.filter import LineFilter
from textual.reactive import reactive
from textual.screen import Screen

from easwizard.tui.collecting import FullCollections
from easwizard.tui.harmless_filter import HarmlessFilter
from easwizard.tui.privacy import Privacy
from easwizard.tui.screens.start import StartScreen
from easwizard.tui.terminal import terminal_is_ascii

if TYPE_CHECKING:
    from easwizard.tui.messages import Copy
    from easwizard.tui.screens.case import CaseScreen
    from easwizard.tui.services import Keys, Opened, Practice, Services
    from easwizard.workflow.stages import Stage

_DARK, _LIGHT = "textual-dark", "textual-light"
_NEVER_QUIET = ("probes", "bringing", "reading rows")
"""Groups of workers whose progress is drawn: while they work it is not quiet."""


def _actions() -> type[Provider]:
    from easwizard.tui.commands import Actions

    return Actions


def _case_screen() -> type[CaseScreen]:
    """Loads the engine the first time: not for the event loop."""
    from easwizard.tui.screens.case import CaseScreen

    return CaseScreen


class Wizard(App[None]):
    """The application. `opened` is the case to begin with, or `practice` a practice estate that runs already.

    `held` is a case that somebody else has open: the first thing is then to ask what to do.
    """

    TITLE = "easwizard"
    CSS_PATH = Path(__file__).with_name("wizard.tcss")
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {*App.COMMANDS, _actions}
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (80, "-normal"), (110, "-wide")]  # noqa: RUF012 - Textual declares it without ClassVar
    VERTICAL_BREAKPOINTS = [(0, "-short"), (24, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", tooltip="Leave easwizard; everything is saved"),
        Binding("question_mark,f1", "help", "Help", tooltip="What this place is for, and its keys"),
        Binding("f4", "light_or_dark", "Light or dark", show=False, tooltip="Change between light and dark"),
        Binding("f9", "hide_names", "Hide names", show=False, tooltip="Hide or show names, for screen sharing"),
    ]
    names_hidden: reactive[bool] = reactive(False, init=False)

    def __init__(
        self,
        services: Services,
        opened: Opened | None = None,
        keys: Keys | None = None,
        *,
        practice: Practice | None = None,
        held: Path | None = None,
    ) -> None:
        super().__init__()
        self.services, self.privacy = services, Privacy()
        self._opened, self._keys, self._practice, self._held = opened, keys, practice, held
        self._collections, self._harmless = FullCollections(services.seconds), HarmlessFilter()
        self.ascii_only = terminal_is_ascii()
        if os.environ.get("NO_COLOR"):
            self.animation_level = "none"

    def get_default_screen(self) -> Screen[None]:
        return StartScreen(self.services, self._practice, self._held)

    def get_line_filters(self) -> Sequence[LineFilter]:
        if not self.ascii_only:
            return [*super().get_line_filters(), self._harmless]
        from easwizard.tui.ascii_filter import AsciiFilter

        return [*super().get_line_filters(), self._harmless, AsciiFilter()]

    def on_mount(self) -> None:
        self._collections.begin()
        self.set_interval(1.0, self._collect)
        if self._opened is not None:
            self.open_case(self._opened, self._keys)

    def on_unmount(self) -> None:
        self._collections.end()

    async def on_event(self, event: Event) -> None:
        if isinstance(event, InputEvent):
            self._collections.touched()
        await super().on_event(event)

    def _collect(self) -> None:
        if any(worker.group in _NEVER_QUIET and not worker.is_finished for worker in self.workers):
            self._collections.touched()
        self._collections.collect_if_due()

    def open_case(
        self,
        opened: Opened,
        keys: Keys | None = None,
        pace: float = 3.0,
        stage: Stage | None = None,
        *,
        at_checklist: bool = False,
    ) -> None:
        """Show a case above whatever is there, as soon as its screen is loaded; `at_checklist` with that above it."""
        self._show_case(opened, keys, pace, stage, at_checklist)

    @work(group="opening")
    async def _show_case(
        self, opened: Opened, keys: Keys | None, pace: float, stage: Stage | None, at_checklist: bool
    ) -> None:
        screen = await asyncio.to_thread(_case_screen)
        await self.push_screen(screen(opened, self.services, keys, pace, stage, at_checklist=at_checklist))
        if opened.said:
            self.notify(opened.said, title="Opened", timeout=15, markup=False)

    # Keys that work everywhere

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        yield SystemCommand("Theme", "Choose the colours", self.action_change_theme)
        yield SystemCommand("Save a picture of the screen", "An SVG file", self.deliver_screenshot)

    def action_help(self) -> None:
        from easwizard.tui.screens.help import HelpScreen, help_on

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(help_on(self.screen)))

    def action_light_or_dark(self) -> None:
        self.theme = _DARK if self.theme == _LIGHT else _LIGHT

    def action_hide_names(self) -> None:
        self.names_hidden = not self.names_hidden

    def watch_names_hidden(self, hidden: bool) -> None:
        self.privacy.names_hidden = hidden
        if self.is_running:
            self.notify("Names are hidden; F9 shows them." if hidden else "Names are shown.", markup=False)

    # Taking something along

    def on_copy(self, message: Copy) -> None:
        self._copy(self.privacy.meant(message.text) if message.true_names else message.text, message.what)

    @work(thread=True, group="copying", exit_on_error=False)
    def _copy(self, text: str, what: str) -> None:
        from easwizard.tui.copying import copied

        words = copied(text, what, self.services)
        if self.names_hidden:  # the path mostly names the user
            words = words.replace(str(self.services.copies), "(the folder of copies)")
        self.call_from_thread(self.copy_to_clipboard, text)
        self.call_from_thread(self.notify, words, title=f"Copied: {what}", timeout=8, markup=False)

    # Failing

    def _fatal_error(self) -> None:
        """Textual (8.2) would print the local variables of every frame, passwords among them."""
        from rich.text import Text

        from easwizard.tui.crash import account_of

        self._exit_renderables.append(Text(account_of(sys.exception() or RuntimeError())))
        self._close_messages_no_wait()
