"""Reads logs of any kind, size and number to one report of counts. The one call that others need.

What is named is found (`finding_files`), told by its content (`kinds`), cut into tasks (`ranges`), read in processes
(`workers`), added up in the order of each log, and made a report (`summing_up`). Judges nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event

from easwizard.case.log_counts import FileCoverage, LogCounts
from easwizard.evidence.logs.blocks import BLOCK
from easwizard.evidence.logs.compressed import MOST_UNPACKED, Unreadable, head_of
from easwizard.evidence.logs.coverage import coverage_of, kinds_of_places, unread
from easwizard.evidence.logs.export_activesync_log import Tables, export_tables
from easwizard.evidence.logs.finding_files import NoLogs, Source, find_logs
from easwizard.evidence.logs.fingerprint import fingerprints
from easwizard.evidence.logs.kinds import HEAD, Told, tell
from easwizard.evidence.logs.layout import Layout
from easwizard.evidence.logs.pieces import Limits, PieceRead, TaskRead
from easwizard.evidence.logs.ranges import SMALLEST, Piece, pieces_of, processors, with_layout
from easwizard.evidence.logs.summing_up import counts_of
from easwizard.evidence.logs.tallies import Tallies
from easwizard.evidence.logs.workers import Progress, Task, Watch, run_apart, run_here

__all__ = ["LogReading", "NoLogs", "Progress", "Settings", "read_logs"]

IN_PROCESS = 50 * 1024 * 1024
"""Below so many bytes starting processes costs more than it gains."""
_PACKED = 5
"""How much longer a packed byte takes than a plain one."""


@dataclass(frozen=True)
class Settings:
    """How to read."""

    leave_one_core: bool = False
    """For a screen that must stay quick; large logs are then still read in a process of their own."""
    processes: int | None = None
    """None: one per core."""
    in_process: int = IN_PROCESS
    block: int = BLOCK
    unpacked: int = MOST_UNPACKED
    listed: int = 500
    """Users and devices that the report lists."""


@dataclass(frozen=True)
class LogReading:
    """What reading came to."""

    counts: LogCounts
    tallies: Tallies = field(repr=False)

    def tables(self) -> Tables:
        """The six tables of Export-ActiveSyncLog, of all users and devices that were kept."""
        return export_tables(self.tallies)


def read_logs(
    names: Iterable[str | os.PathLike[str]],
    settings: Settings | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> LogReading:
    """Read everything that files, folders and globs name, and count it. Blocks until it is done or `stop` says so.

    `progress` is called by this thread a few times a second, and once at the end. Raises NoLogs where a name leads
    nowhere; a file that cannot be read is a problem in the coverage.
    """
    settings = settings or Settings()
    run = _Run(settings, progress or _ignore, stop or _never)
    return run.read(find_logs(names))


class _Run:
    def __init__(self, settings: Settings, progress: Callable[[Progress], None], stop: Callable[[], bool]) -> None:
        self._settings = settings
        self._progress = progress
        self._stop = stop
        self._limits = Limits(settings.block, settings.unpacked)
        self._count = settings.processes or processors(settings.leave_one_core)

    def read(self, sources: list[Source]) -> LogReading:
        coverage: dict[str, FileCoverage] = {}
        logs: list[tuple[Source, Told]] = []
        for source in sources:
            told = self._told(source)
            if isinstance(told, Told):
                logs.append((source, told))
            elif told:
                coverage[source.name] = unread(source, told)
        cut = [pieces_of(source, told.family, told.layout, self._pieces(source)) for source, told in logs]
        read, tallies, hashes = self._read_and_hash(cut)
        partial = self._stop() and any(not piece.complete for pieces in read for piece in pieces)
        for pieces, parts in zip(cut, read, strict=True):
            name = pieces[0].source.name
            coverage[name] = coverage_of(pieces[0].source, parts, hashes.get(name, ""))
        ordered = tuple(coverage[source.name] for source in sources if source.name in coverage)
        return LogReading(counts_of(tallies, ordered, partial, self._settings.listed, kinds_of_places(read)), tallies)

    def _told(self, source: Source) -> Told | str:
        """What a log is, or why it is none; empty for a file that merely lies in a folder and is no log."""
        try:
            told = tell(head_of(source, HEAD))
        except Unreadable as error:
            return str(error)
        return told or ("not a log of IIS, HTTPERR or HttpProxy" if source.named else "")

    def _read_and_hash(self, cut: list[list[Piece]]) -> tuple[list[list[PieceRead]], Tallies, dict[str, str]]:
        halt = Event()
        with ThreadPoolExecutor(1) as beside:
            hashing = beside.submit(fingerprints, [pieces[0].source for pieces in cut], halt.is_set)
            try:
                read, tallies = self._read_all(cut)
            except BaseException:
                # Whatever ended it, even an interrupt: the thread beside would hash gigabytes before this returns.
                halt.set()
                raise
            if self._stop():
                halt.set()
            return read, tallies, hashing.result()

    def _pieces(self, source: Source) -> int:
        if self._count < 2 or source.size < self._settings.in_process:
            return 1
        return min(self._count, max(1, source.size // SMALLEST))

    def _read_all(self, cut: list[list[Piece]]) -> tuple[list[list[PieceRead]], Tallies]:
        size = sum(pieces[0].source.size for pieces in cut)
        watch = Watch(size, self._progress)
        tasks = _tasks(cut, self._count)
        reads = self._run(tasks, watch)
        again = _wrongly_guessed(tasks, reads)
        if again and not self._stop():
            for place, read in zip(again, self._run(list(again.values()), watch), strict=True):
                reads[place] = read
        watch.finish(not self._stop())
        return _added(cut, tasks, reads)

    def _run(self, tasks: list[Task], watch: Watch) -> list[TaskRead]:
        weight = sum(_weight(piece) for task in tasks for piece in task)
        if weight < self._settings.in_process:
            return run_here(tasks, watch, self._stop, self._limits)
        return run_apart(tasks, min(self._count, len(tasks)), watch, self._stop, self._limits)


def _weight(piece: Piece) -> int:
    end = piece.source.size if piece.end is None else piece.end
    return (end - piece.start) * (_PACKED if piece.source.packed else 1)


def _tasks(cut: list[list[Piece]], count: int) -> list[Task]:
    """Pieces of a log each alone; whole small logs in groups, so that what they share is found only once."""
    tasks: list[Task] = [(piece,) for pieces in cut if len(pieces) > 1 for piece in pieces]
    whole = [pieces[0] for pieces in cut if len(pieces) == 1]
    share = max(SMALLEST, sum(map(_weight, whole)) // (count * 4))
    group: list[Piece] = []
    for piece in whole:
        group.append(piece)
        if sum(map(_weight, group)) >= share:
            tasks.append(tuple(group))
            group = []
    return [*tasks, tuple(group)] if group else tasks


def _wrongly_guessed(tasks: list[Task], reads: list[TaskRead]) -> dict[int, Task]:
    """The ranges that began with another layout than the one the range before them ended with."""
    again: dict[int, Task] = {}
    layout: Layout | None = None
    for i, (task, read) in enumerate(zip(tasks, reads, strict=True)):
        piece = task[0]
        if piece.whole:
            continue
        if piece.start and piece.layout != layout:
            again[i] = (with_layout(piece, layout),)
            # Without a #Fields line of its own a range ends with the layout it began with.
            layout = read.pieces[0].end_layout if read.pieces[0].changed_layout else layout
        else:
            layout = read.pieces[0].end_layout
    return again


def _added(cut: list[list[Piece]], tasks: list[Task], reads: list[TaskRead]) -> tuple[list[list[PieceRead]], Tallies]:
    """What was read of each log, and everything added up, the parts of one log in their order."""
    by_log: dict[str, list[PieceRead]] = {pieces[0].source.name: [] for pieces in cut}
    total = Tallies()
    growing: Tallies | None = None
    for task, read in zip(tasks, reads, strict=True):
        for piece, part in zip(task, read.pieces, strict=True):
            by_log[piece.source.name].append(part)
        if task[0].whole:
            total.add(read.tallies)
            continue
        growing = read.tallies if growing is None else _joined(growing, read.tallies)
        if task[0].last:
            growing.close()
            total.add(growing)
            growing = None
    return list(by_log.values()), total


def _joined(first: Tallies, second: Tallies) -> Tallies:
    first.add(second)
    return first


def _ignore(_: Progress) -> None:
    """For those who only want the result."""


def _never() -> bool:
    return False
