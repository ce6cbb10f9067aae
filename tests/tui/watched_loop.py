"""Sweeps a practice estate in the wizard and counts what keeps the event loop: `python -m tests.tui.watched_loop`.

Counted is the CPU time of the loop's own thread in each callback, so that a busy machine or another thread's work
does not count. In a process of its own: the heap of a test run, and its collection, are not the wizard's.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from textual.pilot import Pilot

from easwizard.cli.practice import PracticeEstates
from easwizard.cli.wizard import services_here
from easwizard.tui.app import Wizard
from tests.tui.driving import LARGE, SMALL, drive, shown, until

if TYPE_CHECKING:
    from easwizard.case.facts import Observation
    from easwizard.tui.screens.case import CaseScreen

LIMIT_MS = 50.0
_FRAMES = 9
_KEYS = {"3": ("down", "end"), "5": ("w", "n", "m", "m", "down")}
"""In turn: a stage, and what is pressed there."""
_PAUSES = 4
"""Of the driver after each key, so that screens are drawn."""


@dataclass
class Watch:
    """What each callback of the event loop cost."""

    limit_ms: float
    callbacks: int = 0
    longest_ms: float = 0.0
    costly: list[tuple[float, str]] = field(default_factory=list)
    """Milliseconds of those over the limit, and where they were half way there."""
    since: float | None = None
    """When the callback under way began, by the wall clock."""
    where: str = ""

    def count(self, spent_ms: float) -> None:
        self.callbacks += 1
        self.longest_ms = max(self.longest_ms, spent_ms)
        if spent_ms > self.limit_ms:
            self.costly.append((round(spent_ms, 1), self.where))
        self.since, self.where = None, ""


@contextmanager
def watching(limit_ms: float) -> Iterator[Watch]:
    """Count the callbacks of the event loop that runs in this thread meanwhile."""
    watch, run, over = Watch(limit_ms), asyncio.Handle._run, threading.Event()
    loop_thread = threading.get_ident()

    def counted(handle: asyncio.Handle) -> None:
        if threading.get_ident() != loop_thread:
            return run(handle)
        watch.since, since = time.monotonic(), time.thread_time()
        run(handle)
        return watch.count((time.thread_time() - since) * 1000)

    def look_in() -> None:
        while not over.wait(limit_ms / 10_000):
            began = watch.since
            if began is not None and not watch.where and time.monotonic() - began > limit_ms / 2000:
                watch.where = _stack(loop_thread)

    observer = threading.Thread(target=look_in, daemon=True)
    asyncio.Handle._run = counted  # type: ignore[assignment, method-assign]
    observer.start()
    try:
        yield watch
    finally:
        asyncio.Handle._run = run  # type: ignore[method-assign]
        over.set()
        observer.join()


def _stack(thread: int) -> str:
    """The innermost frames of a thread, without reading any source: that would take longer than what is looked at."""
    frame, found = sys._current_frames().get(thread), list[str]()
    while frame is not None and len(found) < _FRAMES:
        code = frame.f_code
        found.append(f"{'/'.join(Path(code.co_filename).parts[-2:])}:{frame.f_lineno} {code.co_name}")
        frame = frame.f_back
    return " < ".join(found)


def is_open(pilot: Pilot[None]) -> bool:
    """Whether a case is on the screen. By its name: what the wizard needs is for the wizard to load."""
    return type(pilot.app.screen).__name__ == "CaseScreen"


def case_screen(pilot: Pilot[None]) -> CaseScreen:
    """The case that is open."""
    return cast("CaseScreen", pilot.app.screen)


def _seen(screen: CaseScreen) -> tuple[Observation, ...]:
    """What the panes were shown."""
    return screen.view.case.observations if screen.view is not None else ()


async def sweep(pilot: Pilot[None], visited: set[str]) -> None:
    """Look at everything, in the Probes stage and in the Diagnosis stage in turn, until it is over."""
    screen = case_screen(pilot)
    await until(pilot, lambda: screen.view is not None and screen.pane is not None)
    await pilot.press("3")
    await until(pilot, lambda: screen.stage == "probes")
    await pilot.press("ctrl+r")
    await until(pilot, lambda: bool(screen.looking.course.errands))
    while not screen.looking.course.over:
        for number, keys in _KEYS.items():
            await pilot.press(number)
            for key in keys:
                await pilot.press(key)
                for _ in range(_PAUSES):
                    await pilot.pause(0.02)
            visited.add(screen.stage)
    await until(pilot, lambda: _seen(screen) == screen.session.case.observations)
    await pilot.press("3", "5")


class OnTheLoop:
    """What is loaded, and which certificate contexts are made, in the thread of the event loop."""

    def __init__(self) -> None:
        self._thread = threading.get_ident()
        self.loaded: list[str] = []
        self.contexts: list[str] = []
        self.elsewhere = 0
        """Contexts that other threads made or filled."""

    def listen(self) -> None:
        """Until this process ends: nobody takes an audit hook away."""
        sys.addaudithook(self._hear)
        for name in ("__new__", "load_verify_locations", "load_default_certs", "load_cert_chain"):
            self._watch(name)

    def found(self) -> list[str]:
        """What was loaded; without what was looked for and is not there."""
        return sorted({name for name in self.loaded if name in sys.modules})

    def _hear(self, event: str, details: tuple[object, ...]) -> None:
        if event == "import" and threading.get_ident() == self._thread:
            self.loaded.append(str(details[0]))

    def _watch(self, name: str) -> None:
        before = getattr(ssl.SSLContext, name)

        def called(*words: Any, **more: Any) -> Any:
            if threading.get_ident() == self._thread:
                self.contexts.append(f"{name}: {_stack(self._thread)}")
            else:
                self.elsewhere += 1
            return before(*words, **more)

        setattr(ssl.SSLContext, name, called)


async def practise(pilot: Pilot[None], scenario: str) -> None:
    """From the first screen into the stages of a practice estate, by keys."""
    await pilot.press("p")
    await until(pilot, lambda: shown(pilot, "faults"))
    await pilot.press(*scenario, "enter")
    await until(pilot, lambda: shown(pilot, "How do you want to work"))
    await pilot.press("s")
    await until(pilot, lambda: is_open(pilot))


def watched(scenario: str, size: tuple[int, int], limit_ms: float) -> dict[str, object]:
    """Sweep a practice estate and say what it cost the loop."""
    visited: set[str] = set()
    estates, on_loop = PracticeEstates(time_scale=0.1), OnTheLoop()
    app = Wizard(services_here(estates))
    told: dict[str, object] = {}

    async def play(pilot: Pilot[None]) -> None:
        on_loop.listen()
        await practise(pilot, scenario)
        await sweep(pilot, visited)
        assert pilot.app.screen.query("#stage-probes, #stage-diagnosis")
        told["observations"] = len(case_screen(pilot).session.case.observations)

    try:
        with watching(limit_ms) as watch:
            drive(app, play, size)
    finally:
        estates.stop()
    told |= {"callbacks": watch.callbacks, "longest_ms": round(watch.longest_ms, 1), "costly": watch.costly}
    told |= {"stages": sorted(visited), "loaded": on_loop.found()}
    return told | {"contexts": on_loop.contexts, "contexts_elsewhere": on_loop.elsewhere}


def main() -> int:
    """`[SCENARIO] [LIMIT in ms] [small]`; exit code 1 where a callback was over the limit."""
    words = dict(enumerate(sys.argv[1:]))
    told = watched(words.get(0, "large"), SMALL if words.get(2) else LARGE, float(words.get(1, LIMIT_MS)))
    json.dump(told, sys.stdout, indent=1)
    return 1 if told["costly"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
