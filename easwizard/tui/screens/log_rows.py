"""The rows behind a number, read again from the logs: the first ones that fit, as they come, with their file.

The reading is in a thread and ends with the screen. What is not as it was with a file is said.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Footer, Static

from easwizard.case.log_counts import DeviceCount, FileCoverage
from easwizard.case.log_meanings import meaning_of
from easwizard.case.requests import Member
from easwizard.evidence.logs.rows import Row
from easwizard.tui.messages import Copy
from easwizard.tui.privacy import Privacy, privacy
from easwizard.tui.safe_text import plain
from easwizard.tui.screens.logs_tables import short_name
from easwizard.tui.stages.diagnosis_words import hanging
from easwizard.tui.widgets.line_table import Column, Line, LineTable
from easwizard.workflow.log_reading import Stage
from easwizard.workflow.log_rows import FAILED, MOST, Listener, RowFilter, Searched, Trouble, search

_DRAW_SECONDS = 0.1
_AT_ONCE = 100
"""Rows that one picture adds."""
_SHOWN_TROUBLES = 3
_COLUMNS = (
    Column("time, UTC", least=14),
    Column("code", least=7, most=20),
    Column("user", least=8, most=40),
    Column("command", least=6, most=16),
    Column("target", least=12, most=50),
    Column("device", least=10, most=40, rank=1),
    Column("took", right=True, least=8, rank=2),
    Column("error", least=8, most=40, rank=3),
)


@dataclass(frozen=True)
class _Shown:
    """A row as it may be shown."""

    row: Row
    line: Line


class LogRowsScreen(Screen[None]):
    """Rows above, the marked one in full below."""

    HELP = f"""
# Rows of the logs

The first {MOST:,} rows that stand behind a number, read again from the logs: a case keeps counts and no rows. Probes
are left out, and handshakes unless their code was chosen. Below stands the marked row in full, with its file.

