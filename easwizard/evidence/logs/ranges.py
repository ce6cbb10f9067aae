"""Cuts large logs into ranges that can be read at the same time and come to the same counts as the whole.

A range begins where a line begins; in HttpProxy logs, where a record begins for certain: at a line with a time. Which
layout holds there is guessed from the log's first one. Each range says with which layout it ended, so a wrong guess
comes out, and that range is read anew (`reading`).
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from typing import BinaryIO

from easwizard.evidence.logs.finding_files import Source
from easwizard.evidence.logs.httpproxy_records import STAMP
from easwizard.evidence.logs.kinds import Family
from easwizard.evidence.logs.layout import Layout

SMALLEST = 16 * 1024 * 1024
_STEP = 64 * 1024
_LINE = re.compile(rb"\n")
_RECORD = re.compile(rb"\n(?=" + STAMP.pattern + rb")")
_STAMP_LENGTH = 26


@dataclass(frozen=True)
class Piece:
    """A stretch of one log."""

    source: Source
    family: Family
    layout: Layout | None = None
    """The layout that holds where it begins; None at the start of a log."""
    start: int = 0
    end: int | None = None
    """None: to the end of what is there; for a packed log the only one."""
    last: bool = True
    """Whether the log ends with it."""

    @property
    def whole(self) -> bool:
        return self.start == 0 and self.last


def pieces_of(source: Source, family: Family, first: Layout | None, count: int) -> list[Piece]:
    """A log in up to `count` pieces of about the same size; one piece where it is packed or small."""
    count = min(count, max(1, source.size // SMALLEST))
    if source.packed or family is Family.HTTP_ERR or count < 2:
        return [Piece(source, family, end=None if source.packed else source.size)]
    return split_at(source, family, first, [source.size * i // count for i in range(1, count)])


def split_at(source: Source, family: Family, first: Layout | None, places: list[int]) -> list[Piece]:
    """A log cut at the first possible places at or after these ones."""
    with open(source.path, "rb") as file:
        starts = sorted({0, *(_boundary(file, family, place, source.size) for place in places)} - {source.size})
    ends = [*starts[1:], source.size]
    pieces = [
        Piece(source, family, first if start else None, start, end, end == source.size)
        for start, end in zip(starts, ends, strict=True)
    ]
    return pieces or [Piece(source, family, end=source.size)]


def _boundary(file: BinaryIO, family: Family, place: int, size: int) -> int:
    """Where a line, or a record, begins at or after a place; the size where none does."""
    pattern = _RECORD if family is Family.HTTP_PROXY else _LINE
    place = max(0, place - 1)
    file.seek(place)
    window = b""
    while chunk := file.read(min(_STEP, max(0, size - place - len(window)))):
        window += chunk
        match = pattern.search(window)
        if match:
            return place + match.end()
        cut = max(0, len(window) - _STAMP_LENGTH)
        place, window = place + cut, window[cut:]
    return size


def with_layout(piece: Piece, layout: Layout | None) -> Piece:
    return replace(piece, layout=layout)


def processors(leave_one: bool) -> int:
    """How many processes may run: one per core this program may use, less one where that is asked for."""
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # Windows and macOS
        cores = os.cpu_count() or 1
    return max(1, cores - leave_one)
