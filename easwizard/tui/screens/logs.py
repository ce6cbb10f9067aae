"""The logs: what fails, for whom and since when, counted; with filters, and the way to the rows behind each number.

It draws the counts of the case and opens no file; the rows are `log_rows`' business.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Footer, Input, Static

from easwizard.case.case import Case
from easwizard.case.log_counts import HourCount, LogCounts, TargetCount
from easwizard.reports.log_timeline import Line as TimeLine
from easwizard.reports.log_timeline import Timeline, timeline
from easwizard.tui.messages import Copy
from easwizard.tui.privacy import privacy
from easwizard.tui.safe_text import joined, plain
from easwizard.tui.screens import logs_words as words
from easwizard.tui.screens.log_rows import LogRowsScreen
from easwizard.tui.screens.logs_pages import Page, Table, Told, limits
from easwizard.tui.screens.logs_tables import table
from easwizard.tui.symbols import ASCII, symbols
from easwizard.tui.widgets.hour_plot import ASCII_PLOT, Plot, PlotSigns, plot_lines
from easwizard.tui.widgets.line_table import LineTable
from easwizard.workflow.log_rows import RowFilter

_PLOTTED = (Page.TARGETS, Page.HOURS)
_HIGHEST_PLOT, _LOWEST_PLOT = 20, 8
_MOST_TARGETS = 60
_NOTHING = (
    "No log is in this case yet. Bring them in stage 4: a adds a file, a folder or a pattern such as u_ex*.log.",
    "IIS logs of the front end, the back end and the old servers, HTTPERR, and HttpProxy logs of the new servers; "
    "zip and gz too. They are counted where they are, and nothing of them is copied.",
)
_HOUR = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d)?(:\d\d)*Z?")
_SYNTAX = "user=NAME  device=ID  target=HOST  hour=2026-03-01T22, or any part of a name; * stands for anything"


@dataclass(frozen=True)
class _Drawn:
    """The counts as they may be shown, with their timelines."""

    counts: LogCounts
    told: Timeline | None

    def line_of(self, key: str) -> TimeLine | None:
        lines = self.told.lines if self.told is not None else ()
        return next((line for line in lines if f"{line.named_by}:{line.target}" == key), None)


class LogsScreen(Screen[None]):
    """Seven tables over one picture."""

    HELP = """
# Logs

What the logs say of ActiveSync, counted. The keys `1` to `7` or `Tab` turn the pages: targets, hours, codes, users,
devices, commands, files. Below stands the marked line in full; for a target, its requests hour by hour: solid is
what failed, dotted what did not, ▲ the hour in which it began. `Ctrl+Down` scrolls it.

`Enter` on a line narrows everything to that target, hour, user or device; `/` types a filter: `user=anna`,
`device=ApplC39*`, `target=old.test`, `hour=2026-03-01T22`, or any part of a name. Backspace takes the filter away.

