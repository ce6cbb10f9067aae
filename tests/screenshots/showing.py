"""Plays a scene on a wizard without a terminal, and takes or compares pictures on the way."""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from textual.pilot import Pilot

from easwizard.tui.app import Wizard
from easwizard.tui.screens.case import CaseScreen
from easwizard.tui.services import Opened, Services
from tests.screenshots.replaying import Clock
from tests.screenshots.stored import keep, kept, still_svg, svg_file, text_file
from tests.tui.driving import screen_text, until
from tests.tui.services import services

CHECK, WRITE = "check", "write"
VANTAGE = "jump-box"
_PATIENCE_SECONDS = 5.0
"""How long a screen may take to become what is stored."""
_QUIET_SECONDS = 0.35
"""A screen that has not changed for so long is drawn whole; longer than the wizard waits between two drawings."""
_TURN_SECONDS = 0.02
_MOST_DIFFERENCES = 30
_ALWAYS_THERE = {
    "picture",
    "drawing the run",
    "following",
    "probes",
    "practice",
    "doors",
    "what if",
    "checklist",
    "logs",
    "step",
}
"""Workers that go on as long as their screen, wait for an answer, or stand still where a scene halts them."""


@dataclass
class Camera:
    """Takes pictures of one run, or tells which of them differ from what is stored."""

    pilot: Pilot[None]
    mode: str
    prefix: str
    size: str
    clock: Clock
    different: list[str] = field(default_factory=list)

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
            await self.pilot.pause()

    async def until(self, *words: str) -> None:
        """Wait until all these are on the screen."""
        await until(self.pilot, lambda: all(word in screen_text(self.pilot) for word in words), f"no {words}")

    async def take(self, name: str, picture: str | None = None) -> None:
        """The screen's text; under `picture` also the SVG for the README."""
        await until(self.pilot, self._is_quiet, "the wizard did not come to rest")
        file = text_file(f"{self.prefix}-{name}.{self.size}")
        if self.mode == WRITE:
            await self._settle()
            keep(file, self._text)
            if picture is not None:
                keep(svg_file(picture), self._svg)
            return
        await self._compare(file, lambda: self._text)
        if picture is not None:
            await self._compare(svg_file(picture), lambda: self._svg)

    async def _compare(self, file: Path, shown: Callable[[], str]) -> None:
        """Wait until it is as stored, or too long."""
        stored = kept(file)
        if stored is None:
            self.different.append(f"{file.name}: not stored yet")
            return
        end = asyncio.get_running_loop().time() + _PATIENCE_SECONDS
        while (now := shown()) != stored and asyncio.get_running_loop().time() < end:
            await self.pilot.pause(_TURN_SECONDS)
        self.different += _differences(file.name, stored, now)

    async def _settle(self) -> None:
        """Wait until nothing has changed for a while."""
        last, quiet = "", 0.0
        while quiet < _QUIET_SECONDS:
            await self.pilot.pause(_TURN_SECONDS)
            text = self._text
            quiet = quiet + _TURN_SECONDS if text == last and self._is_quiet() else 0.0
            last = text

    def _is_quiet(self) -> bool:
        """Whether nothing is being worked out: no worker, and every case on the screen is the one that is drawn."""
        app = self.pilot.app
        busy = [w for w in app.workers if not w.is_finished and w.group not in _ALWAYS_THERE]
        screens = [screen for screen in app.screen_stack if isinstance(screen, CaseScreen)]
        return not busy and all(
            screen.pane is not None
            and screen.view is not None
            and replace(screen.session.case, stage="") == replace(screen.view.case, stage="")
            for screen in screens
        )

    @property
    def _text(self) -> str:
        return screen_text(self.pilot) + "\n"

    @property
    def _svg(self) -> str:
        return still_svg(self.pilot.app.export_screenshot(title="easwizard"))


@dataclass(frozen=True)
class Scene:
    """A way through the wizard, at one size of the terminal."""

    name: str
    size: tuple[int, int]
    services: Callable[[Services, Clock], Services]
    """The stand-ins of this scene, made from the usual ones."""
    story: Callable[[Camera], Awaitable[None]]
    opened: Callable[[], Opened] | None = None
    """The case to begin with; None: the first screen."""

    @property
    def id(self) -> str:
        return f"{self.name}-{self.size[0]}x{self.size[1]}"


def show(scene: Scene, mode: str) -> list[str]:
    """Play a scene, storing what it shows or telling what differs."""
    return asyncio.run(_show(scene, mode))


async def _show(scene: Scene, mode: str) -> list[str]:
    clock = Clock()
    with TemporaryDirectory() as folder:
        usual = replace(services(Path(folder)), vantage=VANTAGE, seconds=clock)
        app = Wizard(scene.services(usual, clock), scene.opened() if scene.opened is not None else None)
        app.animation_level, app.ascii_only = "none", False
        async with app.run_test(size=scene.size) as pilot:  # corner messages come and go by the real clock: without
            await pilot.pause()
            camera = Camera(pilot, mode, scene.name, f"{scene.size[0]}x{scene.size[1]}", clock)
            await scene.story(camera)
            return camera.different


def _differences(name: str, stored: str, now: str) -> Iterator[str]:
    lines = difflib.unified_diff(
        stored.splitlines(), now.splitlines(), f"{name}, stored", f"{name}, now", lineterm=""
    )
    for number, line in enumerate(lines):
        if number == _MOST_DIFFERENCES:
            yield "..."
            return
        yield line[:200]
