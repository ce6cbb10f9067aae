"""Help: what the place is for that has the focus, and which keys it knows."""

from __future__ import annotations

from dataclasses import dataclass
from inspect import cleandoc
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Footer, Markdown, Static

from easwizard.tui.commands import described
from easwizard.tui.safe_text import joined, plain


@dataclass(frozen=True)
class Help:
    """What is shown; all of it words of ours."""

    words: str
    """Markdown."""
    keys: tuple[tuple[str, str], ...]
    """Key and what it does."""


def help_on(screen: Screen[Any]) -> Help:
    """Help for what has the focus on a screen, else for the screen."""
    place: Widget = screen.focused or getattr(screen, "pane", None) or screen
    words = next((node.HELP for node in place.ancestors_with_self if isinstance(node, Widget) and node.HELP), "")
    keys: dict[str, str] = {}
    for _, binding in described(screen):
        key, does = screen.app.get_key_display(binding), binding.tooltip or binding.description
        keys[does] = f"{keys[does]} {key}" if does in keys else key
    return Help(cleandoc(words), tuple((key, does) for does, key in keys.items()))


class HelpScreen(ModalScreen[None]):
    """Above everything else, to read and to leave."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark,f1", "dismiss", "Back")]

    def __init__(self, help: Help) -> None:
        super().__init__()
        self._help = help

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide"):
            with VerticalScroll():
                yield Markdown(self._help.words, open_links=False)
                yield Static(plain("Keys here", "bold"), classes="heading")
                yield Static(Content("\n").join([_line(*key) for key in self._help.keys]), id="keys")
                yield Static(plain("\nCtrl+P finds everything by its name.", "dim"))
            yield Footer(show_command_palette=False)


def _line(key: str, does: str) -> Content:
    return joined(plain(f"  {key:<12} ", "bold"), does)
