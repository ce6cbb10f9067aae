"""Runs tasks in other processes, or in this one where there is little to do. Knows nothing of logs but their tasks.

Processes are spawned, as Windows does it everywhere: each imports `pieces` by name and inherits nothing.
"""

from __future__ import annotations

import gc
import signal
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

from easwizard.evidence.logs.pieces import Limits, TaskRead, read_task
from easwizard.evidence.logs.ranges import Piece

Task = tuple[Piece, ...]
_BEAT = 0.2
"""Seconds between two words of progress."""


@dataclass(frozen=True)
class Progress:
    """How far a run has come."""

    done: int
    """Bytes on disk."""
    size: int
    seconds: float

    @property
    def rate(self) -> float:
        """Bytes a second."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        return (self.size - self.done) / self.rate if self.done else None


class Lost(Exception):
    """A process that read logs was ended from outside."""


@dataclass
class Watch:
    """Tells progress at most every few hundred milliseconds, by a clock that is given."""

    size: int
    told: Callable[[Progress], None]
    clock: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        self._started = self._last = self.clock()
        self._done = 0

    def add(self, count: int) -> None:
        self.reached(self._done + count)

    def reached(self, done: int) -> None:
        self._done = done
        now = self.clock()
        if now - self._last >= _BEAT:
            self._last = now
            self.told(Progress(min(done, self.size), self.size, now - self._started))

    def finish(self, everything: bool) -> None:
        done = self.size if everything else min(self._done, self.size)
        self.told(Progress(done, self.size, self.clock() - self._started))


def run_here(tasks: Sequence[Task], watch: Watch, stop: Callable[[], bool], limits: Limits) -> list[TaskRead]:
    """One task after the other, in this process."""
    return [read_task(task, watch.add, stop, limits) for task in tasks]


def run_apart(
    tasks: Sequence[Task], count: int, watch: Watch, stop: Callable[[], bool], limits: Limits
) -> list[TaskRead]:
    """The tasks in `count` processes, the first ones first; what they came to, in the order of the tasks.

    Raises Lost where a process was killed. What stops the caller stops the processes.
    """
    context = get_context("spawn")
    done, halt = context.Value("q", 0), context.Event()
    pool = ProcessPoolExecutor(count, context, _begin, (done, halt))
    try:
        futures = [pool.submit(_run, task, limits) for task in tasks]
        waiting: set[Future[TaskRead]] = set(futures)
        while waiting:
            _, waiting = wait(waiting, _BEAT, FIRST_COMPLETED)
            watch.reached(done.value)
            if stop():
                halt.set()
        return [future.result() for future in futures]
    except BrokenProcessPool as error:
        raise Lost("a process that was reading logs was ended from outside") from error
    except BaseException:
        # Whatever ended it, even an interrupt: the processes would read on to the end of their part.
        halt.set()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


_shared: Any = None
"""Of a process that runs tasks: the bytes done by all, and whether to halt."""


def _begin(done: Any, halt: Any) -> None:
    global _shared
    _shared = (done, halt)
    gc.disable()  # nothing here refers to itself, and there is much of it
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started this one hears it, and says when to halt


def _run(task: Task, limits: Limits) -> TaskRead:
    done, halt = _shared

    def tell(count: int) -> None:
        with done.get_lock():
            done.value += count

    return read_task(task, tell, halt.is_set, limits)
