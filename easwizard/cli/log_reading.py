"""Reads logs for a command: progress on stderr, and Ctrl-C ends the reading but keeps what was counted until then."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from easwizard.cli.console import UsageError, complain

if TYPE_CHECKING:
    from easwizard.evidence.logs.reading import LogReading, Progress

_MEGA = 1024 * 1024
_EVERY = 0.1
"""How much further it must be for another line, where lines cannot be written over."""


class Told:
    """Says how far it is: one line that is written over on a terminal, else one for each tenth of the way."""

    def __init__(self) -> None:
        self._over = sys.stderr is not None and sys.stderr.isatty()
        self._next = _EVERY
        self._open = False

    def __call__(self, progress: Progress) -> None:
        if progress.size < _MEGA:
            return
        if self._over:
            print(f"\r{progress_words(progress):<70}", end="", file=sys.stderr, flush=True)
            self._open = True
        elif progress.done >= progress.size * self._next:
            print(progress_words(progress), file=sys.stderr, flush=True)
            self._next = progress.done / progress.size + _EVERY

    def end(self) -> None:
        if self._open:
            print(file=sys.stderr, flush=True)
            self._open = False


def progress_words(progress: Progress) -> str:
    """E.g. `read 312 of 1024 MB, 145 MB/s, about 5 s left`."""
    text = f"read {progress.done / _MEGA:.0f} of {progress.size / _MEGA:.0f} MB"
    if progress.seconds > 0:
        text += f", {progress.rate / _MEGA:.0f} MB/s"
    left = progress.seconds_left
    return f"{text}, about {left:.0f} s left" if left is not None and left >= 1 else text


def read(names: Sequence[str]) -> tuple[LogReading, bool]:
    """The logs, and whether Ctrl-C ended the reading before its end. Raises UsageError where there are none."""
    from easwizard.evidence.logs.reading import NoLogs, read_logs

    stop, told = threading.Event(), Told()
    try:
        with _until_interrupted(stop):
            reading = read_logs(names, progress=told, stop=stop.is_set)
    except NoLogs as error:
        raise UsageError(str(error)) from None
    finally:
        told.end()
    if stop.is_set():
        complain("interrupted; what was counted until then follows. Nothing was changed anywhere")
    return reading, stop.is_set()


@contextmanager
def _until_interrupted(stop: threading.Event) -> Iterator[None]:
    """The first Ctrl-C asks to stop, the second one stops; only the main thread can hear any."""

    def heard(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, heard)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
