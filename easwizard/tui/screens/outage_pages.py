"""The pages of "I have an outage": questions, pastes, the look under way, and the one answer. Drawing only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.events import Paste
from textual.message import Message
from textual.widgets import OptionList, ProgressBar, Static, TextArea
from textual.widgets.option_list import Option

from easwizard.case.case import UNKNOWN
from easwizard.case.untrusted import visible
from easwizard.diagnosis.finding import Finding
from easwizard.diagnosis.interview import Asked
from easwizard.diagnosis.verdicts import Verdict
from easwizard.exchange.inventory import Role
from easwizard.tui.privacy import privacy
from easwizard.tui.safe_text import joined, plain
from easwizard.tui.symbols import symbols
from easwizard.tui.widgets.grid import WhoFails
from easwizard.workflow.outage import ASK_VDIRS, Advice, Told, told
from easwizard.workflow.run import Run, State

_LETTERS = "n never   s sometimes   a always   x no such phones   u not known   Del clear"
_MOST_PASTED = 200_000
"""Characters; more is no list of names."""


class QuestionsPage(Vertical):
    """Who fails, and below it one question at a time."""

    def compose(self) -> ComposeResult:
        yield Static(plain("Who fails, and how often?"), classes="heading")
        yield WhoFails(id="grid")
        yield Static(plain(_LETTERS), classes="muted")
        yield Static(id="hint")
        yield OptionList(id="values", compact=True)

    def show_grid(self, answers: Mapping[str, str]) -> None:
        self.query_one(WhoFails).answers = dict(answers)

    def ask_grid(self) -> None:
        self.query_one("#values").display = False
        words = plain("Leave open what you do not know. Enter goes on.", "bold")
        self.query_one("#hint", Static).update(words)
        self.query_one(WhoFails).focus()

    def ask(self, asked: Asked) -> None:
        """Put a question; the answer comes as the list's own message."""
        question = asked.question
        self.query_one("#hint", Static).update(joined(plain(question.text, "bold"), "\n", plain(question.why, "dim")))
        values = self.query_one("#values", OptionList)
        choices = [*((v.id, v.label) for v in question.values), (UNKNOWN, "don't know")]
        values.clear_options()
        values.add_options([Option(plain(f"  {label}"), id=id) for id, label in choices])
        values.display, values.highlighted = True, 0
        values.focus()


class PasteArea(TextArea):
    """A place for a paste: Tab leaves it, and what could steer the terminal is made visible."""

    async def _on_paste(self, event: Paste) -> None:
        event.prevent_default().stop()
        lines = (visible(line, _MOST_PASTED) for line in event.text[:_MOST_PASTED].splitlines())
        await super()._on_paste(Paste("\n".join(lines)))


