"""The first screen: its doors, recent cases, and everything that can be wrong with a name or a file."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from easwizard.case.case import Case, Vantage
from easwizard.tui.app import Wizard
from easwizard.tui.recent import age
from easwizard.tui.screens.case import CaseScreen
from easwizard.tui.screens.choice import ChoiceScreen
from easwizard.tui.screens.line import LineScreen
from easwizard.tui.screens.outage import OutageScreen
from easwizard.tui.screens.start import _DOORS, StartScreen
from easwizard.tui.services import CannotOpen, HeldByAnother, Practice
from tests.problems import cases
from tests.tui.driving import LARGE, SMALL, drive, screen_text, shown, told, until
from tests.tui.services import NOW, FakePractice, FakeShelf, services

SICK = cases.answered(
    cases.case(cases.accepts(cases.OLD_GENERIC), cases.refuses(cases.OLD_CERT)), oldmail="yes", oldcert="yes"
)

TO_THE_FIRST_CASE = ("down",) * len(_DOORS)


def on_case(pilot: Pilot[None]) -> bool:
    return isinstance(pilot.app.screen, CaseScreen)


@pytest.mark.parametrize("size", [SMALL, LARGE, (60, 20)])
def test_every_door_is_on_the_screen(tmp_path: Path, size: tuple[int, int]) -> None:
    async def play(pilot: Pilot[None]) -> None:
        for words in ("I have an outage", "New case", "Open case", "Practice"):
            assert shown(pilot, words)
        assert not shown(pilot, "Recent cases")

    drive(Wizard(services(tmp_path)), play, size)


def test_recent_cases_show_their_verdict_when_it_is_known(tmp_path: Path) -> None:
    shelf = FakeShelf(sick=SICK, fresh=Case(Vantage("jump")), seen=cases.case(cases.accepts(cases.OLD_GENERIC)))

    async def play(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: screen_text(pilot).count("...") == 0 and shown(pilot, "seen"))
        text = screen_text(pilot).splitlines()
        lines = {name: line for line in text for name in ("sick", "fresh", "seen") if name in line}
        assert "1 likely" in lines["sick"] or "1 confirmed" in lines["sick"]
        assert "nothing said yet" in lines["fresh"]
        assert "no problem found" in lines["seen"]
        assert all("just now" in line for line in lines.values())

    drive(Wizard(services(tmp_path, shelf=shelf)), play)


def test_a_recent_case_that_cannot_be_read_says_so_and_harms_nobody(tmp_path: Path) -> None:
    class Torn(FakeShelf):
        def _case(self, path: Path) -> Case:
            raise CannotOpen(f"{path}: this is no case file")

    async def play(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: shown(pilot, "cannot be read"))
        await pilot.press(*TO_THE_FIRST_CASE, "enter")
        await until(pilot, lambda: told(pilot, "no case file"))
        assert isinstance(pilot.app.screen, StartScreen)

    drive(Wizard(services(tmp_path, shelf=Torn(broken=SICK))), play)


def test_a_recent_case_opens_by_arrow_keys(tmp_path: Path) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: shown(pilot, "sick"))
        await pilot.press(*TO_THE_FIRST_CASE, "enter")
        await until(pilot, lambda: on_case(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, StartScreen))

    drive(Wizard(services(tmp_path, shelf=FakeShelf(sick=SICK))), play)


def test_a_new_case_is_made_with_the_name_that_was_typed(tmp_path: Path) -> None:
    shelf = FakeShelf()

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("n")
        await until(pilot, lambda: isinstance(pilot.app.screen, LineScreen))
        assert pilot.app.screen.query_one(Input).value == "case-2026-01-01"
        await pilot.press(*"contoso", "enter")
        await until(pilot, lambda: on_case(pilot))
        assert [path.name for path in shelf.cases] == ["contoso.eascase"]

    drive(Wizard(services(tmp_path, shelf=shelf)), play)


@pytest.mark.parametrize(("typed", "words"), [("a/b", "'/'"), ("con", "CON"), ("end.", "dot"), (" ", "name")])
def test_a_name_that_cannot_be_says_why_and_may_be_put_right(tmp_path: Path, typed: str, words: str) -> None:
    shelf = FakeShelf()

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("n")
        await until(pilot, lambda: isinstance(pilot.app.screen, LineScreen))
        pilot.app.screen.query_one(Input).value = typed
        await pilot.press("enter")
        await until(pilot, lambda: shown(pilot, words))
        assert shelf.cases == {}
        pilot.app.screen.query_one(Input).value = "better"
        await pilot.press("enter")
        await until(pilot, lambda: on_case(pilot))

    drive(Wizard(services(tmp_path, shelf=shelf)), play)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    shelf = FakeShelf()
    shelf.refuse[Path("contoso.eascase")] = CannotOpen("/read-only: cannot be written; set EASWIZARD_CASES")

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("n")
        await until(pilot, lambda: isinstance(pilot.app.screen, LineScreen))
        await pilot.press(*"contoso", "enter")
        await until(pilot, lambda: told(pilot, "EASWIZARD_CASES"))
        assert isinstance(pilot.app.screen, StartScreen)

    drive(Wizard(services(tmp_path, shelf=shelf)), play)


@pytest.mark.parametrize("typed", ["sick", "sick.eascase", '"sick.eascase"'])
def test_a_case_opens_by_its_name_or_path(tmp_path: Path, typed: str) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: shown(pilot, "sick"))
        await pilot.press("e")
        await until(pilot, lambda: isinstance(pilot.app.screen, LineScreen))
        pilot.app.screen.query_one(Input).value = typed
        await pilot.press("enter")
        await until(pilot, lambda: on_case(pilot))

    drive(Wizard(services(tmp_path, shelf=FakeShelf(sick=SICK))), play)


def test_a_file_that_is_not_there_or_no_case_says_so(tmp_path: Path) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("e")
        await until(pilot, lambda: isinstance(pilot.app.screen, LineScreen))
        await pilot.press(*"nothing.eascase", "enter")
        await until(pilot, lambda: told(pilot, "No such file"))

    drive(Wizard(services(tmp_path)), play)


HELD = HeldByAnother("sick.eascase: open in another easwizard (process 7 on [red]jump[/x])")


def test_a_case_that_is_open_elsewhere_may_be_read_only(tmp_path: Path) -> None:
    shelf = FakeShelf(sick=SICK)
    shelf.refuse[Path("sick.eascase")] = HELD

    async def play(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: shown(pilot, "sick"))
        await pilot.press(*TO_THE_FIRST_CASE, "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChoiceScreen))
        assert shown(pilot, "[red]jump[/x]"), "names of other machines are text, never markup"
        await pilot.press("r")
        await until(pilot, lambda: on_case(pilot) and shown(pilot, "read only"))
        assert Path("sick.eascase") not in shelf.journals

    drive(Wizard(services(tmp_path, shelf=shelf)), play)


def test_a_case_that_is_open_elsewhere_may_be_left_alone(tmp_path: Path) -> None:
    shelf = FakeShelf(sick=SICK)
    shelf.refuse[Path("sick.eascase")] = HELD

    async def play(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: isinstance(pilot.app.screen, ChoiceScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, StartScreen))

    drive(Wizard(services(tmp_path, shelf=shelf), held=Path("sick.eascase")), play)


def test_a_case_with_a_hostile_name_is_shown_as_it_is(tmp_path: Path) -> None:
    shelf = FakeShelf()
    shelf.cases = {Path("[bold][red [@click=app.quit]q.eascase"): SICK}

    async def play(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: shown(pilot, "[bold][red [@click"))
        await pilot.press(*TO_THE_FIRST_CASE, "enter")
        await until(pilot, lambda: on_case(pilot) and shown(pilot, "[bold][red"))

    drive(Wizard(services(tmp_path, shelf=shelf)), play)


def test_practice_is_chosen_by_typing_and_opens_filled_in(tmp_path: Path) -> None:
    practice = FakePractice(SICK)

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("p")
        await until(pilot, lambda: shown(pilot, "Everything as it should be"))
        await pilot.press(*"before", "enter")
        await until(pilot, lambda: shown(pilot, "Stage by stage"))
        assert practice.started == ["article"]
        await pilot.press("s")
        await until(pilot, lambda: on_case(pilot) and shown(pilot, "not saved"))

    drive(Wizard(services(tmp_path, practice=practice)), play)


def test_nothing_matches_is_said_and_enter_does_nothing(tmp_path: Path) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("p")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChoiceScreen))
        await pilot.press(*"xyzzy", "enter")
        await until(pilot, lambda: shown(pilot, "nothing matches"))
        assert isinstance(pilot.app.screen, ChoiceScreen)

    drive(Wizard(services(tmp_path)), play)


def test_a_practice_estate_that_runs_already_asks_how_to_work_on_it(tmp_path: Path) -> None:
    running = FakePractice(SICK).start("article")

    async def play(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: shown(pilot, "Stage by stage"))
        await pilot.press("o")
        await until(pilot, lambda: isinstance(pilot.app.screen, OutageScreen))

    drive(Wizard(services(tmp_path), practice=replace(running)), play)


def test_an_estate_that_does_not_start_says_why(tmp_path: Path) -> None:
    class Broken(FakePractice):
        def start(self, scenario: str) -> Practice:
            raise CannotOpen("only 127.0.0.1 can be bound here")

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("p")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChoiceScreen))
        await pilot.press("enter")
        await until(pilot, lambda: told(pilot, "only 127.0.0.1"))

    drive(Wizard(services(tmp_path, practice=Broken())), play)


def test_names_of_recent_cases_are_hidden_with_the_others(tmp_path: Path) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: shown(pilot, "sick"))
        await pilot.press("f9")
        await until(pilot, lambda: not shown(pilot, "sick") and shown(pilot, "case 1"))

    drive(Wizard(services(tmp_path, shelf=FakeShelf(sick=SICK))), play)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (-5, "just now"),
        (0, "just now"),
        (5, "5 min ago"),
        (125, "2 h ago"),
        (60 * 24, "1 day ago"),
        (60 * 72, "3 days ago"),
    ],
)
def test_ages_are_rough_and_never_negative(minutes: int, words: str) -> None:
    assert age(NOW - timedelta(minutes=minutes), NOW) == words


def test_an_old_case_has_a_date() -> None:
    assert age(NOW - timedelta(days=400), NOW) == "2024-11-27"
