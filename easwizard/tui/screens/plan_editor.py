"""The planned changes of the cut-over, line by line: add, move, take out. Written down at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Paste
from textual.screen import ModalScreen
from textual.widgets import Footer, Input, OptionList, Static

from easwizard.case.case import Case
from easwizard.case.untrusted import visible
from easwizard.exchange.inventory import Inventory
from easwizard.tui.privacy import privacy
from easwizard.tui.safe_text import joined, plain
from easwizard.tui.symbols import symbols
from easwizard.tui.widgets.row_list import Row, RowList, cut
from easwizard.workflow.change_candidates import CheckedChange, change_candidates, checked_changes, trouble_of
from easwizard.workflow.what_if import estate_of

_MOST_SHOWN = 60
"""Candidates in the list at once; typing narrows them down."""
_LONGEST_PASTE = 2_000
_ONE_MORE = "One change more"
_HINT = "Type words of a change, e.g. remove, a server or a name; Down goes to the list, Enter adds."


class _ChangeInput(Input):
    """The line for one change."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("down", "screen.into_candidates", show=False)]

    def on_paste(self, event: Paste) -> None:
        event.stop()
        event.prevent_default()
        self.insert_text_at_cursor(" ".join(visible(event.text[:_LONGEST_PASTE], _LONGEST_PASTE * 4).split()))