class PastePage(Vertical):
    """Two pastes, and what was understood of them, to be put right."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "change_role", "Other role", tooltip="Say that the marked name is for something else"),
    ]

    @dataclass
    class Understood(Message):
        """What the pastes say now."""

        told: Told

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._roles: dict[str, Role] = {}
        self.told = Told((), ())

    def compose(self) -> ComposeResult:
        yield Static(plain("Names that phones use, and names of the old servers, in any form"), classes="heading")
        yield PasteArea(id="names", placeholder="mail.contoso.com, legacy.contoso.com, a mail, a table ...")
        words = joined(plain("From the shell of an old server: ", "bold"), plain(ASK_VDIRS))
        yield Static(words, id="vdirs-title")
        yield PasteArea(id="vdirs", placeholder="paste its output, or only the names; leave it empty if you cannot")
        yield Static(id="understood-title", classes="heading")
        yield OptionList(id="understood", compact=True)

    def begin(self, names: str, vdirs: str) -> None:
        """Fill in what is known already, once."""
        first, second = self.query_one("#names", TextArea), self.query_one("#vdirs", TextArea)
        if not first.text and not second.text:
            first.text, second.text = names, vdirs
        self._understand()
        first.focus()

    def on_text_area_changed(self) -> None:
        self._understand()

    def _understand(self) -> None:
        texts = [self.query_one(f"#{id}", TextArea).text for id in ("names", "vdirs")]
        self.told = told(texts[0], texts[1], self._roles)
        self.post_message(self.Understood(self.told))
        title = "Understood: nothing yet" if not self.told.targets else "Understood (r: other role)   Ctrl+R looks"
        self.query_one("#understood-title", Static).update(plain(title))
        found = self.query_one("#understood", OptionList)
        place = found.highlighted
        found.clear_options()
        found.add_options([Option(self._line(number), id=str(number)) for number in range(len(self.told.targets))])
        if self.told.targets:
            found.highlighted = min(place or 0, len(self.told.targets) - 1)

    def _line(self, number: int) -> Content:
        target = privacy(self.app).shown(self.told.targets[number])
        url = "  an InternalUrl now" if self.told.targets[number].host in self.told.internal_hosts else ""
        return joined(f"  {target.name:<36} ", plain(target.role.value, "bold"), plain(url, "dim"))

    def action_change_role(self) -> None:
        place = self.query_one("#understood", OptionList).highlighted
        if place is not None and place < len(self.told.targets):
            target, roles = self.told.targets[place], list(Role)
            self._roles[target.host] = roles[(roles.index(target.role) + 1) % len(roles)]
            self._understand()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_change_role()


class LookPage(Vertical):
    """How far the look is."""

    def compose(self) -> ComposeResult:
        yield Static(plain("Looking from this machine. Nothing is changed anywhere."), classes="heading")
        yield Static(id="step")
        yield ProgressBar(id="progress", show_eta=False)
        yield Static(id="so-far")

    def show_run(self, run: Run) -> None:
        signs, counts = symbols(self.app).run, run.counts
        over = sum(count for state, count in counts.items() if state.is_over)
        self.query_one(ProgressBar).update(total=max(len(run.errands), 1), progress=over)
        self.query_one("#step", Static).update(plain(f"{run.step or 'beginning'} ..."))
        told_states = (State.OK, State.FAILED, State.RUNNING, State.WAITING, State.SKIPPED, State.CANCELLED)
        words = [f"{signs[state]} {counts[state]} {state.value}" for state in told_states if counts[state]]
        self.query_one("#so-far", Static).update(plain("   ".join(words)))


class AnswerPage(VerticalScroll):
    """The one screen: cause, action, undo, and until when to decide."""

    async def show(self, advice: Advice) -> None:
        """Draw it anew; what is long may be scrolled."""
        signs = symbols(self.app).verdict
        rows = [*_cause(advice, signs), *_action(advice), *_decision(advice)]
        async with self.batch():
            await self.remove_children()
            await self.mount_all(rows)
        self.focus()


class _Row(Horizontal):
    """What it is about at the left, and the words beside it."""

    def __init__(self, label: str, words: Content | str, *, gap: bool = False) -> None:
        text = Static(words if isinstance(words, Content) else plain(words), classes="words")
        super().__init__(Static(plain(label), classes="label"), text, classes="gap" if gap else "")


def _cause(advice: Advice, signs: Mapping[Verdict, str]) -> Iterator[_Row]:
    if advice.finding is None:
        yield _Row("Cause", plain("Nothing can be said for sure yet.", "bold"))
        yield _Row("", "What was seen explains no failure, or too little can be seen from here.")
        return
    yield _Row("Cause", _named(advice.finding, signs))
    yield _Row("", _beginning(advice.finding.helpdesk))
    for number, other in enumerate(advice.others):
        yield _Row("Also" if number == 0 else "", _named(other, signs))


def _named(finding: Finding, signs: Mapping[Verdict, str]) -> Content:
    return plain(f"{signs[finding.verdict]} {finding.verdict.value.upper()}  {finding.title}", "bold")


def _action(advice: Advice) -> Iterator[_Row]:
    if advice.remedy is None or advice.step is None:
        yield _Row("Next", plain("Run this; it only looks.", "bold"), gap=True)
        yield _Row("", advice.command)
        return
    yield _Row("Action", plain(advice.remedy.title, "bold"), gap=True)
    if advice.first is not None:
        yield _Row("first", f"{advice.first.title}.")
    yield _Row("then", f"{advice.step.title}.")
    if advice.step.command:
        where = f"In the {advice.step.shell}:" if advice.step.shell else "Run:"
        yield _Row("", joined(plain(f"{where} ", "dim"), plain(advice.step.command)))
    yield _Row("Undo", advice.undo or "Nothing is written down for it: note the present settings first.", gap=True)


def _beginning(text: str) -> str:
    """Two sentences: all that fits on one screen beside what to do. The rest stands in the whole diagnosis."""
    return " ".join(re.split(r"(?<=[.!?]) ", text)[:2])


def _decision(advice: Advice) -> Iterator[_Row]:
    yield _Row("Decide", plain(f"by {clock(advice.decide_by)}", "bold"), gap=True)
    yield _Row("", "If phones still fail then: lead the names back to the old servers, or call support.")


def clock(moment: datetime) -> str:
    """A time of day in UTC and as this machine's clock shows it."""
    local = moment.astimezone()
    here = "" if local.utcoffset() == moment.utcoffset() else f" ({local:%H:%M} here)"
    return f"{moment:%H:%M} UTC{here}"
