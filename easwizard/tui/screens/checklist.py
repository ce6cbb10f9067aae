"""Check before cut-over: every gate of the checklist, what is known of it, and above all whether the names may move.

It judges again whenever the case changes and as time passes, for evidence grows old. What is told here goes into the
case; looking and simulating belong to the screen of the case, which lends them.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.reactive import reactive
from textual.widgets import Footer, OptionList, Static

from easwizard.case.case import Case
from easwizard.checklist.decision import Checklist, GateStatus
from easwizard.tui.privacy import privacy
from easwizard.tui.safe_text import plain
from easwizard.tui.screens import checklist_words as words
from easwizard.tui.screens.checklist_keys import ChecklistKeys, Desk
from easwizard.tui.symbols import symbols
from easwizard.tui.widgets.outside import services_of
from easwizard.tui.widgets.row_list import RowList
from easwizard.workflow.gating import checklist_of
from easwizard.workflow.run import Run
from easwizard.workflow.stages import Stage

_WATCH_SECONDS = 0.25
_REASONS, _REASONS_WIDE = 3, 5
"""Lines for what stands against going; always on the screen."""


class ChecklistScreen(ChecklistKeys):
    """The decision above, the gates below it, one of them in full. Returns the stage to go to."""

    HELP = """
# Check before cut-over

What must hold before the names move, judged on this case. Above all the decision: GO where every gate holds or is
waived, NO-GO where any fails, UNDECIDED where anything is unknown or stale. Below it what stands against going.

Evidence grows old: looks count for an hour, what was read of servers for a day, what people said as long as the gate
says. Then a gate is stale until somebody looks again: `l` looks at the names now.

`p` says that the marked gate holds, `f` that it fails, `u` that it is not known; a note and evidence may be given.
What the program sees to fail stays failed until a new look. `w` goes without a gate, with a reason and a last day.
`o` names who looks after it. `n` marks the next gate that stands against going, failures first, `a` shows only those.

