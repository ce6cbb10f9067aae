"""The wizard that is going to be killed: it works on a case by keys until then, and tells what it has written.

`python -m tests.kill.child SEED PORT NAME...`; the folder of cases comes from the environment.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from random import Random

from textual.pilot import Pilot
from textual.widgets import Input

from easwizard.cli.practice import PracticeEstates
from easwizard.cli.wizard import services_here
from easwizard.tui.app import Wizard
from easwizard.tui.screens.case import CaseScreen
from easwizard.tui.screens.start import StartScreen
from easwizard.workflow.stages import Stage
from tests.kill.reporting import ReportingShelf, Say, say_to
from tests.tui.driving import drive, shown, until

CASE = "contoso"
_GRID_KEYS = ("n", "s", "a", "x", "u", "left", "right", "up", "down", "enter", "delete")
_MOST_PAUSES = 60


@dataclass
class Admin:
    """Works with the wizard; what comes next is drawn."""

    pilot: Pilot[None]
    draw: Random
    names: tuple[str, ...]
    say: Say

    async def work(self) -> None:
        """Open the case, do everything there is to do, leave it, and again."""
        while True:
            await self.open()
            rounds: list[Callable[[], Awaitable[None]]] = [self.answer, self.edit, self.run]
            self.draw.shuffle(rounds)
            for do in rounds:
                await do()
            await self.leave()

    async def open(self) -> None:
        self.say("doing", "opening")
        await until(self.pilot, lambda: isinstance(self.pilot.app.screen, StartScreen) and shown(self.pilot, CASE))
        await self.pilot.press("e", *CASE, "enter")
        await until(self.pilot, lambda: isinstance(self.pilot.app.screen, CaseScreen))
        await until(self.pilot, lambda: self.screen.view is not None and self.screen.pane is not None)

    @property
    def screen(self) -> CaseScreen:
        found = self.pilot.app.screen
        assert isinstance(found, CaseScreen), found
        return found

    async def go(self, stage: Stage) -> None:
        while self.screen.stage is not stage:
            before = self.screen.stage
            await self.pilot.press("f6")
            await until(self.pilot, lambda before=before: self.screen.stage is not before)  # type: ignore[misc]

    async def answer(self) -> None:
        self.say("doing", "answering")
        await self.go(Stage.SYMPTOMS)
        for key in self.draw.choices(_GRID_KEYS, k=8):
            await self.pilot.press(key)

    async def edit(self) -> None:
        """Take a name out now and then, and type another one."""
        self.say("doing", "typing")
        await self.go(Stage.ESTATE)
        if len(self.screen.session.case.targets) > 2:
            self.screen.query_one("#estate").focus()
            await self.pilot.press("home", "delete")
        field = self.screen.query_one("#names", Input)
        field.focus()
        await self.pilot.press(*self.draw.choice(self.names), "enter")

    async def run(self) -> None:
        """Look, and end it in the middle now and then."""
        self.say("doing", "probing")
        await self.go(Stage.PROBES)
        await self.pilot.press("ctrl+r")
        for _ in range(self.draw.randrange(_MOST_PAUSES)):
            await self.pilot.pause(0.01)
        await self.pilot.press("ctrl+x")

    async def leave(self) -> None:
        self.say("doing", "leaving")
        await self.pilot.press("escape")


def main() -> None:
    """Until somebody kills it."""
    seed, port, *hosts = sys.argv[1:]
    say = say_to(os.dup(1))
    services = services_here(PracticeEstates())
    app = Wizard(replace(services, shelf=ReportingShelf(services.shelf, say)))
    names = tuple(f"{host}:{port}" for host in (*hosts, "nobody.contoso.test"))

    async def play(pilot: Pilot[None]) -> None:
        await Admin(pilot, Random(seed), names, say).work()

    try:
        drive(app, play)
    except BaseException as error:
        say("error", repr(error)[:2000])
        raise


if __name__ == "__main__":
    main()
