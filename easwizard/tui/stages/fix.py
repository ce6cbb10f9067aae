"""Stage 6: how to mend what was found: remedies, the recommended first, each with its steps, checks and way back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import OptionList, Static

from easwizard.case.events import Answered
from easwizard.diagnosis.finding import Finding
from easwizard.diagnosis.words import Remedy, Step
from easwizard.tui.messages import Copy, Happened, Look
from easwizard.tui.safe_text import joined, plain
from easwizard.tui.stages.diagnosis_words import command, hanging
from easwizard.tui.stages.pane import Pane
from easwizard.tui.symbols import symbols
from easwizard.tui.view import View
from easwizard.tui.widgets.row_list import Row, RowList, fit

_CUTOVER = "cutover"
_WHEN = {
    "before": "Before the cut-over: every remedy here hits phones that still work. These are steps inside the change "
    "window, after certificate sign-in works on the new servers (J21).",
    "after": "After the cut-over: prefer the recommended remedy; deleting a virtual directory is clean-up for later, "
    "and only after 7 days without a phone in its IIS log (J21).",
}
_ASK = "Have the names moved to the new servers? It decides what is safe: b not yet, a yes (J21)."


@dataclass(frozen=True)
class Offer:
    """One remedy with the finding that it mends."""

    finding: Finding
    remedy: Remedy


class FixPane(Pane):
    """Remedies of what was found."""

    HELP: ClassVar[str] = """
# Fix

The remedies of what is confirmed or likely, the recommended one of each finding first; below, the steps of the one
that is marked. `Enter` goes into the steps, `c` copies the command of the marked step, `p` the whole plan as text,
`Escape` goes back. What stands in angle brackets is for you to fill in.

Say with `b` or `a` whether the names have moved: before the cut-over every remedy hits phones that still work.

