"""The window changes its size while a run is under way: nothing crashes, a hint says so, focus and run stay."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from easwizard.tui.app import Wizard
from easwizard.tui.screens.case import CaseScreen
from easwizard.workflow.stages import Stage
from tests.tui.driving import SMALL, drive, shown, told, until
from tests.tui.services import FakeProber, FakeToolbox, opened, services
from tests.tui.staging import hostile
from tests.tui.test_case_screen import NAMED

SIZES = ((60, 20), (80, 24), (20, 5), (80, 24), (200, 60), (1, 1), (60, 20), (80, 24))
_HINT = "The window is small"


async def ready(pilot: Pilot[None]) -> CaseScreen:
    await until(pilot, lambda: isinstance(pilot.app.screen, CaseScreen))
    screen = pilot.app.screen
    assert isinstance(screen, CaseScreen)
    await until(pilot, lambda: screen.pane is not None and screen.view is not None)
    return screen


async def go(pilot: Pilot[None], screen: CaseScreen, stage: Stage) -> None:
    await screen.action_go(stage.value)
    await until(pilot, lambda: screen.stage is stage)
    await pilot.pause()


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_bears_every_size_during_a_run(tmp_path: Path, stage: Stage) -> None:
    prober = FakeProber(holding=True)

    async def play(pilot: Pilot[None]) -> None:
        screen = await ready(pilot)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: prober.asked)
        await go(pilot, screen, stage)
        focused, course = screen.focused, screen.looking.course
        for width, height in SIZES:
            await pilot.resize_terminal(width, height)
            await pilot.pause()
            assert pilot.app.size == (width, height)
            assert screen.has_class("-narrow") == (width < 80)
            if width >= 20 and height > 5:
                assert shown(pilot, _HINT[:width]) == (width < 80 or height < 24), (width, height)
        assert screen.focused is focused
        assert focused is not None
        assert screen.looking.course.errands == course.errands
        assert not screen.looking.course.over
        prober.holding = False
        prober.allowed.set()
        await until(pilot, lambda: screen.looking.course.over)

    drive(Wizard(services(tmp_path, toolbox=FakeToolbox(prober)), opened(hostile())), play, SMALL)


@pytest.mark.parametrize("key", ["f1", "ctrl+p", "p"])
def test_what_lies_above_bears_every_size(tmp_path: Path, key: str) -> None:
    async def play(pilot: Pilot[None]) -> None:
        screen = await ready(pilot)
        await go(pilot, screen, Stage.PROBES)
        await pilot.press(key)
        await until(pilot, lambda: pilot.app.screen is not screen)
        above = pilot.app.screen
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert pilot.app.screen is above
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)

    drive(Wizard(services(tmp_path), opened(NAMED)), play, SMALL)


def test_the_first_screen_and_an_outage_bear_every_size(tmp_path: Path) -> None:
    async def play(pilot: Pilot[None]) -> None:
        for opens in (None, "o"):
            if opens is not None:
                await pilot.press(opens)
                await until(pilot, lambda: shown(pilot, "question 1 of 3"))
            for size in SIZES:
                await pilot.resize_terminal(*size)
                await pilot.pause()
            assert not told(pilot, "error")
        await pilot.resize_terminal(60, 20)
        await until(pilot, lambda: shown(pilot, _HINT))
        await pilot.press("s")
        await until(pilot, lambda: shown(pilot, "sometimes"))

    drive(Wizard(services(tmp_path)), play, SMALL)
