"""A place to paste what the look of one step printed; what must stand in it is looked for while one types."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Footer, Static, TextArea

from easwizard.diagnosis.plans.model import PlanStep
from easwizard.tui.safe_text import joined, plain
from easwizard.tui.screens.paste import printable
from easwizard.workflow.step_checks import pasted


class StepPasteScreen(ModalScreen[str | None]):
    """Returns what was pasted; None when left."""

    DEFAULT_CSS = """
    StepPasteScreen { align: center middle; }
    StepPasteScreen > Vertical { width: 100%; max-width: 110; height: 100%; background: $surface;
                                 border: round $primary; padding: 0 1; }
    StepPasteScreen VerticalScroll { height: auto; max-height: 8; }
    StepPasteScreen TextArea, StepPasteScreen TextArea:focus { height: 1fr; border: none; padding: 0;
                                                                background: $boost; }
    StepPasteScreen #reads { height: auto; min-height: 2; max-height: 3; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Back"),
        Binding("ctrl+s", "take", "Take it", priority=True, tooltip="Take what was pasted as the answer"),
    ]
    HELP = """
# Paste what it printed

Run the command that is shown, and paste all of its output. What must stand in it is looked for at once. `Ctrl+S`
takes it as the answer of this step. The text itself is not kept: what the step keeps is what was found in it.
"""

    def __init__(self, step: PlanStep) -> None:
        super().__init__()
        self._step = step

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(plain(self._step.title), classes="heading")
            with VerticalScroll():
                yield Static(self._asked())
            yield TextArea(id="text", tab_behavior="focus", placeholder="paste the output here")
            yield Static(id="reads")
            yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self.query_one("#text").focus()
        self.on_text_area_changed()

    def _asked(self) -> Content:
        lines = [plain(self._step.check.words)]
        for order in self._step.check.looks:
            lines.append(plain(order.where, "dim"))
            lines += [plain(f"  {line}", "$text-accent") for line in order.text.splitlines()]
        return Content("\n").join(lines)

    def on_text_area_changed(self) -> None:
        text = self.query_one("#text", TextArea).text
        if not text.strip():
            words = plain("Nothing yet. Esc goes back.", "dim")
        else:
            seen = pasted(self._step, text)
            head = {True: plain("As it should be: ", "$text-success"), False: plain("Wrong: ", "bold $text-error")}
            words = joined(head[seen.worked] if seen.worked is not None else "", seen.why)
        self.query_one("#reads", Static).update(words)

    def action_take(self) -> None:
        text = printable(self.query_one("#text", TextArea).text)
        if text.strip():
            self.dismiss(text)
        else:
            self.query_one("#reads", Static).update(plain("Paste the output first.", "$text-error"))