`Ctrl+X` ends the reading, `c` copies the row, `shift+c` all that are shown. Where a log is gone, has grown or is not
what was counted, by its SHA-256, that is said.
"""
    DEFAULT_CSS = """
    LogRowsScreen .one-line { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    LogRowsScreen #rows-title { background: $primary-background; color: $text; text-style: bold; }
    LogRowsScreen > Vertical { height: 1fr; padding: 0 1; }
    LogRowsScreen #rows-troubles { height: auto; max-height: 4; color: $text-warning; display: none; }
    LogRowsScreen.-troubled #rows-troubles { display: block; }
    LogRowsScreen LineTable { height: 1fr; }
    LogRowsScreen #rows-detail { height: auto; max-height: 8; scrollbar-size: 1 1; border-top: solid $primary; }
    LogRowsScreen.-wide #rows-detail { max-height: 14; }
    LogRowsScreen #rows-detail-text { height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+x", "end", "Stop", tooltip="End the reading; the rows that were found stay"),
        Binding("c", "copy", "Copy", tooltip="Copy the marked row"),
        Binding("C", "copy_all", "Copy all", tooltip="Copy all rows that are shown"),
        Binding("escape,q", "back", "Back", tooltip="Back to the numbers"),
    ]

    def __init__(self, coverage: Sequence[FileCoverage], wanted: RowFilter, title: str) -> None:
        """`wanted` by true names, `title` by those that are shown."""
        super().__init__()
        self._coverage, self._wanted, self._title = coverage, wanted, title
        self._end, self._waiting_lock = threading.Event(), threading.Lock()
        self._waiting: list[_Shown] = []
        self._rows: dict[str, Row] = {}
        """Those that are in the table, by their keys, as they may be shown."""
        self._true: list[Row] = []
        self._stage: Stage | None = None
        self._searched: Searched | None = None
        self._timer: Timer | None = None
        self._count = 0

    def compose(self) -> ComposeResult:
        yield Static(id="rows-title", classes="one-line")
        with Vertical():
            yield Static(id="rows-status", classes="one-line")
            yield Static(id="rows-troubles")
            yield LineTable(id="rows")
            with VerticalScroll(id="rows-detail", can_focus=False):
                yield Static(id="rows-detail-text")
        yield Footer()

    def on_mount(self) -> None:
        only = "failed rows" if self._wanted.only_failed else "rows"
        title = self._title.removesuffix(", failed only")
        self.query_one("#rows-title", Static).update(plain(f" Rows   {only} of {title or 'all requests'}"))
        table = self.query_one(LineTable)
        table.put(_COLUMNS, (), "reading ...")
        table.focus()
        self.watch(self.app, "names_hidden", self._on_privacy, init=False)
        self._timer = self.set_interval(_DRAW_SECONDS, self._draw)
        self._search()

    def on_unmount(self) -> None:
        self._end.set()

    # Reading

    @work(group="reading rows", exclusive=True, exit_on_error=False)
    async def _search(self) -> None:
        listener = Listener(self._found, self._on_stage, self._end.is_set)
        try:
            self._searched = await asyncio.to_thread(search, self._coverage, self._wanted, listener)
        except Exception as error:  # as it was counted: a fault of a reader is told as what it is
            words = f"a mistake of this program ended the reading ({type(error).__name__})"
            self._searched = Searched(self._count, ended=True, troubles=(Trouble("the logs", words),))

    def _found(self, rows: Sequence[Row]) -> None:
        """Told in the thread that reads; names are hidden there, too."""
        hidden = privacy(self.app)
        shown = _as_shown(rows, self._count, hidden)
        self._count += len(rows)
        with self._waiting_lock:
            self._true += rows
            self._waiting += shown

    def _on_stage(self, stage: Stage) -> None:
        self._stage = stage

    def _on_privacy(self) -> None:
        """Everything found so far is drawn anew."""
        self._redraw_all()

    @work(group="hiding rows", exclusive=True)
    async def _redraw_all(self) -> None:
        with self._waiting_lock:
            rows = tuple(self._true)
            self._waiting.clear()
        shown = await asyncio.to_thread(_as_shown, rows, 0, privacy(self.app))
        self._rows.clear()
        self.query_one(LineTable).put(_COLUMNS, ())
        with self._waiting_lock:
            self._waiting[:0] = shown
        hidden = "hidden names" if privacy(self.app).names_hidden else self._title
        self.query_one("#rows-title", Static).update(plain(f" Rows   of {hidden}"))
        if self._timer is not None:
            self._timer.resume()

    # Drawing

    def _draw(self) -> None:
        with self._waiting_lock:
            new, self._waiting[:_AT_ONCE] = self._waiting[:_AT_ONCE], []
            is_more = bool(self._waiting)
        table = self.query_one(LineTable)
        if new:
            was_empty = not table.lines
            self._rows |= {one.line.key: one.row for one in new}
            table.extend([one.line for one in new])
            if was_empty:
                self._draw_detail()
        self.query_one("#rows-status", Static).update(plain(self._status()))
        if self._searched is not None and not is_more and self._timer is not None:
            self._timer.pause()
            self._draw_end(self._searched)

    def _status(self) -> str:
        done = self._searched
        if done is None:
            return f"{self._count:,} found; {_how_far(self._stage)}; ctrl+x ends it"
        if done.more:
            return f"The first {done.found:,} rows that fit; there may be more."
        if done.ended:
            return f"{done.found:,} rows found; ended half-way: there may be more."
        return f"{done.found:,} row{'' if done.found == 1 else 's'} fit; that is all of them."

    def _draw_end(self, done: Searched) -> None:
        table = self.query_one(LineTable)
        if not table.lines:
            table.put(_COLUMNS, (), "No row fits." if not done.ended else "None was found until it was ended.")
        self.set_class(bool(done.troubles), "-troubled")
        self.query_one("#rows-troubles", Static).update(Content("\n").join([*self._troubles(done.troubles)]))

    def _troubles(self, troubles: Sequence[Trouble]) -> Iterable[Content]:
        hidden = privacy(self.app).names_hidden
        for trouble in troubles[:_SHOWN_TROUBLES]:
            name = "(a log)" if hidden else short_name(trouble.file)
            yield plain(f"! {name}: {trouble.words}.")
        if len(troubles) > _SHOWN_TROUBLES:
            yield plain(f"! and {len(troubles) - _SHOWN_TROUBLES} more logs that are not as they were.")

    def _draw_detail(self) -> None:
        line = self.query_one(LineTable).line
        row = self._rows.get(line.key) if line is not None else None
        width = max(30, self.size.width - 4)
        text = Content("\n").join(row_lines(row, width)) if row is not None else plain("")
        self.query_one("#rows-detail-text", Static).update(text)

    def on_line_table_marked(self, message: LineTable.Marked) -> None:
        message.stop()
        self._draw_detail()

    # Keys

    def action_end(self) -> None:
        self._end.set()

    def action_back(self) -> None:
        self.dismiss(None)

    def action_copy(self) -> None:
        line = self.query_one(LineTable).line
        row = self._rows.get(line.key) if line is not None else None
        if row is not None:
            text = "".join(f"{line.plain}\n" for line in row_lines(row, 10_000))
            self.app.post_message(Copy(text, "a row of the logs"))

    def action_copy_all(self) -> None:
        if self.query_one(LineTable).lines:
            self.app.post_message(Copy(self.query_one(LineTable).as_text(), "the rows of the logs"))


