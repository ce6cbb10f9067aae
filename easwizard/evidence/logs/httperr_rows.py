"""Requests that HTTP.sys refused before IIS saw them: HTTPERR logs (logs.md 1). Counts reasons, names no target.

A row that names another path than ActiveSync is not used. One that names none is counted apart: a request that
HTTP.sys could not read, such as one with too large a header, has no path.
"""

from __future__ import annotations

from collections import Counter

from easwizard.case.log_counts import LogKind
from easwizard.evidence.logs import rejections, spelling
from easwizard.evidence.logs.batch import Batch
from easwizard.evidence.logs.layout import Layout, is_fields
from easwizard.evidence.logs.reader import Times, is_cut_row
from easwizard.evidence.logs.tables import Tables

_NEEDED = (b"date", b"time", b"cs-uri", b"s-reason")
_PATH = b"/microsoft-server-activesync"

Refusal = tuple[str, int | None, bool]
"""Reason, HTTP status, and whether it was ActiveSync."""


class HttpErrReader:
    """Reads one HTTPERR log line by line: these are small."""

    def __init__(self, tables: Tables, layout: Layout | None = None) -> None:
        self.layout = layout
        self.layouts: set[Layout] = set()
        self.told_layout = False
        self.rows = 0
        self.rejected: Counter[str] = Counter()
        self.refusals: Counter[Refusal] = Counter()
        self.used = 0
        self.first = b""
        self.last = b""
        self._times = Times()

    def kind(self) -> LogKind:
        return LogKind.HTTP_ERR

    def end(self, tail: bytes) -> None:
        if is_cut_row(tail):
            self.rows += 1
            self.rejected[rejections.UNFINISHED] += 1

    def block(self, lines: bytes) -> Batch | None:
        for line in lines.split(b"\n")[:-1]:
            line = line.removeprefix(b"\xef\xbb\xbf").rstrip(b"\r")
            if is_fields(line):
                self.layout, self.told_layout = Layout.of_fields(line), True
            elif line and line[:1] != b"#":
                self.rows += 1
                self._row(line)
        return None

    def _row(self, line: bytes) -> None:
        if self.layout is None or not self.layout.has(*_NEEDED):
            self.rejected[rejections.NO_FIELDS] += 1
            return
        cells = line.split(b" ")
        marked = _PATH in line.lower()
        if len(cells) != len(self.layout):
            if marked:
                self.rejected[rejections.COLUMNS] += 1
            return
        self.layouts.add(self.layout)
        named = cells[self.layout.places[b"cs-uri"]]
        activesync = named.lower().startswith(_PATH)
        if named != b"-" and not activesync:
            return
        seconds = b"T".join((cells[self.layout.places[b"date"]], cells[self.layout.places[b"time"]]))
        if not self._times.hours[seconds[:13]] or not self._times.minutes[seconds[13:]]:
            self.rejected[rejections.BAD_TIME] += activesync
            return
        place = self.layout.place(b"sc-status")
        status = spelling.number(cells[place]) if place is not None else None
        reason = spelling.text(cells[self.layout.places[b"s-reason"]])
        self.refusals[(reason, status, activesync)] += 1
        if activesync:
            self.used += 1
            self.first = min(self.first or seconds, seconds)
            self.last = max(self.last, seconds)
