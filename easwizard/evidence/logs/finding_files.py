"""Finds the logs that files, folders and globs name; opens them, packed ones too. Tells no kind from another.

In a folder everything below it that may be a log is taken: `*.log`, `*.txt`, `*.csv`, packed ones, whatever the case.
What is named by itself is taken whatever it is called.
"""

from __future__ import annotations

import glob
import os
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_ENDINGS = (".log", ".txt", ".csv", ".gz", ".zip")
_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"


class NoLogs(ValueError):
    """Nothing that was named exists; the message says what."""


@dataclass(frozen=True)
class Source:
    """One log to read: a file, or a member of an archive. Its size is remembered as it was when it was found."""

    path: str
    size: int
    """Bytes on disk; of a member, its packed ones."""
    packed: str = ""
    """`gzip`, `zip` or empty."""
    member: str = ""
    named: bool = True
    """Whether it was named by itself; one that merely lies in a folder may be anything."""

    @property
    def name(self) -> str:
        return f"{self.path}/{self.member}" if self.member else self.path


def find_logs(names: Iterable[str | os.PathLike[str]]) -> list[Source]:
    """Every log that was named, once, in the order of names and paths. Raises NoLogs where a name leads nowhere."""
    sources: dict[str, Source] = {}
    for name in names:
        found = list(_named(os.fspath(name)))
        if not found:
            raise NoLogs(f"{os.fspath(name)}: no log was found there")
        for path, by_itself in found:
            key = os.path.normcase(os.path.abspath(path))
            if key not in sources or by_itself:
                for source in _opened(path, by_itself):
                    sources[f"{key}/{source.member}" if source.member else key] = source
    return list(sources.values())


def _named(name: str) -> Iterator[tuple[str, bool]]:
    if os.path.isdir(name):
        yield from ((path, False) for path in _below(name))
    elif os.path.exists(name):
        yield name, True
    else:
        for path in sorted(glob.glob(name, recursive=True)):
            if os.path.isdir(path):
                yield from ((each, False) for each in _below(path))
            else:
                yield path, True


def _below(folder: str) -> Iterator[str]:
    for where, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            if name.lower().endswith(_ENDINGS):
                yield os.path.join(where, name)


def _opened(path: str, named: bool) -> Iterator[Source]:
    """What a file holds; one that cannot be opened stands for itself, and reading it will say why."""
    try:
        size = os.stat(path).st_size
        with open(path, "rb") as file:
            start = file.read(4)
        if start.startswith(_ZIP):
            yield from _members(path, named)
        else:
            yield Source(path, size, "gzip" if start.startswith(_GZIP) else "", named=named)
    except (OSError, zipfile.BadZipFile):
        size = Path(path).stat().st_size if os.path.exists(path) else 0
        yield Source(path, size, named=named)


def _members(path: str, named: bool) -> Iterator[Source]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            if not info.is_dir():
                yield Source(path, info.compress_size, "zip", info.filename, named and len(archive.infolist()) == 1)
