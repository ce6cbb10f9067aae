"""The quick way through IIS lines that are as IIS writes them: the time first, the duration last, the query between.

A block in which any line is not so goes the careful way instead (`iis_rows`); both come to the same counts.
"""

from __future__ import annotations

from collections.abc import Callable
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
_CELLS = (
    b"s-ip", b"cs-uri-stem", b"cs-uri-query", b"s-port", b"cs-username", b"c-ip", b"cs(user-agent)", b"s-sitename",
    b"sc-status", b"sc-substatus", b"sc-win32-status",
)  # fmt: skip
Picker = Callable[[list[bytes]], tuple[bytes, ...]]
_TIME_LENGTH = len("yyyy-MM-dd HH:mm:ss ")


class QuickRows:
    """Takes marked lines of one layout at a time."""

    def __init__(self, reader: IisReader) -> None:
        self._reader = reader
        self._layout: Layout | None = None
        self._fits = False
        self._times = Remembered(_time, MOST_SECONDS)

    def fits(self, layout: Layout) -> bool:
        """Whether lines of this layout can go the quick way."""
        if layout is not self._layout:
            self._layout = layout
            place = layout.place(b"cs-uri-query") or 0
            known = layout.names[:2] == _TIME and layout.names[-1] == b"time-taken"
            self._fits = known and 0 < place < len(layout) - 2 and len(set(layout.names)) == len(layout)
            name = f"iis {layout.names}"
            self._alike = self._reader.tables.spellings(
                name, partial(self._understand, layout, _picker(layout)), MOST_ALIKE
            )
        return self._fits

    def batch(self, lines: list[bytes]) -> Batch | None:
        """The rows of whole lines; None where any of them needs a closer look, or where there is none."""
        if not lines:
            return None
        logs = [line.rfind(LOG) for line in lines]
        lasts = [line.rfind(b" ") for line in lines]
        places = logs
        if min(logs) < 0:
            told = zip(lines, logs, lasts, strict=True)
            places = [log if log >= 0 else appended(line, last) for line, log, last in told]
        ends = [line.find(b" ", place) for line, place in zip(lines, places, strict=True)]
        found = zip(lines, places, ends, lasts, strict=True)
        alike = list(map(self._alike.__getitem__, [(x[_TIME_LENGTH:q], x[e:t]) for x, q, e, t in found]))
        times = list(map(self._times.__getitem__, [line[:_TIME_LENGTH] for line in lines]))
        if IRREGULAR in alike or None in times:
            return None
        seconds, hours = [each[0] for each in times], [each[1] for each in times]
        took = [line[last + 1 :] for line, last in zip(lines, lasts, strict=True)]
        logged, find = zip(lines, logs, ends, strict=True), ITEM.findall
        items = [
            # as `items_of`, without a call for each
            (x[log + 4 : end if (first := x.find(b"_", log, end)) < 0 else first], *find(x, log + 4, end))
            if log >= 0
            else ()
            for x, log, end in logged
        ]
        return self._batch(alike, items, seconds, hours, took)

    def _batch(
        self, alike: list[Alike], items: list[Any], seconds: list[bytes], hours: list[bytes], took: list[bytes]
    ) -> Batch:
        reader = self._reader
        written = list(map(reader.written.__getitem__, items))
        reader.traits.proxied_from |= any(proxied_from for _, _, proxied_from in set(written))
        reader.traits.see({each.traits for each in alike})
        targets = [each[0] for each in alike]
        if any(target >= 0 for _, target, _ in set(written)):
            told = zip(written, alike, strict=True)
            targets = [each[1] if each[1] >= 0 and row.proxies else row[0] for each, row in told]
        results, idents, agents = [row[1] for row in alike], [row[2] for row in alike], [row[3] for row in alike]
        probes, clients = [row[4] for row in alike], [row[5] for row in alike]
        signs = [each[0] for each in written]
        return Batch(seconds, hours, targets, results, idents, agents, signs, took, probes, clients)

    def _understand(self, layout: Layout, pick: Picker, spelled: tuple[bytes, bytes]) -> Alike | None:
        """What stands before the appended part of the query, and what follows the query up to the duration."""
        before, after = spelled
        cells = [b"", b"", *(before + after).split(b" "), b"-"]
        blanks = layout.places[b"cs-uri-query"] - len(_TIME)
        if len(cells) != len(layout) or (after and before.count(b" ") != blanks):
            return IRREGULAR
        return self._reader.alike(pick(cells))


def _picker(layout: Layout) -> Picker:
    """Takes the cells that `alike` wants, in their order; a dash stands last, for columns this log does not have."""
    return itemgetter(*(len(layout) - 1 if place is None else place for place in map(layout.place, _CELLS)))


def appended(line: bytes, last: int) -> int:
    """Where a query has the first part that a front end appended; the last blank of the line where it has none."""
    for mark in _APPENDED:
        place = line.find(mark)
        if place >= 0:
            return place
    return last


def _time(raw: bytes) -> tuple[bytes, bytes] | None:
    """The second and the hour of a line's beginning; None where that is no time."""
    second = raw[:10] + b"T" + raw[11:19]
    hour = spelling.hour_of_second(second)
    return (second, hour) if hour is not None and raw[10:11] == b" " == raw[19:20] else None
