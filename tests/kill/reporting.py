"""What the killed process told before it died: which events it was about to write down, and which it had.

Lines of JSON on a pipe. A line that was cut off by the kill counts as never said.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from easwizard.case.case import Case
from easwizard.case.events import Event, happened
from easwizard.storage.event_lines import from_line, to_line
from easwizard.tui.services import CaseShelf, Opened, Shelved
from easwizard.workflow.session import Journal

Say = Callable[[str, object], None]


def say_to(handle: int) -> Say:
    """A way to say things at once, without a buffer."""

    def say(kind: str, what: object) -> None:
        left = memoryview(json.dumps([kind, what]).encode("ascii") + b"\n")
        while left:
            left = left[os.write(handle, left) :]

    return say


class ReportingJournal:
    """A journal that tells what it is about to do, and what is done."""

    def __init__(self, journal: Journal, say: Say) -> None:
        self._journal, self._say = journal, say

    @property
    def case(self) -> Case:
        return self._journal.case

    def append(self, events: Iterable[Event]) -> Case:
        new = tuple(events)
        self._say("writing", [to_line(event) for event in new])
        case = self._journal.append(new)
        self._say("written", len(new))
        return case

    def close(self) -> None:
        self._say("closing", 0)
        self._journal.close()
        self._say("closed", 0)


@dataclass
class ReportingShelf:
    """A shelf whose cases tell what is written to them."""

    shelf: CaseShelf
    say: Say

    def recent(self) -> Sequence[Shelved]:
        return self.shelf.recent()

    def create(self, name: str) -> Opened:
        return self._reporting(self.shelf.create(name))

    def open(self, path: Path) -> Opened:
        return self._reporting(self.shelf.open(path))

    def read(self, path: Path) -> Opened:
        return self.shelf.read(path)

    def _reporting(self, opened: Opened) -> Opened:
        if opened.journal is None:
            return opened
        self.say("opened", 0)
        return replace(opened, journal=ReportingJournal(opened.journal, self.say))


@dataclass
class Told:
    """Everything that was said so far, put together."""

    case: Case
    """As it is on the disk if nothing is lost."""
    under_way: tuple[Event, ...] = ()
    """What was about to be written."""
    written: int = 0
    closing: bool = False
    doing: str = "starting"
    error: str = ""
    _rest: bytes = field(default=b"", repr=False)

    def hear(self, data: bytes) -> list[str]:
        """Take in what came through the pipe; returns the kinds of the lines that are whole."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        return [self._hear(*json.loads(line)) for line in lines]

    def _hear(self, kind: str, what: object) -> str:
        if kind == "writing" and isinstance(what, list):
            self.under_way = tuple(from_line(line) for line in what)
        elif kind == "written":
            for event in self.under_way:
                self.case = happened(self.case, event)
            self.written += len(self.under_way)
            self.under_way = ()
        elif kind in ("closing", "closed"):
            self.closing = kind == "closing"
        elif kind == "doing":
            self.doing = str(what)
        elif kind == "error":
            self.error = str(what)
        return kind

    def possible(self) -> list[Case]:
        """What the case may be now: everything written, and the first few of what was being written."""
        cases = [self.case]
        for event in self.under_way:
            cases.append(happened(cases[-1], event))
        return cases
