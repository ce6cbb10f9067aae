"""What if: the estate that was imported, before and after a plan, as a heat map with the paths behind each number.

It sends and changes nothing. The plan for the cut-over is the one thing that it writes down, into the case.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Footer, OptionList, Static

from easwizard.case.case import Case
from easwizard.tui.messages import Copy
from easwizard.tui.privacy import privacy
from easwizard.tui.safe_text import joined, plain
from easwizard.tui.screens import simulator_words as words
from easwizard.tui.screens.confirm import ConfirmScreen
from easwizard.tui.screens.plan_editor import PlanEditor
from easwizard.tui.symbols import symbols
from easwizard.tui.widgets.heat_view import HeatView, Side, places
from easwizard.tui.widgets.row_list import RowList
from easwizard.workflow.stages import Stage
from easwizard.workflow.what_if import Comparison, LeftOut, Prospect, compared

_NEXT_SIDE = {Side.AFTER: Side.BEFORE, Side.BEFORE: Side.BOTH, Side.BOTH: Side.AFTER}
_NOTHING = (
    "The simulator needs the estate: which virtual directories there are, where their InternalUrls lead and which of "
    "them ask for certificates. Nothing of that was imported yet.",
    "Bring the output of Get-ExchangeServer and Get-ActiveSyncVirtualDirectory, and applicationHost.config of each "
    "old server; the collector gathers them all and changes nothing.",
)


class SimulatorScreen(Screen[Stage | None]):
    """Plans above, the heat map of the marked one below, and what follows. Returns the stage to go to."""

    HELP = """
# What if

Above, the plans: doing nothing, both resolutions of the article, one of them stopped half-way, and your own. Each
with the share of requests served for mailboxes on old versions. Below, the heat map of the one that is marked, and
what follows from it: the ways behind the marked cell, the findings of tomorrow, what meets phones at once, and the
way back.

The keys `1` to `9` mark a plan, `c` turns from after to before to side by side. `Tab` goes into the heat map, where
the arrows mark a cell, and on to the text. `?` in a cell: it is not known, and no number is made of it.

