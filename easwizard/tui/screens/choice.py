"""A question with a few answers, or with many that typing narrows down; the answer is the choice, or None."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Footer, Input, OptionList, Static
from textual.widgets.option_list import Option

from easwizard.tui.safe_text import joined, plain


@dataclass(frozen=True)
class Choice:
    """One answer; `key` is a letter that chooses it at once."""

    id: str
    label: str
    about: str = ""
    key: str | None = None


class ChoiceScreen(ModalScreen[str | None]):
    """Returns the id of the choice, or None when left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Back"),
        Binding("down", "into_list", show=False),
    ]

    def __init__(self, title: str, text: str, choices: Sequence[Choice], *, search: bool = False) -> None:
        super().__init__()
        self._title, self._text, self._choices, self._search = title, text, tuple(choices), search

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide" if self._search else "dialog"):
            yield Static(plain(self._title), classes="heading")
            if self._text:
                yield Static(plain(self._text), classes="said")
            if self._search:
                yield Input(placeholder="type to search", id="search", compact=True)
            yield OptionList(id="choices", compact=True)
            yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self._fill("")
        self.query_one("#search" if self._search else "#choices").focus()

    def _fill(self, wanted: str) -> None:
        found = self.query_one("#choices", OptionList)
        words = wanted.casefold().split()
        matching = [c for c in self._choices if all(word in f"{c.label} {c.about}".casefold() for word in words)]
        width = max((len(c.label) for c in self._choices), default=0)
        found.clear_options()
        found.add_options([Option(_line(c, width), id=c.id) for c in matching])
        if matching:
            found.highlighted = 0
        else:
            found.add_option(Option(plain("nothing matches", "dim"), disabled=True))

    def on_input_changed(self, event: Input.Changed) -> None:
        self._fill(event.value)

    def on_input_submitted(self) -> None:
        self.query_one("#choices", OptionList).action_select()

    def action_into_list(self) -> None:
        self.query_one("#choices").focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_id)

    def on_key(self, event: Key) -> None:
        """A letter chooses at once; in the search it is text and never comes here."""
        chosen = next((c for c in self._choices if c.key is not None and c.key == event.character), None)
        if chosen is not None:
            event.stop()
            self.dismiss(chosen.id)


def _line(choice: Choice, width: int) -> Content:
    key = plain(f"{choice.key}  ", "bold") if choice.key is not None else plain("")
    return joined(key, plain(f"{choice.label:<{width}}"), plain(f"  {choice.about}" if choice.about else "", "dim"))
