"""The quick way through HttpProxy records: one pattern finds what repeats of a record, and what does not.

A stretch in which any record is odd goes the careful way instead (`httpproxy_rows`); both come to the same counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING

from easwizard.evidence.logs import spelling
from easwizard.evidence.logs.alike import IRREGULAR, MOST_ALIKE, Alike
from easwizard.evidence.logs.batch import Batch
from easwizard.evidence.logs.httpproxy_records import plain
from easwizard.evidence.logs.layout import Layout
from easwizard.evidence.logs.tables import Remembered

if TYPE_CHECKING:
    from easwizard.evidence.logs.httpproxy_rows import HttpProxyReader

_HEAD = (
    b"protocol", b"authenticateduser", b"useragent", b"clientipaddress", b"serverhostname", b"httpstatus",
    b"backendstatus", b"errorcode", b"targetserver", b"targetserverversion",
)  # fmt: skip
"""What repeats, beside the query."""
_TAIL = (b"totalrequesttime", b"urlquery", b"genericerrors")
_STAMP = len("yyyy-MM-ddTHH:mm:ss.fffZ,")
_CELL = rb"[^,]*+"


class QuickRecords:
    """Takes records of one layout at a time."""

    def __init__(self, reader: HttpProxyReader) -> None:
        self._reader = reader
        self._layout: Layout | None = None
        self._fits = False
        self._fractions = Remembered(lambda raw: raw[5:] == b"," and spelling.fraction(raw[:5]))

    def fits(self, layout: Layout) -> bool:
        """Whether records of this layout can go the quick way: the time first, what repeats before the durations."""
        if layout is not self._layout:
            self._layout = layout
            heads = [place for place in map(layout.place, _HEAD) if place is not None]
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
        cells = [b"(%s)" % _CELL if place in wanted else _CELL for place in range(tail, len(layout))]
        repeats = b",".join([_CELL] * (head - 1))
        between = [_CELL] * (tail - head - 1)
        self._match = re.compile(b",".join([_CELL, b"(%s)" % repeats, *between, *cells]) + rb"\r?\Z").match
        order = sorted(range(len(_TAIL)), key=lambda i: wanted[i])
        self._took, self._query, self._errors = (order.index(i) + 1 for i in range(len(_TAIL)))
        places = [layout.place(column) for column in _HEAD]
        # Counted from behind the two first columns; what this build does not have is the empty cell at the end.
        self._pick = itemgetter(*(head - 1 if place is None else place - 2 for place in places))
        name = f"proxy {layout.names}"
        self._alike = self._reader.tables.spellings(
            name, partial(self._understand, self._pick, layout.has(b"protocol")), MOST_ALIKE
        )

    def batch(self, rows: list[bytes]) -> Batch | None:
        """The rows of records; None where any of them needs a closer look."""
        reader = self._reader
        match = self._match
        try:
            cells = [match(row, _STAMP).groups() for row in rows]  # type: ignore[union-attr]
        except AttributeError:  # one that does not match: quicker than asking each
            return None
        seconds = [row[:19] for row in rows]
        hours = list(map(reader.times.seconds.__getitem__, seconds))
        fractions = list(map(self._fractions.__getitem__, [row[19:_STAMP] for row in rows]))
        if None in hours or not all(fractions):
            return None
        query = self._query
        alike = list(map(self._alike.__getitem__, [(each[0], each[query]) for each in cells]))
        if IRREGULAR in alike:
            return None
        targets, results, idents = [row[0] for row in alike], [row[1] for row in alike], [row[2] for row in alike]
        agents, probes, clients = [row[3] for row in alike], [row[4] for row in alike], [row[5] for row in alike]
        signs = list(map(reader.signs.__getitem__, [each[self._errors] for each in cells]))
        took = [each[self._took] for each in cells]
        return Batch(seconds, hours, targets, results, idents, agents, signs, took, probes, clients)

    def _understand(
        self, pick: Callable[[list[bytes]], tuple[bytes, ...]], has_protocol: bool, spelled: tuple[bytes, bytes]
    ) -> Alike | None:
        head, query = spelled
        cells = pick([*head.split(b","), b""])
        if b'"' in head:
            cells = tuple(map(plain, cells))
        if has_protocol and cells[0].lower() != b"eas":
            return IRREGULAR
        return self._reader.alike(cells, plain(query))
