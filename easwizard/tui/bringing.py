"""Brings files and logs into the open case beside the event loop: one thing at a time, told how far it is, ended
when asked.

The reading itself is `workflow.bringing` and `workflow.log_reading`, loaded when first needed. What was not taken is
kept here to be shown until the next thing comes; it is no part of the case.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from easwizard.case.case import Case
from easwizard.case.events import LogsRead
from easwizard.case.log_counts import LogCounts
from easwizard.tui.services import CannotSave, Services
from easwizard.workflow.name_records import named_anew
from easwizard.workflow.session import Session, Unsaved

if TYPE_CHECKING:
    from easwizard.evidence.import_files import ImportFile
    from easwizard.workflow.bringing import Copies, Stock, Verdict
    from easwizard.workflow.log_reading import Stage


class Ended(BaseException):
    """The admin ended the reading. No reader may take it for a mistake of its own, so it is no Exception."""


@dataclass(frozen=True)
class Course:
    """How far the reading is."""

    name: str
    number: int
    """Of the file, from 1 on."""
    total: int
    size: int | None = None
    """Of the file in bytes, where it is known."""
    taken: int = 0
    objects: int = 0
    rate: float | None = None
    """Bytes a second; None for what is no log."""
    seconds_left: float | None = None
    checking: bool = False
    """Whether the logs are counted and their SHA-256 is being made."""


class LogsEnd(StrEnum):
    """What became of logs that were to be counted."""

    COUNTED = "counted"
    PARTIAL = "partial"
    """Ended half-way: what was counted until then is in the case."""
    AS_BEFORE = "as before"
    """Ended half-way, and the case keeps the counts that it had."""
    NOT_READ = "not read"


class Bringing:
    """For one open case."""

    def __init__(
        self, session: Session, copies: Copies | None, now: Callable[[], datetime], complain: Callable[[str], None]
    ) -> None:
        """`complain` is told, in the thread of the event loop, what could not be saved."""
        self._session, self._now, self._complain = session, now, complain
        self._copies = copies
        self._stock: Stock | None = None
        self._turn = asyncio.Lock()
        self._end = threading.Event()
        self._names = (session.case.targets, session.case.inventory)
        self.course: Course | None = None
        """None where nothing is being read."""
        self.refused: tuple[Verdict, ...] = ()
        """What of the last things that were brought was not taken."""
        self.lost: Mapping[str, str] = MappingProxyType({})
        """File to why it cannot be read again."""
        session.listen(self._on_case)

    @property
    def is_kept(self) -> bool:
        """Whether the case has a file; one for practice has none."""
        return not isinstance(self._session.journal, Unsaved)

    @property
    def copies(self) -> Copies:
        if self._copies is None:
            from easwizard.storage.evidence_folder import CopiesInMemory

            self._copies = CopiesInMemory()
        return self._copies

    def _on_case(self, case: Case) -> None:
        """Names may come after the files that say where they lead."""
        names = (case.targets, case.inventory)
        if all(new is old for new, old in zip(names, self._names, strict=True)):
            return
        self._names = names
        event = named_anew(case)
        if event is not None:
            try:
                self._session.record(event)
            except CannotSave as error:
                self._complain(str(error))

    # What there is

    async def look_over(self) -> None:
        """See which copies are gone or changed."""
        from easwizard.workflow.bringing import why_lost

        async with self._turn:
            imports = self._session.case.imports
            told = {i.file: await asyncio.to_thread(why_lost, i, self.copies) for i in imports}
            self.lost = MappingProxyType({file: why for file, why in told.items() if why})

    async def _stock_now(self) -> Stock:
        """What the case holds; read again from its copies where that was not done yet."""
        case = self._session.case
        if self._stock is None or self._stock.records != case.imports:
            self._stock = await asyncio.to_thread(_stock_of, case, self.copies, self._progress)
        return self._stock

    # Logs

    async def read_logs(self, paths: Sequence[str]) -> tuple[LogsEnd, str]:
        """Count these logs, and those of before anew: the case then holds what all of them say. None: none are left.

        Returns how it ended, and why where they were not read.
        """
        async with self._turn:
            self._end.clear()
            try:
                return await self._read_logs(paths)
            finally:
                self.course = None

    async def _read_logs(self, paths: Sequence[str]) -> tuple[LogsEnd, str]:
        from easwizard.storage.event_lines import make_ready
        from easwizard.workflow.log_files import event_of_logs

        if not paths:
            return self._keep_logs(LogsRead(None)) or (LogsEnd.COUNTED, "")
        name = Path(paths[0]).name if len(paths) == 1 else f"{len(paths)} logs"
        self.course = Course(name, 1, 1, rate=0.0)
        counts, why = await asyncio.to_thread(_counted, paths, self._log_progress, self._end.is_set)
        if counts is None:
            return LogsEnd.NOT_READ, why
        if counts.partial and self._session.case.logs is not None:
            return LogsEnd.AS_BEFORE, ""
        event = event_of_logs(counts)
        await asyncio.to_thread(make_ready, event)
        return self._keep_logs(event) or (LogsEnd.PARTIAL if counts.partial else LogsEnd.COUNTED, "")

    def _keep_logs(self, event: LogsRead) -> tuple[LogsEnd, str] | None:
        """Why it could not be saved; None where it was."""
        try:
            self._session.record(event)
        except CannotSave as error:
            self._complain(str(error))
            return LogsEnd.NOT_READ, str(error)
        return None

    def _log_progress(self, now: Stage) -> None:
        """Told in the thread that reads."""
        if self.course is not None:
            self.course = replace(
                self.course, size=now.size, taken=now.done, rate=now.rate, seconds_left=now.seconds_left,
                checking=now.checking,
            )  # fmt: skip

    # What happens to it

    async def add(self, files: Sequence[ImportFile]) -> tuple[Verdict, ...]:
        """Read files and pastes and add them to the case. What was read before an end was asked for is added."""
        return await self._one_at_a_time(lambda: self._add(files))

    async def _add(self, files: Sequence[ImportFile]) -> tuple[Verdict, ...]:
        from easwizard.workflow.bringing import Outcome, with_file

        before = after = await self._stock_now()
        verdicts: list[Verdict] = []
        self.refused = ()
        try:
            for number, file in enumerate(files, start=1):
                self.course = Course(file.name, number, len(files), await asyncio.to_thread(_size, file))
                after, verdict = await asyncio.to_thread(
                    with_file, after, file, self.copies, self._now(), self._progress
                )
                verdicts.append(verdict)
        except Ended:
            pass
        await self._record(before, after)
        self.refused = tuple(verdict for verdict in verdicts if verdict.outcome is not Outcome.ADDED)
        return tuple(verdicts)

    async def remove(self, number: int) -> None:
        """Take one away again; its copy goes too."""
        from easwizard.workflow.bringing import without

        async def removed() -> tuple[Verdict, ...]:
            before = await self._stock_now()
            await self._record(before, without(before, number))
            return ()

        await self._one_at_a_time(removed)

    async def give_server(self, number: int, server: str) -> tuple[Verdict, ...]:
        """Say on which server one was taken."""
        from easwizard.workflow.bringing import with_server

        async def given() -> tuple[Verdict, ...]:
            before = await self._stock_now()
            after, verdict = await asyncio.to_thread(with_server, before, number, server, self.copies, self._progress)
            await self._record(before, after)
            return (verdict,)

        return await self._one_at_a_time(given)

    def end(self) -> None:
        """End what is being read; what was read already stays."""
        self._end.set()

    async def _one_at_a_time(self, act: Callable[[], Awaitable[tuple[Verdict, ...]]]) -> tuple[Verdict, ...]:
        async with self._turn:
            self._end.clear()
            try:
                return await act()
            except Ended:
                return ()
            finally:
                self.course = None

    async def _record(self, before: Stock, after: Stock) -> None:
        """The copies are in place; now the case says so. Where it cannot, the new ones go again."""
        from easwizard.workflow.bringing import events_of, unused_copies

        if after is before:
            return
        events = await asyncio.to_thread(events_of, self._session.case, before, after)
        try:
            self._session.record(*events)
        except CannotSave as error:
            self._complain(str(error))
            unused = unused_copies(after, before)
        else:
            self._stock = after
            unused = unused_copies(before, after)
            self.lost = MappingProxyType({h.record.file: h.why_lost for h in after.held if h.reading is None})
        for copy in unused:
            await asyncio.to_thread(self.copies.remove, copy)

    def _progress(self, _: ImportFile, taken: int, objects: int) -> None:
        """Told in the thread that reads."""
        if self._end.is_set():
            raise Ended
        if self.course is not None:
            self.course = replace(self.course, taken=taken, objects=objects)


def _counted(
    paths: Sequence[str], told: Callable[[Stage], None], stop: Callable[[], bool]
) -> tuple[LogCounts | None, str]:
    """The counts, or why there are none. Blocks."""
    from easwizard.evidence.logs.finding_files import NoLogs
    from easwizard.evidence.logs.workers import Lost
    from easwizard.tui.processes import prepare_processes
    from easwizard.workflow.log_reading import read_counted

    prepare_processes()
    try:
        return read_counted(paths, told, stop), ""
    except (NoLogs, Lost) as error:
        return None, str(error)
    except OSError as error:
        return None, f"they cannot be read: {error.strerror or error}"
    except Exception as error:  # a fault of a reader must not end the wizard; it is told as what it is
        return None, f"a mistake of this program ended the reading ({type(error).__name__})"


def _stock_of(case: Case, copies: Copies, progress: Callable[[ImportFile, int, int], None]) -> Stock:
    from easwizard.workflow.bringing import stock_of

    return stock_of(case, copies, progress)


def _size(file: ImportFile) -> int | None:
    if not isinstance(file.content, Path):
        return len(file.content)
    try:
        return file.content.stat().st_size
    except (OSError, ValueError):
        return None


@dataclass(frozen=True)
class WrittenScript:
    """Where the collector went."""

    path: Path
    sha256: str


def write_collector(services: Services) -> WrittenScript:
    """Write the collector script to the folder of copies; one that is there stays. Blocks; raises OSError."""
    from easwizard.evidence.collector.collector import NAME, collector_script

    script = collector_script()
    folder, name = services.copies, Path(NAME)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, 100):
        path = folder / (NAME if number == 1 else f"{name.stem}-{number}{name.suffix}")
        try:
            with path.open("xb") as stream:
                stream.write(script.content)
        except FileExistsError:
            if path.read_bytes() != script.content:
                continue
        return WrittenScript(path, script.sha256)
    raise FileExistsError(17, "too many other files of that name", str(folder))
