"""Brings a large log in the wizard and counts what keeps the event loop: `python -m tests.tui.watched_logs MB`.

As in `watched_loop`: the CPU time of the loop's own thread in each callback. The case is written to a real file.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input

from easwizard.case.case import Case, Vantage
from easwizard.cli.practice import PracticeEstates
from easwizard.cli.wizard import services_here
from easwizard.tui.app import Wizard
from easwizard.tui.services import Opened
from tests.evidence.logs.made import Log, requests
from tests.tui.driving import SMALL, drive, shown
from tests.tui.watched_loop import LIMIT_MS, watching

_WAIT_PAUSES = 60_000
_DISTINCT = 20_000
"""Rows before they begin anew, each of a device of its own."""


def made_log(path: Path, megabytes: float) -> int:
    """Write a log of about that size, over many hours; returns the bytes."""
    log = Log("iis")
    log.head()
    for number, asked in enumerate(requests(_DISTINCT, 5, people=_DISTINCT)):
        log.row(replace(asked, at=asked.at + timedelta(minutes=number % 30_000)))
    block = bytes(log.content)
    with path.open("wb") as file:
        for _ in range(max(1, round(megabytes * 1_000_000 / len(block)))):
            file.write(block)
    return path.stat().st_size


async def _wait(pilot: Pilot[None], text: str) -> None:
    for _ in range(_WAIT_PAUSES):
        if shown(pilot, text):
            return
        await pilot.pause(0.02)
    raise AssertionError(f"'{text}' never came")


def watched(megabytes: float, size: tuple[int, int], limit_ms: float) -> dict[str, object]:
    """Bring the log, turn the pages, look at rows; what it cost the loop."""
    told: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "u_ex.log"
        told["bytes"] = made_log(path, megabytes)
        os.environ["EASWIZARD_CASES"] = folder
        services = services_here(PracticeEstates())
        opened: Opened = services.shelf.create("watched")
        app = Wizard(services, opened)

        async def play(pilot: Pilot[None]) -> None:
            await _wait(pilot, "Symptoms")
            await pilot.press("4")
            await _wait(pilot, "b  browse")
            await pilot.press("a")
            await _wait(pilot, "Add files")
            pilot.app.screen.query_one("#line", Input).value = str(path)
            await pilot.press("enter")
            await _wait(pilot, "rows used")
            await pilot.press("l")
            await _wait(pilot, "1 Targets")
            for key in ("2", "down", "3", "4", "end", "5", "pagedown", "6", "7", "1", "r"):
                await pilot.press(key)
                await pilot.pause(0.05)
            await _wait(pilot, "there may be more")
            for key in ("end", "home", "pagedown", "escape", "f9", "5"):
                await pilot.press(key)
                await pilot.pause(0.1)

        with watching(limit_ms) as watch:
            drive(app, play, size)
        case: Case = opened.journal.case if opened.journal is not None else Case(Vantage(""))
    assert case.logs is not None
    told |= {"used": case.logs.used, "partial": case.logs.partial, "devices": case.logs.device_total}
    return told | {"callbacks": watch.callbacks, "longest_ms": round(watch.longest_ms, 1), "costly": watch.costly}


def main() -> int:
    """`[MB] [LIMIT in ms]`; exit code 1 where a callback was over the limit."""
    words = dict(enumerate(sys.argv[1:]))
    told = watched(float(words.get(0, 200)), SMALL, float(words.get(1, LIMIT_MS)))
    json.dump(told, sys.stdout, indent=1)
    return 1 if told["costly"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
