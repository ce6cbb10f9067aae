"""Check before cut-over, by keys: the decision, what people say of gates, what grows old, and where it leads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from easwizard.case.case import Case, Vantage
from easwizard.case.events import GateTold, happened
from easwizard.case.facts import Observation
from easwizard.case.mending import GateRecord, GateState
from easwizard.case.progress import Finished, Listener
from easwizard.case.requests import Request, Resolver
from easwizard.checklist.decision import Decision, GateStatus
from easwizard.checklist.gate import Mode, catalogue
from easwizard.cli.shelf import Shelf
from easwizard.tui.app import Wizard
from easwizard.tui.last_day import why_no_last_day
from easwizard.tui.screens.case import CaseScreen
from easwizard.tui.screens.checklist import ChecklistScreen
from easwizard.tui.screens.checklist_leads import SOURCES, lead
from easwizard.tui.screens.choice import ChoiceScreen
from easwizard.tui.screens.simulator import SimulatorScreen
from easwizard.tui.services import Opened, Services
from easwizard.tui.widgets.form import FormScreen
from easwizard.tui.widgets.row_list import RowList
from easwizard.workflow.gating import checklist_of
from easwizard.workflow.session import Unsaved
from easwizard.workflow.stages import Stage
from tests.checklist.estates import NOW, answers, certificates, cut_over_case, proxies, resolved
from tests.exchange.estates import LEGACY_GENERIC
from tests.tui.driving import LARGE, SMALL, drive, screen_text, told, until
from tests.tui.services import FakeClipboard, FakeProber, FakeShelf, FakeToolbox, services
from tests.tui.staging import hostile, is_harmless

SIZES = pytest.mark.parametrize("size", [SMALL, LARGE])
EARLIER = NOW - timedelta(hours=2)
SAVED, STALE, MANY = "gate/iis-saved", "gate/no-redirect", "gate/certificate-switches"


def said(case: Case, *records: GateRecord) -> Case:
    for record in records:
        case = happened(case, GateTold(record))
    return case


def mostly_known() -> Case:
    """Some gates hold, three fail, one is stale: the answers to phones are of two hours ago."""
    return cut_over_case(*answers(EARLIER), *certificates(), proxies())


def all_told(at: datetime = NOW) -> Case:
    """Whatever does not fail by itself holds, by somebody's word."""
    looks = (*answers(NOW), *certificates(), proxies(), resolved(LEGACY_GENERIC, "127.0.0.1"))
    case = cut_over_case(*looks, aligned=True)
    return said(case, *(GateRecord(entry.id, at, GateState.PASS, "anna", "done") for entry in catalogue()))


class Answering(FakeProber):
    """Answers the first request with everything that was prepared."""

    def __init__(self, *looks: Observation) -> None:
        super().__init__()
        self.looks = looks

    async def run(
        self, requests: Sequence[Request], listener: Listener, *, overall_seconds: float | None = None
    ) -> tuple[Observation, ...]:
        self.asked += requests
        found = self.looks
        for request in requests:
            listener(Finished(request, found))
            found = ()
        return self.looks


