"""Drives the wizard by keys, as an admin would, and waits for what happens instead of sleeping."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from textual.pilot import Pilot

from easwizard.tui.app import Wizard

SMALL, LARGE = (80, 24), (120, 40)
WAIT_SECONDS = 20.0
"""Far more than anything takes; ends a test that waits for what never comes."""

Play = Callable[[Pilot[None]], Awaitable[None]]


def drive(app: Wizard, play: Play, size: tuple[int, int] = SMALL) -> None:
    """Run an app without a terminal and play with it."""

    async def run() -> None:
        async with app.run_test(size=size, notifications=True) as pilot:
            await pilot.pause()
            await play(pilot)

    asyncio.run(run())


async def until(pilot: Pilot[None], holds: Callable[[], Any], what: str = "it never came so far") -> None:
    """Let the app go on until something holds. Raises TimeoutError with a picture in words of what was awaited."""
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            while not holds():
                await pilot.pause(0.01)
    except TimeoutError:
        raise AssertionError(f"{what}; the screen:\n{screen_text(pilot)}") from None


def screen_text(pilot: Pilot[None]) -> str:
    """Everything that is on the screen, line by line, as the admin sees it."""
    screen = pilot.app.screen
    lines = []
    for strip in screen._compositor.render_strips():
        lines.append("".join(segment.text for segment in strip).rstrip())
    return "\n".join(lines)


def shown(pilot: Pilot[None], text: str) -> bool:
    """Whether a text is on the screen."""
    return text in screen_text(pilot)


def told(pilot: Pilot[None], text: str) -> bool:
    """Whether a message at the corner of the screen says so, however it is wrapped there."""
    return any(text in note.message for note in pilot.app._notifications)