`p` takes the marked plan as the one for the cut-over, `e` changes that plan line by line. It is kept in the case.
Nothing here is sent, and nothing is changed on a server.
"""
    DEFAULT_CSS = """
    SimulatorScreen #what-title { height: 1; background: $primary-background; color: $text; text-style: bold;
                                  text-wrap: nowrap; text-overflow: ellipsis; }
    SimulatorScreen #simulator { height: 1fr; padding: 0 1; }
    SimulatorScreen #plans { height: auto; max-height: 9; }
    SimulatorScreen #plans:focus > .option-list--option-highlighted { background: $primary-muted; color: $text; }
    SimulatorScreen .line-title { height: 1; color: $primary; text-style: bold; text-wrap: nowrap;
                                  text-overflow: ellipsis; }
    SimulatorScreen #heat-scroll { height: auto; max-height: 5; scrollbar-size: 1 1; }
    SimulatorScreen #story { height: 1fr; scrollbar-size: 1 1; }
    SimulatorScreen #columns { height: auto; layout: vertical; }
    SimulatorScreen #columns Static { height: auto; }
    SimulatorScreen #nothing { height: 1fr; padding: 1 2; display: none; }
    SimulatorScreen #what-next { height: 1; background: $boost; text-wrap: nowrap; text-overflow: ellipsis; }
    SimulatorScreen.-empty #simulator { display: none; }
    SimulatorScreen.-empty #nothing { display: block; }
    SimulatorScreen.-wide #plans { max-height: 14; margin: 1 0; }
    SimulatorScreen.-wide #heat-scroll { max-height: 12; margin-bottom: 1; }
    SimulatorScreen.-wide #columns { layout: horizontal; }
    SimulatorScreen.-wide #columns > Vertical { width: 1fr; height: auto; padding-right: 1; }
    SimulatorScreen #columns > Vertical { height: auto; }
    SimulatorScreen.-short #plans { max-height: 6; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "compare", "Compare", tooltip="After, before, side by side"),
        Binding("p", "plan", "Plan it", tooltip="Take the marked plan as the one for the cut-over"),
        Binding("e", "edit", "Edit plan", tooltip="Change the planned changes, line by line"),
        Binding("y", "copy", "Copy", show=False, tooltip="Copy the changes of the marked plan, one a line"),
        *(Binding(str(n), f"choose({n})", show=False) for n in range(1, 10)),
        Binding("escape", "back", "Back", tooltip="Back to the case"),
    ]
    side: reactive[Side] = reactive(Side.AFTER, init=False)

    def __init__(
        self,
        name: str,
        case: Callable[[], Case],
        plan: Callable[[tuple[str, ...]], None],
        why_read_only: str | None = None,
    ) -> None:
        """`case` gives the case as it stands, `plan` writes a plan down; both by true names."""
        super().__init__()
        self._case_name, self._case, self._write, self._why_read_only = name, case, plan, why_read_only
        self._found = Comparison()
        self._drawn_plan: tuple[str, ...] = ()
        """The plan of the case, as it may be shown."""
        self._draft = ""
        """What was being typed in the editor when it was left."""

    def compose(self) -> ComposeResult:
        yield Static(id="what-title")
        with Vertical(id="simulator"):
            yield RowList(id="plans")
            yield Static(id="heat-title", classes="line-title")
            with VerticalScroll(id="heat-scroll", can_focus=False):
                yield HeatView(id="heat")
            yield Static(id="story-title", classes="line-title")
            with VerticalScroll(id="story"), Container(id="columns"):
                with Vertical():
                    yield Static(id="paths")
                    yield Static(id="findings")
                with Vertical():
                    yield Static(id="consequences")
            yield Static(id="what-next")
        with VerticalScroll(id="nothing"):
            yield Static(_nothing())
        yield Footer()

    def on_mount(self) -> None:
        self.query_one("#plans").focus()
        self.watch(self.app, "names_hidden", self._on_privacy, init=False)
        self._simulate()

    # Simulating

    def _on_privacy(self) -> None:
        self._simulate()

    @work(group="what if", exclusive=True)
    async def _simulate(self) -> None:
        """Every plan is diagnosed twice, so it happens beside the event loop."""
        case = self._case()
        is_empty = not case.inventory.vdirs
        self.set_class(is_empty, "-empty")
        hidden = privacy(self.app)
        name = "(names hidden)" if hidden.names_hidden else self._case_name
        self.query_one("#what-title", Static).update(plain(f" What if   {name}   nothing is sent or changed"))
        if is_empty:
            self.query_one("#nothing").focus()
            return
        # The case goes along so that its names are known to be hidden.
        _, found, plan = await asyncio.to_thread(lambda: hidden.shown((case, compared(case), case.changes)))
        is_first = not self._found.prospects
        self._found, self._drawn_plan = found, plan
        self._draw_plans()
        self._draw()
        if is_first:
            self.query_one(HeatView).mark_first_fault()

    # Drawing

    @property
    def prospect(self) -> Prospect | None:
        """The plan that is marked, if it is one that can be looked at."""
        number = self._number
        return self._found.prospects[number] if number < len(self._found.prospects) else None

    @property
    def _left_out(self) -> LeftOut | None:
        number = self._number - len(self._found.prospects)
        return self._found.left_out[number] if 0 <= number < len(self._found.left_out) else None

    @property
    def _number(self) -> int:
        number = (self.query_one("#plans", RowList).key or "").removeprefix("plan-")
        return int(number) if number.isdigit() else 0

    def _draw_plans(self) -> None:
        listed = self.query_one("#plans", RowList)
        listed.put(words.plan_rows(self._found, symbols(self.app), listed.row_width))
        if listed.highlighted is None:
            listed.mark(words.key_of(0))

    def _draw(self) -> None:
        if not self._found.prospects or not self.is_mounted:
            return
        prospect = self.prospect
        told = (prospect or self._found.prospects[0]).simulation
        cells = places(told.before.routes, told.after.routes) if told is not None else ()
        self.query_one(HeatView).put(cells, self._shown_side)
        self.query_one("#heat-title", Static).update(plain(self._ruled(self._heat_title(prospect))))
        self._draw_story()
        self.query_one("#what-next", Static).update(words.next_line(prospect, self._drawn_plan))

    @property
    def _shown_side(self) -> Side:
        """Where nothing changes, today is all there is."""
        prospect = self.prospect
        return self.side if prospect is not None and prospect.alternative.changes else Side.BEFORE

    def _heat_title(self, prospect: Prospect | None) -> str:
        title = prospect.alternative.title if prospect is not None else "doing nothing"
        turn = {Side.AFTER: "before", Side.BEFORE: "side by side", Side.BOTH: "after"}[self.side]
        if prospect is None or not prospect.alternative.changes:
            return "Requests served as it is"
        what = {
            Side.BEFORE: f"Before: {title}",
            Side.AFTER: f"After: {title}",
            Side.BOTH: f"Before and after: {title}",
        }
        return f"{what[self.side]} (c: {turn})"

    def _ruled(self, title: str) -> str:
        line, width = symbols(self.app).line, self.query_one("#simulator").content_size.width
        return f"{line * 2} {title} {line * max(0, width - len(title) - 4)}"

    def _draw_story(self) -> None:
        prospect, out, place = self.prospect, self._left_out, self.query_one(HeatView).marked
        is_wide = self.has_class("-wide")
        width = self.query_one("#simulator").content_size.width - 1
        width = max(20, (width // 2 - 1) if is_wide else width)
        side = self._shown_side
        title = words.cell_title(place, side)
        texts = {"paths": words.cell_paths(place, side, width, self.app), "findings": plain(""),
                 "consequences": plain("")}  # fmt: skip
        if out is not None:
            title = out.title
            texts["paths"] = words.left_out(out, width)
        elif prospect is not None:
            texts["findings"] = words.findings(prospect, side, width, self.app)
            texts["consequences"] = words.consequences(prospect, width, airy=is_wide)
        self.query_one("#story-title", Static).update(plain(self._ruled(title)))
        for name, text in texts.items():
            one = self.query_one(f"#{name}", Static)
            one.update(text)
            one.display = bool(text.plain)

    def on_resize(self) -> None:
        if self._found.prospects:
            self.call_after_refresh(self._redraw)

    def _redraw(self) -> None:
        self._draw_plans()
        self._draw()

    def watch_side(self) -> None:
        self._draw()

    def on_heat_view_marked(self, message: HeatView.Marked) -> None:
        message.stop()
        self._draw_story()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._draw()
        self.query_one("#story").scroll_home(animate=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.query_one(HeatView).focus()

    # Keys

    def action_choose(self, number: int) -> None:
        if self.has_class("-empty"):
            if number == Stage.EVIDENCE.number:
                self.dismiss(Stage.EVIDENCE)
        else:
            listed = self.query_one("#plans", RowList)
            if listed.has(words.key_of(number - 1)):
                listed.mark(words.key_of(number - 1))

    def action_compare(self) -> None:
        self.side = _NEXT_SIDE[self.side]

    @work(group="planning", exclusive=True)
    async def action_plan(self) -> None:
        prospect = self.prospect
        if prospect is None or not prospect.alternative.changes:
            self.notify("Mark a plan with changes first; e plans changes of your own.", markup=False)
        elif self._may_plan() and prospect.alternative.changes != self._drawn_plan:
            count = len(self._drawn_plan)
            changes = f"{count} planned change{'s' if count > 1 else ''}"
            text = f"{changes} would be replaced by: {prospect.alternative.title}."
            if not count or await self.app.push_screen_wait(ConfirmScreen("Replace the plan?", text)):
                self._plan(prospect.alternative.changes)

    def _plan(self, changes: tuple[str, ...]) -> None:
        """Changes come back from the screen with the names that it shows."""
        self._write(privacy(self.app).meant(changes))
        self._simulate()

    def _may_plan(self) -> bool:
        why = self._why_read_only
        if why is not None:
            self.notify(f"This case may only be read: {why}.", severity="warning", markup=False)
        return why is None

    @work(group="planning", exclusive=True)
    async def action_edit(self) -> None:
        if self.has_class("-empty") or not self._may_plan():
            return
        editor = PlanEditor(self._case, self._write, self._draft)
        self._draft = await self.app.push_screen_wait(editor) or ""
        self._simulate()

    def action_copy(self) -> None:
        prospect = self.prospect
        if prospect is None or not prospect.alternative.changes:
            self.notify("This one has no changes to copy.", markup=False)
        else:
            # No shell's quoting: a name may say anything, and what is copied may be pasted into a shell.
            text = "".join(f"{change}\n" for change in prospect.alternative.changes)
            self.app.post_message(Copy(text, "the changes"))

    def action_back(self) -> None:
        self.dismiss(None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action in ("back", "choose") or not self.has_class("-empty")


def _nothing() -> Content:
    key = joined(plain("4", "bold"), " goes to Evidence, where it is said what to bring.")
    return Content("\n\n").join([plain(_NOTHING[0]), plain(_NOTHING[1]), key])