`s` plans the changes of the window, `1` to `7` go to a stage of the case, where F8 comes back here. Everything is
kept in the case as it is said, and may go on for days. `e` saves the list to print and sign.
"""
    DEFAULT_CSS = """
    ChecklistScreen #gates-title { height: 1; background: $primary-background; color: $text; text-style: bold;
                                   text-wrap: nowrap; text-overflow: ellipsis; }
    ChecklistScreen #gates-body { height: 1fr; padding: 0 1; }
    ChecklistScreen #decision { height: 1; text-wrap: nowrap; }
    ChecklistScreen #reasons { height: auto; max-height: 5; text-wrap: nowrap; }
    ChecklistScreen #gates-split { layout: vertical; height: 1fr; }
    ChecklistScreen .line-title { height: 1; color: $primary; text-style: bold; text-wrap: nowrap;
                                  text-overflow: ellipsis; }
    ChecklistScreen #gates { height: 1fr; min-height: 3; }
    ChecklistScreen #gates:focus > .option-list--option-highlighted { background: $primary-muted; color: $text; }
    ChecklistScreen #gate-side { height: 9; }
    ChecklistScreen #gate-scroll { height: 1fr; scrollbar-size: 1 1; }
    ChecklistScreen #gate { height: auto; }
    ChecklistScreen #gates-next { height: 1; background: $boost; text-wrap: nowrap; text-overflow: ellipsis; }
    ChecklistScreen.-wide #reasons { margin-bottom: 1; }
    ChecklistScreen.-wide #gates-split { layout: horizontal; }
    ChecklistScreen.-wide #gates { width: 11fr; height: 100%; }
    ChecklistScreen.-wide #gate-side { width: 9fr; height: 100%; margin-left: 1; padding-left: 1;
                                       border-left: solid $primary; }
    ChecklistScreen.-short #gate-side { height: 6; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(str(stage.number), f"go('{stage}')", stage.label, show=False, tooltip=f"Go to {stage.label}")
            for stage in Stage
        ),
        Binding("escape", "back", "Back", show=False, tooltip="Back to the case; everything is kept"),
    ]
    only_open: reactive[bool] = reactive(False, init=False)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.found: Checklist | None = None
        self._shown_case: Case | None = None
        """The case that was judged, as it may be shown."""
        self._judged: Case | None = None
        self._at: datetime | None = None
        self._is_drawn = False
        self._shape: object = None
        """What the height of the list comes from."""
        self._changed = asyncio.Event()

    def compose(self) -> ComposeResult:
        yield Static(id="gates-title")
        with Vertical(id="gates-body"):
            yield Static(plain("judging ..."), id="decision")
            yield Static(id="reasons")
            with Container(id="gates-split"):
                yield RowList(id="gates")
                with Vertical(id="gate-side"):
                    yield Static(id="gate-title", classes="line-title")
                    with VerticalScroll(id="gate-scroll"):
                        yield Static(id="gate")
            yield Static(id="gates-next")
        yield Footer()

    def on_mount(self) -> None:
        self.query_one("#gates").focus()
        self._keep_judging()
        self.set_interval(_WATCH_SECONDS, self._watch)
        self.watch(self.app, "names_hidden", self.judge_again, init=False)
        self.judge_again()
        self._draw_title()

    # Judging

    def judge_again(self) -> None:
        """The case, the time or what may be shown has changed."""
        self._changed.set()

    def _watch(self) -> None:
        """Looks come in beside this screen, and every minute something may have grown too old."""
        now = services_of(self).now()
        is_later = self._at is not None and now.replace(second=0, microsecond=0) > self._at
        if self.desk.case() is not self._judged or is_later:
            self._changed.set()
        self._draw_title()

    @work(group="picture", exclusive=True)
    async def _keep_judging(self) -> None:
        """A diagnosis and a simulation take longer than a frame, so they happen beside the event loop."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            self._judged = case = self.desk.case()
            now = services_of(self).now()
            self._at = now.replace(second=0, microsecond=0)
            shown_case, found = await asyncio.to_thread(self._judge, case, now)
            if not self.app.is_running or not self.is_attached:
                return
            self.found, self._shown_case = found, shown_case
            self._draw()

    def _judge(self, case: Case, now: datetime) -> tuple[Case, Checklist]:
        """The case goes along so that its names are known to be hidden."""
        return privacy(self.app).shown((case, checklist_of(case, now)))

    # Drawing

    @property
    def gate(self) -> GateStatus | None:
        """The gate that is marked."""
        key = self.query_one("#gates", RowList).key
        return self.found.gate(key) if self.found is not None and key is not None else None

    @property
    def _width(self) -> int:
        return max(20, self.query_one("#gates-body").content_size.width)

    def _draw_title(self) -> None:
        name = "(names hidden)" if privacy(self.app).names_hidden else self.desk.name
        judged = f"judged {self.found.at:%H:%M} UTC" if self.found is not None else ""
        parts = [" Check before cut-over", name, self._looking(self.desk.course()) or judged]
        parts += ["read only"] if self.desk.why_read_only is not None else []
        self.query_one("#gates-title", Static).update(plain("   ".join(part for part in parts if part)))

    @staticmethod
    def _looking(course: Run) -> str:
        if course.over or not course.errands:
            return ""
        done = sum(errand.state.is_over for errand in course.errands)
        return f"looking: {done} of {len(course.errands)}, ctrl+x ends it"

    def _draw(self) -> None:
        if self.found is None or not self.is_mounted:
            return
        signs, width = symbols(self.app), self._width
        lines = _REASONS_WIDE if self.has_class("-wide") else _REASONS
        self.query_one("#decision", Static).update(words.headline(self.found, signs, width))
        reasons = words.reasons(self.found, signs, width, lines)
        self.query_one("#reasons", Static).update(reasons)
        listed = self.query_one("#gates", RowList)
        listed.put(words.rows(self.found, signs, listed.row_width, only_open=self.only_open))
        if not self._is_drawn and self.found.reasons():
            listed.mark(words.key_of(self.found.reasons()[0]))
        self._is_drawn = True
        if self._shape != (shape := (self.size, reasons.plain.count("\n"))):
            self._shape = shape
            self.call_after_refresh(listed.scroll_to_highlight)  # the list got another height
        self._draw_title()
        self._draw_gate()

    def _draw_gate(self) -> None:
        found, gate, case = self.found, self.gate, self._shown_case
        if found is None or case is None:
            return
        side = self.query_one("#gate-side").content_size.width
        line = symbols(self.app).line
        title = f"{line * 2} {gate.entry.words.title if gate is not None else 'No gate'} "
        self.query_one("#gate-title", Static).update(plain(title + line * max(0, side - len(title))))
        text = words.detail(gate, found, max(20, side - 1)) if gate is not None else plain("")
        self.query_one("#gate", Static).update(text)
        self.query_one("#gates-next", Static).update(words.next_line(case, found, gate))

    def on_resize(self) -> None:
        self.call_after_refresh(self._draw)

    def watch_only_open(self) -> None:
        self._draw()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._draw_gate()
        self.query_one("#gate-scroll").scroll_home(animate=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.query_one("#gate-scroll").focus()

    # Keys

    def action_go(self, stage: str) -> None:
        self.dismiss(Stage(stage))

    def action_back(self) -> None:
        """First out of the text, then back to the case."""
        listed = self.query_one("#gates", RowList)
        if self.query_one("#gate-scroll").has_focus:
            listed.focus()
        else:
            self.dismiss(None)

    def action_only_open(self) -> None:
        self.only_open = not self.only_open

    def action_next_open(self) -> None:
        """The next one that stands against going, in the order of the reasons; after the last the first again."""
        against = self.found.reasons() if self.found is not None else ()
        if not against:
            self.notify("Nothing stands against going.", markup=False)
            return
        here = against.index(self.gate) + 1 if self.gate in against else 0
        self.query_one("#gates", RowList).mark(words.key_of(against[here % len(against)]))
