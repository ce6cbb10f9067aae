"""I have an outage, by keys: three questions, two pastes, one answer; kept at once and gone on with as a case."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import TextArea

from easwizard.case.case import Case, Vantage
from easwizard.case.facts import Observation
from easwizard.case.requests import AskProxy, LookAt, Request, ResolveName, Resolver, Target
from easwizard.exchange.inventory import Role
from easwizard.tui.app import Wizard
from easwizard.tui.screens.case import CaseScreen
from easwizard.tui.screens.outage import OutageScreen
from easwizard.tui.screens.start import StartScreen
from easwizard.tui.services import CannotOpen, Services
from easwizard.workflow.stages import GRID, Stage
from tests.problems import cases
from tests.tui.driving import LARGE, SMALL, drive, screen_text, shown, told, until
from tests.tui.services import FakeClipboard, FakeProber, FakeShelf, FakeToolbox, services

NAMES = "mail.test oldmail.test oldcert.test"
VDIRS = "InternalUrl : https://oldmail.test/x\nInternalUrl : https://oldcert.test/x"
OUTAGE = Path("outage-2026-01-01-140200.eascase")
ADDRESS = "127.0.0.1"


class FaultyEstate(FakeProber):
    """The article's first fault: one of two legacy names refuses. Answers whatever the plan asks for."""

    async def run(self, requests, listener, *, overall_seconds=None):  # type: ignore[no-untyped-def]
        self.answers = {request: self._answer(request) for request in requests}
        return await super().run(requests, listener, overall_seconds=overall_seconds)

    def _answer(self, request: Request) -> tuple[Observation, ...]:
        match request:
            case ResolveName(host=host, record_type="A", resolver=resolver):
                return (_resolved(host, resolver),)
            case AskProxy(target=Target(host="oldmail.test") as target):
                return (cases.accepts(target),)
            case AskProxy(target=target):
                return (cases.refuses(target),)
            case LookAt(target=target):
                return (cases.http(target, 401, "Basic"),)
            case _:
                return ()


def _resolved(host: str, resolver: Resolver) -> Observation:
    from easwizard.case.facts import DnsFacts, DnsOutcome

    facts = DnsFacts(resolver.label, host, "A", DnsOutcome.ANSWER, (ADDRESS,), ttl=300)
    return cases.observation(f"dns:{host}@{resolver.label}/A", host, facts)


def here(tmp_path: Path, shelf: FakeShelf | None = None, prober: FakeProber | None = None) -> Services:
    return services(tmp_path, shelf=shelf, toolbox=FakeToolbox(prober or FaultyEstate()))


async def to_pastes(pilot: Pilot[None]) -> None:
    """Through the three questions by keys."""
    await pilot.press("o")
    await until(pilot, lambda: shown(pilot, "question 1 of 3"))
    await pilot.press("s", "n", "s", "n", "enter")
    await until(pilot, lambda: shown(pilot, "question 2 of 3"))
    await pilot.press("end", "enter")
    await until(pilot, lambda: shown(pilot, "question 3 of 3"))
    await pilot.press("end", "enter")
    await until(pilot, lambda: shown(pilot, "two pastes"))


async def to_answer(pilot: Pilot[None]) -> None:
    await to_pastes(pilot)
    page = pilot.app.screen
    page.query_one("#names", TextArea).text = NAMES
    page.query_one("#vdirs", TextArea).text = VDIRS
    await until(pilot, lambda: shown(pilot, "an InternalUrl now"))
    await pilot.press("ctrl+r")
    await until(pilot, lambda: shown(pilot, "the answer") and shown(pilot, "Decide"), "no answer")


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_from_the_first_key_to_the_cause_the_action_and_its_undo(tmp_path: Path, size: tuple[int, int]) -> None:
    shelf = FakeShelf()

    async def play(pilot: Pilot[None]) -> None:
        await to_answer(pilot)
        assert shown(pilot, "Legacy namespaces do not all take the proxy leg")
        for words in ("Cause", "LIKELY", "Action", "Set-ActiveSyncVirtualDirectory", "Undo", "14:32 UTC"):
            assert shown(pilot, words), screen_text(pilot)

    drive(Wizard(here(tmp_path, shelf)), play, size)
    kept = shelf.journals[OUTAGE].case
    assert [kept.answer(question) for question in GRID] == ["sometimes", "sometimes", "never", "never"]
    assert kept.answer("internal-url:oldcert.test") == "yes"
    assert {target.host: target.role for target in kept.targets} == {
        "mail.test": Role.GENERIC,
        "oldmail.test": Role.LEGACY_GENERIC,
        "oldcert.test": Role.LEGACY_CERT,
    }
    assert kept.observations
    assert kept.vantage == Vantage("jump", (Resolver("system", "127.0.0.53", 53),))


def test_the_whole_diagnosis_goes_on_with_the_same_case(tmp_path: Path) -> None:
    shelf = FakeShelf()

    async def play(pilot: Pilot[None]) -> None:
        await to_answer(pilot)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, CaseScreen) and pilot.app.screen.pane is not None)
        screen = pilot.app.screen
        assert isinstance(screen, CaseScreen)
        assert screen.stage is Stage.DIAGNOSIS
        assert screen.session.journal is shelf.journals[OUTAGE]
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, StartScreen))

    drive(Wizard(here(tmp_path, shelf)), play)


