"""The quick way through IIS lines that are as IIS writes them: the time first, the duration last, the query between.

A block in which any line is not so goes the careful way instead (`iis_rows`); both come to the same counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from easwizard.evidence.logs import spelling
from easwizard.evidence.logs.activesync_query import ITEM, LOG
from easwizard.evidence.logs.alike import IRREGULAR, MOST_ALIKE, Alike
from easwizard.evidence.logs.batch import Batch
from easwizard.evidence.logs.layout import Layout
from easwizard.evidence.logs.reader import MOST_SECONDS
from easwizard.evidence.logs.tables import Remembered

if TYPE_CHECKING:
    from easwizard.evidence.logs.iis_rows import IisReader

_APPENDED = (b"&CorrelationID=", b"&cafeReqId=")
_TIME = (b"date", b"time")
Picker = Callable[[list[bytes]], tuple[bytes, ...]]
_HASH, _RETURN = b"#\r"
_TIME_LENGTH = len("yyyy-MM-dd HH:mm:ss ")


class QuickRows:
    """Takes marked lines of one layout at a time."""

    def __init__(self, reader: IisReader, cells: tuple[bytes, ...]) -> None:
        self._cells = cells
        self._reader = reader
        self._layout: Layout | None = None
        self._fits = False
        self._times = Remembered(_second, MOST_SECONDS)

    def fits(self, layout: Layout) -> bool:
        """Whether lines of this layout can go the quick way."""
        if layout is not self._layout:
            self._layout = layout
            place = layout.place(b"cs-uri-query") or 0
            known = layout.names[:2] == _TIME and layout.names[-1] == b"time-taken"
            self._fits = known and 0 < place < len(layout) - 2 and len(set(layout.names)) == len(layout)
            name = f"iis {layout.names}"
            self._alike = self._reader.tables.spellings(
                name, partial(self._understand, layout, _picker(layout, self._cells)), MOST_ALIKE
            )
        return self._fits

    def batch(self, lines: bytes, marks: Iterator[re.Match[bytes]], start: int) -> Batch | None:
        """The rows that hold these marks; None where any of them needs a closer look, or where there is none."""
        find, rfind, items_of = lines.find, lines.rfind, ITEM.findall
        stamps, spelled, items, took = [], [], [], []
        done = start
        for mark in marks:
            place = mark.start()
            if place < done:
                continue
            begin = rfind(b"\n", done, place) + 1 or done
            done = find(b"\n", place)
            if lines[begin] == _HASH:
                continue
            stop = done - 1 if lines[done - 1] == _RETURN else done
            last = rfind(b" ", begin, stop)
            log = rfind(LOG, begin, last)
            if log < 0:
                log = appended(lines, begin, last)
                end = find(b" ", log, stop)
                items.append(())
            else:
                end = find(b" ", log, stop)
                first = find(b"_", log, end)
                # as `items_of`, without a call for each
                items.append((lines[log + 4 : first if first >= 0 else end], *items_of(lines, log + 4, end)))
            stamps.append(lines[begin : begin + _TIME_LENGTH])
            spelled.append((lines[begin + _TIME_LENGTH : log], lines[end:last]))
            took.append(lines[last + 1 : stop])
        return self._batch(stamps, spelled, items, took) if stamps else None

    def _batch(self, stamps: list[bytes], spelled: list[Any], items: list[Any], took: list[bytes]) -> Batch | None:
        alike = list(map(self._alike.__getitem__, spelled))
        seconds = list(map(self._times.__getitem__, stamps))
        if IRREGULAR in alike or None in seconds:
            return None
        return self._reader.batch(seconds, alike, items, took)

    def _understand(self, layout: Layout, pick: Picker, spelled: tuple[bytes, bytes]) -> Alike | None:
        """What stands before the appended part of the query, and what follows the query up to the duration."""
        before, after = spelled
        cells = [b"", b"", *(before + after).split(b" "), b"-"]
        blanks = layout.places[b"cs-uri-query"] - len(_TIME)
        if len(cells) != len(layout) or (after and before.count(b" ") != blanks):
            return IRREGULAR
        return self._reader.alike(pick(cells))


def _picker(layout: Layout, cells: tuple[bytes, ...]) -> Picker:
    """Takes the cells that `alike` wants, in their order; a dash stands last, for columns this log does not have."""
    return itemgetter(*(len(layout) - 1 if place is None else place for place in map(layout.place, cells)))


def appended(lines: bytes, begin: int, last: int) -> int:
    """Where a query has the first part that a front end appended; the last blank of the line where it has none."""
    for mark in _APPENDED:
        place = lines.find(mark, begin, last)
        if place >= 0:
            return place
    return last


def _second(raw: bytes) -> bytes | None:
    """The second of a line's beginning; None where that is no time."""
    second = raw[:10] + b"T" + raw[11:19]
    is_time = raw[10:11] == b" " == raw[19:20] and spelling.hour_of_second(second) is not None
    return second if is_time else None
