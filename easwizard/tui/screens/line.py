"""Asks for one line of text, and says while it is typed why it will not do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.suggester import SuggestFromList
from textual.widgets import Footer, Input, Static

from easwizard.tui.safe_text import plain

Complaint = Callable[[str], str | None]
"""Why a text will not do; None where it will."""


class LineScreen(ModalScreen[str | None]):
    """Returns the line, or None when left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Back"),
    ]

    def __init__(
        self,
        title: str,
        text: str,
        value: str = "",
        *,
        complaint: Complaint = lambda text: None if text.strip() else "say something",
        suggestions: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self._title, self._text, self._value = title, text, value
        self._complaint, self._suggestions = complaint, tuple(suggestions)

    def compose(self) -> ComposeResult:
        suggester = SuggestFromList(self._suggestions, case_sensitive=False) if self._suggestions else None
        with Vertical(classes="dialog"):
            yield Static(plain(self._title), classes="heading")
            yield Static(plain(self._text), classes="said")
            yield Input(self._value, id="line", suggester=suggester, select_on_focus=True)
            yield Static(id="complaint")
            yield Footer(show_command_palette=False)

    def on_input_changed(self, event: Input.Changed) -> None:
        complaint = self._complaint(event.value) if event.value.strip() else None
        self.query_one("#complaint", Static).update(plain(complaint or ""))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        complaint = self._complaint(event.value)
        if complaint is None:
            self.dismiss(event.value)
        else:
            self.query_one("#complaint", Static).update(plain(complaint))
