"""Stage 5: what is wrong and how sure that is, why, what would settle it, and the map with the broken leg."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Input, OptionList, Static

from easwizard.case.mending import Acceptance
from easwizard.diagnosis.clues import Group
from easwizard.diagnosis.finding import Finding, NotExamined
from easwizard.diagnosis.verdicts import Verdict
from easwizard.tui.messages import Copy, GoTo, ShowLogs
from easwizard.tui.safe_text import joined, plain
from easwizard.tui.screens.logs_door import target_of
from easwizard.tui.screens.raw import RawScreen
from easwizard.tui.stages import diagnosis_words as words
from easwizard.tui.stages.diagnosis_accepting import Accepting
from easwizard.tui.symbols import symbols
from easwizard.tui.view import View
from easwizard.tui.widgets.map_view import map_content
from easwizard.tui.widgets.row_list import Row, RowList
from easwizard.workflow.stages import Stage

_OVERVIEW, _MAP, _WHY, _WORDS, _NEXT = "overview", "map", "why", "words", "next"
_LISTS = (_WHY, _NEXT)
_MAP_WIDTH = 61
"""Columns of the map where the window says nothing else."""


class DiagnosisPane(Accepting):
    """Findings above, one of them explained below; on a wide screen the map beside them."""

    HELP: ClassVar[str] = """
# Diagnosis

Above, the findings, the surest first. Below, the one that is marked, with the map of the estate: the way of a phone's
request, hop by hop, the broken leg marked.

`w` why: what speaks for it and against it; Enter on a clue shows the raw look that it rests on, or the logs. `x`
explains it, for the helpdesk and for the engineer. `n` what would settle it, with the command. `m` the map, every
address. The same key again, or Escape, goes back. `s` what if: the imported estate before and after a plan.