easwizard changes nothing itself. What was mended is verified by looking again: `ctrl+r`.
"""
    SCOPED_CSS = False
    DEFAULT_CSS = """
    FixPane #when { height: auto; max-height: 4; color: $text-warning; }
    FixPane #mending { layout: vertical; height: 1fr; }
    FixPane #remedies { height: auto; max-height: 7; }
    FixPane #remedy-title { height: 1; color: $primary; text-style: bold; text-wrap: nowrap;
                            text-overflow: ellipsis; }
    FixPane #plan { height: 1fr; }
    FixPane #steps { height: 1fr; }
    FixPane #verify { height: 1; background: $boost; text-wrap: nowrap; text-overflow: ellipsis; }
    .-wide FixPane #remedies { max-height: 12; margin: 1 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "copy", "Copy step", tooltip="Copy the command of the marked step"),
        Binding("p", "copy_plan", "Copy plan", tooltip="Copy all steps of the marked remedy as text"),
        Binding("b", "cutover('before')", "Before", tooltip="The names have not moved yet"),
        Binding("a", "cutover('after')", "After cut-over", tooltip="The names have moved"),
        Binding("escape", "back", "Back", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._view: View | None = None
        self._offers: tuple[Offer, ...] = ()

    def compose(self) -> ComposeResult:
        yield Static(id="when")
        with Container(id="mending"):
            yield RowList(id="remedies")
            with Vertical(id="plan"):
                yield Static(id="remedy-title")
                yield RowList(id="steps")
        yield Static(plain("Verified by looking again: ctrl+r. easwizard changes nothing."), id="verify")

    def show(self, view: View) -> None:
        self._view = view
        self._offers = tuple(offers(view))
        self._draw()

    def take_focus(self) -> None:
        self.query_one("#remedies").focus()

    def on_resize(self) -> None:
        self._draw()

    @property
    def _width(self) -> int:
        return max(20, self.size.width - 1)

    def _draw(self) -> None:
        view = self._view
        if view is None:
            return
        answer = view.case.answer(_CUTOVER)
        when = self.query_one("#when", Static)
        when.display = bool(self._offers)
        when.update(plain(_WHEN.get(answer, _ASK)))
        self.query_one("#remedies", RowList).put([*self._rows(view)])
        self._draw_steps()

    def _rows(self, view: View) -> Iterator[Row]:
        last: str | None = None
        signs = symbols(self.app)
        for number, offer in enumerate(self._offers):
            finding = offer.finding
            if finding.code != last:
                last = finding.code
                head = f"{signs.verdict[finding.verdict]} {finding.verdict.value.upper()}  {finding.title}"
                yield Row(f"finding {finding.code}", plain(fit(head, self._width)), is_heading=True)
            mark = "recommended  " if offer.remedy.recommended else "or           "
            yield Row(f"remedy-{number}", joined("  ", plain(mark, "bold" if offer.remedy.recommended else "dim"),
                      fit(offer.remedy.title, self._width - 15)))  # fmt: skip
        if not self._offers:
            yield Row("none", plain(_nothing(view)), is_heading=True)

    @property
    def offer(self) -> Offer | None:
        """The remedy that is marked."""
        return self._offers[number] if (number := self._number("#remedies", "remedy-")) is not None else None

    def _number(self, list_id: str, head: str) -> int | None:
        number = (self.query_one(list_id, RowList).key or "").removeprefix(head)
        return int(number) if number.isdigit() else None

    def _draw_steps(self) -> None:
        offer = self.offer
        line = symbols(self.app).line
        title = f"{line * 2} {offer.remedy.title} " if offer is not None else ""
        self.query_one("#remedy-title", Static).update(plain(title + line * max(0, self._width + 1 - len(title))))
        self.query_one("#plan").display = offer is not None
        rows = (
            [_step_row(n, step, self._width) for n, step in enumerate(offer.remedy.steps)]
            if offer is not None
            else []
        )
        self.query_one("#steps", RowList).put(rows)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if event.option_list.id == "remedies":
            self._draw_steps()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_list.id == "remedies":
            self.query_one("#steps").focus()

    # Keys

    def action_copy(self) -> None:
        offer, number = self.offer, self._number("#steps", "step-")
        steps = offer.remedy.steps if offer is not None else ()
        step = steps[number] if number is not None and number < len(steps) else None
        if step is None or step.command is None:
            self.notify("This step has no command: it is done by hand. p copies the whole plan.", markup=False)
        else:
            self.post_message(Copy(step.command, f"the command of step {(number or 0) + 1}"))

    def action_copy_plan(self) -> None:
        if self.offer is not None:
            self.post_message(Copy(plan_text(self.offer.remedy), "the plan"))

    def action_cutover(self, answer: str) -> None:
        self.post_message(Happened((Answered(_CUTOVER, answer),)))

    def action_look(self) -> None:
        self.post_message(Look())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.query_one("#steps").has_focus if action == "back" else True

    def action_back(self) -> None:
        self.query_one("#remedies").focus()


def offers(view: View) -> Iterator[Offer]:
    """Every remedy of what is asserted, those of one finding together, the recommended one first."""
    for finding in view.report.diagnosis.findings:
        if finding.verdict.asserts:
            for remedy in sorted(finding.remedies, key=lambda remedy: not remedy.recommended):
                yield Offer(finding, remedy)


def _step_row(number: int, step: Step, width: int) -> Row:
    parts = [hanging(f"{number + 1:>2} ", f"{step.title}. {step.instruction}".strip(), width)]
    if step.command is not None:
        parts += [plain(f"   {step.shell}:", "dim"), command(step.command, width)]
    parts.append(hanging("   check  ", step.check, width))
    if step.undo is not None:
        parts.append(hanging("   undo   ", step.undo, width))
    return Row(f"step-{number}", Content("\n").join(parts))


def plan_text(remedy: Remedy) -> str:
    """A remedy as text to take along."""
    lines = [remedy.title, ""]
    for number, step in enumerate(remedy.steps, start=1):
        lines.append(f"{number}. {step.title}. {step.instruction}".rstrip())
        lines += [f"   [{step.shell}] {step.command}"] if step.command is not None else []
        lines.append(f"   check: {step.check}")
        lines += [f"   undo: {step.undo}"] if step.undo is not None else []
    return "\n".join(lines) + "\n"


def _nothing(view: View) -> str:
    if not view.case.observations and not view.case.answers:
        return "Nothing is known yet: answer in 1, name the names in 2, look in 3."
    return "Nothing to mend: no problem is confirmed or likely. What is only\npossible is settled first: see 4."
