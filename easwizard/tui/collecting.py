"""Full garbage collections at quiet moments only: one stops everything for longer than many a frame takes.

Young garbage, which is nearly all of it, goes as always. Python from 3.14 on collects in small steps by itself and
takes no notice of the threshold; the quiet collections are then all that this adds.
"""

from __future__ import annotations

import gc
from collections.abc import Callable

_NEVER = 1_000_000_000
QUIET_SECONDS = 2.0
"""Without a key before a full collection, so that nobody waits for it."""
LONGEST_SECONDS = 300.0
"""After so long there is one whatever goes on, so that a run of hours does not fill the memory."""


class FullCollections:
    """From `begin` to `end`, in the thread of the event loop. The thresholds are those of the whole process."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        """`seconds` is a clock that only goes forward."""
        self._seconds = seconds
        self._before: tuple[int, int, int] | None = None
        self._last = self._touched = seconds()

    def begin(self) -> None:
        """From now on none comes by itself."""
        self._before = gc.get_threshold()
        gc.set_threshold(*self._before[:2], _NEVER)

    def end(self) -> None:
        """As it was before; twice does no harm."""
        before, self._before = self._before, None
        if before is not None:
            gc.set_threshold(*before)

    def touched(self) -> None:
        """Somebody pressed a key, or a run is under way."""
        self._touched = self._seconds()

    def collect_if_due(self) -> bool:
        """Collect where it is quiet, or has been too long ago; returns whether it did."""
        now = self._seconds()
        quiet = now - self._touched >= QUIET_SECONDS and self._touched > self._last
        if not quiet and now - self._last < LONGEST_SECONDS:
            return False
        gc.collect()
        self._last = self._seconds()
        return True
