"""The way back of one step: what to do, ready to copy, and a key to say that it was done."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Footer, Static

from easwizard.diagnosis.plans.model import PlanStep
from easwizard.tui.messages import Copy
from easwizard.tui.safe_text import plain


class UndoScreen(ModalScreen[bool]):
    """Returns whether the step was undone."""

    DEFAULT_CSS = """
    UndoScreen { align: center middle; }
    UndoScreen > Vertical { width: 76; max-width: 100%; height: auto; max-height: 100%; background: $surface;
                            border: round $primary; padding: 0 1; }
    UndoScreen VerticalScroll { height: auto; max-height: 17; scrollbar-size-vertical: 1; }
    UndoScreen Footer { margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "answer(False)", "Back"),
        Binding("c", "copy", "Copy", tooltip="Copy the commands of the way back"),
        Binding("y", "answer(True)", "It is undone", tooltip="Say that this step was undone"),
    ]

    def __init__(self, step: PlanStep) -> None:
        super().__init__()
        self._step = step

    @property
    def _commands(self) -> str:
        return "\n\n".join(order.block for order in self._step.undo_orders)

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(plain(f"Undo: {self._step.title}"), classes="heading")
            with VerticalScroll():
                yield Static(self._words())
            yield Footer(show_command_palette=False)

    def _words(self) -> Content:
        parts = [plain(self._step.undo)] if self._step.undo else []
        for order in self._step.undo_orders:
            parts.append(plain("; ".join(part for part in (order.where, order.condition) if part), "dim"))
            parts.append(plain(order.text, "$text-accent"))
        parts.append(plain("easwizard changes nothing: do it there, then say so with y.", "dim"))
        return Content("\n").join(parts)

    def action_copy(self) -> None:
        if self._commands:
            self.app.post_message(Copy(self._commands, "the way back of a step"))
        else:
            self.notify("This is undone by hand: there is no command.", markup=False)

    def action_answer(self, undone: bool) -> None:
        self.dismiss(undone)
