"""Stage 1: who fails, then the questions that would separate the problems still open, and what they point to."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from easwizard.case.case import UNKNOWN, Case
from easwizard.case.events import Answered, AnswerWithdrawn
from easwizard.diagnosis.interview import Asked
from easwizard.diagnosis.questions import Question
from easwizard.tui.messages import Copy, GoTo, Happened
from easwizard.tui.safe_text import plain
from easwizard.tui.stages.pane import Pane
from easwizard.tui.symbols import symbols
from easwizard.tui.view import View
from easwizard.tui.widgets.grid import WhoFails
from easwizard.tui.widgets.hypotheses import Hypotheses
from easwizard.workflow.interviewing import answered, asked_next
from easwizard.workflow.stages import GRID, Stage

_LETTERS = "n never  s sometimes  a always  x none such  u not known"
_LOOK_UP = "Get-Mailbox NAME | Format-List ServerName,AdminDisplayVersion"


class SymptomsPane(Pane):
    """The interview."""

    HELP: ClassVar[str] = """
# Symptoms

Say who fails: arrow keys move in the grid, one letter answers a cell (`n` never, `s` sometimes, `a` always,
`x` there are no such phones, `u` not known, `Delete` takes it back). `c` copies the command that tells which version
a mailbox is on.

Then answer the question below: up and down, `Enter`. It is always the one that would separate most. *Don't know* is a
good answer. `[` or `b` goes back to earlier answers, `]` forward again, `Delete` takes an answer back.

What the answers point to stands below (on a wide screen: beside) and moves with every answer. Everything is saved as
you go.
"""
    SCOPED_CSS = False
    DEFAULT_CSS = """
    SymptomsPane #interview { layout: vertical; height: 1fr; }
    SymptomsPane #asking { height: auto; max-height: 100%; }
    SymptomsPane #question { margin-top: 1; }
    SymptomsPane #values { border: none; padding: 0; height: auto; max-height: 8; background: transparent; }
    SymptomsPane #pointing { margin-top: 1; height: 1fr; min-height: 4; scrollbar-size-vertical: 1; }
    .-short SymptomsPane #question, .-short SymptomsPane #pointing { margin-top: 0; }
    .-wide SymptomsPane #interview { layout: horizontal; }
    .-wide SymptomsPane #asking { width: 60; height: 1fr; }
    .-wide SymptomsPane #pointing { width: 1fr; height: 1fr; margin: 0 0 0 2; border-left: solid $primary;
                                    padding-left: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left_square_bracket,b", "back", "Back", key_display="[", tooltip="Change an earlier answer"),
        Binding("right_square_bracket", "forward", "On", key_display="]", tooltip="To the next question"),
        Binding("c", "copy", "Copy command", tooltip="Copy the command that tells a mailbox's version"),
        Binding("delete,backspace", "withdraw", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._case: Case | None = None
        self._next: Asked | None = None
        self._next_is_known = False
        self._back = 0
        """How many answered questions ago is shown; 0 is the one that is open."""
        self._shown: tuple[Question, str | None] | None = None
        """The question on the screen and the answer that it had when it was drawn."""

    def compose(self) -> ComposeResult:
        with Container(id="interview"):
            with Vertical(id="asking"):
                yield Static(plain("Who fails, and how often?"), classes="heading")
                yield WhoFails(id="grid")
                yield Static(plain(_LETTERS), classes="muted letters")
                yield Static(id="question")
                yield OptionList(id="values", compact=True)
            with VerticalScroll(id="pointing", can_focus=False):
                yield Hypotheses(id="ranked")

    def show(self, view: View) -> None:
        self._case = view.case
        self._back = min(self._back, len(answered(view.case)))
        self.query_one(WhoFails).answers = {q: v for q, v in view.case.answers.items() if q in GRID}
        self.query_one(Hypotheses).draw(view.ranking)
        self._draw_question()
        self._choose(view.case)

    @work(group="choosing", exclusive=True)
    async def _choose(self, case: Case) -> None:
        """What to ask takes some diagnoses to say, so it is not said on the event loop."""
        self._next = await asyncio.to_thread(asked_next, case)
        self._next_is_known = True
        if self.query("#values"):  # else its parts are being taken away already
            self._draw_question()

    # The question

    def _draw_question(self) -> None:
        if not self._next_is_known and not self._back:
            return  # the question before stays until the next one is chosen, and the focus with it
        question, head, why = self._question()
        values = self.query_one("#values", OptionList)
        values.display = question is not None
        text = "" if question is None else question.text
        parts = [plain(words, style) for words, style in ((head, "dim"), (text, "bold"), (why, "dim")) if words]
        self.query_one("#question", Static).update(Content("\n").join(parts))
        if question is None or self._case is None:
            self._shown = None
            return
        shown = (question, self._case.answers.get(question.id))
        if shown != self._shown:
            self._shown = shown
            self._fill(values, *shown)

    def _question(self) -> tuple[Question | None, str, str]:
        """The question to show, where it stands in the row, and why it is asked."""
        if self._case is None:
            return None, "", ""
        before = answered(self._case)
        if self._back:
            place = len(before) - self._back
            return before[place], f"Question {place + 1}, answered", "Choose again to change it; ] goes on."
        if self._next is None:
            return None, "Enough was asked: go on with the estate (2), or see the diagnosis (5).", ""
        return self._next.question, f"Question {len(before) + 1}", _reason(self._next)

    def _fill(self, values: OptionList, question: Question, given: str | None) -> None:
        good = symbols(self.app).good
        choices = [*((value.id, value.label) for value in question.values), (UNKNOWN, "don't know")]
        values.clear_options()
        values.add_options(Option(plain(f"{good if id == given else ' '} {label}"), id=id) for id, label in choices)
        values.highlighted = next((number for number, (id, _) in enumerate(choices) if id == given), 0)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if self._shown is None or event.option_id is None or not (self._next_is_known or self._back):
            return  # the next question is on its way: this one was answered already
        question, _ = self._shown
        self._back, self._next_is_known = 0, False
        self.post_message(Happened((Answered(question.id, event.option_id),)))

    def on_who_fails_filled(self, event: WhoFails.Filled) -> None:
        event.stop()
        change = AnswerWithdrawn(event.question) if event.value is None else Answered(event.question, event.value)
        self.post_message(Happened((change,)))
        known = {event.question, *(self._case.answers if self._case is not None else ())}
        if event.value is not None and known >= set(GRID):
            self.query_one("#values").focus()

    def action_back(self) -> None:
        if self._case is not None:
            self._turn_to(min(self._back + 1, len(answered(self._case))))

    def action_forward(self) -> None:
        self._turn_to(max(self._back - 1, 0))

    def _turn_to(self, back: int) -> None:
        self._back = back
        self._draw_question()
        self.query_one("#values").focus()

    def action_withdraw(self) -> None:
        """Take back the answer that is on the screen; the question is then open again."""
        if self._shown is not None and self._shown[1] is not None:
            self._back = 0
            self.post_message(Happened((AnswerWithdrawn(self._shown[0].id),)))

    def action_copy(self) -> None:
        self.post_message(Copy(_LOOK_UP, "the command that tells which version a mailbox is on"))

    def action_go_on(self) -> None:
        self.post_message(GoTo(Stage.ESTATE))


def _reason(asked: Asked) -> str:
    """Why it is asked, and how much it would tell apart."""
    count = len(asked.separates)
    return f"{asked.question.why} It bears on {count} {'problem' if count == 1 else 'problems'} still open."
