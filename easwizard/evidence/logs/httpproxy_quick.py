"""The quick way through HttpProxy records: one pattern finds what repeats of a record, and what does not.

A stretch in which any record is odd goes the careful way instead (`httpproxy_rows`); both come to the same counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING

from easwizard.evidence.logs.alike import IRREGULAR, MOST_ALIKE, Alike
from easwizard.evidence.logs.batch import Batch
from easwizard.evidence.logs.httpproxy_records import COMMA, plain
from easwizard.evidence.logs.layout import Layout

if TYPE_CHECKING:
    from easwizard.evidence.logs.httpproxy_rows import HttpProxyReader

_TAIL = (b"totalrequesttime", b"urlquery", b"genericerrors")
"""What stands behind them, where records are as current builds write them."""
_CELL = rb"[^,]*+"
_LAST = rb"[^,\r\n]*+"
_STAMPED = rb"(20[^,]{17})([^,]{5}),"


class QuickRecords:
    """Takes records of one layout at a time."""

    def __init__(self, reader: HttpProxyReader, repeats: tuple[bytes, ...]) -> None:
        """`repeats` are the columns that repeat, beside the query."""
        self._repeats = repeats
        self._reader = reader
        self._layout: Layout | None = None
        self._fits = False

    def fits(self, layout: Layout) -> bool:
        """Whether records of this layout can go the quick way: the time first, what repeats before the durations."""
        if layout is not self._layout:
            self._layout = layout
            heads = [place for place in map(layout.place, self._repeats) if place is not None]
            tails = [place for place in map(layout.place, _TAIL) if place is not None]
            named_once = len(set(layout.names)) == len(layout)
            known = layout.names[:1] == (b"datetime",) and len(tails) == len(_TAIL) and named_once
            self._fits = known and min(heads) > 1 and max(heads) + 1 < min(tails)
            if self._fits:
                self._learn(layout, max(heads), min(tails))
        return self._fits

    def _learn(self, layout: Layout, head: int, tail: int) -> None:
        """One pattern from behind the time to the end of the record: so many cells, some of them kept."""
        wanted = [layout.places[name] for name in _TAIL]
        spelled = [_CELL] * (len(layout) - 1) + [_LAST]
        for place in wanted:
            spelled[place] = b"(%s)" % spelled[place]
        repeats = b",".join([_CELL] * (head - 1))
        record = _STAMPED + b",".join([_CELL, b"(%s)" % repeats, *spelled[head + 1 :]])
        # A match that went over the end of a line would take two of them, and their number would not fit.
        self._records = re.compile(rb"^" + record + rb"\r?\n", re.MULTILINE).findall
        self._record = re.compile(record + rb"\r?\Z").match
        order = sorted(range(len(_TAIL)), key=lambda i: wanted[i])
        self._took, self._query, self._errors = (order.index(i) + 3 for i in range(len(_TAIL)))
        places = [layout.place(column) for column in self._repeats]
        # Counted from behind the two first columns; what this build does not have is the empty cell at the end.
        self._pick = itemgetter(*(head - 1 if place is None else place - 2 for place in places))
        name = f"proxy {layout.names}"
        self._alike = self._reader.tables.spellings(
            name, partial(self._understand, self._pick, layout.has(b"protocol")), MOST_ALIKE
        )

    def block(self, lines: bytes) -> Batch | None:
        """The rows of whole lines, each a record; None where any of them needs a closer look."""
        if b'"' in lines:
            parts = lines.split(b'"')
            quoted = b'"'.join(parts[1::2])
            if b"\n" in quoted or not len(parts) & 1:
                return None
            parts[1::2] = quoted.replace(b",", COMMA).split(b'"')
            lines = b'"'.join(parts)
        cells = self._records(lines)
        return self._batch(cells) if len(cells) == lines.count(b"\n") else None

    def batch(self, rows: list[bytes]) -> Batch | None:
        """The rows of protected records; None where any of them needs a closer look."""
        match = self._record
        try:
            return self._batch([match(row).groups() for row in rows])  # type: ignore[union-attr]
        except AttributeError:  # one that does not match: quicker than asking each
            return None

    def _batch(self, cells: list[tuple[bytes, ...]]) -> Batch | None:
        reader = self._reader
        columns = list(zip(*cells, strict=True))
        seconds = list(map(reader.times.seconds.__getitem__, columns[0]))
        if None in seconds or not all(map(reader.times.fractions.__getitem__, set(columns[1]))):
            return None
        alike = list(map(self._alike.__getitem__, zip(columns[2], columns[self._query], strict=True)))
        if IRREGULAR in alike:
            return None
        written = list(map(reader.written.__getitem__, columns[self._errors]))
        return Batch(seconds, alike, written, list(columns[self._took]))

    def _understand(
        self, pick: Callable[[list[bytes]], tuple[bytes, ...]], has_protocol: bool, spelled: tuple[bytes, bytes]
    ) -> Alike | None:
        head, query = spelled
        cells = pick([*head.split(b","), b""])
        if b'"' in head:
            cells = tuple(map(plain, cells))
        if has_protocol and cells[0].lower() != b"eas":
            return IRREGULAR
        return self._reader.alike((*cells, plain(query)))
