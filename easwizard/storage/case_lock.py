"""One writer at a time for a case file. The lock is the system's, so it dies with the process that holds it.

Beside it stands who holds it, for the words that another wizard shows; the words decide nothing.
"""

from __future__ import annotations

import json
import os
import socket
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from easwizard.case.untrusted import visible


@dataclass(frozen=True)
class Holder:
    """Who has a case open, as they said themselves."""

    host: str
    process: int
    since: str
    """ISO 8601, UTC."""

    def __str__(self) -> str:
        return f"process {self.process} on {self.host} since {self.since}"


class CaseLocked(Exception):
    """Somebody alive has the case open; `holder` is None where they did not say who."""

    def __init__(self, path: Path, holder: Holder | None) -> None:
        super().__init__(f"{path}: open in another easwizard ({holder or 'unknown'})")
        self.holder = holder


class CaseLock:
    """The right to write one case file, until it is released or this process ends."""

    def __init__(self, path: Path, now: datetime) -> None:
        """Take it. Raises CaseLocked, or OSError where the folder cannot be written."""
        self._note = path.with_name(f"{path.name}.holder")
        # Not of one thread: a case is opened and closed by whichever is free.
        self._lock = FileLock(path.with_name(f"{path.name}.lock"), timeout=0, thread_local=False)
        try:
            self._lock.acquire()
        except Timeout:
            raise CaseLocked(path, read_holder(self._note)) from None
        with suppress(OSError):
            note = {"host": socket.gethostname(), "process": os.getpid(), "since": now.strftime("%Y-%m-%dT%H:%M:%SZ")}
            self._note.write_text(json.dumps(note), encoding="utf-8")

    def release(self) -> None:
        """Give it back and take the traces away. Twice does no harm."""
        if not self._lock.is_locked:
            return
        with suppress(OSError):
            self._note.unlink(missing_ok=True)
        self._lock.release()
        with suppress(OSError):
            Path(self._lock.lock_file).unlink(missing_ok=True)


def read_holder(note: Path) -> Holder | None:
    """Who a note names; None where it cannot be read or says nothing."""
    try:
        said = json.loads(note.read_text(encoding="utf-8"))
        return Holder(visible(str(said["host"]), 80), int(said["process"]), visible(str(said["since"]), 40))
    except (OSError, ValueError, KeyError, TypeError):
        return None
