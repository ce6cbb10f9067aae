"""ActiveSync rows of IIS W3C logs: front end, back end or legacy (logs.md 2). Other lines are counted, not split.

A line counts as ActiveSync when its stem begins with /Microsoft-Server-ActiveSync, in any case.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from easwizard.case.log_counts import LogKind, NamedBy
from easwizard.evidence.logs import activesync_query as query
from easwizard.evidence.logs import rejections, spelling
from easwizard.evidence.logs.alike import IRREGULAR, Alike
from easwizard.evidence.logs.batch import Batch
from easwizard.evidence.logs.iis_kind import IisTraits, traits_of
from easwizard.evidence.logs.iis_quick import QuickRows
from easwizard.evidence.logs.layout import BOM, Layout, is_fields
from easwizard.evidence.logs.outcomes import iis_result
from easwizard.evidence.logs.reader import Columns, Times, dropped, is_cut_row, kept
from easwizard.evidence.logs.tables import REFUSED, Agent, Tables, Target

STEM = b"/microsoft-server-activesync"
_MARK = re.compile(rb"(?i)" + STEM)
_NOT_A_ROW = re.compile(rb"\n(?=[#\r\n\xef])")
"""Before a directive, a blank line, or what may be a byte order mark."""
_BOM_LINE = re.compile(rb"(?<![^\n])" + BOM)
_NEEDED = (b"date", b"time", b"cs-uri-stem", b"sc-status")
_BACK_END_PORT = b"444"
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
        self._idents = tables.numbered("idents", tables.idents, query.Idents(tables))
        self._agents = tables.numbered("iis agents", tables.agents, _agent)
        self._addresses = tables.numbered("iis addresses", tables.targets, address_target)
        self.tables = tables
        self.written = tables.spellings("iis written", self._written_numbers)
        self._own = tables.spellings("own addresses", spelling.is_own_address)
        self._quick = QuickRows(self)

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
        marked = list(_marked(lines, start, end))
        zero_bytes = b"\0" in lines
        if not zero_bytes and self._quick.fits(self.layout) and (batch := self._quick.batch(marked)):
            return batch
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
            columns = dropped([*columns, results, users], good, rejections.BAD_STATUS, self.rejected)
            *columns, results, users = columns
        if not users:
            return None
        return self._numbered(columns, layout, results, users)

    def _on_time(self, columns: Columns, layout: Layout) -> Columns:
        """The rows that begin with a time, with two more columns: the seconds and the hour."""
        dates, times = columns[layout.places[b"date"]], columns[layout.places[b"time"]]
        seconds = list(map(b"T".join, zip(dates, times, strict=True)))
        hours = list(map(self.times.hours.__getitem__, [each[:13] for each in seconds]))
        minutes = list(map(self.times.minutes.__getitem__, [each[13:] for each in seconds]))
        columns = [*columns, seconds, hours]
        if None in hours or False in minutes:
            good = [hour is not None and minute for hour, minute in zip(hours, minutes, strict=True)]
            columns = dropped(columns, good, rejections.BAD_TIME, self.rejected)
        return columns

    def _numbered(self, columns: Columns, layout: Layout, results: list[int], users: Any) -> Batch:
        queries = self._column(columns, layout, b"cs-uri-query")
        ports = self._column(columns, layout, b"s-port")
        agents = list(map(self._agents.__getitem__, self._column(columns, layout, b"cs(user-agent)")))
        clients = self._column(columns, layout, b"c-ip")
        addresses = zip(
            self._column(columns, layout, b"s-ip"), ports, self._column(columns, layout, b"s-sitename"), strict=True
        )
        targets = list(map(self._addresses.__getitem__, addresses))
        ends = [each.rfind(query.LOG) for each in queries]
        heads = [each[:end] if end >= 0 else query.head_of(each) for each, end in zip(queries, ends, strict=True)]
        idents = list(map(self._idents.__getitem__, zip(heads, users, strict=True)))
        signs, proxied = self._signs(queries, ends)
        if proxied is not None:
            # Before anybody signed in, the query is whatever a client sent: only a proxying server may name a target.
            told = zip(proxied, users, ports, targets, strict=True)
            targets = [p if p >= 0 and (u != b"-" or o == _BACK_END_PORT) else t for p, u, o, t in told]
        stems = columns[layout.places[b"cs-uri-stem"]]
        self.traits.see({traits_of(*each) for each in set(zip(ports, stems, strict=True))})
        probes = self._probes(idents, agents, clients, ports)
        took = self._column(columns, layout, b"time-taken")
        seconds, hours = columns[-2:]
        return Batch(seconds, hours, targets, results, idents, agents, signs, list(took), probes, list(clients))

    def _signs(self, queries: Any, ends: list[int]) -> tuple[list[int], list[int] | None]:
        """The sign of each row, and the target that it names, if any names one."""
        if max(ends) < 0:
            return [self.written[()][0]] * len(ends), None
        told = zip(queries, ends, strict=True)
        items = [query.items_of(each, end, len(each)) if end >= 0 else () for each, end in told]
        pairs = list(map(self.written.__getitem__, items))
        signs, proxied, proxied_from = zip(*pairs, strict=True)
        self.traits.proxied_from |= any(proxied_from)
        return list(signs), list(proxied) if max(proxied) >= 0 else None

    def _written_numbers(self, items: tuple[bytes, ...]) -> tuple[int, int, bool]:
        """The sign, the target if one is named, and whether another server proxied to this one."""
        told = query.written(items)
        sign = self.tables.signs.number(told.sign)
        target = REFUSED
        if told.proxied_to:
            if len(self.tables.targets.values) >= MOST_TARGETS:
                told = told._replace(proxied_to=MORE_TARGETS)
            target = self.tables.targets.number(Target(told.proxied_to, NamedBy.PRX_TO))
        return sign, target, told.proxied_from

    def alike(self, cells: tuple[bytes, ...]) -> Alike | None:
        """What rows have in common that have these cells of `iis_quick`; IRREGULAR where any is odd."""
        address, stem, head, port, user, client, name, site, status, substatus, win32 = cells
        result = self._results[(status, substatus, win32, user == b"-")]
        if result == REFUSED or not stem.lower().startswith(STEM):
            return IRREGULAR
        target = self._addresses[(address, port, site)]
        ident, agent = self._idents[(head, user)], self._agents[name]
        may = user != b"-" or port == _BACK_END_PORT
        (probe,) = self._probes([ident], [agent], [client], [port])
        return Alike(target, result, ident, agent, probe, client, may, traits_of(port, stem))

    def _probes(self, idents: list[int], agents: list[int], clients: Any, ports: Any) -> list[bool]:
        """A back end is called by the front end beside it: there a local address says nothing (logs.md 3)."""
        users, names = self.tables.idents.values, self.tables.agents.values
        own = map(self._own.__getitem__, clients)
        told = zip(idents, agents, own, ports, strict=True)
        return [users[i].probe or names[a].probe or (o and p != _BACK_END_PORT) for i, a, o, p in told]

    def _column(self, columns: Columns, layout: Layout, name: bytes) -> Any:
        """A column; dashes where this log does not have it."""
        place = layout.place(name)
        return columns[place] if place is not None else [b"-"] * len(columns[-1])


def joined(first: Batch | None, second: Batch | None) -> Batch | None:
    """Two batches of one block behind each other."""
    if first is None or second is None:
        return first or second
    for name in Batch.__slots__:
        getattr(first, name).extend(getattr(second, name))
    return first


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
