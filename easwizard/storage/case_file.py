"""The case file `NAME.eascase`: a header, then one event a line, appended and flushed as things happen (DESIGN 6).

A kill at any moment loses at most the line being written: a torn last line is dropped when the file is opened.
Compacting writes a new file beside it and puts it in place in one step.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from types import TracebackType

from easwizard.case.case import Case
from easwizard.case.events import Event, events_of, happened, told
from easwizard.storage.event_lines import UnknownEvent, from_line, to_line

SUFFIX = ".eascase"
_HALF = ".new"
"""Ends the name of a file that is being written beside the case."""
_FORMAT = "easwizard-case"
_VERSION = 1
_MOST_BYTES = 200_000_000
_ZIP = b"PK\x03\x04"
_HEADER = json.dumps({"format": _FORMAT, "version": _VERSION}, separators=(",", ":"))


class CaseFileError(ValueError):
    """A case file that cannot be read or written; the message names the file, the line and what to do."""


class NewerCaseFile(CaseFileError):
    """A case of a later version: it may be read as far as it is understood, and must not be written."""


@dataclass(frozen=True)
class _Content:
    """What a file holds; `torn` when its last line was cut off in the middle."""

    events: tuple[Event, ...]
    torn: bool
    newer: bool = False


class CaseFile:
    """An open case file. Whoever holds it appends; two at once are not meant (see `open`)."""

    def __init__(self, path: Path, case: Case, stream: FileIO) -> None:
        self.path, self._case, self._stream = path, case, stream

    @classmethod
    def open(cls, path: Path) -> CaseFile:
        """Read a case and go on writing it. Raises CaseFileError, NewerCaseFile for one of a later version."""
        content = _read(path)
        if content.newer:
            raise NewerCaseFile(f"{path}: written by a newer easwizard; it may be read here, not changed")
        if content.torn:
            _replace(path, content.events)
        _clear(path)
        return cls(path, told(content.events), _appending(path))

    @classmethod
    def create(cls, path: Path, case: Case) -> CaseFile:
        """Begin a file with this case; an older file of that name is replaced. Raises CaseFileError."""
        _replace(path, events_of(case))
        return cls(path, case, _appending(path))

    def __enter__(self) -> CaseFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def case(self) -> Case:
        return self._case

    def append(self, events: Iterable[Event]) -> Case:
        """Write events down and return the case with them. Raises CaseFileError; the case is then as before."""
        new = tuple(events)
        data = "".join(f"{to_line(event)}\n" for event in new).encode("utf-8")
        if self._stream.closed:
            raise CaseFileError(f"{self.path}: closed already")
        length = self._stream.seek(0, os.SEEK_END)
        try:
            _write(self._stream, data)
        except OSError as error:
            with suppress(OSError):
                self._stream.truncate(length)  # half a line must not stand before the next one
            raise CaseFileError(
                f"{self.path}: cannot be written ({error.strerror}); free some space, then go on"
            ) from error
        for event in new:
            self._case = happened(self._case, event)
        return self._case

    def compact(self) -> None:
        """Write the file anew without what was overwritten. Raises CaseFileError."""
        self._stream.close()  # Windows replaces no file that is open
        try:
            _replace(self.path, events_of(self._case))
        finally:
            self._stream = _appending(self.path)

    def close(self) -> None:
        """Compact and close; a case that cannot be compacted stays as it was written."""
        with suppress(CaseFileError):
            self.compact()
        self._stream.close()


def read_case(path: Path) -> Case:
    """The case in a file, without touching the file; of a later version what is understood. Raises CaseFileError."""
    return told(_read(path).events)


def write_case(path: Path, case: Case) -> None:
    """Write a case in one step; an older file of that name stays until the new one is whole. Raises CaseFileError."""
    _replace(path, events_of(case))


def case_lines(case: Case) -> str:
    """A case as the text of a file of its own, for a pack."""
    return "".join(f"{line}\n" for line in (_HEADER, *map(to_line, events_of(case))))


def _read(path: Path) -> _Content:
    lines, torn = _lines(path)
    version = _version(lines[0]) if lines else None
    if version is None:
        raise CaseFileError(f"{path}: this is no case file of easwizard; its first line should say {_FORMAT!r}")
    newer = version > _VERSION
    events = (_event(path, number, line, skip=newer) for number, line in enumerate(lines[1:], start=2))
    return _Content(tuple(event for event in events if event is not None), torn, newer)


def _lines(path: Path) -> tuple[Sequence[str], bool]:
    """The whole lines of a file, and whether something was left over at its end."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise CaseFileError(f"{path}: larger than {_MOST_BYTES // 1_000_000} MB; this is no case file")
        content = path.read_bytes()
        if content.startswith(_ZIP):
            raise CaseFileError(f"{path}: this is a pack; `easwizard {path.name}` unpacks it into a case")
        text = content.decode("utf-8")
    except OSError as error:
        raise CaseFileError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise CaseFileError(f"{path}: this is no case file of easwizard; it is not text") from error
    *whole, rest = text.split("\n")
    return [line.rstrip("\r") for line in whole], bool(rest)


def _version(line: str) -> int | None:
    """The version that a header names; None where it is no header of ours."""
    try:
        header = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(header, dict) or header.get("format") != _FORMAT:
        return None
    version = header.get("version")
    return version if isinstance(version, int) and not isinstance(version, bool) and version >= 1 else None


def _event(path: Path, number: int, line: str, *, skip: bool) -> Event | None:
    try:
        return from_line(line)
    except UnknownEvent as error:
        if skip:
            return None
        raise CaseFileError(f"{path}, line {number}: {error}; restore the file from a copy") from error


def _appending(path: Path) -> FileIO:
    """Without a buffer: what was written is with the system, and what failed is not tried again behind our back."""
    try:
        return FileIO(path, "a")
    except OSError as error:
        raise CaseFileError(f"{path}: cannot be written ({error.strerror})") from error


def _write(stream: FileIO, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[stream.write(left) or 0 :]


def _clear(path: Path) -> None:
    """Take away what a kill left half written: nobody but who opens the case writes beside it."""
    with suppress(OSError):
        for half in path.parent.iterdir():
            if half.name.startswith(f".{path.name}.") and half.name.endswith(_HALF):
                half.unlink()


def _replace(path: Path, events: Iterable[Event]) -> None:
    """Put a new file in place of the old one, whole or not at all."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=_HALF, dir=path.parent)
    except OSError as error:
        raise CaseFileError(f"{path}: cannot be written in its folder ({error.strerror})") from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(f"{_HEADER}\n")
            stream.writelines(f"{to_line(event)}\n" for event in events)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(name, path)
    except BaseException as error:
        # Whatever ended it, even an interrupt: half a file must not stay beside the whole one.
        with suppress(OSError):
            os.unlink(name)
        if isinstance(error, OSError):
            raise CaseFileError(f"{path}: cannot be written ({error.strerror})") from error
        raise