`r` reads the rows behind the marked number from the logs themselves, `f` the failed ones only. `c` copies the line,
`shift+c` the table. Passwords that are wrong are no fault of a target: signs and plots leave them out.
"""
    DEFAULT_CSS = """
    LogsScreen .one-line { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    LogsScreen #logs-title { background: $primary-background; color: $text; text-style: bold; }
    LogsScreen #logs { height: 1fr; padding: 0 1; }
    LogsScreen #logs-search { display: none; height: 1; border: none; padding: 0; background: $boost; }
    LogsScreen #logs-search.-open { display: block; }
    LogsScreen #logs-filter.-set { color: $text-warning; text-style: bold; }
    LogsScreen #logs-rule { color: $primary; text-style: bold; }
    LogsScreen #logs-table { height: 1fr; }
    LogsScreen #logs-detail { height: auto; max-height: 9; scrollbar-size: 1 1; }
    LogsScreen.-plotted #logs-table { height: auto; max-height: 30%; min-height: 3; }
    LogsScreen.-plotted #logs-detail { height: 1fr; max-height: 100%; }
    LogsScreen.-wide #logs-detail { max-height: 14; }
    LogsScreen.-wide.-plotted #logs-detail { max-height: 100%; }
    LogsScreen #logs-detail-text { height: auto; }
    LogsScreen #logs-nothing { display: none; height: 1fr; padding: 1 2; }
    LogsScreen.-empty #logs { display: none; }
    LogsScreen.-empty #logs-nothing { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(n), f"turn({n})", page.value, show=False) for n, page in enumerate(Page, start=1)),
        Binding("tab", "turn_by(1)", "Next page", priority=True, show=False),
        Binding("shift+tab", "turn_by(-1)", "Page before", priority=True, show=False),
        Binding("slash", "search", "Filter", key_display="/", tooltip="Type a filter"),
        Binding("backspace", "clear", "No filter", tooltip="Take the filter away"),
        Binding("r", "rows", "Rows", tooltip="Read the rows behind the marked line"),
        Binding("f", "rows(True)", "Failed rows", tooltip="Read the failed rows behind the marked line"),
        Binding("ctrl+down", "scroll_detail(1)", "Scroll down", show=False, tooltip="Scroll what stands below"),
        Binding("ctrl+up", "scroll_detail(-1)", "Scroll up", show=False),
        Binding("c", "copy", "Copy", tooltip="Copy the marked line"),
        Binding("C", "copy_table", "Copy table", show=False, tooltip="Copy the whole table"),
        Binding("escape", "back", "Back", tooltip="Back to the case"),
    ]
    page: reactive[Page] = reactive(Page.TARGETS, init=False)
    wanted: reactive[RowFilter] = reactive(RowFilter(), init=False)
    """The filter, in the names that the screen shows."""

    def __init__(self, name: str, case: Callable[[], Case], target: str = "") -> None:
        """`case` gives the case by true names; `target` is the host to begin with, by the name that is shown."""
        super().__init__()
        self._case_name, self._case, self._first_target = name, case, target
        self._drawn: _Drawn | None = None
        self._told: dict[str, Told] = {}

    def compose(self) -> ComposeResult:
        yield Static(id="logs-title", classes="one-line")
        with Vertical(id="logs"):
            yield Static(id="logs-tabs", classes="one-line")
            yield Input(id="logs-search", placeholder=_SYNTAX, compact=True)
            yield Static(id="logs-filter", classes="one-line")
            yield LineTable(id="logs-table")
            yield Static(id="logs-rule", classes="one-line")
            with VerticalScroll(id="logs-detail", can_focus=False):
                yield Static(id="logs-detail-text")
        with VerticalScroll(id="logs-nothing"):
            yield Static(Content("\n\n").join([plain(text) for text in _NOTHING]))
        yield Footer()

    def on_mount(self) -> None:
        self.query_one(LineTable).focus()
        self.watch(self.app, "names_hidden", self._on_privacy, init=False)
        self._load()

    def _on_privacy(self) -> None:
        """The filter may hold names that are not those to be shown now."""
        self.set_reactive(LogsScreen.wanted, privacy(self.app).meant(self.wanted))
        self._load()

    @work(group="drawing logs", exclusive=True)
    async def _load(self) -> None:
        """Hiding names and putting hours together take longer than a frame."""
        counts = self._case().logs
        self.set_class(counts is None, "-empty")
        if counts is None:
            self.query_one("#logs-title", Static).update(plain(" Logs"))
            self.query_one("#logs-nothing").focus()
            return
        hidden = privacy(self.app)
        wanted = RowFilter(target=self._first_target) if self._first_target else self.wanted
        self._first_target = ""
        # The filter goes along with the counts, from which its names are known.
        self._drawn, shown = await asyncio.to_thread(lambda: _drawn(*hidden.shown((counts, hidden.meant(wanted)))))
        if self.is_attached:
            self.set_reactive(LogsScreen.wanted, shown)
            self._draw()

    # Drawing

    def watch_page(self) -> None:
        self._draw()

    def watch_wanted(self) -> None:
        self._draw()

    def on_resize(self) -> None:
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        drawn = self._drawn
        if drawn is None or not self.is_attached:
            return
        width, signs = self._width, symbols(self.app)
        self.set_class(self.page in _PLOTTED, "-plotted")
        self._draw_title(drawn.counts)
        self.query_one("#logs-tabs", Static).update(words.tabs(self.page, width))
        self._draw_filter(drawn.counts)
        made = table(self.page, drawn.counts, self.wanted, signs, self._target_key(drawn))
        self._put(made)
        self.call_after_refresh(self._draw_detail)

    def _put(self, made: Table) -> None:
        lines = self.query_one(LineTable)
        self._told = {told.line.key: told for told in made.told}
        lines.put(made.columns, [told.line for told in made.told], made.nothing)
        # A table as tall as its lines leaves the rest to the plot.
        lines.styles.height = max(3, len(made.told) + 1) if self.page is Page.TARGETS else None

    def _draw_title(self, counts: LogCounts) -> None:
        hidden = privacy(self.app).names_hidden
        name = "(names hidden)" if hidden else self._case_name
        partial = "   ! PARTIAL" if counts.partial else ""
        self.query_one("#logs-title", Static).update(plain(f" Logs{partial}  {name}  {words.summary(counts)}"))

    def _draw_filter(self, counts: LogCounts) -> None:
        line = self.query_one("#logs-filter", Static)
        told = words.filter_words(self.wanted)
        line.set_class(bool(told), "-set")
        if told:
            unkept = limits(self.page, self.wanted)
            line.update(plain(f"! {unkept}. Only {told}" if unkept else f"Only {told}"))
        else:
            caution = words.caution(self.page, counts)
            line.update(plain(f"! {caution}" if caution else "Enter narrows to a line, r reads its rows", "dim"))

    def _target_key(self, drawn: _Drawn) -> str:
        """Whose hours are shown: the target that is wanted, else that with the most failures."""
        lines = drawn.told.lines if drawn.told is not None else ()
        wanted = self.wanted.target.casefold()
        for line in lines:
            if (not wanted or line.target.casefold() == wanted) and self.wanted.named_by in ("", line.named_by.value):
                return f"{line.named_by}:{line.target}"
        return ""

    @property
    def _width(self) -> int:
        return max(20, self.query_one("#logs").content_size.width)

    @property
    def marked(self) -> Told | None:
        """What the marked line is about."""
        line = self.query_one(LineTable).line
        return self._told.get(line.key) if line is not None else None

    def _draw_detail(self) -> None:
        drawn, told = self._drawn, self.marked
        if drawn is None or not self.is_attached:
            return
        line = self._line_of(drawn, told)
        width = self._width - 1
        about = told.about if told is not None else None
        texts = words.detail(about, drawn.counts, line, width)
        self.query_one("#logs-rule", Static).update(plain(self._rule(told, line)))
        text = Content("\n").join(texts)
        if self.page in _PLOTTED and line is not None and drawn.told is not None:
            hour = about.hour_utc if isinstance(about, HourCount) else None
            room = self.query_one("#logs-detail").size.height - len(text.plain.splitlines())
            height = max(_LOWEST_PLOT, min(_HIGHEST_PLOT, room))
            plot = plot_lines(Plot(drawn.told, line, hour), self._plot_signs, width, height)
            text = joined(plot, "\n", text) if texts else plot
        self.query_one("#logs-detail-text", Static).update(text)
        self.refresh_bindings()

    @property
    def _plot_signs(self) -> PlotSigns:
        return ASCII_PLOT if symbols(self.app) is ASCII else PlotSigns()

    def _line_of(self, drawn: _Drawn, told: Told | None) -> TimeLine | None:
        if told is not None and isinstance(told.about, TargetCount):
            return drawn.line_of(f"{told.about.named_by}:{told.about.host}")
        return drawn.line_of(self._target_key(drawn)) if self.page is Page.HOURS else None

    def _rule(self, told: Told | None, line: TimeLine | None) -> str:
        if line is not None and self.page in _PLOTTED:
            title = f"{line.target} hour by hour (by {line.named_by.value})"
        elif self.page is Page.COMMANDS:
            title = "Latency"
        else:
            title = told.line.cells[1] if told is not None and self.page is not Page.CODES else self.page.value
        sign = symbols(self.app).line
        return f"{sign * 2} {title} {sign * max(0, self._width - len(title) - 4)}"

    def on_line_table_marked(self, message: LineTable.Marked) -> None:
        message.stop()
        self._draw_detail()

    # Turning and narrowing

    def action_turn(self, number: int) -> None:
        self.page = list(Page)[number - 1]

    def action_turn_by(self, by: int) -> None:
        pages = list(Page)
        self.page = pages[(pages.index(self.page) + by) % len(pages)]

    def on_line_table_chosen(self, message: LineTable.Chosen) -> None:
        """Narrow everything to the line; of codes, commands and files there is nothing to narrow but rows."""
        message.stop()
        told = self._told.get(message.line.key)
        if told is None:
            return
        if self.page in (Page.CODES, Page.COMMANDS, Page.FILES):
            self.action_rows()
        else:
            self.wanted = self.wanted.with_all_of(told.rows)

    def action_search(self) -> None:
        search = self.query_one("#logs-search", Input)
        search.value = typed(self.wanted)
        search.add_class("-open")
        search.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._close_search()
        self.wanted = filter_of(event.value)

    def _close_search(self) -> None:
        self.query_one("#logs-search").remove_class("-open")
        self.query_one(LineTable).focus()

    def action_clear(self) -> None:
        self.wanted = RowFilter()

    def action_back(self) -> None:
        if self.query_one("#logs-search").has_class("-open"):
            self._close_search()
        else:
            self.dismiss(None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if self.has_class("-empty"):
            return action in ("back", "help")
        is_typing = self.is_attached and self.query_one("#logs-search").has_class("-open")
        return action == "back" if is_typing and action in ("turn_by", "back") else self._can(action)

    def _can(self, action: str) -> bool | None:
        return action != "clear" or self.wanted.is_set

    def action_scroll_detail(self, by: int) -> None:
        self.query_one("#logs-detail").scroll_relative(y=3 * by, animate=False)

    # Taking along

    @work(group="rows", exclusive=True)
    async def action_rows(self, only_failed: bool = False) -> None:
        told, counts = self.marked, self._case().logs
        if counts is None:
            return
        shown = self.wanted.with_all_of(told.rows) if told is not None else self.wanted
        shown = replace(shown, only_failed=only_failed)
        wanted = privacy(self.app).meant(shown)
        await self.app.push_screen_wait(LogRowsScreen(counts.coverage, wanted, words.filter_words(shown)))

    def action_copy(self) -> None:
        text = self.query_one(LineTable).line_as_text()
        detail = self.query_one("#logs-detail-text", Static).content if self.page not in _PLOTTED else ""
        if text:
            more = detail.plain if isinstance(detail, Content) else ""
            self.app.post_message(Copy(f"{text}{more}\n" if more else text, "a line of the logs"))

    def action_copy_table(self) -> None:
        self.app.post_message(Copy(self.query_one(LineTable).as_text(), f"the table of {self.page.value.lower()}"))


def _drawn(counts: LogCounts, wanted: RowFilter) -> tuple[_Drawn, RowFilter]:
    return _Drawn(counts, timeline(counts, _MOST_TARGETS)), wanted


def filter_of(text: str) -> RowFilter:
    """The filter that was typed; what is no `name=value` is sought in names, or is an hour where it looks like one.

    >>> filter_of("user=anna hour=2026-03-01").user, filter_of("2026-03-01 22").hour, filter_of("old").text
    ('anna', '2026-03-01T22', 'old')
    """
    bare: list[str] = []
    parts: dict[str, str] = {}
    if _HOUR.fullmatch(text.strip()):
        return RowFilter(hour=_hour(text.strip()))
    for word in text.split():
        name, is_named, value = word.partition("=")
        if is_named and name.casefold() in ("user", "device", "target", "hour"):
            parts[name.casefold()] = _hour(value) if name.casefold() == "hour" else value
        elif _HOUR.fullmatch(word):
            parts["hour"] = _hour(word)
        else:
            bare.append(word)
    return RowFilter(
        user=parts.get("user", "").rpartition("\\")[2],
        device=parts.get("device", ""),
        target=parts.get("target", ""),
        hour=parts.get("hour", ""),
        text=" ".join(bare),
    )


def _hour(text: str) -> str:
    """As far as hours are told apart: `2026-03-01T22`."""
    return text.replace(" ", "T")[:13]


def typed(wanted: RowFilter) -> str:
    """What would have to be typed for a filter."""
    parts = {"user": wanted.user, "device": wanted.device, "target": wanted.target, "hour": wanted.hour}
    return " ".join([*(f"{name}={value}" for name, value in parts.items() if value), wanted.text]).strip()
