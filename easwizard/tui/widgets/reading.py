"""A text above everything else, to read, to scroll and to copy: what was said at a place, or what would be sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Footer, Static

from easwizard.tui.messages import Copy
from easwizard.tui.safe_text import plain


class Reading(ModalScreen[None]):
    """Lines under a title."""

    DEFAULT_CSS = """
    Reading { align: center middle; }
    Reading > Vertical { width: 100%; height: 100%; background: $surface; }
    Reading #reading-title { height: 1; text-style: bold; background: $primary-background; padding: 0 1; }
    Reading VerticalScroll { height: 1fr; padding: 0 1; scrollbar-size-vertical: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "dismiss", "Back"),
        Binding("c", "copy", "Copy"),
        Binding("home", "scroll_home", show=False),
        Binding("end", "scroll_end", show=False),
    ]

    def __init__(self, title: str, lines: Sequence[Content], what: str) -> None:
        """`what` names the text for the message after copying, e.g. `the exchange`."""
        super().__init__()
        self._title, self._lines, self._what = title, tuple(lines), what

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(plain(self._title), id="reading-title")
            with VerticalScroll(id="reading"):
                yield Static(Content("\n").join(list(self._lines)))
            yield Footer()

    def action_copy(self) -> None:
        self.app.post_message(Copy("\n".join(line.plain for line in self._lines) + "\n", self._what))
