"""The use case "read the logs that were brought": counted together, kept by path, size and SHA-256, never copied.

Counts cannot be subtracted, so whatever is added or taken away, what is left is read anew. Opens the logs, no more.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from easwizard.case.log_counts import FileCoverage, LogCounts
from easwizard.evidence.logs.reading import Progress, Settings, read_logs

_BLOCK = 1024 * 1024
_BEAT = 0.2
Stop = Callable[[], bool]


@dataclass(frozen=True)
class Stage:
    """How far reading is."""

    done: int
    """Bytes."""
    size: int
    rate: float = 0.0
    """Bytes a second."""
    seconds_left: float | None = None
    checking: bool = False
    """Whether everything is counted and the SHA-256 of the files is being made."""


Told = Callable[[Stage], None]


def path_of(file: str) -> str:
    """Where a log lies: the file itself, or the archive of which it is a member (`archive.zip/member`)."""
    path = file
    while path and not os.path.isfile(path):
        head, _ = os.path.split(path)
        if head == path:
            return file
        path = head
    return path or file


def paths_of(counts: LogCounts | None) -> tuple[str, ...]:
    """The files behind counts, each once, in their order."""
    coverage = counts.coverage if counts is not None else ()
    return tuple(dict.fromkeys(path_of(file.file) for file in coverage))


def missing(counts: LogCounts | None) -> tuple[str, ...]:
    """Those that are not there any more."""
    return tuple(path for path in paths_of(counts) if not os.path.isfile(path))


def read_counted(names: Iterable[str], told: Told, stop: Stop) -> LogCounts:
    """Read these logs with one core left to the screen, then note what they were. Blocks; `stop` ends it.

    Ended while it counts, the counts are partial. Raises NoLogs where a name leads nowhere.
    """

    def progress(now: Progress) -> None:
        told(Stage(now.done, now.size, now.rate, now.seconds_left))

    counts = read_logs(names, Settings(leave_one_core=True), progress, stop).counts
    return counts if counts.partial else replace(counts, coverage=_with_hashes(counts.coverage, told, stop))


def _with_hashes(coverage: tuple[FileCoverage, ...], told: Told, stop: Stop) -> tuple[FileCoverage, ...]:
    """Each with the SHA-256 of the bytes that were read of it; of an archive's member, that of the archive."""
    paths = {file.file: path_of(file.file) for file in coverage}
    sizes = {path: _bytes_read(file, path) for file, path in ((f, paths[f.file]) for f in coverage)}
    hashes = hashes_of(sizes, told, stop)
    return tuple(replace(file, sha256=hashes.get(paths[file.file], "")) for file in coverage)


def _bytes_read(file: FileCoverage, path: str) -> int:
    """A member's own size is not the archive's, of which all counts."""
    if path == file.file:
        return file.size
    return os.path.getsize(path) if os.path.isfile(path) else 0


def hashes_of(sizes: Mapping[str, int], told: Told, stop: Stop) -> Mapping[str, str]:
    """Path to the SHA-256 of its first so many bytes; what cannot be read, or was not reached, is not in it."""
    whole, done, began, last = sum(sizes.values()), 0, time.monotonic(), 0.0
    found: dict[str, str] = {}
    for path, size in sizes.items():
        digest, left = hashlib.sha256(), size
        try:
            for block in _blocks(path, size):
                digest.update(block)
                left -= len(block)
                done += len(block)
                now = time.monotonic()
                if now - last >= _BEAT:
                    last = now
                    told(_checked(done, whole, now - began))
                if stop():
                    return found
        except OSError:
            continue
        if not left:
            found[path] = digest.hexdigest()
    return found


def _blocks(path: str, size: int) -> Iterator[bytes]:
    with open(path, "rb") as file:
        while size and (block := file.read(min(_BLOCK, size))):
            size -= len(block)
            yield block


def _checked(done: int, whole: int, seconds: float) -> Stage:
    rate = done / seconds if seconds > 0 else 0.0
    return Stage(done, whole, rate, (whole - done) / rate if rate else None, checking=True)
