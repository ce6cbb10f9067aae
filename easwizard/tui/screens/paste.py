"""A place to paste what a server printed: says at once what it reads as, and takes it only when that is wanted."""

from __future__ import annotations

import asyncio
import unicodedata
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Paste
from textual.screen import ModalScreen
from textual.suggester import SuggestFromList
from textual.widgets import Button, Footer, Input, Static, TextArea

from easwizard.evidence.gathering import read_evidence
from easwizard.evidence.import_files import ImportFile
from easwizard.evidence.reading import Reading
from easwizard.tui.safe_text import joined, plain
from easwizard.workflow.importing import Unusable, why_unusable

MOST_SHOWN = 200_000
"""Characters; a longer text is read, and not put into the field, which it would only slow down."""
_PAUSE_SECONDS = 0.3
"""After the last key before the text is looked at."""
_LONGEST_SERVER = 200


class _Area(TextArea):
    """Tab leaves it; what cannot be seen does not come in."""

    async def _on_paste(self, event: Paste) -> None:
        event.prevent_default().stop()
        screen = self.screen
        if isinstance(screen, PasteScreen) and len(event.text) > MOST_SHOWN:
            screen.take_whole(event.text)
        else:
            await super()._on_paste(Paste(printable(event.text)))


class PasteScreen(ModalScreen[ImportFile | None]):
    """Returns what was pasted, with its server where that was given; None when left."""

    DEFAULT_CSS = """
    PasteScreen { align: center middle; }
    PasteScreen > Vertical { width: 100%; max-width: 110; height: 100%; background: $surface; border: round $primary;
                             padding: 0 1; }
    PasteScreen TextArea { height: 1fr; border: none; padding: 0; background: $boost; }
    PasteScreen #reads { height: auto; max-height: 4; min-height: 2; }
    PasteScreen #owner { height: 1; }
    PasteScreen #owner Static { width: auto; }
    PasteScreen #owner Input { width: 1fr; }
    PasteScreen #read-it { min-width: 16; margin-left: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Back"),
        Binding("ctrl+s", "read", "Read it", priority=True, tooltip="Take what was pasted into the case"),
    ]
    HELP = """
# Paste

Paste what a command printed, with the line of the command where it is `appcmd`, `netsh` or `adsutil`: those do not
say whose settings they print. The line below the text says what it reads as. `Ctrl+S` takes it into the case;
passwords and keys in it are left out of the copy that is kept.
"""

    def __init__(self, name: str, text: str = "", servers: tuple[str, ...] = ()) -> None:
        """`name` is what the paste will be called; `servers` are those that are known, as suggestions."""
        super().__init__()
        self._called, self._servers = name, servers
        self._first = text
        self._whole: str | None = None
        self._wrong: Unusable | None = None

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(
                plain("Paste what a server printed: a cmdlet, appcmd, netsh, a file's text"), classes="heading"
            )
            yield _Area(
                id="text", tab_behavior="focus", placeholder="Get-ActiveSyncVirtualDirectory | Format-List ..."
            )
            yield Static(id="reads")
            with Horizontal(id="owner"):
                yield Static(plain("Taken on "))
                yield Input(
                    id="server",
                    compact=True,
                    max_length=_LONGEST_SERVER,
                    placeholder="a server, where the text does not name it",
                    suggester=SuggestFromList(self._servers, case_sensitive=False),
                )
                yield Button("Read it  ^s", id="read-it", compact=True, variant="primary")
            yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        if len(self._first) > MOST_SHOWN:
            self.take_whole(self._first)
        elif self._first:
            self.query_one("#text", TextArea).text = printable(self._first)
        self.query_one("#text").focus()
        self._look()

    def take_whole(self, text: str) -> None:
        """A text too long to be shown."""
        self._whole = text
        area = self.query_one("#text", TextArea)
        area.text = f"({len(text):,} characters were pasted; they are read as they are, and not shown here.)"
        area.read_only = True
        self._look()

    @property
    def _file(self) -> ImportFile:
        text = self._whole if self._whole is not None else self.query_one("#text", TextArea).text
        return ImportFile(self._called, text, self.query_one("#server", Input).value.strip() or None)

    def on_text_area_changed(self) -> None:
        self._look()

    def on_input_changed(self) -> None:
        self._look()

    def on_input_submitted(self) -> None:
        self.action_read()

    def on_button_pressed(self) -> None:
        self.action_read()

    @work(group="looking at a paste", exclusive=True)
    async def _look(self) -> None:
        """See what it reads as, once the admin pauses."""
        await asyncio.sleep(_PAUSE_SECONDS)
        file = self._file
        if not str(file.content).strip():
            self._say(plain("Nothing yet. Paste into the field above; Esc goes back.", "dim"))
            return
        self._tell(await asyncio.to_thread(_read, file))

    def _tell(self, reading: Reading) -> None:
        self._wrong = why_unusable(reading)
        if self._wrong is None:
            counted = ", ".join(f"{count} x {kind}" for kind, count in reading.objects.items() if count)
            more = f"; {len(reading.troubles)} not used" if reading.troubles else ""
            words = joined(plain(f"Reads as {reading.format}", "bold"), f": {counted or 'no objects'}{more}")
        elif self._wrong.needs_server:
            words = joined(
                plain(f"Reads as {reading.format}", "bold"), ", but on which server was it taken? Say it below."
            )
        else:
            words = joined(plain("Not readable", "bold $text-error"), f": {self._wrong.why}")
        self._say(words)

    def _say(self, words: Content) -> None:
        for line in self.query("#reads").results(Static):  # none where the screen was left meanwhile
            line.update(words)

    @work(group="taking a paste", exclusive=True)
    async def action_read(self) -> None:
        file = self._file
        if not str(file.content).strip():
            self._say(plain("There is nothing to read yet: paste something first.", "$text-error"))
            return
        self._tell(await asyncio.to_thread(_read, file))
        if not self.is_current:
            return  # left meanwhile
        if self._wrong is None:
            self.dismiss(file)
        elif self._wrong.needs_server:
            self.query_one("#server").focus()


def _read(file: ImportFile) -> Reading:
    [reading] = read_evidence([file]).readings
    return reading


def printable(text: str) -> str:
    """Without what steers a terminal or hides in a text; lines and tabs stay, since formats need them."""
    bare = text.replace("\r\n", "\n").replace("\r", "\n")
    if bare.isprintable():
        return bare
    return "".join(c for c in bare if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co"))