def test_copy_takes_the_command_with_its_undo(tmp_path: Path) -> None:
    clipboard = FakeClipboard()

    async def play(pilot: Pilot[None]) -> None:
        await to_answer(pilot)
        await pilot.press("c")
        await until(pilot, lambda: told(pilot, "Written to"))

    drive(Wizard(replace(here(tmp_path), clipboard=clipboard)), play)
    (text,) = clipboard.texts
    assert "Set-ActiveSyncVirtualDirectory" in text
    assert "# Undo:" in text
    (file,) = tmp_path.iterdir()
    assert file.read_text(encoding="utf-8").strip() == text.strip()


def test_looking_without_a_name_says_what_is_missing(tmp_path: Path) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await to_pastes(pilot)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: told(pilot, "Paste a name first"))
        assert shown(pilot, "two pastes")

    drive(Wizard(here(tmp_path)), play)


def test_a_wrongly_guessed_role_is_put_right_by_a_key(tmp_path: Path) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await to_pastes(pilot)
        pilot.app.screen.query_one("#names", TextArea).text = "mail.test"
        await until(pilot, lambda: shown(pilot, "generic"))
        await pilot.press("tab", "tab", "r")
        await until(pilot, lambda: shown(pilot, "mail.test:443") and shown(pilot, " cert"))

    drive(Wizard(here(tmp_path)), play)


def test_what_is_pasted_is_made_harmless(tmp_path: Path) -> None:
    from textual.events import Paste

    async def play(pilot: Pilot[None]) -> None:
        await to_pastes(pilot)
        area = pilot.app.screen.query_one("#names", TextArea)
        area.post_message(Paste("[/x] mail.test \x1b]52;c;aa\x07 [@click=app.quit]here\nb.test\u202e"))
        await until(pilot, lambda: shown(pilot, "mail.test:443"))
        assert "\x1b" not in area.text
        assert "\u202e" not in area.text
        assert len(area.text.splitlines()) == 2

    drive(Wizard(here(tmp_path)), play)


def test_escape_during_a_look_answers_from_what_was_seen(tmp_path: Path) -> None:
    prober = FaultyEstate(holding=True)

    async def play(pilot: Pilot[None]) -> None:
        await to_pastes(pilot)
        pilot.app.screen.query_one("#names", TextArea).text = NAMES
        await until(pilot, lambda: shown(pilot, "oldcert.test"))
        await pilot.press("ctrl+r")
        await until(pilot, lambda: shown(pilot, "running"))
        for size in ((60, 20), (80, 24), (120, 40)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        await pilot.press("escape")
        await until(pilot, lambda: shown(pilot, "the answer") and shown(pilot, "Next"))

    drive(Wizard(here(tmp_path, prober=prober)), play)


@pytest.mark.parametrize("keys", [("ctrl+q",), ("escape", "ctrl+q"), ("ctrl+r", "ctrl+q")])
def test_quitting_during_a_look_harms_nothing(tmp_path: Path, keys: tuple[str, ...]) -> None:
    shelf = FakeShelf()

    async def play(pilot: Pilot[None]) -> None:
        await to_pastes(pilot)
        pilot.app.screen.query_one("#names", TextArea).text = NAMES
        await until(pilot, lambda: shown(pilot, "oldcert.test"))
        await pilot.press("ctrl+r", *keys)

    drive(Wizard(here(tmp_path, shelf, FaultyEstate(holding=True))), play)
    assert len(shelf.journals[OUTAGE].case.targets) == 3


def test_leaving_without_an_answer_leaves_no_file(tmp_path: Path) -> None:
    shelf = FakeShelf()

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("o")
        await until(pilot, lambda: isinstance(pilot.app.screen, OutageScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, StartScreen))

    drive(Wizard(here(tmp_path, shelf)), play)
    assert shelf.cases == {}


def test_an_outage_goes_on_where_nothing_can_be_saved(tmp_path: Path) -> None:
    shelf = FakeShelf()
    shelf.refuse[OUTAGE] = CannotOpen("/cases: cannot be written")

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("o", "s")
        await until(pilot, lambda: told(pilot, "without being saved"))
        await pilot.press("enter")
        await until(pilot, lambda: shown(pilot, "question 2 of 3"))

    drive(Wizard(here(tmp_path, shelf)), play)


def test_names_are_hidden_in_the_answer(tmp_path: Path) -> None:
    from easwizard.tui.services import Keys, Practice

    case = Case(Vantage("jump", (Resolver("lab", "127.0.0.1", 5353),)), targets=(cases.OLD_GENERIC, cases.OLD_CERT))
    practice = Practice("The article", case, Keys(), 0.0)

    async def play(pilot: Pilot[None]) -> None:
        await pilot.press("o", "f9")
        await until(pilot, lambda: shown(pilot, "question 1 of 3"))
        await pilot.press("s", "enter")
        await until(pilot, lambda: shown(pilot, "question 2 of 3"))
        await pilot.press("end", "enter")
        await until(pilot, lambda: shown(pilot, "question 3 of 3"))
        await pilot.press("end", "enter")
        await until(pilot, lambda: shown(pilot, "host-1.example:443"))
        await pilot.press("ctrl+r")
        await until(pilot, lambda: shown(pilot, "the answer"))
        assert not shown(pilot, "oldmail")

    drive(Wizard(here(tmp_path), practice=practice), play)
