"""ActiveSync rows of HttpProxy logs of any build, by column name (logs.md 3). Other protocols are not used."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from easwizard.case.log_counts import LogKind, NamedBy
from easwizard.evidence.logs import activesync_query as query
from easwizard.evidence.logs import httpproxy_records as records
from easwizard.evidence.logs import rejections, spelling
from easwizard.evidence.logs.alike import IRREGULAR, MOST_ALIKE, Alike, alike_of
from easwizard.evidence.logs.batch import Batch, joined
from easwizard.evidence.logs.httpproxy_quick import QuickRecords
from easwizard.evidence.logs.layout import BOM, Layout, is_fields
from easwizard.evidence.logs.outcomes import proxy_result
from easwizard.evidence.logs.reader import Columns, Times, dropped, is_cut_row, kept
from easwizard.evidence.logs.tables import REFUSED, Agent, Sign, Tables, Target, Writing

_NEEDED = (b"datetime", b"httpstatus", b"targetserver")
_EAS = b"eas"
REPEATS = (
    b"protocol", b"authenticateduser", b"useragent", b"clientipaddress", b"serverhostname", b"httpstatus",
    b"backendstatus", b"errorcode", b"targetserver", b"targetserverversion", b"urlquery",
)  # fmt: skip
"""What repeats of a row, the query last."""
_COLUMNS = (*REPEATS, b"totalrequesttime", b"genericerrors", b"datetime")
"""What is taken of a row, in this order."""
_HEADER = b"DateTime,"
_ROW = b"20"
"""What the times of this century begin with; all other lines are looked at more closely."""
_FEW = 16
"""Lines of directives before the rows of a log."""
_EXCEPTION = re.compile(rb"WebExceptionStatus=([A-Za-z]+)")


class HttpProxyReader:
    """Reads one HttpProxy log, or a range of one that begins with a record."""

    def __init__(self, tables: Tables, layout: Layout | None = None) -> None:
        self.layout = layout
        self.layouts: set[Layout] = set()
        self.told_layout = False
        self.rows = 0
        self.rejected: Counter[str] = Counter()
        self._open: records.OpenRecord | None = None
        self._zero_bytes = False
        self._quotes = False
        self.times = Times()
        self.tables = tables
        self._results = tables.numbered("proxy results", tables.results, proxy_result)
        self._idents = tables.spellings("idents", query.Idents(tables))
        self._agents = tables.spellings("proxy agents", _agent)
        self._targets = tables.numbered("proxy targets", tables.targets, _target)
        self._rows_alike = tables.spellings("proxy rows", self.alike, MOST_ALIKE)
        self.written = tables.numbered("proxy written", tables.written, _writing)
        self._own = tables.spellings("own addresses", spelling.is_own_address)
        self._quick = QuickRecords(self, REPEATS[:-1])

    def kind(self) -> LogKind:
        return LogKind.HTTP_PROXY

    def block(self, lines: bytes) -> Batch | None:
        start = _first_row(lines)
        batch = self._careful(lines[:start]) if start else None
        return joined(batch, self._quickly(lines[start:] if start else lines))

    def _quickly(self, lines: bytes) -> Batch | None:
        """Rows that need no closer look, else the careful way."""
        layout = self.layout
        fits = layout is not None and self._open is None and layout.has(*_NEEDED) and self._quick.fits(layout)
        if lines and fits and b"\0" not in lines and (batch := self._quick.block(lines)):
            assert layout is not None
            self.rows += len(batch)
            self.layouts.add(layout)
            return batch
        return self._careful(lines)

    def _careful(self, lines: bytes) -> Batch | None:
        batch = None
        self._zero_bytes, self._quotes = b"\0" in lines, False
        for rows in self._stretches(lines):
            if rows and self.layout is not None:
                batch = joined(batch, self._stretch(rows, self.layout))
        return batch

    def end(self, tail: bytes) -> None:
        if not is_cut_row(tail):
            self._give_up()
            return
        if self._open is not None and not records.STAMP.match(tail):
            self._open = None  # what was cut is the end of this record
        self._give_up()
        self._reject(rejections.UNFINISHED)

    def _stretches(self, lines: bytes) -> Iterator[list[bytes]]:
        """Records of one layout each, those with quotes protected."""
        rows: list[bytes] = []
        take, comma = rows.append, records.COMMA
        split = lines.split(b"\n")
        split.pop()
        for line in split:
            if line[:2] == _ROW and b'"' not in line and self._open is None:
                take(line)
            elif line[:2] == _ROW and self._open is None and len(parts := line.split(b'"')) & 1:
                self._quotes = True
                parts[1::2] = [part.replace(b",", comma) for part in parts[1::2]]  # as `records.protected`
                take(b'"'.join(parts))
            elif layout := self._new_layout(line := _without_bom(line)):
                self._give_up()
                yield self._counted(rows)
                rows = []
                take = rows.append
                self.layout, self.told_layout = layout, True
            else:
                record = self._unusual(line)
                if record is not None:
                    take(record)
        yield self._counted(rows)

    def _new_layout(self, line: bytes) -> Layout | None:
        """The layout that a line brings; a plain header brings one only where no #Fields stood before."""
        if is_fields(line):
            return Layout.of_fields(line)
        return Layout.of_header(line) if self.layout is None and line.startswith(_HEADER) else None

    def _counted(self, rows: list[bytes]) -> list[bytes]:
        self.rows += len(rows)
        if self.layout is not None and self.layout.has(*_NEEDED):
            if rows:
                self.layouts.add(self.layout)
            return rows
        self.rejected[rejections.NO_FIELDS] += len(rows)
        return []

    def _unusual(self, line: bytes) -> bytes | None:
        """A line that is no plain row: what it makes whole, or None."""
        starts = records.STAMP.match(line) is not None
        if self._open is not None and not starts and not records.DIRECTIVE.match(line):
            if self.layout is not None and not self._open.add(line):
                return None
            return self._closed()
        self._give_up()
        if line[:1] == b"#" or not line.strip(b"\r"):
            return None
        if line.startswith(_HEADER):
            return None
        if self.layout is None or not starts or b'"' not in line:
            return line
        if records.odd_quotes(line):
            self._open = records.OpenRecord(line)
            return None
        self._quotes = True
        return records.protected(line)

    def _closed(self) -> bytes | None:
        whole, self._open = self._open, None
        assert whole is not None
        if whole.too_long:
            self._reject(rejections.TOO_LONG)
            return None
        record = whole.whole()
        self._zero_bytes |= b"\0" in record  # perhaps in a block before this one
        self._quotes = True
        return records.protected(record)

    def _give_up(self) -> None:
        """The record that is open will never be whole."""
        if self._open is not None:
            self._reject(rejections.TOO_LONG if self._open.too_long else rejections.OPEN_QUOTE)
            self._open = None

    def _reject(self, reason: str) -> None:
        self.rows += 1
        self.rejected[reason] += 1

    def _stretch(self, rows: list[bytes], layout: Layout) -> Batch | None:
        if not self._zero_bytes and self._quick.fits(layout) and (batch := self._quick.batch(rows)):
            return batch
        wanted = len(layout)
        cells = [row.split(b",") for row in rows]
        if self._zero_bytes or {len(row) for row in cells} != {wanted}:
            cells = list(self._sound(rows, cells, wanted))
        if not cells:
            return None
        columns = self._columns(cells, layout)
        seconds = [each[:19] for each in columns[-1]]
        hours = list(map(self.times.hours.__getitem__, [each[:13] for each in seconds]))
        minutes = list(map(self.times.minutes.__getitem__, [each[13:] for each in seconds]))
        fractions = list(map(self.times.fractions.__getitem__, [each[19:] for each in columns[-1]]))
        columns = [*columns, seconds]
        if None in hours or False in minutes or False in fractions:
            good = [h is not None and m and f for h, m, f in zip(hours, minutes, fractions, strict=True)]
            columns = dropped(columns, good, rejections.BAD_TIME, self.rejected)
        return self._batch(columns, layout)

    def alike(self, cells: tuple[bytes, ...]) -> Alike | None:
        """What rows have in common that have these cells, in the order of REPEATS; IRREGULAR where any is odd."""
        protocol, user, agent, client, server, status, back_end, code, target, version, asked = cells
        result = self._results[(status, back_end, code, user)]
        if result == REFUSED or protocol.lower() not in (_EAS, b""):
            return IRREGULAR
        ident, name = self._idents[(asked, user)], self._agents[agent]
        probe = ident.probe or name.probe or self._own[client]
        where = self._targets[(target, version, server)]
        return alike_of(self.tables, where, result, ident, name.name, probe, client, proxies=False)

    def _sound(self, rows: list[bytes], cells: list[list[bytes]], wanted: int) -> Iterator[list[bytes]]:
        """The rows with the right number of cells; the others are counted by what is wrong with them."""
        for row, each in zip(rows, cells, strict=True):
            if b"\0" in row:
                self.rejected[rejections.NUL] += 1
            elif len(each) == wanted:
                yield each
            elif not records.STAMP.match(row):
                self.rejected[rejections.BAD_TIME] += 1
            else:
                self.rejected[rejections.COLUMNS] += 1

    def _columns(self, cells: list[list[bytes]], layout: Layout) -> Columns:
        """The columns that are used; empty ones where this build does not have them."""
        columns: Columns = []
        last = len(layout) - 1
        for name in _COLUMNS:
            place = layout.place(name)
            column = [row[place] for row in cells] if place is not None else [b""] * len(cells)
            if self._quotes:
                column = list(map(records.plain, column))
            columns.append([each.rstrip(b"\r") for each in column] if place == last else column)
        return columns

    def _batch(self, columns: Columns, layout: Layout) -> Batch | None:
        if layout.has(b"protocol"):
            foreign = {name for name in set(columns[0]) if name.lower() != _EAS}
            if foreign:
                columns = kept(columns, [name not in foreign for name in columns[0]])
        places = [
            REPEATS.index(name) for name in (b"httpstatus", b"backendstatus", b"errorcode", b"authenticateduser")
        ]
        codes = zip(*(columns[place] for place in places), strict=True)
        good = [result != REFUSED for result in map(self._results.__getitem__, codes)]
        columns = dropped(columns, good, rejections.BAD_STATUS, self.rejected)
        return self._numbered(columns) if columns[-1] else None

    def _numbered(self, columns: Columns) -> Batch:
        *_, took, errors, _, seconds = columns
        alike = list(map(self._rows_alike.__getitem__, zip(*columns[: len(REPEATS)], strict=True)))
        return Batch(seconds, alike, list(map(self.written.__getitem__, errors)), took)


def _first_row(lines: bytes) -> int:
    """Where the first line stands that begins as rows do; 0 where that is not soon."""
    start = 0
    for _ in range(_FEW):
        if lines.startswith(_ROW, start):
            return start
        start = lines.find(b"\n", start) + 1
    return 0


def _without_bom(line: bytes) -> bytes:
    return line[3:] if line.startswith(BOM) else line


def _agent(raw: bytes) -> Agent:
    name = spelling.text(raw)
    return Agent(name, spelling.is_probe_agent(name))


def _target(raw: tuple[bytes, bytes, bytes]) -> Target:
    """The target that the front end chose; the front end itself where it chose none."""
    name = spelling.host(raw[0])
    if name:
        return Target(name, NamedBy.TARGET_SERVER, spelling.text(raw[1]))
    return Target(spelling.host(raw[2]), NamedBy.ADDRESS)


def _writing(raw: bytes) -> Writing:
    """By its key: the prose of an exception is in the server's language (logs.md 3)."""
    match = _EXCEPTION.search(raw)
    return Writing(Sign(error=match[1].decode("ascii")) if match else Sign())