class PlanEditor(ModalScreen[str]):
    """Returns what was still being typed."""

    HELP = """
# The plan

The changes of the planned cut-over, in the order in which they are made. A change is `VERB=WHERE=VALUE`, as
`easwizard simulate --change` takes it; the list below offers those that the imported estate allows. Pick one, change
it in the line, and `Enter` adds it behind the others. `add-server=NEW=...` wants the name of the new server.

`Shift+Up` and `Shift+Down` move a change, `Del` takes it out, `Enter` puts it into the line to change it, and `Esc`
leaves it as it was. A change that cannot be made at its place is marked, with the reason. Everything is kept in the
case at once.
"""
    DEFAULT_CSS = """
    PlanEditor { align: center middle; }
    PlanEditor > Vertical { width: 100%; max-width: 110; height: 100%; background: $surface;
                            border: round $primary; padding: 0 1; }
    PlanEditor #planned { height: auto; max-height: 8; min-height: 1; }
    PlanEditor RowList:focus > .option-list--option-highlighted { background: $primary-muted; color: $text; }
    PlanEditor #change { height: 1; border: none; padding: 0 1; background: $boost; }
    PlanEditor #change:focus { border: none; background: $primary-muted; }
    PlanEditor #change-said { height: auto; min-height: 1; max-height: 3; }
    PlanEditor #candidates { height: 1fr; min-height: 2; }
    PlanEditor.-tall #change-said { margin-bottom: 1; }
    PlanEditor.-tall #change-title { margin-top: 1; }
    PlanEditor.-wide #planned { max-height: 16; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("shift+up,u", "move(-1)", "Up", tooltip="Move the marked change up"),
        Binding("shift+down,d", "move(1)", "Down", tooltip="Move the marked change down"),
        Binding("delete,backspace", "remove", "Take out", tooltip="Take the marked change out"),
        Binding("escape", "back", "Back", tooltip="Back to the simulator; the plan is kept"),
    ]

    def __init__(self, case: Callable[[], Case], plan: Callable[[tuple[str, ...]], None], draft: str = "") -> None:
        """`case` gives the case as it stands; `plan` writes a plan down, by its true names."""
        super().__init__()
        self._case, self._plan, self._first_draft = case, plan, draft
        self._checked: tuple[CheckedChange, ...] = ()
        self._candidates: tuple[str, ...] = ()
        self._start = Inventory()
        """The estate before the plan, by its true names."""
        self._to_mark: int | None = None
        self._editing: int | None = None
        """The place of the planned change that is in the line; None where a new one is."""

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(plain("The planned cut-over, in this order"), classes="heading")
            yield RowList(id="planned")
            yield Static(plain(_ONE_MORE), id="change-title", classes="heading")
            yield _ChangeInput(self._first_draft, id="change", placeholder="VERB=SERVER/SITE-NAME=VALUE",
                               select_on_focus=False)  # fmt: skip
            yield Static(plain(_HINT, "dim"), id="change-said")
            yield RowList(id="candidates")
            yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self.query_one("#change").focus()
        self._check()

    # Checking

    @work(group="checking", exclusive=True)
    async def _check(self) -> None:
        """What can be made of the plan, and what could be added; large estates take a while."""
        case = self._case()
        self._checked, self._candidates, self._start = await asyncio.to_thread(self._read, case)
        self._draw()

    def _read(self, case: Case) -> tuple[tuple[CheckedChange, ...], tuple[str, ...], Inventory]:
        start = estate_of(case, case.changes)[0].inventory
        checked, after = checked_changes(start, case.changes)
        _, checked, candidates = privacy(self.app).shown((case, checked, change_candidates(after)))
        return checked, candidates, start

    # Drawing

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        planned = self.query_one("#planned", RowList)
        planned.put([self._row(n, one, planned.row_width) for n, one in enumerate(self._checked)] or [_EMPTY])
        if self._to_mark is not None:
            planned.mark(f"change-{self._to_mark}", self._to_mark)
            self._to_mark = None
        self._draw_candidates()

    def _row(self, number: int, one: CheckedChange, width: int) -> Row:
        signs = symbols(self.app)
        mark = plain(signs.bad if one.trouble else signs.good, "$text-error" if one.trouble else "$text-success")
        text = joined(mark, plain(f"{number + 1:>3}. "), one.change)
        if one.trouble:
            text = joined(cut(text, width), "\n", cut(plain(f"      {one.trouble}", "$text-error"), width))
        return Row(f"change-{number}", text)

    def _draw_candidates(self) -> None:
        listed = self.query_one("#candidates", RowList)
        found = self._offered()
        rows = [Row(f"candidate {c}", cut(plain(c), listed.row_width)) for c in found[:_MOST_SHOWN]]
        more = len(found) - len(rows)
        if more > 0:
            rows.append(Row("more", plain(f"and {more} more: type on", "dim"), is_heading=True))
        listed.put(rows)

    def _offered(self) -> list[str]:
        """The candidates that have every word that was typed."""
        typed = self._typed.casefold().split()
        return [c for c in self._candidates if all(word in c.casefold() for word in typed)]

    # The line

    @property
    def _typed(self) -> str:
        return self.query_one("#change", Input).value.strip()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._draw_candidates()
        self._say()

    def _say(self, *, entered: bool = False) -> None:
        """Whether Enter would take the line; what is wrong with it once nothing offered is like it, or on Enter."""
        said, title = self.query_one("#change-said", Static), _ONE_MORE
        if self._editing is not None:
            title = f"Change {self._editing + 1}, to be replaced by"
        self.query_one("#change-title", Static).update(plain(title))
        trouble, offered = self._trouble() if self._typed else "", len(self._offered())
        if not self._typed:
            said.update(plain(_HINT, "dim"))
        elif not trouble:
            said.update(plain("Enter adds it." if self._editing is None else "Enter replaces it.", "bold"))
        elif offered and not entered:
            said.update(plain(f"{offered} like it below: Down goes there", "dim"))
        else:
            said.update(plain(trouble, "$text-error"))

    def _trouble(self) -> str:
        hidden, case = privacy(self.app), self._case()
        _, there = checked_changes(self._start, case.changes[: self._editing])
        return hidden.shown(trouble_of(there, hidden.meant(self._typed)))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if not self._typed or self._trouble():
            self._say(entered=True)
            return
        changes, change = list(self._case().changes), privacy(self.app).meant(self._typed)
        place = len(changes) if self._editing is None else self._editing
        changes[place : place + 1] = [change]
        self._tell(changes, place)
        event.input.value = ""

    def action_into_candidates(self) -> None:
        listed = self.query_one("#candidates", RowList)
        if listed.option_count:
            listed.focus()
            listed.highlighted = listed.highlighted or 0

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A candidate goes into the line, to be changed or added there; so does a planned change."""
        event.stop()
        key = event.option_list.key if isinstance(event.option_list, RowList) else None
        if key is not None and key.startswith("candidate "):
            self._into_line(key.removeprefix("candidate "))
        elif self._marked is not None:
            self._into_line(self._checked[self._marked].change, self._marked)

    def _into_line(self, text: str, editing: int | None = None) -> None:
        line = self.query_one("#change", Input)
        if editing is not None:
            self._editing = editing
        line.value = text
        line.focus()
        line.cursor_position = len(text)

    # The planned changes

    @property
    def _marked(self) -> int | None:
        number = (self.query_one("#planned", RowList).key or "").removeprefix("change-")
        return int(number) if number.isdigit() and int(number) < len(self._checked) else None

    def action_move(self, by: int) -> None:
        here = self._marked
        changes = list(self._case().changes)
        if here is not None and 0 <= here + by < len(changes) == len(self._checked):
            changes.insert(here + by, changes.pop(here))
            self._tell(changes, here + by)

    def action_remove(self) -> None:
        here = self._marked
        changes = list(self._case().changes)
        if here is not None and len(changes) == len(self._checked):
            del changes[here]
            self._tell(changes, max(0, min(here, len(changes) - 1)))

    def _tell(self, changes: list[str], mark: int) -> None:
        self._plan(tuple(changes))
        self._to_mark, self._editing = mark, None
        self._check()

    def action_back(self) -> None:
        """First out of changing a planned change, which stays as it is; then back."""
        if self._editing is not None:
            self._editing = None
            self.query_one("#change", Input).value = ""
            self._say()
            return
        self.dismiss(self.query_one("#change", Input).value)


_EMPTY = Row("none", plain("Nothing is planned yet."), is_heading=True)
