"""The field for names: takes one, or everything that was pasted, lines and all."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Paste
from textual.message import Message
from textual.widgets import Input

from easwizard.case.requests import Target
from easwizard.case.untrusted import visible
from easwizard.tui.safe_text import joined, plain
from easwizard.workflow.naming import Pasted, targets_in

_MOST_PASTED = 20_000
"""Characters; more is no list of names, and would only slow the field down."""


class NameInput(Input):
    """Says while one types what Enter would add."""

    DEFAULT_CSS = """
    NameInput { height: 1; border: none; padding: 0 1; background: $boost; }
    NameInput:focus { border: none; background: $primary-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,down", "leave", show=False)]

    class Left(Message):
        """The admin is done with the field."""

    def on_paste(self, event: Paste) -> None:
        """A field is one line; pasted lines become words of it."""
        event.stop()
        event.prevent_default()
        self.insert_text_at_cursor(" ".join(visible(word, 300) for word in event.text[:_MOST_PASTED].split()))

    def action_leave(self) -> None:
        self.post_message(self.Left())

    def would_add(self) -> Content:
        """What Enter would do now, in words."""
        if not self.value.strip():
            return plain("Names, addresses or URLs, several at once; Enter adds them.", "dim")
        return _would_add(targets_in(self.value))


def _would_add(found: Pasted) -> Content:
    names = ", ".join(_told(target) for target in found.targets)
    wrong = plain(found.troubles[0], "$text-error") if found.troubles else plain("")
    if not found.targets:
        return wrong
    count = len(found.targets)
    adds = joined(plain(f"Enter adds {'it' if count == 1 else count}: ", "bold"), names)
    return joined(wrong, plain("  "), adds) if found.troubles else adds


def _told(target: Target) -> str:
    return f"{target.host if target.port == 443 else target.name} ({target.role})"
