"""Case files as commands use them that look at nothing: read as they are, or written by one process at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from easwizard.cli.console import UsageError

if TYPE_CHECKING:
    from easwizard.case.case import Case
    from easwizard.case.events import Event


def read(name: str) -> Case:
    """The case in a file, which stays untouched. Raises UsageError."""
    from easwizard.storage.case_file import CaseFileError, read_case

    try:
        return read_case(Path(name))
    except CaseFileError as error:
        raise UsageError(str(error)) from error


def recorded(name: str, now: datetime, events: Callable[[Case], Iterable[Event]]) -> Case:
    """The case after these events, which are in the file when this returns. Raises UsageError; then nothing changed.

    `events` is asked once the file belongs to us, so that what it decides rests on the newest case.
    """
    from easwizard.storage.case_file import CaseFile, CaseFileError
    from easwizard.storage.case_lock import CaseLock, CaseLocked

    path = Path(name)
    if not path.is_file():
        raise UsageError(f"{path}: there is no such file")
    try:
        lock = CaseLock(path, now)
    except CaseLocked as error:
        raise UsageError(f"{error}; close it there, then do this again") from error
    except OSError as error:
        raise UsageError(f"{path}: its folder cannot be written ({error.strerror})") from error
    try:
        with CaseFile.open(path) as file:
            return file.append(events(file.case))
    except CaseFileError as error:
        raise UsageError(str(error)) from error
    finally:
        lock.release()


def user_name() -> str:
    """Who is signed in at this machine; empty where the system does not tell."""
    import getpass

    from easwizard.case.untrusted import visible

    try:
        return visible(getpass.getuser(), 80)
    except (OSError, KeyError, ImportError):
        return ""


def last_day(text: str, now: datetime) -> date:
    """`YYYY-MM-DD`, the last day on which something holds, in UTC. Raises UsageError for a day that is over."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--until {text[:40]!r} is no day; write it as YYYY-MM-DD") from None
    if day < now.date():
        raise UsageError(f"--until {day.isoformat()} is over already; name today or a later day (UTC)")
    return day
