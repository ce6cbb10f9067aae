"""A prober whose progress a test tells step by step, and a way to open a case with it. Nothing is ever sent."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from textual.pilot import Pilot

from easwizard.case.case import Case, DeviceCertificate
from easwizard.case.facts import Observation
from easwizard.case.progress import Finished, Listener, Progress
from easwizard.case.requests import Request
from easwizard.tui.app import Wizard
from easwizard.tui.services import Keys, Opened, WrongKey
from easwizard.workflow.ports import Prober
from easwizard.workflow.session import Unsaved
from easwizard.workflow.stages import Stage
from tests.tui.driving import SMALL, drive, until
from tests.tui.services import FakeClipboard, FakeToolbox, services
from tests.tui.staging import Stand


@dataclass
class ScriptedProber:
    """Every request stays under way until the test ends it or the admin cancels it."""

    asked: list[Request] = field(default_factory=list)
    cancelled: list[Request] = field(default_factory=list)
    _listener: Listener | None = None
    _open: dict[Request, tuple[Observation, ...] | None] = field(default_factory=dict)
    """What each request of the run showed; None while it waits or runs."""
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(
        self, requests: Sequence[Request], listener: Listener, *, overall_seconds: float | None = None
    ) -> tuple[Observation, ...]:
        self._listener, self._over = listener, asyncio.Event()
        self.asked += requests
        self._open = dict.fromkeys(requests)
        seen = self._open
        while None in seen.values():
            await self._over.wait()
            self._over.clear()
        return tuple(o for found in seen.values() for o in found or ())

    @property
    def waiting(self) -> tuple[Request, ...]:
        """What was asked and has not ended."""
        return tuple(request for request, found in self._open.items() if found is None)

    def tell(self, *progress: Progress) -> None:
        """Report this, as a probe would."""
        assert self._listener is not None
        for one in progress:
            if isinstance(one, Finished):
                self._open[one.request] = one.observations
            self._listener(one)
        self._over.set()

    def cancel(self, request: Request) -> None:
        self.cancelled.append(request)


@dataclass
class ScriptedToolbox(FakeToolbox):
    """Hands out the scripted prober, and reads no file."""

    prober_made: ScriptedProber = field(default_factory=ScriptedProber)
    passphrase: str | None = None
    """What opens the certificate."""
    read: DeviceCertificate = field(default_factory=lambda: DeviceCertificate("phone.pfx"))

    def prober(self, case: Case, keys: Keys) -> Prober:
        return self.prober_made

    def certificate(self, keys: Keys) -> DeviceCertificate:
        if keys.passphrase != self.passphrase:
            raise WrongKey(f"{keys.certificate_file}: wrong passphrase; check the passphrase first")
        return self.read


Story = Callable[[Stand, ScriptedToolbox, Keys], Awaitable[None]]


def play(
    folder: Path,
    case: Case,
    stage: Stage,
    story: Story,
    *,
    size: tuple[int, int] = SMALL,
    toolbox: ScriptedToolbox | None = None,
) -> None:
    """Open a case at a stage with a scripted prober, and tell the story."""
    journal, keys, clipboard, box = Unsaved(case), Keys(), FakeClipboard(), toolbox or ScriptedToolbox()
    outside = services(folder / "copied", toolbox=box, clipboard=clipboard)
    app = Wizard(outside, Opened("contoso", case, journal), keys)

    async def told(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: getattr(pilot.app.screen, "view", None) is not None, "no view came")
        stand = Stand(pilot, clipboard, journal, folder)
        await stand.press(str(stage.number))
        await until(pilot, lambda: bool(pilot.app.screen.query(f"#stage-{stage}")), "the stage did not open")
        await story(stand, box, keys)

    drive(app, told, size)