def _how_far(stage: Stage | None) -> str:
    if stage is None or not stage.size:
        return "reading"
    what = "comparing with what was counted" if stage.checking else "reading"
    return f"{what}, {stage.done / 1_000_000:,.0f} of {stage.size / 1_000_000:,.0f} MB"


def _as_shown(rows: Sequence[Row], first: int, hidden: Privacy) -> list[_Shown]:
    return [
        _Shown(row, Line(str(number), _cells(row), "bad" if row.outcome in FAILED else ""))
        for number, row in enumerate(_masked(rows, hidden), start=first)
    ]


def _masked(rows: Sequence[Row], hidden: Privacy) -> list[Row]:
    """Rows are no part of a case, so that their names are taught first."""
    if not hidden.names_hidden:
        return [*rows]
    names = tuple(DeviceCount(r.device_id, r.user_name, "", "", 0, 0, targets=(r.target,)) for r in rows)
    addresses = tuple(Member(r.target, r.client_ip) for r in rows if r.client_ip)
    told, _, _ = hidden.shown((tuple(tuple(row) for row in rows), names, addresses))
    return [Row._make(cells)._replace(file="(a log)") for cells in told]


def codes_of(row: Row) -> str:
    """As IIS writes them; of HttpProxy the status and what the target said."""
    if row.substatus is not None:
        return f"{row.status} {row.substatus} {row.win32 if row.win32 is not None else '-'}"
    told = f" ({row.back_end_status})" if row.back_end_status is not None else ""
    return f"{row.status}{told}{f' {row.error_code}' if row.error_code else ''}"


def _cells(row: Row) -> tuple[str, ...]:
    took = f"{row.took_ms:,} ms" if row.took_ms is not None else ""
    when = row.time_utc.replace("T", " ").removesuffix("Z")[5:]
    user, command = row.user_name or "-", row.command or "-"
    return (when, codes_of(row), user, command, row.target, row.device_id, took, row.error)


def row_lines(row: Row, width: int) -> list[Content]:
    """Everything that is known of a row."""
    meaning = meaning_of(row.status, row.substatus, row.win32)
    where = f"{row.target} (by {row.named_by})"
    who = f"{row.user_name or 'nobody signed in'}, {row.device_id or 'no device'} {row.device_type}".rstrip()
    took = f"; took {row.took_ms:,} ms" if row.took_ms is not None else ""
    origin = f"{row.command or 'no command'} from {row.client_ip or 'an unknown address'}"
    told = {
        "When   ": f"{row.time_utc}{took}; {origin}",
        "Code   ": f"{codes_of(row)}, {row.outcome}{f': {meaning}' if meaning else ''}",
        "Target ": where,
        "Who    ": who,
        "Agent  ": row.user_agent,
        "Error  ": row.error,
        "State  ": ", ".join(part for part in (row.access_state, row.protocol_version) if part),
        "File   ": row.file,
    }
    return [hanging(label, text, width) for label, text in told.items() if text.strip()]
