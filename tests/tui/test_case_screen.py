"""The case on the screen: stages, saving, reading only, runs, privacy, copies, help, the palette, small windows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from easwizard.case.case import Case, Vantage
from easwizard.case.events import Answered, Event, WentTo
from easwizard.case.requests import Resolver
from easwizard.tui.app import Wizard
from easwizard.tui.messages import Copy, Happened, Look
from easwizard.tui.screens.case import CaseScreen
from easwizard.tui.screens.help import HelpScreen
from easwizard.tui.services import CannotSave, Opened, WrongKey
from easwizard.tui.widgets.top_line import TopLine
from easwizard.workflow.session import Unsaved
from easwizard.workflow.stages import Stage
from tests.problems import cases
from tests.tui.driving import LARGE, SMALL, drive, screen_text, shown, told, until
from tests.tui.services import FakeClipboard, FakeProber, FakeToolbox, opened, services

NAMED = replace(
    cases.answered(
        cases.case(cases.accepts(cases.OLD_GENERIC), cases.refuses(cases.OLD_CERT)), oldmail="yes", oldcert="yes"
    ),
    vantage=Vantage("jump", (Resolver("system", "127.0.0.53"),)),
)


class Kept(Unsaved):
    """A journal in memory that counts as a file, and can be full."""

    full = False

    def __init__(self, case: Case) -> None:
        self._inner = Unsaved(case)
        super().__init__(case)
        self.closed = 0

    def append(self, events: Iterable[Event]) -> Case:
        if self.full:
            raise CannotSave("contoso.eascase: cannot be written (No space left); free some space, then go on")
        return super().append(events)

    def close(self) -> None:
        self.closed += 1


class File:
    """A journal as the shelf hands it out: not one that forgets."""

    def __init__(self, case: Case) -> None:
        self._kept = Kept(case)
        self.append, self.close = self._kept.append, self._kept.close

    @property
    def case(self) -> Case:
        return self._kept.case

    @property
    def closed(self) -> int:
        return self._kept.closed

    def fill(self) -> None:
        self._kept.full = True


def screen(pilot: Pilot[None]) -> CaseScreen:
    found = pilot.app.screen_stack[-1]
    assert isinstance(found, CaseScreen)
    return found


async def ready(pilot: Pilot[None]) -> None:
    """Until the first pane and the first picture are there."""
    await until(pilot, lambda: isinstance(pilot.app.screen, CaseScreen))
    await until(pilot, lambda: screen(pilot).pane is not None and screen(pilot).view is not None)


def at(pilot: Pilot[None], stage: Stage) -> bool:
    return screen(pilot).stage is stage


def saved(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one(TopLine).query_one("#saved", Static).content)


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_every_stage_is_reached_by_its_number_and_by_f6(tmp_path: Path, size: tuple[int, int]) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await ready(pilot)
        for stage in Stage:
            await pilot.press(str(stage.number))
            await until(pilot, partial(at, pilot, stage))
        await pilot.press("f6")
        await until(pilot, lambda: screen(pilot).stage is Stage.SYMPTOMS)
        await pilot.press("shift+f6")
        await until(pilot, lambda: screen(pilot).stage is Stage.REPORT)

    drive(Wizard(services(tmp_path), opened(NAMED)), play, size)


def test_a_case_opens_again_at_the_stage_where_it_was_left(tmp_path: Path) -> None:
    journal = File(NAMED)

    async def leave(pilot: Pilot[None]) -> None:
        await ready(pilot)
        await pilot.press("5")
        await until(pilot, lambda: journal.case.stage == "diagnosis")

    async def come_back(pilot: Pilot[None]) -> None:
        await ready(pilot)
        assert screen(pilot).stage is Stage.DIAGNOSIS

    drive(Wizard(services(tmp_path), Opened("contoso", journal.case, journal)), leave)
    assert journal.closed == 1
    drive(Wizard(services(tmp_path), opened(journal.case)), come_back)


def test_a_stage_of_another_version_opens_at_the_first(tmp_path: Path) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await ready(pilot)
        assert screen(pilot).stage is Stage.SYMPTOMS

    drive(Wizard(services(tmp_path), opened(replace(NAMED, stage="checklist"))), play)


def test_the_top_line_says_when_it_was_saved_and_what_is_known(tmp_path: Path) -> None:
    journal = File(NAMED)

    async def play(pilot: Pilot[None]) -> None:
        await ready(pilot)
        screen(pilot).post_message(Happened((Answered("since", "coexistence"),)))
        await until(pilot, lambda: "saved 14:02 UTC" in saved(pilot))
        assert shown(pilot, "contoso")
        assert shown(pilot, "1 likely") or shown(pilot, "1 confirmed")

    drive(Wizard(services(tmp_path), Opened("contoso", NAMED, journal)), play)
    assert journal.case.answer("since") == "coexistence"


def test_what_cannot_be_saved_is_said_and_the_wizard_goes_on(tmp_path: Path) -> None:
    journal = File(NAMED)

    async def play(pilot: Pilot[None]) -> None:
        await ready(pilot)
        journal.fill()
        screen(pilot).post_message(Happened((Answered("since", "coexistence"),)))
        await until(pilot, lambda: told(pilot, "free some space"))
        assert "NOT SAVED" in saved(pilot)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: screen(pilot).looking.course.over)

    drive(Wizard(services(tmp_path), Opened("contoso", NAMED, journal)), play)
    assert journal.case.answer("since") == "unknown"


def test_a_case_that_may_only_be_read_is_neither_changed_nor_looked_at(tmp_path: Path) -> None:
    prober = FakeProber()

    async def play(pilot: Pilot[None]) -> None:
        await ready(pilot)
        assert "read only" in saved(pilot)
        screen(pilot).post_message(Happened((Answered("since", "coexistence"),)))
        await until(pilot, lambda: told(pilot, "a newer easwizard"))
        await pilot.press("ctrl+r", "5")
        await until(pilot, lambda: screen(pilot).stage is Stage.DIAGNOSIS)
        assert screen(pilot).session.case == NAMED
        assert prober.asked == []

    newer = Opened("contoso", NAMED, None, "it was written by a newer easwizard")
    drive(Wizard(services(tmp_path, toolbox=FakeToolbox(prober)), newer), play)


def test_a_run_is_followed_ended_and_begun_again(tmp_path: Path) -> None:
    prober = FakeProber(holding=True)

    async def play(pilot: Pilot[None]) -> None:
        await ready(pilot)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: prober.asked)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: told(pilot, "under way already"))
        for size in ((60, 20), (40, 10), (80, 24), (120, 40)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert shown(pilot, "The window is small") == (size[0] < 80)
        await pilot.press("ctrl+x")
        await until(pilot, lambda: screen(pilot).looking.course.over)
        prober.holding = False
        await pilot.press("ctrl+r")
        await until(pilot, lambda: told(pilot, "The run is over"))

    drive(Wizard(services(tmp_path, toolbox=FakeToolbox(prober)), opened(NAMED)), play)


@pytest.mark.parametrize("keys", [("3",), ("ctrl+r", "5"), ("ctrl+r", "ctrl+x", "7"), ("f9", "2"), ("escape",)])
def test_quitting_at_any_moment_harms_nothing(tmp_path: Path, keys: tuple[str, ...]) -> None:
    journal = File(NAMED)

    async def play(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: isinstance(pilot.app.screen, CaseScreen))
        await pilot.press(*keys, "ctrl+q")

    toolbox = FakeToolbox(FakeProber(holding=True))
    drive(Wizard(services(tmp_path, toolbox=toolbox), Opened("contoso", NAMED, journal)), play)
    assert journal.closed == 1


def test_a_wrong_key_is_named_and_nothing_runs(tmp_path: Path) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await ready(pilot)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: told(pilot, "phone.pfx"))

    toolbox = FakeToolbox(wrong=WrongKey("phone.pfx: wrong passphrase [/x]"))
    drive(Wizard(services(tmp_path, toolbox=toolbox), opened(NAMED)), play)


def test_an_error_of_the_program_in_a_run_is_not_hidden(tmp_path: Path) -> None:
    class Faulty(FakeProber):
        async def run(self, requests, listener, *, overall_seconds=None):  # type: ignore[no-untyped-def]
            raise ZeroDivisionError

    async def play(pilot: Pilot[None]) -> None:
        await ready(pilot)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: told(pilot, "ZeroDivisionError"))
        await pilot.press("5")
        await until(pilot, lambda: screen(pilot).stage is Stage.DIAGNOSIS)

    drive(Wizard(services(tmp_path, toolbox=FakeToolbox(Faulty())), opened(NAMED)), play)


def test_without_names_a_look_says_where_to_name_them(tmp_path: Path) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await ready(pilot)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: told(pilot, "stage 2"))

    drive(Wizard(services(tmp_path), opened(Case(Vantage("jump")))), play)


def test_a_case_from_another_machine_is_looked_at_from_this_one(tmp_path: Path) -> None:
    journal = File(replace(NAMED, vantage=Vantage("elsewhere", (Resolver("theirs", "10.0.0.1"),))))

    async def play(pilot: Pilot[None]) -> None:
        await ready(pilot)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: screen(pilot).looking.course.over)

    drive(Wizard(services(tmp_path), Opened("contoso", journal.case, journal)), play)
    assert journal.case.vantage == Vantage("jump", (Resolver("system", "127.0.0.53", 53),))


# Privacy


def test_hidden_names_are_nowhere_and_what_is_done_there_is_done_to_the_true_ones(tmp_path: Path) -> None:
    journal, prober, clipboard = File(NAMED), FakeProber(), FakeClipboard()

    async def play(pilot: Pilot[None]) -> None:
        await ready(pilot)
        await pilot.press("f9", "5")
        await until(pilot, lambda: shown(pilot, "names hidden"))
        assert not [word for word in ("oldmail", "oldcert", "cert.test", "contoso") if shown(pilot, word)]
        view = screen(pilot).view
        assert view is not None
        host = view.case.targets[2].host
        screen(pilot).post_message(Happened((Answered(f"internal-url:{host}", "no"),)))
        screen(pilot).post_message(Copy(f"Resolve-DnsName {host}", "a command"))
        await until(pilot, lambda: clipboard.texts and journal.case.answer("internal-url:oldmail.test") == "no")
        await pilot.press("f9")
        await until(pilot, lambda: shown(pilot, "contoso"))

    app = Wizard(
        services(tmp_path, toolbox=FakeToolbox(prober), clipboard=clipboard), Opened("contoso", NAMED, journal)
    )
    drive(app, play)
    assert clipboard.texts == ["Resolve-DnsName oldmail.test"]
    assert set(journal.case.answers) == set(NAMED.answers)


def test_a_look_from_a_masked_screen_goes_to_the_true_address(tmp_path: Path) -> None:
    prober = FakeProber()

    async def play(pilot: Pilot[None]) -> None:
        await ready(pilot)
        await pilot.press("f9", "ctrl+r")
        await until(pilot, lambda: screen(pilot).looking.course.over)
        request = screen(pilot)._privacy.shown(prober.asked[0])
        assert request != prober.asked[0]
        before = len(prober.asked)
        screen(pilot).post_message(Look((request,)))
        await until(pilot, lambda: len(prober.asked) > before)
        assert prober.asked[-1] == prober.asked[0]

    drive(Wizard(services(tmp_path, toolbox=FakeToolbox(prober)), opened(NAMED)), play)


# Copies


@pytest.mark.parametrize("works", [True, False])
def test_a_copy_is_a_file_and_claims_no_more_than_is_known(tmp_path: Path, works: bool) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await ready(pilot)
        screen(pilot).post_message(Copy("Get-Help [/x]", "the next command"))
        await until(pilot, lambda: told(pilot, "Written to"))
        assert told(pilot, "this machine's clipboard has it") is works
        assert told(pilot, str(tmp_path / "copied"))
        assert pilot.app.clipboard == "Get-Help [/x]"
        screen(pilot).post_message(Copy("again", "the next command"))
        await until(pilot, lambda: len(list((tmp_path / "copied").iterdir())) == 2)

    clipboard = FakeClipboard(works)
    drive(Wizard(services(tmp_path / "copied", clipboard=clipboard), opened(NAMED)), play)
    assert clipboard.texts == ["Get-Help [/x]", "again"]
    texts = {file.read_text(encoding="utf-8") for file in (tmp_path / "copied").iterdir()}
    assert texts == {"Get-Help [/x]\n", "again\n"}


def test_a_copy_that_finds_no_folder_says_so(tmp_path: Path) -> None:
    (tmp_path / "copied").write_text("a file where the folder should be")

    async def play(pilot: Pilot[None]) -> None:
        await ready(pilot)
        screen(pilot).post_message(Copy("text", "the next command"))
        await until(pilot, lambda: told(pilot, "No file could be written"))

    drive(Wizard(services(tmp_path / "copied"), opened(NAMED)), play)


# Help, palette, looks


def test_help_shows_what_the_pane_is_for_and_its_keys(tmp_path: Path) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await ready(pilot)
        await pilot.press("5")
        await until(pilot, lambda: screen(pilot).stage is Stage.DIAGNOSIS)
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen) and shown(pilot, "Diagnosis"))
        await pilot.press("end")
        await until(pilot, lambda: shown(pilot, "Go to Report"))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, CaseScreen))

    drive(Wizard(services(tmp_path), opened(NAMED)), play)


@pytest.mark.parametrize(
    ("typed", "found"),
    [("report", "Report"), ("hide names", "Hide names"), ("stop", "Stop"), ("light", "Light or dark")],
)
def test_the_palette_knows_every_action(tmp_path: Path, typed: str, found: str) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await ready(pilot)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: pilot.app.screen.query(Input))
        await pilot.press(*(key.replace(" ", "space") for key in typed))
        listed = pilot.app.screen.query_one(OptionList)
        await until(pilot, lambda: any(found in str(option.prompt) for option in listed.options))

    drive(Wizard(services(tmp_path), opened(NAMED)), play)


def test_an_action_of_the_palette_is_done_where_it_belongs(tmp_path: Path) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await ready(pilot)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: pilot.app.screen.query(Input))
        await pilot.press(*"diagnosis")
        listed = pilot.app.screen.query_one(OptionList)
        await until(pilot, lambda: listed.option_count and "Diagnosis" in str(listed.options[0].prompt))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, CaseScreen))
        await until(pilot, lambda: screen(pilot).stage is Stage.DIAGNOSIS)

    drive(Wizard(services(tmp_path), opened(NAMED)), play)


def test_light_and_dark_change_by_a_key(tmp_path: Path) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await ready(pilot)
        before = pilot.app.current_theme.dark
        await pilot.press("f4")
        await until(pilot, lambda: pilot.app.current_theme.dark is not before)
        await pilot.press("f4")
        await until(pilot, lambda: pilot.app.current_theme.dark is before)

    drive(Wizard(services(tmp_path), opened(NAMED)), play)


def test_a_terminal_of_ascii_gets_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EASWIZARD_ASCII", "1")

    async def play(pilot: Pilot[None]) -> None:
        await ready(pilot)
        for key in ("1", "5", "7"):
            await pilot.press(key)
            await pilot.pause()
            text = screen_text(pilot)
            assert [character for character in text if not character.isascii()] == []
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        assert screen_text(pilot).isascii()

    drive(Wizard(services(tmp_path), opened(NAMED)), play)


def test_no_color_is_obeyed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def play(pilot: Pilot[None]) -> None:
        await ready(pilot)
        strips = pilot.app.screen._compositor.render_strips()
        styles = [segment.style for strip in strips for segment in strip if segment.style is not None]
        colours = {c.triplet for style in styles for c in (style.color, style.bgcolor) if c is not None and c.triplet}
        assert all(len({*triplet}) == 1 for triplet in colours), "every colour is a grey"

    drive(Wizard(services(tmp_path), opened(NAMED)), play)


def test_going_somewhere_is_no_reason_to_diagnose_again(tmp_path: Path) -> None:
    async def play(pilot: Pilot[None]) -> None:
        await ready(pilot)
        before = screen(pilot).view
        screen(pilot).session.record(WentTo("report"))
        assert not screen(pilot)._changed.is_set()
        assert screen(pilot).view is before

    drive(Wizard(services(tmp_path), opened(NAMED)), play)
