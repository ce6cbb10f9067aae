"""Helpdesk call, by keys: a site, the grid, four questions, one look; then the ticket is told, copied and packed."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import TextArea

from easwizard.case.case import Case, Vantage
from easwizard.case.requests import Resolver, Target
from easwizard.exchange.inventory import Role
from easwizard.tui.app import Wizard
from easwizard.tui.screens.case import CaseScreen
from easwizard.tui.screens.helpdesk import HelpdeskScreen
from easwizard.tui.screens.start import StartScreen
from easwizard.tui.services import CannotOpen, CannotSave, Keys, Practice, Services
from easwizard.workflow.ports import Prober
from easwizard.workflow.stages import GRID
from tests.tui.driving import LARGE, SMALL, drive, screen_text, shown, told, until
from tests.tui.services import FakeClipboard, FakePacker, FakeShelf, FakeSites, FakeToolbox, services
from tests.tui.test_outage_screen import FaultyEstate

NAME = "call-2026-01-01-140200"
CALL = Path(f"{NAME}.eascase")
RESOLVER = Resolver("site", "127.0.0.53")
SITE = Case(
    Vantage("jump", (RESOLVER,)),
    targets=(
        Target("mail.test", 443, Role.GENERIC),
        Target("oldmail.test", 443, Role.LEGACY_GENERIC),
        Target("oldcert.test", 443, Role.LEGACY_CERT),
    ),
)


def here(folder: Path, **parts: object) -> Services:
    given: dict[str, object] = {
        "toolbox": FakeToolbox(FaultyEstate()),
        "sites": FakeSites({"headquarters": SITE}),
        **parts,
    }
    return services(folder, **given)  # type: ignore[arg-type]


async def to_question(pilot: Pilot[None], number: int) -> None:
    await until(pilot, lambda: shown(pilot, f"question {number} of 5"))


async def answer_all(pilot: Pilot[None], keys: list[str]) -> None:
    """The grid and four questions; every key is written down."""

    async def press(*pressed: str) -> None:
        keys.extend(pressed)
        await pilot.press(*pressed)

    await to_question(pilot, 1)
    await press("s", "n", "s", "n", "enter")
    for number in range(2, 6):
        await to_question(pilot, number)
        await press("enter")


async def to_ticket(pilot: Pilot[None]) -> list[str]:
    keys = ["h", "enter"]
    await pilot.press("h")
    await until(pilot, lambda: shown(pilot, "headquarters"))
    await pilot.press("enter")
    await answer_all(pilot, keys)
    await until(pilot, lambda: shown(pilot, "the ticket and the pack") and shown(pilot, "Still to ask"))
    return keys


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_from_the_call_to_the_pack_in_a_dozen_keys_beside_the_answers(tmp_path: Path, size: tuple[int, int]) -> None:
    shelf, packer, clipboard = FakeShelf(), FakePacker(), FakeClipboard()

    async def play(pilot: Pilot[None]) -> None:
        keys = await to_ticket(pilot)
        assert shown(pilot, "Legacy namespaces do not all take the proxy leg"), screen_text(pilot)
        assert shown(pilot, "No pack yet")
        await pilot.press("p")
        await until(pilot, lambda: shown(pilot, f"the pack is in {NAME}.zip"))
        assert shown(pilot, "the list of real names is beside it")
        await pilot.press("t")
        await until(pilot, lambda: bool(clipboard.texts))
        answers = 4 + 4
        assert len([*keys, "p", "t"]) - answers <= 12

    drive(Wizard(here(tmp_path, shelf=shelf, packer=packer, clipboard=clipboard)), play, size)
    kept = shelf.journals[CALL].case
    assert [kept.answer(question) for question in GRID] == ["sometimes", "sometimes", "never", "never"]
    assert kept.targets == SITE.targets
    assert kept.vantage == SITE.vantage, "the profile's resolvers are asked"
    assert kept.observations
    [(report, name, level)] = packer.packed
    assert (report.case, name, level) == (kept, NAME, "vendor")
    [text] = clipboard.texts
    assert text.startswith("Ticket of 2026-01-01 14:02 UTC")
    assert "password phones, old mailbox sometimes" in text
    assert "looked at: mail.test" in text
    assert "namespace/duplicate" in text


class CountedEstate(FaultyEstate):
    """Counts its runs."""

    runs = 0

    async def run(self, requests, listener, *, overall_seconds=None):  # type: ignore[no-untyped-def]
        self.runs += 1
        return await super().run(requests, listener, overall_seconds=overall_seconds)  # type: ignore[no-untyped-call]


class Toolmaker(FakeToolbox):
    """Counts the probers that were asked for."""

    asked = 0

    def prober(self, case: Case, keys: Keys) -> Prober:
        self.asked += 1
        return super().prober(case, keys)


def test_a_second_look_still_knows_which_passwords_were_refused(tmp_path: Path) -> None:
    """The prober remembers them, so that it must be the same one (J10)."""
    estate = CountedEstate()
    toolbox = Toolmaker(estate)

    async def play(pilot: Pilot[None]) -> None:
        await to_ticket(pilot)
        first = estate.runs
        await pilot.press("ctrl+r")
        await until(pilot, lambda: estate.runs == 2 * first and shown(pilot, "the ticket and the pack"))

    drive(Wizard(here(tmp_path, toolbox=toolbox)), play)
    assert toolbox.asked == 1


def test_a_line_is_asked_kept_and_stands_in_the_ticket(tmp_path: Path) -> None:
    shelf, clipboard = FakeShelf(), FakeClipboard()

    async def play(pilot: Pilot[None]) -> None:
        await to_ticket(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: shown(pilot, "How many users or devices fail"))
        await pilot.press(*"40", "enter")
        await until(pilot, lambda: shown(pilot, "how many                   40"))
        await pilot.press("enter")
        await until(pilot, lambda: shown(pilot, "Since when does it fail"))
        await pilot.press("escape", "t")
        await until(pilot, lambda: bool(clipboard.texts))

    drive(Wizard(here(tmp_path, shelf=shelf, clipboard=clipboard)), play)
    assert dict(shelf.journals[CALL].case.ticket) == {"how-many": "40"}
    assert "how many: 40" in clipboard.texts[0]


def test_for_whom_the_pack_is_can_be_changed(tmp_path: Path) -> None:
    packer = FakePacker()

    async def play(pilot: Pilot[None]) -> None:
        await to_ticket(pilot)
        assert shown(pilot, "REDACTED: made-up names")
        await pilot.press("r")
        await until(pilot, lambda: shown(pilot, "INTERNAL: names are kept"))
        await pilot.press("r", "p")
        await until(pilot, lambda: bool(packer.packed))

    drive(Wizard(here(tmp_path, packer=packer)), play)
    assert packer.packed[0][2] == "none"


def test_a_pack_that_cannot_be_written_says_why(tmp_path: Path) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await to_ticket(pilot)
        await pilot.press("p")
        await until(pilot, lambda: told(pilot, "still in line 3"))
        assert shown(pilot, "No pack yet")

    drive(Wizard(here(tmp_path, packer=FakePacker(CannotSave("[x] is still in line 3")))), play)


def test_without_a_profile_names_are_pasted_and_can_be_saved_as_one(tmp_path: Path) -> None:
    sites, shelf = FakeSites(), FakeShelf()

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("h")
        await until(pilot, lambda: shown(pilot, "No profile"))
        await pilot.press("enter")
        await answer_all(pilot, [])
        await until(pilot, lambda: shown(pilot, "the names"))
        await pilot.press("ctrl+r")
        await until(pilot, lambda: told(pilot, "Paste a name first"))
        pilot.app.screen.query_one("#names", TextArea).text = "mail.test oldmail.test oldcert.test"
        await until(pilot, lambda: shown(pilot, "oldcert.test "))
        await pilot.press("ctrl+r")
        await until(pilot, lambda: shown(pilot, "Still to ask"))
        await pilot.press("s")
        await until(pilot, lambda: shown(pilot, "Save site"))
        await pilot.press(*"hq", "enter")
        await until(pilot, lambda: told(pilot, "The next call begins with it: hq.toml"))

    drive(Wizard(here(tmp_path, sites=sites, shelf=shelf)), play)
    assert {target.host for target in sites.kept["hq"].targets} == {"mail.test", "oldmail.test", "oldcert.test"}
    assert shelf.journals[CALL].case.vantage.resolvers == (Resolver("system", "127.0.0.53", 53),)


def test_a_profile_that_cannot_be_used_says_why_and_another_can_be_chosen(tmp_path: Path) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("h")
        await until(pilot, lambda: shown(pilot, "headquarters"))
        await pilot.press("end", "enter")
        await until(pilot, lambda: shown(pilot, "The path of a file SITE.toml"))
        await pilot.press(*"x.toml", "enter")
        await until(pilot, lambda: told(pilot, "x.toml: cannot be read"))
        await pilot.press("home", "enter")
        await to_question(pilot, 1)
        await pilot.press("escape")
        await until(pilot, lambda: shown(pilot, "Which site is it?"))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, StartScreen))

    shelf = FakeShelf()
    drive(Wizard(here(tmp_path, shelf=shelf)), play)
    assert shelf.cases == {}, "a look around makes no file"


def test_it_goes_on_as_a_case(tmp_path: Path) -> None:
    shelf = FakeShelf()

    async def play(pilot: Pilot[None]) -> None:
        await to_ticket(pilot)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, CaseScreen) and pilot.app.screen.pane is not None)
        screen = pilot.app.screen
        assert isinstance(screen, CaseScreen)
        assert screen.session.journal is shelf.journals[CALL]

    drive(Wizard(here(tmp_path, shelf=shelf)), play)


def test_a_look_can_be_ended_and_the_ticket_has_what_was_seen(tmp_path: Path) -> None:
    prober = FaultyEstate(holding=True)

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("h")
        await until(pilot, lambda: shown(pilot, "headquarters"))
        await pilot.press("enter")
        await answer_all(pilot, [])
        await until(pilot, lambda: shown(pilot, "Looking from this machine") and bool(prober.asked))
        await pilot.press("escape")
        await until(pilot, lambda: shown(pilot, "Still to ask"))

    drive(Wizard(here(tmp_path, toolbox=FakeToolbox(prober))), play)


def test_a_full_disk_is_said_and_the_call_goes_on(tmp_path: Path) -> None:
    shelf = FakeShelf()
    shelf.refuse[CALL] = CannotOpen("no space left")

    async def play(pilot: Pilot[None]) -> None:
        await to_ticket(pilot)
        assert told(pilot, "no space left. It goes on without being saved.")

    drive(Wizard(here(tmp_path, shelf=shelf)), play)


def test_hidden_names_stay_hidden_and_the_ticket_has_the_real_ones(tmp_path: Path) -> None:
    clipboard = FakeClipboard()

    async def play(pilot: Pilot[None]) -> None:
        await to_ticket(pilot)
        await pilot.press("end", "f9")
        await until(pilot, lambda: not shown(pilot, "mail.test"))
        await pilot.press("home")
        assert not shown(pilot, "mail.test"), screen_text(pilot)
        await pilot.press("t")
        await until(pilot, lambda: bool(clipboard.texts))

    drive(Wizard(here(tmp_path, clipboard=clipboard)), play)
    assert "mail.test" in clipboard.texts[0]


def test_a_practice_estate_needs_no_profile_and_no_file(tmp_path: Path) -> None:
    shelf = FakeShelf()
    practice = Practice("The article", SITE, Keys(), 0.0)

    async def play(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: shown(pilot, "Helpdesk call"))
        await pilot.press("h")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpdeskScreen))
        await answer_all(pilot, [])
        await until(pilot, lambda: shown(pilot, "Still to ask"))
        assert not shown(pilot, "Save site")

    drive(Wizard(here(tmp_path, shelf=shelf), practice=practice), play)
    assert shelf.cases == {}


@pytest.mark.parametrize("size", [(60, 20), (40, 12)])
def test_a_small_window_harms_nobody(tmp_path: Path, size: tuple[int, int]) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("h")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpdeskScreen))
        await until(pilot, lambda: shown(pilot, "headquarters"))

    drive(Wizard(here(tmp_path)), play, size)
