"""Nothing keeps the event loop: not a sweep of the largest practice estate, no import, no certificate context.

What took how long is counted by `tests.tui.watched_loop`, in a process of its own; here at 80x24, where drawing costs
least, so that a slow machine does not fail for its slowness. By itself the script sweeps at 120x40.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from easwizard.tui.app import Wizard
from easwizard.tui.collecting import LONGEST_SECONDS, QUIET_SECONDS, FullCollections
from easwizard.tui.services import Services
from tests.tui.driving import drive
from tests.tui.services import services
from tests.tui.watched_loop import watching

_OF_A_FEW_LINES = {"easwizard.tui.screens.choice", "easwizard.tui.screens.line"}
"""Dialogs that load nothing in turn."""
_LIMIT_MS = 50.0
_ORDINARY_MS = 38.0
"""What `_labour` takes where the limit is meant as it stands; a slower machine gets as much more time."""


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The sweep of `large`, from the first screen on; once more where a callback was over the limit by chance."""
    told = _swept(tmp_path_factory.mktemp("cases"))
    return _swept(tmp_path_factory.mktemp("cases")) if told["costly"] else told


def _labour() -> float:
    """Milliseconds of CPU for a fixed piece of work, at best."""

    def once() -> float:
        began = time.thread_time()
        sum(number * number for number in range(500_000))
        return (time.thread_time() - began) * 1000

    return min(once() for _ in range(5))


def _swept(folder: Path) -> dict[str, Any]:
    limit = _LIMIT_MS * max(1.0, _labour() / _ORDINARY_MS)
    done = subprocess.run(
        [sys.executable, "-m", "tests.tui.watched_loop", "large", f"{limit:.0f}", "small"],
        env={**os.environ, "EASWIZARD_CASES": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_no_callback_of_a_sweep_uses_over_50_ms_of_the_loop(swept: dict[str, Any]) -> None:
    assert swept["observations"] > 100
    assert swept["stages"] == ["diagnosis", "probes"]
    assert swept["callbacks"] > 1000
    assert swept["costly"] == []


def test_imports_happen_off_the_event_loop(swept: dict[str, Any]) -> None:
    assert set(swept["loaded"]) <= _OF_A_FEW_LINES


def test_certificate_contexts_are_made_off_the_event_loop(swept: dict[str, Any]) -> None:
    assert swept["contexts"] == []
    assert swept["contexts_elsewhere"] > 0


def test_the_watch_sees_what_keeps_the_loop() -> None:
    """CPU time counts, waiting does not, and other threads do not."""

    def spin(seconds: float) -> None:
        end = time.thread_time() + seconds
        while time.thread_time() < end:
            pass

    async def run() -> None:
        loop = asyncio.get_running_loop()
        loop.call_soon(spin, 0.06)
        await asyncio.to_thread(spin, 0.06)
        loop.call_soon(threading.Event().wait, 0.06)
        await asyncio.to_thread(threading.Event().wait, 0.1)

    with watching(50.0) as watch:
        asyncio.run(run())
    assert len(watch.costly) == 1
    assert "spin" in watch.costly[0][1]


class Clock:
    """Stands still until it is put forward."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def thresholds() -> Iterator[tuple[int, int, int]]:
    before = gc.get_threshold()
    yield before
    gc.set_threshold(*before)


def test_garbage_is_collected_whole_only_when_it_is_quiet(thresholds: tuple[int, int, int]) -> None:
    clock = Clock()
    collections = FullCollections(clock)
    collections.begin()
    assert not collections.collect_if_due(), "nothing happened yet"
    clock.now += 1
    collections.touched()
    clock.now += QUIET_SECONDS - 0.1
    assert not collections.collect_if_due(), "somebody may be typing"
    clock.now += 0.2
    assert collections.collect_if_due()
    clock.now += 60
    assert not collections.collect_if_due(), "nothing happened since"
    clock.now += LONGEST_SECONDS
    collections.touched()
    assert collections.collect_if_due(), "a run of hours does not fill the memory"
    collections.end()
    assert gc.get_threshold() == thresholds


def test_the_wizard_leaves_collection_as_it_was(tmp_path: Path, thresholds: tuple[int, int, int]) -> None:
    during = []

    class Looked(Wizard):
        def on_ready(self) -> None:
            during.append(gc.get_threshold()[2])

    async def play(_: object) -> None:
        return

    given: Services = services(tmp_path)
    drive(Looked(given), play)
    assert during[0] > 1_000_000
    assert gc.get_threshold() == thresholds
