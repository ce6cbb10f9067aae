"""The use case "show me the rows behind this number": the logs are read again, and the first rows that fit are kept.

A case holds counts and no rows (DESIGN 6). A log that is gone, or not what was counted any more, is said.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache

from easwizard.case.log_counts import FileCoverage, Outcome, StatusCount
from easwizard.evidence.logs.finding_files import NoLogs
from easwizard.evidence.logs.rows import Row, rows
from easwizard.workflow.log_reading import Stage, Stop, hashes_of, path_of

MOST = 1_000
"""Rows that are shown; what nobody reads is not kept."""
_BATCH = 50
FAILED = frozenset({Outcome.FAILED.value, Outcome.CREDENTIALS.value})


@dataclass(frozen=True)
class RowFilter:
    """Which rows are wanted; an empty part takes all. Compared without regard to case; `*` stands for anything."""

    user: str = ""
    device: str = ""
    target: str = ""
    named_by: str = ""
    hour: str = ""
    """How the time begins: `2026-03-01` or `2026-03-01T21`, in UTC."""
    text: str = ""
    """Stands in the user, the device or the target."""
    command: str = ""
    code: StatusCount | None = None
    """Rows of this combination of codes."""
    file: str = ""
    only_failed: bool = False

    @property
    def is_set(self) -> bool:
        return self != RowFilter()

    def takes(self, row: Row) -> bool:
        """Whether a row fits. Probes never do, since no number holds them; handshakes only by their codes."""
        return (
            not row.probe
            and (row.outcome != Outcome.HANDSHAKE.value or self.code is not None)
            and (not self.only_failed or row.outcome in FAILED)
            and (not self.user or like(self.user, row.user_name))
            and (not self.device or like(self.device, row.device_id))
            and (not self.target or like(self.target, row.target))
            and (not self.named_by or row.named_by == self.named_by)
            and (not self.command or like(self.command, row.command or "-"))
            and row.time_utc.startswith(self.hour)
            and (not self.text or has(self.text, row.user_name, row.device_id, row.target))
            and (self.code is None or _is_of(self.code, row))
        )

    def with_all_of(self, other: RowFilter) -> RowFilter:
        """This filter, narrowed by every part of the other one that is set."""
        given = {f.name: getattr(other, f.name) for f in fields(other) if getattr(other, f.name) != f.default}
        return replace(self, **given)

    def may_hold(self, file: FileCoverage) -> bool:
        """Whether a row that fits may be in a file, as far as its coverage tells."""
        if not file.used or (self.file and file.file != self.file):
            return False
        if not self.hour or file.first_utc is None or file.last_utc is None:
            return True
        length = len(self.hour)
        return f"{file.first_utc:%Y-%m-%dT%H}"[:length] <= self.hour <= f"{file.last_utc:%Y-%m-%dT%H}"[:length]


def like(wanted: str, told: str) -> bool:
    """Whether a name is the wanted one, or fits its pattern.

    >>> like("Anna", "anna"), like("an*", "anna"), like("an", "anna")
    (True, True, False)
    """
    wanted, told = wanted.casefold(), told.casefold()
    return wanted == told or ("*" in wanted and _pattern(wanted).fullmatch(told) is not None)


def has(text: str, *told: str) -> bool:
    """Whether one of these has the text in it."""
    return any(text.casefold() in one.casefold() for one in told)


@cache
def _pattern(wanted: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, wanted.split("*"))), re.DOTALL)


def _is_of(code: StatusCount, row: Row) -> bool:
    return (row.target, row.named_by, row.status, row.substatus, row.win32) == (
        code.target,
        code.named_by.value,
        code.status,
        code.substatus,
        code.win32,
    ) and (row.back_end_status, row.error_code, row.outcome) == (code.back_end, code.error_code, code.outcome.value)


@dataclass(frozen=True)
class Trouble:
    """What is not as it was with a log that was counted."""

    file: str
    words: str


@dataclass(frozen=True)
class Searched:
    """How a search ended."""

    found: int
    ended: bool = False
    """Whether it was ended before all was read."""
    more: bool = False
    """Whether as many were found as are shown, so that there may be more."""
    troubles: tuple[Trouble, ...] = ()


@dataclass(frozen=True)
class Listener:
    """Who is told, in the thread that reads."""

    found: Callable[[Sequence[Row]], None]
    stage: Callable[[Stage], None]
    stop: Stop


def search(coverage: Sequence[FileCoverage], wanted: RowFilter, listener: Listener, most: int = MOST) -> Searched:
    """Read the logs that may hold such rows, one after the other. Blocks; never raises for what a log is."""
    chosen = {path_of(file.file): file for file in coverage if wanted.may_hold(file)}
    whole = sum(file.size for file in chosen.values())
    told: list[Trouble] = []
    read: dict[str, FileCoverage] = {}
    found = done = 0
    for path, file in chosen.items():
        listener.stage(Stage(done, whole))
        trouble = _at_sight(path, file)
        if trouble is not None:
            told.append(trouble)
        else:
            read[path] = file
            found += _of_one(path, wanted, listener, most - found)
        done += file.size
        if listener.stop() or found >= most:
            break
    ended = listener.stop()
    told += _changed(read, listener) if not ended else ()
    return Searched(found, ended, found >= most, tuple(told))


def _at_sight(path: str, file: FileCoverage) -> Trouble | None:
    """What is wrong with a log that its name and size alone tell."""
    if not os.path.isfile(path):
        return Trouble(file.file, "it is not there any more; its rows cannot be shown, its counts stay")
    if path == file.file and os.path.getsize(path) < file.size:
        return Trouble(file.file, "it is shorter than when it was counted: another log has that name now")
    return None


def _of_one(path: str, wanted: RowFilter, listener: Listener, most: int) -> int:
    batch: list[Row] = []
    found = 0
    try:
        for row in rows([path]):
            if wanted.takes(row) and (not wanted.file or row.file == wanted.file):
                batch.append(row)
                found += 1
                if len(batch) >= _BATCH:
                    listener.found(batch)
                    batch = []
            if found >= most or listener.stop():
                break
    except (NoLogs, OSError):
        pass  # what was read of it counts; that it changed is told by its SHA-256
    if batch:
        listener.found(batch)
    return found


def _changed(read: dict[str, FileCoverage], listener: Listener) -> list[Trouble]:
    """Logs that are not what was counted: by their SHA-256, where that is known, else by their size."""
    known = {path: file for path, file in read.items() if file.sha256}
    sizes = {path: file.size if path == file.file else _size(path) for path, file in known.items()}
    hashes = hashes_of(sizes, lambda stage: listener.stage(replace(stage, checking=True)), listener.stop)
    told = []
    for path, file in read.items():
        if path in known and not listener.stop() and hashes.get(path) != file.sha256:
            told.append(Trouble(file.file, "its content is not what was counted (SHA-256): the rows may not fit"))
        elif path == file.file and _size(path) > file.size:
            told.append(Trouble(file.file, "it has grown since it was counted: newer rows are in no number"))
    return told


def _size(path: str) -> int:
    try:
        return os.path.getsize(path)
    except OSError:
        return 0
