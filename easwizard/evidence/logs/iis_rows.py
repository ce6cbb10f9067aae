"""ActiveSync rows of IIS W3C logs: front end, back end or legacy (logs.md 2). Other lines are counted, not split.

A line counts as ActiveSync when its stem begins with /Microsoft-Server-ActiveSync, in any case.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from operator import itemgetter
from typing import Any

from easwizard.case.log_counts import LogKind, NamedBy
from easwizard.evidence.logs import activesync_query as query
from easwizard.evidence.logs import rejections, spelling
from easwizard.evidence.logs.alike import IRREGULAR, MOST_ALIKE, Alike, alike_of
from easwizard.evidence.logs.batch import Batch, joined
from easwizard.evidence.logs.iis_kind import IisTraits, traits_of
from easwizard.evidence.logs.iis_quick import QuickRows
from easwizard.evidence.logs.layout import BOM, Layout, is_fields
from easwizard.evidence.logs.outcomes import iis_result
from easwizard.evidence.logs.reader import Columns, Times, dropped, is_cut_row, kept
from easwizard.evidence.logs.tables import REFUSED, Agent, Tables, Target, Writing

STEM = b"/microsoft-server-activesync"
_MARK = re.compile(rb"(?i)" + STEM)
_TRAITS = itemgetter(Alike._fields.index("traits"))
_NOT_A_ROW = re.compile(rb"\n(?=[#\r\n\xef])")
"""Before a directive, a blank line, or what may be a byte order mark."""
_BOM_LINE = re.compile(rb"(?<![^\n])" + BOM)
_NEEDED = (b"date", b"time", b"cs-uri-stem", b"sc-status")
_BACK_END_PORT = b"444"
CELLS = (
    b"s-ip", b"cs-uri-stem", b"cs-uri-query", b"s-port", b"cs-username", b"c-ip", b"cs(user-agent)", b"s-sitename",
    b"sc-status", b"sc-substatus", b"sc-win32-status",
)  # fmt: skip
"""What repeats of a row; of the query, what stands before that which servers append."""
MOST_TARGETS = 500
"""Different targets that are told apart at a time: whoever signed in may write `Log=` to a front end."""
MORE_TARGETS = "(more targets)"
"""Stands for all others, so that they are seen to be there."""


class IisReader:
    """Reads one IIS log, or a range of one."""

    def __init__(self, tables: Tables, layout: Layout | None = None) -> None:
        self.layout = layout
        self.layouts: set[Layout] = set()
        self.told_layout = False
        self.rows = 0
        self.rejected: Counter[str] = Counter()
        self.traits = IisTraits()
        self.times = Times()
        self._results = tables.numbered("iis results", tables.results, iis_result)
        self._idents = tables.spellings("idents", query.Idents(tables))
        self._agents = tables.spellings("iis agents", _agent)
        self._addresses = tables.numbered("iis addresses", tables.targets, address_target)
        self.tables = tables
        self._rows_alike = tables.spellings("iis rows", self.alike, MOST_ALIKE)
        self.written = tables.spellings("iis written", self._written_number)
        self._own = tables.spellings("own addresses", spelling.is_own_address)
        self._quick = QuickRows(self, CELLS)

    def kind(self) -> LogKind:
        return self.traits.kind()

    def end(self, tail: bytes) -> None:
        if is_cut_row(tail):
            self.rows += 1
            self.rejected[rejections.UNFINISHED] += 1

    def block(self, lines: bytes) -> Batch | None:
        others = [match.end() for match in _NOT_A_ROW.finditer(lines)]
        if lines.startswith(BOM) or any(lines[place] == BOM[0] for place in others):
            lines = _BOM_LINE.sub(b"", lines)
            others = [match.end() for match in _NOT_A_ROW.finditer(lines)]
        batch = None
        for start, end, rows in self._stretches(lines, others):
            self.rows += rows
            if self.layout is None or not self.layout.has(*_NEEDED):
                self.rejected[rejections.NO_FIELDS] += rows
            elif rows:
                self.layouts.add(self.layout)
                batch = joined(batch, self._stretch(lines, start, end))
        return batch

    def _stretches(self, lines: bytes, others: list[int]) -> Iterator[tuple[int, int, int]]:
        """Where stretches of one layout begin and end, and how many rows they hold. Sets the layout in between."""
        if lines[:1] in (b"#", b"\r", b"\n"):
            others.insert(0, 0)
        start = apart = 0
        for place in others:
            end = lines.find(b"\n", place) + 1
            line = lines[place:end]
            if line[:1] != b"#" and line.strip(b"\r\n"):
                continue  # a row after all, that begins with a carriage return or a strange letter
            if is_fields(line):
                yield start, place, lines.count(b"\n", start, place) - apart
                start, apart = end, 0
                self.layout, self.told_layout = Layout.of_fields(line), True
            else:
                apart += 1
                self.traits.directive(line)
        yield start, len(lines), lines.count(b"\n", start) - apart

    def _stretch(self, lines: bytes, start: int, end: int) -> Batch | None:
        assert self.layout is not None
        zero_bytes = b"\0" in lines
        if not zero_bytes and self._quick.fits(self.layout):
            batch = self._quick.batch(lines, _MARK.finditer(lines, start, end), start)
            if batch:
                return batch
        marked = list(_marked(lines, start, end))
        if zero_bytes:
            whole = [line for line in marked if b"\0" not in line]
            self.rejected[rejections.NUL] += len(marked) - len(whole)
            marked = whole
        split = [line.split(b" ") for line in marked]
        wanted = len(self.layout)
        rows = [row for row in split if len(row) == wanted]
        self.rejected[rejections.COLUMNS] += len(split) - len(rows)
        if not rows:
            return None
        columns: Columns = list(zip(*rows, strict=True))
        return self._batch(columns, self.layout)

    def _batch(self, columns: Columns, layout: Layout) -> Batch | None:
        stems = columns[layout.places[b"cs-uri-stem"]]
        foreign = {stem for stem in set(stems) if not stem.lower().startswith(STEM)}
        if foreign:
            columns = kept(columns, [stem not in foreign for stem in stems])
        columns = self._on_time(columns, layout)
        users = self._column(columns, layout, b"cs-username")
        anonymous = [user == b"-" for user in users]
        codes = [self._column(columns, layout, name) for name in (b"sc-status", b"sc-substatus", b"sc-win32-status")]
        results = list(map(self._results.__getitem__, zip(*codes, anonymous, strict=True)))
        if REFUSED in results:
            good = [result != REFUSED for result in results]
            columns = dropped(columns, good, rejections.BAD_STATUS, self.rejected)
        if not columns[-1]:
            return None
        return self._numbered(columns, layout)

    def _on_time(self, columns: Columns, layout: Layout) -> Columns:
        """The rows that begin with a time, with one more column: the seconds."""
        dates, times = columns[layout.places[b"date"]], columns[layout.places[b"time"]]
        seconds = list(map(b"T".join, zip(dates, times, strict=True)))
        hours = list(map(self.times.hours.__getitem__, [each[:13] for each in seconds]))
        minutes = list(map(self.times.minutes.__getitem__, [each[13:] for each in seconds]))
        columns = [*columns, seconds]
        if None in hours or False in minutes:
            good = [hour is not None and minute for hour, minute in zip(hours, minutes, strict=True)]
            columns = dropped(columns, good, rejections.BAD_TIME, self.rejected)
        return columns

    def _numbered(self, columns: Columns, layout: Layout) -> Batch:
        queries = self._column(columns, layout, b"cs-uri-query")
        ends = [each.rfind(query.LOG) for each in queries]
        told = zip(queries, ends, strict=True)
        heads = [each[:end] if end >= 0 else query.head_of(each) for each, end in told]
        cells = [heads if name == b"cs-uri-query" else self._column(columns, layout, name) for name in CELLS]
        alike = list(map(self._rows_alike.__getitem__, zip(*cells, strict=True)))
        told = zip(queries, ends, strict=True)
        items = [query.items_of(each, end, len(each)) if end >= 0 else () for each, end in told]
        took = self._column(columns, layout, b"time-taken")
        return self.batch(columns[-1], alike, items, list(took))

    def batch(self, seconds: list[bytes], alike: list[Alike], items: list[Any], took: list[bytes]) -> Batch:
        """A batch of rows of which it is known what they have in common, and what servers wrote of them."""
        written = list(map(self.written.__getitem__, items))
        values = self.tables.written.values
        self.traits.proxied_from |= any(values[number].proxied_from for number in set(written))
        if not (self.traits.back_end_port and self.traits.proxy_stem):
            self.traits.see(set(map(_TRAITS, alike)))
        return Batch(seconds, alike, written, took)

    def _written_number(self, items: tuple[bytes, ...]) -> int:
        told = query.written(items)
        target = REFUSED
        if told.proxied_to:
            if len(self.tables.targets.values) >= MOST_TARGETS:
                told = told._replace(proxied_to=MORE_TARGETS)
            target = self.tables.targets.number(Target(told.proxied_to, NamedBy.PRX_TO))
        return self.tables.written.number(Writing(told.sign, target, told.proxied_from))

    def alike(self, cells: tuple[bytes, ...]) -> Alike | None:
        """What rows have in common that have these CELLS; IRREGULAR where any is odd.

        Before anybody signed in, the query is whatever a client sent: only a proxying server may name a target. A
        back end is called by the front end beside it: there a local address says nothing (logs.md 3).
        """
        address, stem, head, port, user, client, name, site, status, substatus, win32 = cells
        result = self._results[(status, substatus, win32, user == b"-")]
        if result == REFUSED or not stem.lower().startswith(STEM):
            return IRREGULAR
        target = self._addresses[(address, port, site)]
        ident, agent = self._idents[(head, user)], self._agents[name]
        may = user != b"-" or port == _BACK_END_PORT
        probe = ident.probe or agent.probe or (self._own[client] and port != _BACK_END_PORT)
        traits = traits_of(port, stem)
        return alike_of(self.tables, target, result, ident, agent.name, probe, client, may, traits)

    def _column(self, columns: Columns, layout: Layout, name: bytes) -> Any:
        """A column; dashes where this log does not have it."""
        place = layout.place(name)
        return columns[place] if place is not None else [b"-"] * len(columns[-1])


def _marked(lines: bytes, start: int, end: int) -> Iterator[bytes]:
    """The lines between two places that name the ActiveSync path."""
    done = start
    find, rfind = lines.find, lines.rfind
    for match in _MARK.finditer(lines, start, end):
        place = match.start()
        if place < done:
            continue
        begin = max(done, rfind(b"\n", done, place) + 1)
        done = find(b"\n", place)
        if lines[begin] != 35:  # a directive
            yield lines[begin:done].rstrip(b"\r")


def address_target(raw: tuple[bytes, bytes, bytes]) -> Target:
    """The log's own address, with the port unless it is 443, and the web site where the log names it."""
    address, port, site = (spelling.text(each) for each in raw)
    if port not in ("443", "-"):
        address = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    return Target(address.lower() + (f"/{site}" if site != "-" else ""), NamedBy.ADDRESS)


def _agent(raw: bytes) -> Agent:
    """IIS writes blanks as plus signs."""
    name = spelling.text(raw.replace(b"+", b" "))
    return Agent("" if name == "-" else name, spelling.is_probe_agent(name))