`c` copies the command that would settle it, `f` goes to the fix, `/` searches findings and clues, `z` unfolds what
was ruled out or not examined. Nothing here changes a server.
"""
    SCOPED_CSS = False
    DEFAULT_CSS = """
    DiagnosisPane #search { display: none; height: 1; border: none; padding: 0; background: $boost; }
    DiagnosisPane #search.-open { display: block; }
    DiagnosisPane #split { layout: vertical; height: 1fr; }
    DiagnosisPane #left { height: 1fr; }
    DiagnosisPane #findings { height: auto; max-height: 6; }
    DiagnosisPane #findings:focus > .option-list--option-highlighted { background: $primary-muted; color: $text; }
    DiagnosisPane #page-title { height: 1; color: $primary; text-style: bold; text-wrap: nowrap;
                                text-overflow: ellipsis; }
    DiagnosisPane #list { height: 1fr; }
    DiagnosisPane VerticalScroll { height: 1fr; scrollbar-size: 1 1; overflow-x: auto; }
    DiagnosisPane #page-text, DiagnosisPane #side-text { width: auto; min-width: 100%; }
    DiagnosisPane #page-text.-prose { width: 1fr; }
    DiagnosisPane #side { display: none; }
    DiagnosisPane #next-line { height: 1; background: $boost; text-wrap: nowrap; text-overflow: ellipsis; }
    .-wide DiagnosisPane #split { layout: horizontal; }
    .-wide DiagnosisPane #left { width: 1fr; }
    .-wide DiagnosisPane #findings { max-height: 12; margin-bottom: 1; }
    .-wide DiagnosisPane #side { display: block; width: 64; height: 1fr; margin-left: 1; padding-left: 1;
                                 border-left: solid $primary; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "turn('why')", "Why", tooltip="What speaks for it and against it"),
        Binding("x", "turn('words')", "Explain", tooltip="In words, for the helpdesk and for the engineer"),
        Binding("n", "turn('next')", "Next", tooltip="What would settle it"),
        Binding("m", "turn('map')", "Map", tooltip="The map of the estate, every address"),
        Binding("s", "screen.what_if", "What if", tooltip="What a change would do to the imported estate"),
        Binding("c", "copy", "Copy", show=False, tooltip="Copy the command that would settle it"),
        Binding("f", "fix", "Fix", tooltip="Go to the remedies"),
        Binding("slash", "search", "Find", key_display="/", show=False, tooltip="Search findings and clues"),
        Binding("a", "accept", "Accept", tooltip="Live with the marked finding until a day, or take that back"),
        Binding("z", "unfold", "All", show=False, tooltip="Show or fold what was ruled out or not examined"),
        Binding("escape", "back", "Back", show=False),
    ]
    page: reactive[str] = reactive(_OVERVIEW, init=False)
    unfolded: reactive[bool] = reactive(False, init=False)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._view: View | None = None
        self._items: dict[str, words.Listed] = {}
        self._sought = ""

    def compose(self) -> ComposeResult:
        yield Input(id="search", placeholder="find in findings and clues; Escape ends it", compact=True)
        yield RowList(id="findings")
        with Container(id="split"):
            with Vertical(id="left"):
                yield Static(id="page-title")
                yield RowList(id="list")
                with VerticalScroll(id="page"):
                    yield Static(id="page-text")
            with VerticalScroll(id="side"):
                yield Static(id="side-text")
        yield Static(id="next-line")

    def show(self, view: View) -> None:
        self._view = view
        self._draw()

    def take_focus(self) -> None:
        self.query_one("#findings").focus()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if self._view is not None:
            self._draw_findings(self._view)
            self._draw_page()

    @property
    def _is_wide(self) -> bool:
        return self.screen.has_class("-wide")

    @property
    def _width(self) -> int:
        """Columns for what stands in the left part, with room kept for a scroll bar."""
        return max(20, self.query_one("#left").size.width - 1)

    # Findings

    def _draw_findings(self, view: View) -> None:
        found = self.query_one("#findings", RowList)
        width, signs = max(20, self.size.width - 1), symbols(self.app)
        listed = self._listed(view)
        self._items = {_key(item): item for item in listed}
        rows = [Row(_key(item), words.listed_line(item, signs, width, self._mark(item))) for item in listed]
        tail = self._tail(view, listed)
        found.put([*rows, *([Row("tail", plain(tail), is_heading=True)] if tail else [])])

    def _mark(self, item: words.Listed) -> str:
        if self._view is None or not isinstance(item, Finding):
            return ""
        return words.acceptance_mark(item, self.accepted, self._view.report.created.date())

    @property
    def accepted(self) -> Sequence[Acceptance]:
        return self._view.case.accepted if self._view is not None else ()

    def _listed(self, view: View) -> list[words.Listed]:
        """What stands in the list: what may be there; unfolded or sought also what is not, or was not looked at."""
        diagnosis = view.report.diagnosis
        shown: list[words.Listed] = [*diagnosis.findings]
        if self.unfolded or self._sought:
            shown += diagnosis.not_examined
        else:
            shown = [f for f in diagnosis.findings if f.verdict is not Verdict.RULED_OUT]
        return [item for item in shown if self._sought in words.haystack(item)] if self._sought else shown

    def _tail(self, view: View, listed: list[words.Listed]) -> str:
        diagnosis = view.report.diagnosis
        if self._sought:
            return f"{len(listed)} found" if listed else "Nothing is like that."
        out = sum(f.verdict is Verdict.RULED_OUT for f in diagnosis.findings)
        key = f"z {'folds' if self.unfolded else 'shows'} them"
        folded = f"{out} ruled out, {len(diagnosis.not_examined)} not examined: {key}"
        if listed:
            return folded
        if not view.case.observations and not view.case.answers:
            return "Nothing is known yet: answer in 1, name the names in 2, look in 3."
        return f"Nothing wrong was found in what was examined.\n{folded}"

    @property
    def marked(self) -> words.Listed | None:
        """What is marked in the list."""
        key = self.query_one("#findings", RowList).key
        return self._items.get(key) if key is not None else None

    @property
    def finding(self) -> Finding | None:
        """The finding that is marked, if it is one."""
        return self.marked if isinstance(self.marked, Finding) else None

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if event.option_list.id == "findings":
            self._draw_page()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_list.id == "findings":
            self.action_turn(_WHY)
        else:
            self._open_marked_row()

    def _open_marked_row(self) -> None:
        """A clue shows the raw look behind it; what is missing shows how to get it."""
        key, finding, view = self.query_one("#list", RowList).key or "", self.finding, self._view
        kind, _, number = key.partition("-")
        if finding is None or view is None or not number.isdigit():
            return
        if kind == "clue":
            clue = finding.clues[int(number)]
            if clue.group is Group.LOG and view.case.logs is not None:
                self.post_message(ShowLogs(target_of(clue, view.case.logs)))
            else:
                self.app.push_screen(RawScreen(clue, view.case.observations))
        elif self.page == _WHY:
            self._turn_to(_NEXT)

    # The page below

    def action_turn(self, page: str) -> None:
        self._turn_to(_OVERVIEW if page == self.page else page)

    def _turn_to(self, page: str) -> None:
        self.page = page
        self._draw_page()
        names = {_OVERVIEW: "#findings", _WHY: "#list", _NEXT: "#list"}
        self.query_one(names.get(page, "#page")).focus()

    def _draw_page(self) -> None:
        view, item = self._view, self.marked
        if view is None:
            return
        is_list = self.page in _LISTS and isinstance(item, Finding)
        self.query_one("#list").display = is_list
        self.query_one("#page").display = not is_list
        line = symbols(self.app).line
        title = f"{line * 2} {self._title(item)} "
        self.query_one("#page-title", Static).update(plain(title + line * max(0, self._width + 1 - len(title))))
        self.query_one("#next-line", Static).update(words.next_line(view, item))
        if isinstance(item, Finding) and is_list:
            self._draw_list(item)
        else:
            self._draw_text(view, item)
        if self._is_wide:
            self.query_one("#side-text", Static).update(self._map(view, _MAP_WIDTH, folded=False))
        self.refresh_bindings()

    def _title(self, item: words.Listed | None) -> str:
        if isinstance(item, NotExamined):
            return f"Not examined: {item.what}"
        if self.page == _MAP or item is None:
            return "Map"
        heads = {_WHY: "Why", _WORDS: "Explained", _NEXT: "What would settle it", _OVERVIEW: "Map"}
        if self.page == _OVERVIEW and not self._is_wide:
            return heads[_OVERVIEW]
        hint = {_WHY: " (Enter: the raw look)", _NEXT: " (c copies)"}.get(self.page, "")
        return f"{heads[self.page]}{hint}: {item.title}" if self.page != _OVERVIEW else item.title

    def _draw_list(self, finding: Finding) -> None:
        rows, width = self.query_one("#list", RowList), self._width
        if self.page == _WHY:
            rows.put([*words.clue_rows(finding, width)])
        elif finding.missing:
            rows.put([*words.missing_rows(finding.missing, width)])
        else:
            rows.put([Row("nothing", plain("Nothing more is needed: f shows how to mend it."), is_heading=True)])

    def _draw_text(self, view: View, item: words.Listed | None) -> None:
        page = self.query_one("#page-text", Static)
        width = self._width
        page.set_class(self.page == _WORDS or isinstance(item, NotExamined) or self._is_wide, "-prose")
        if isinstance(item, NotExamined):
            page.update(plain(item.why))
        elif self.page == _MAP or item is None:
            page.update(self._map(view, width, folded=False))
        elif self.page == _WORDS:
            page.update(words.explained(item, width))
        else:
            page.update(self._overview(view, item, width))

    def _overview(self, view: View, finding: Finding, width: int) -> Content:
        """What was decided about it, and in short what it is; below the map where that is not beside it."""
        short = joined(plain("In short  ", "bold"), finding.summary or finding.title)
        told = words.acceptance(finding, width)
        if self._is_wide:
            return joined(told, "\n\n", short) if told is not None else short
        above = joined(told, "\n") if told is not None else plain("")
        return joined(above, self._map(view, width, folded=True), "\n", _fill(short, width))

    def _map(self, view: View, width: int, *, folded: bool) -> Content:
        """The map with the odds below it."""
        drawn = map_content(view, self.app, width, folded=folded)
        odds = words.odds(view, min(width, _MAP_WIDTH), self.app)
        return drawn if odds is None else joined(drawn, "\n" if folded else "\n\n", odds)

    # Keys

    def action_copy(self) -> None:
        view, item = self._view, self.marked
        if view is None:
            return
        key = self.query_one("#list", RowList).key or ""
        number = key.removeprefix("missing-")
        if self.page in _LISTS and isinstance(item, Finding) and number.isdigit():
            how: str | None = item.missing[int(number)].how
        else:
            how = words.next_command(view, item)
        if how is None:
            self.notify("Nothing is missing that a command would bring.", markup=False)
        else:
            self.post_message(Copy(how, "the command that would settle it"))

    def action_fix(self) -> None:
        self.post_message(GoTo(Stage.FIX))

    def action_unfold(self) -> None:
        self.unfolded = not self.unfolded
        self._draw()

    def action_search(self) -> None:
        search = self.query_one("#search", Input)
        search.add_class("-open")
        search.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._sought = event.value.strip().casefold()
        self._draw()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.query_one("#findings").focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "back":
            return self.page != _OVERVIEW or self._is_searching
        return True

    @property
    def _is_searching(self) -> bool:
        return self.query_one("#search").has_class("-open")

    def action_back(self) -> None:
        """First out of the search, then back to the overview."""
        search = self.query_one("#search", Input)
        if self._is_searching:
            search.remove_class("-open")
            search.value = ""
            self.query_one("#findings").focus()
        else:
            self._turn_to(_OVERVIEW)


def _key(item: words.Listed) -> str:
    return f"finding {item.code}" if isinstance(item, Finding) else f"unseen {item.what}"


def _fill(content: Content, width: int) -> Content:
    """Prose below a map that may be wider than the screen: wrapped to the screen."""
    return Content("\n").join([*content.wrap(width)])