@dataclass
class Clock:
    """A still clock that is moved by hand."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Desk:
    """The checklist of one case, open on the screen."""

    pilot: Pilot[None]
    journal: Unsaved
    folder: Path
    clock: Clock
    clipboard: FakeClipboard

    @property
    def screen(self) -> ChecklistScreen:
        found = [screen for screen in self.pilot.app.screen_stack if isinstance(screen, ChecklistScreen)]
        assert found, "the checklist is not open"
        return found[-1]

    @property
    def text(self) -> str:
        return screen_text(self.pilot)

    @property
    def records(self) -> tuple[GateRecord, ...]:
        return self.journal.case.gates

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
            await self.pilot.pause()

    async def typed(self, text: str) -> None:
        focused = self.pilot.app.focused
        assert isinstance(focused, Input)
        focused.value = text
        await self.pilot.pause()

    async def until(self, *texts: str) -> None:
        await until(self.pilot, lambda: all(text in self.text for text in texts), f"waited for {texts}")

    async def reads(self, *texts: str) -> None:
        """Wait until all these stand in the text about the marked gate, however it is wrapped."""

        def text() -> str:
            return " ".join(str(self.screen.query_one("#gate", Static).content).split())

        await until(self.pilot, lambda: all(one in text() for one in texts), f"waited for {texts}")

    async def marked(self, gate: str) -> None:
        self.screen.query_one("#gates", RowList).mark(gate)
        await until(self.pilot, lambda: self.screen.gate is not None and self.screen.gate.id == gate)

    async def told(self, count: int) -> GateRecord:
        await until(self.pilot, lambda: len(self.records) == count, "nothing was written down")
        return self.records[-1]

    async def judged(self, holds: Callable[[GateStatus], bool], gate: str) -> GateStatus:
        def found() -> GateStatus | None:
            return self.screen.found.gate(gate) if self.screen.found is not None else None

        await until(self.pilot, lambda: (now := found()) is not None and holds(now), f"{gate} is not so")
        status = found()
        assert status is not None
        return status

    async def dialog(self, kind: type[object]) -> None:
        await until(self.pilot, lambda: isinstance(self.pilot.app.screen, kind), f"no {kind.__name__}")
        await self.pilot.pause()


Story = Callable[[Desk], Awaitable[None]]


@dataclass
class Theatre:
    """Where a story begins: the checklist of a case, open by its key."""

    folder: Path
    prober: FakeProber = field(default_factory=FakeProber)

    def play(
        self,
        case: Case,
        story: Story,
        size: tuple[int, int] = SMALL,
        *,
        why_read_only: str | None = None,
        is_ascii: bool = False,
    ) -> None:
        case = replace(case, vantage=Vantage("jump", (Resolver("lab", "127.0.0.1", 9),)))
        journal, clock, clipboard = Unsaved(case), Clock(), FakeClipboard()
        usual = services(self.folder / "copied", clipboard=clipboard, toolbox=FakeToolbox(self.prober))
        opened = Opened("contoso", case, None if why_read_only else journal, why_read_only)
        app = Wizard(replace(usual, now=clock, who="ada"), opened)
        app.ascii_only = is_ascii

        async def play(pilot: Pilot[None]) -> None:
            await until(pilot, lambda: getattr(pilot.app.screen, "view", None) is not None, "no view came")
            await pilot.press("f8")
            await until(pilot, lambda: getattr(pilot.app.screen, "found", None) is not None, "no checklist came")
            await story(Desk(pilot, journal, self.folder, clock, clipboard))

        drive(app, play, size)


@pytest.fixture
def theatre(tmp_path: Path) -> Theatre:
    return Theatre(tmp_path)


# What is shown


@SIZES
def test_the_decision_with_its_reasons_and_every_state_at_first_sight(
    theatre: Theatre, size: tuple[int, int]
) -> None:
    waived = GateRecord(SAVED, NOW, GateState.WAIVED, "bert", "they go next week", waived_until=date(2026, 3, 20))

    async def story(desk: Desk) -> None:
        await desk.until("✗ NO-GO: do not move the names", "3 fail, 1 stale", "1 waived")
        await desk.until("✗ FAIL Legacy names are there", "n goes to the next")
        assert desk.screen.gate is not None
        assert desk.screen.gate.id == "gate/legacy-names", "the first failure is marked"
        await desk.press("n", "n", "n")
        assert desk.screen.gate.id == STALE, "after the failures comes what is stale"
        await desk.marked(STALE)
        await desk.until("~ STALE", "ended 11:00", "l  looks at the new servers now")
        await desk.reads("seen 10:00 UTC", "by the program, was fresh until 11:00 UTC", "Why A redirect")
        await desk.marked("gate/certificate-chain")
        await desk.until("✓ pass", "until 13:00")
        await desk.reads("seen 12:00 UTC", "by the program, fresh until 13:00 UTC")
        await desk.marked(SAVED)
        await desk.until("○ waived", "until 20 Mar", "bert", "Owner     bert", "w  changes the waiver")
        await desk.marked("gate/pilot-users")
        await desk.until("? unknown Pilot phones work", "By hand", "Now       UNKNOWN: nobody has told yet")

    theatre.play(said(mostly_known(), waived), story, size)


def test_a_go_says_how_long_it_stands(theatre: Theatre) -> None:
    async def story(desk: Desk) -> None:
        await desk.until(
            "✓ GO: every gate holds or is waived",
            "It stands until 13:00 UTC",
            "e saves the checklist to print and sign",
        )
        await desk.press("n")
        assert told(desk.pilot, "Nothing stands against going.")
        await desk.press("a")
        await desk.until("Nothing stands against going. a shows all gates.")

    theatre.play(all_told(), story)


def test_what_was_seen_grows_old_while_one_looks_at_it(theatre: Theatre) -> None:
    async def story(desk: Desk) -> None:
        await desk.until("✓ GO")
        desk.clock.at = NOW + timedelta(minutes=61)
        await desk.until("? UNDECIDED: not everything is known", "judged 13:01 UTC", "~ STALE")

    theatre.play(all_told(), story)


def test_an_old_word_is_stale_when_the_case_is_opened_again(theatre: Theatre) -> None:
    word = GateRecord(SAVED, NOW - timedelta(days=8), GateState.PASS, "anna", "saved", "ticket 7")

    async def story(desk: Desk) -> None:
        await desk.marked(SAVED)
        await desk.until("~ STALE   IIS configuration is saved", "ended 9 Mar", "Evidence  ticket 7")
        await desk.until("c  copies the command to check it again by hand")
        await desk.reads("told 2026-03-02 12:00 UTC", "by a person, was fresh until 2026-03-09 12:00 UTC")

    theatre.play(said(mostly_known(), word), story)


def test_only_what_stands_against_going(theatre: Theatre) -> None:
    async def story(desk: Desk) -> None:
        await desk.press("a")
        await until(desk.pilot, lambda: "✓ pass" not in desk.text)
        await desk.marked(STALE)
        await desk.press("n")
        gate = desk.screen.gate
        assert gate is not None
        assert gate.state is GateState.UNKNOWN, "after what is stale comes what is unknown"
        await desk.press("a")
        await desk.marked("gate/certificate-chain")
        await desk.until("✓ pass")

    theatre.play(mostly_known(), story)


# What people say


@SIZES
def test_a_gate_is_told_with_note_and_evidence(theatre: Theatre, size: tuple[int, int]) -> None:
    async def story(desk: Desk) -> None:
        await desk.marked(SAVED)
        await desk.press("p")
        await desk.dialog(FormScreen)
        await desk.typed("saved on all, restored on EX07A")
        await desk.press("enter")
        await desk.typed("CHG-1207")
        await desk.press("enter")
        record = await desk.told(1)
        assert (record.gate, record.state, record.at, record.owner) == (SAVED, GateState.PASS, NOW, "ada")
        assert (record.note, record.evidence) == ("saved on all, restored on EX07A", "CHG-1207")
        await desk.until("✓ pass    IIS configuration is saved", "until 17 Mar", "Evidence  CHG-1207")

    theatre.play(mostly_known(), story, size)


def test_a_failure_by_word_makes_a_no_go(theatre: Theatre) -> None:
    async def story(desk: Desk) -> None:
        await desk.until("✓ GO")
        await desk.marked("gate/change-freeze")
        await desk.press("f", "ctrl+s")
        assert (await desk.told(len(catalogue()) + 1)).state is GateState.FAIL
        await desk.until("✗ NO-GO", "✗ FAIL Nobody else changes anything", "p  once it was mended")
        await desk.press("u", "ctrl+s")
        await desk.until("? UNDECIDED", "1 unknown")
        assert desk.records[-1].owner == "anna", "who owned it before owns it still"

    theatre.play(all_told(), story)


def test_what_the_program_saw_to_fail_is_not_talked_away(theatre: Theatre) -> None:
    async def story(desk: Desk) -> None:
        await desk.marked("gate/legacy-leg")
        await desk.press("p", "ctrl+s")
        await desk.told(1)
        await desk.until("✗ NO-GO")
        await desk.reads(
            "Now FAIL:", "somebody said on 2026-03-10 that it holds, but what was seen counts until a new"
        )

    theatre.play(mostly_known(), story)


def test_a_waiver_needs_a_reason_and_a_day_to_come(theatre: Theatre) -> None:
    async def story(desk: Desk) -> None:
        await desk.marked("gate/legacy-leg")
        await desk.press("w")
        await desk.dialog(FormScreen)
        await desk.press("ctrl+s")
        await desk.until("say why", "no day yet: write it as YYYY-MM-DD")
        await desk.typed("pilot only")
        await desk.press("enter")
        for wrong, why in (
            ("2026-03-09", "2026-03-09 is over already"),
            ("soon", "no day yet"),
            ("2026-02-30", "no"),
        ):
            await desk.typed(wrong)
            await desk.press("enter")
            await desk.until(why)
            assert isinstance(desk.pilot.app.screen, FormScreen)
        assert not desk.records
        await desk.typed("2026-03-10")
        await desk.press("enter")
        record = await desk.told(1)
        assert (record.state, record.note, record.waived_until) == (GateState.WAIVED, "pilot only", NOW.date())
        await desk.until("○ waived", "until 10 Mar")

    theatre.play(mostly_known(), story)


def test_a_waiver_is_changed_or_taken_back_and_nothing_gets_fresher_by_that(theatre: Theatre) -> None:
    word = GateRecord(SAVED, NOW - timedelta(days=6), GateState.PASS, "anna", "saved", "ticket 7")
    waiver = GateRecord(SAVED, NOW, GateState.WAIVED, "anna", "no time", waived_until=date(2026, 3, 12))
    later = replace(word, at=NOW - timedelta(days=8))

    async def story(desk: Desk) -> None:
        await desk.marked(SAVED)
        await desk.press("w")
        await desk.dialog(ChoiceScreen)
        await desk.until("waived until 2026-03-12: no time")
        await desk.press("c")
        await desk.dialog(FormScreen)
        await desk.press("enter")
        await desk.typed("2026-03-14")
        await desk.press("enter")
        record = await desk.told(3)
        assert (record.note, record.waived_until) == ("no time", date(2026, 3, 14))
        await desk.until("until 14 Mar")
        await desk.press("w", "t")
        assert await desk.told(4) == later
        await desk.until("~ STALE   IIS configuration")

    theatre.play(said(mostly_known(), later, waiver), story)


def test_another_owner_changes_neither_state_nor_freshness(theatre: Theatre) -> None:
    word = GateRecord(SAVED, NOW - timedelta(days=2), GateState.PASS, "anna", "saved", "ticket 7")

    async def story(desk: Desk) -> None:
        await desk.marked(SAVED)
        await desk.press("o")
        await desk.typed("carol")
        await desk.press("enter")
        assert await desk.told(2) == replace(word, owner="carol")
        await desk.until("✓ pass    IIS configuration is saved", "carol", "until 15 Mar")
        await desk.marked("gate/pilot-users")
        await desk.press("o", "enter")
        assert (await desk.told(3)).owner == "ada"
        status = await desk.judged(lambda gate: gate.owner == "ada", "gate/pilot-users")
        assert status.state is GateState.UNKNOWN

    theatre.play(said(mostly_known(), word), story)


def test_a_case_that_may_only_be_read_is_judged_and_not_changed(theatre: Theatre) -> None:
    async def story(desk: Desk) -> None:
        await desk.until("read only", "✗ NO-GO")
        for key in ("p", "f", "u", "w", "o"):
            await desk.press(key)
            assert isinstance(desk.pilot.app.screen, ChecklistScreen), key
            assert told(desk.pilot, "This case may only be read: open in another easwizard.")
        await desk.press("c")
        await until(desk.pilot, lambda: bool(desk.clipboard.texts))
        assert not desk.records

    theatre.play(mostly_known(), story, why_read_only="open in another easwizard")


# Looking, planning, going


def test_looking_again_freshens_what_was_stale(tmp_path: Path) -> None:
    prober = Answering(*answers(NOW), *certificates())

    async def story(desk: Desk) -> None:
        await desk.marked(STALE)
        await desk.until("~ STALE")
        await desk.press("l")
        await desk.judged(lambda gate: gate.state is GateState.PASS, STALE)
        await desk.until("✓ pass    No redirect", "until 13:00")
        assert prober.asked

    Theatre(tmp_path, prober).play(mostly_known(), story)


def test_a_look_under_way_is_told_and_ends_by_a_key(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        await desk.press("l")
        await desk.until("looking: 0 of", "ctrl+x ends it")
        await desk.press("ctrl+x")
        await until(desk.pilot, lambda: "looking:" not in desk.text)

    Theatre(tmp_path, FakeProber(holding=True)).play(mostly_known(), story)


def test_a_planned_change_is_made_in_the_simulator_and_counts_at_once(theatre: Theatre) -> None:
    async def story(desk: Desk) -> None:
        await desk.marked("gate/legacy-leg")
        await desk.until("s  plans the changes of the window")
        await desk.press("s")
        await desk.dialog(SimulatorScreen)
        await desk.press("escape")
        assert isinstance(desk.pilot.app.screen, ChecklistScreen)

    theatre.play(mostly_known(), story)


@pytest.mark.parametrize("stage", [Stage.ESTATE, Stage.EVIDENCE])
def test_a_number_goes_to_the_stage_and_f8_comes_back(theatre: Theatre, stage: Stage) -> None:
    async def story(desk: Desk) -> None:
        await desk.press(str(stage.number))
        screen = desk.pilot.app.screen
        assert isinstance(screen, CaseScreen)
        await until(desk.pilot, lambda: screen.stage is stage)
        await desk.press("f8")
        await until(desk.pilot, lambda: isinstance(desk.pilot.app.screen, ChecklistScreen))

    theatre.play(mostly_known(), story)


def test_escape_leaves_the_text_first_and_then_the_checklist(theatre: Theatre) -> None:
    async def story(desk: Desk) -> None:
        await desk.press("enter", "pagedown", "escape")
        assert isinstance(desk.pilot.app.focused, RowList)
        await desk.press("escape")
        assert isinstance(desk.pilot.app.screen, CaseScreen)

    theatre.play(mostly_known(), story)


# Taking along


def test_the_command_is_copied_and_one_of_several_is_chosen(theatre: Theatre) -> None:
    async def story(desk: Desk) -> None:
        await desk.marked(SAVED)
        await desk.press("c")
        await until(desk.pilot, lambda: bool(desk.clipboard.texts))
        assert desk.clipboard.texts[-1].endswith('add backup "easwizard-before"')
        await desk.marked(MANY)
        commands = next(entry.words.commands for entry in catalogue() if entry.id == MANY)
        await desk.press("c")
        await desk.dialog(ChoiceScreen)
        await desk.press("2")
        await until(desk.pilot, lambda: len(desk.clipboard.texts) == 2)
        assert desk.clipboard.texts[-1] == commands[1].text
        await desk.marked("gate/pilot-users")
        await desk.press("c")
        assert told(desk.pilot, "This gate has no command")

    theatre.play(mostly_known(), story)


def test_the_list_to_print_lies_in_the_folder_of_copies(theatre: Theatre) -> None:
    async def story(desk: Desk) -> None:
        await desk.press("f9")
        await until(desk.pilot, lambda: "(names hidden)" in desk.text)
        await desk.press("e")
        await until(desk.pilot, lambda: bool(desk.clipboard.texts))
        await until(desk.pilot, lambda: told(desk.pilot, "Written to"))
        [file] = (desk.folder / "copied").iterdir()
        text = file.read_text(encoding="utf-8")
        assert text.startswith("NO-GO")
        assert "Decision: [ ] go" in text
        assert "2007@London" in text
        assert "cut-over-checklist" in file.name

    theatre.play(mostly_known(), story)


# Names hidden, poor terminals, harm


def test_with_hidden_names_true_ones_are_written_down(theatre: Theatre) -> None:
    word = GateRecord(SAVED, NOW, GateState.PASS, "anna", "saved on EX07A")

    async def story(desk: Desk) -> None:
        await desk.marked(SAVED)
        await desk.until("EX07A", "contoso")
        await desk.press("f9")
        await until(desk.pilot, lambda: "EX07A" not in desk.text and "contoso" not in desk.text)
        status = desk.screen.gate
        assert status is not None
        await desk.press("f")
        await desk.typed(f"not on {status.note.removeprefix('saved on ')}")
        await desk.press("ctrl+s")
        assert (await desk.told(2)).note == "not on EX07A"

    theatre.play(said(mostly_known(), word), story)


def test_in_a_poor_terminal_every_sign_is_ascii(theatre: Theatre) -> None:
    waiver = GateRecord(SAVED, NOW, GateState.WAIVED, "anna", "no time", waived_until=date(2026, 3, 12))

    async def story(desk: Desk) -> None:
        await desk.until("x NO-GO", "x FAIL")
        await desk.marked(SAVED)
        await desk.until("w waived")
        assert desk.text.isascii(), [c for c in desk.text if not c.isascii()]

    theatre.play(said(mostly_known(), waiver), story, is_ascii=True)


@pytest.mark.parametrize("size", [SMALL, LARGE, (60, 20)])
def test_hostile_names_and_words_stay_text(theatre: Theatre, size: tuple[int, int]) -> None:
    evil = "[/x][@click=app.quit]q[bold]$name" * 40
    case = said(hostile(), GateRecord(SAVED, NOW, GateState.PASS, evil, evil, evil))

    async def story(desk: Desk) -> None:
        await desk.marked(SAVED)
        await desk.until("[/x][@click")
        await desk.press("enter", "end", "escape", "n", "n", "a", "end", "o", "escape", "w", "escape")
        assert is_harmless(desk.text)
        assert isinstance(desk.pilot.app.screen, ChecklistScreen)

    theatre.play(case, story, size)


def test_every_size_is_borne(theatre: Theatre) -> None:
    async def story(desk: Desk) -> None:
        for width, height in ((60, 20), (20, 5), (120, 40), (1, 1), (200, 60), (80, 24)):
            await desk.pilot.resize_terminal(width, height)
            await desk.pilot.pause()
        await desk.until("✗ NO-GO", "── Legacy names are there")

    theatre.play(mostly_known(), story)


# From the first screen


def at_the_door(tmp_path: Path, shelf: FakeShelf) -> tuple[Wizard, Services]:
    made = replace(services(tmp_path, shelf=shelf), now=Clock(), who="ada")
    return Wizard(made), made


def test_the_first_screen_begins_a_checklist_in_a_new_case(tmp_path: Path) -> None:
    shelf = FakeShelf()
    app, _ = at_the_door(tmp_path, shelf)

    async def play(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: "Check before cut-over" in screen_text(pilot))
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, ChoiceScreen))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.focused, Input))
        await pilot.press(*"contoso", "enter")
        await until(pilot, lambda: getattr(app.screen, "found", None) is not None, "no checklist came")
        assert "? UNDECIDED: not everything is known" in screen_text(pilot)
        await pilot.press("p", "ctrl+s")
        journal = shelf.journals[Path("contoso.eascase")]
        await until(pilot, lambda: bool(journal.case.gates), "nothing was written down")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, CaseScreen))

    drive(app, play)


@pytest.mark.parametrize("hidden", [False, True])
def test_the_first_screen_goes_on_with_the_checklist_of_a_case(tmp_path: Path, hidden: bool) -> None:
    app, _ = at_the_door(tmp_path, FakeShelf(contoso=mostly_known()))

    async def play(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: "contoso" in screen_text(pilot))
        if hidden:
            await pilot.press("f9")
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, ChoiceScreen))
        assert ("contoso" in screen_text(pilot)) is not hidden
        await pilot.press("1")
        await until(pilot, lambda: getattr(app.screen, "found", None) is not None, "no checklist came")
        await until(pilot, lambda: "✗ NO-GO" in screen_text(pilot))

    drive(app, play)


def test_what_was_told_is_there_after_days_and_stale(tmp_path: Path) -> None:
    """On disk: the same file, opened by another wizard two days later."""
    clock = Clock()
    shelf = Shelf(tmp_path, clock)

    def wizard() -> Wizard:
        return Wizard(replace(services(tmp_path / "copied"), shelf=shelf, now=clock, who="ada"))

    async def to_checklist(pilot: Pilot[None], *keys: str) -> ChecklistScreen:
        await pilot.press("c")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChoiceScreen))
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        await until(pilot, lambda: getattr(pilot.app.screen, "found", None) is not None, "no checklist came")
        screen = pilot.app.screen
        assert isinstance(screen, ChecklistScreen)
        screen.query_one("#gates", RowList).mark("gate/change-freeze")
        await pilot.pause()
        return screen

    async def first(pilot: Pilot[None]) -> None:
        screen = await to_checklist(pilot, "n", "enter")
        await pilot.press("p", "ctrl+s")
        await until(pilot, lambda: screen.gate is not None and screen.gate.state is GateState.PASS)

    async def second(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: "case-2026-03-10" in screen_text(pilot), "the case is not on the shelf")
        screen = await to_checklist(pilot, "1")
        assert screen.gate is not None
        assert (screen.gate.state, screen.gate.owner) == (GateState.STALE, "ada")
        await until(pilot, lambda: "ended 11 Mar" in screen_text(pilot), "its row does not say so")

    drive(wizard(), first)
    clock.at = NOW + timedelta(days=2)
    drive(wizard(), second)


# Pure


def test_every_gate_that_can_pass_by_itself_has_a_source_to_lead_to() -> None:
    assert set(SOURCES) == {entry.id for entry in catalogue() if entry.mode is Mode.AUTOMATIC}


@pytest.mark.parametrize(
    ("case", "gate", "key"),
    [
        (Case(Vantage("")), "gate/proxy-directory", "2"),
        (Case(Vantage("")), "gate/legacy-leg", "4"),
        (Case(Vantage("")), "gate/tls-mode", "2"),
        (Case(Vantage("")), "gate/pilot-users", "p"),
        (Case(Vantage("")), "gate/iis-saved", "c"),
        (mostly_known(), "gate/legacy-leg", "s"),
        (mostly_known(), "gate/no-redirect", "l"),
        (mostly_known(), "gate/certificate-chain", "n"),
        (mostly_known(), "gate/dns-from-new-servers", "4"),
        (mostly_known(), "gate/kb3140410", "4"),
        (replace(mostly_known(), members=()), "gate/no-redirect", "2"),
    ],
)
def test_what_to_do_next_about_a_gate(case: Case, gate: str, key: str) -> None:
    status = checklist_of(case, NOW).gate(gate)
    assert status is not None
    assert lead(case, status).key == key


def test_until_when_a_pass_counts() -> None:
    found = checklist_of(all_told(), NOW)
    assert found.decision is Decision.GO
    by_id = {gate.id: gate.until for gate in found.gates}
    assert by_id["gate/certificate-chain"] == NOW + timedelta(hours=1)
    assert by_id["gate/legacy-leg"] == NOW + timedelta(days=1)
    assert by_id[SAVED] == NOW + timedelta(days=7)
    far = datetime.max.replace(tzinfo=NOW.tzinfo)
    record = GateRecord(SAVED, far, GateState.PASS)
    strange = checklist_of(said(mostly_known(), record), NOW).gate(SAVED)
    assert strange is not None
    assert strange.until is None
    assert strange.state is GateState.STALE


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-03-10", None),
        (" 2026-03-11 ", None),
        ("2026-03-09", "is over already"),
        ("20260311", "no day yet"),
        ("2026-W11-3", "no day yet"),
        ("2026-02-30", "no day yet"),
        ("", "no day yet"),
        ("٢٠٢٦-٠٣-١١", "no day yet"),
    ],
)
def test_a_last_day_is_read_strictly(text: str, why: str | None) -> None:
    said_why = why_no_last_day(text, NOW.date())
    assert (said_why is None) if why is None else (said_why is not None and why in said_why)
