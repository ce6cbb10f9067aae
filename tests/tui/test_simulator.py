"""What if, by keys: plans, heat map, paths, findings of tomorrow, and the plan for the cut-over, kept in the case."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from threading import get_ident

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from easwizard.case.case import Case, Vantage
from easwizard.case.requests import Target
from easwizard.exchange.inventory import Role
from easwizard.tui.app import Wizard
from easwizard.tui.screens import simulator
from easwizard.tui.screens.case import CaseScreen
from easwizard.tui.screens.confirm import ConfirmScreen
from easwizard.tui.screens.plan_editor import PlanEditor
from easwizard.tui.screens.simulator import SimulatorScreen
from easwizard.tui.services import Opened
from easwizard.tui.widgets.heat_view import HeatView
from easwizard.tui.widgets.row_list import RowList
from easwizard.workflow.stages import Stage
from easwizard.workflow.what_if import compared
from tests.exchange.estates import CERTIFICATE, article
from tests.tui.driving import LARGE, SMALL, drive, screen_text, told, until
from tests.tui.services import services
from tests.tui.staging import HOSTILE, Stand, Theatre, is_harmless
from tests.workflow.test_simulate import ALIGNED, REMOVED, cut_over, healthy, read, scenario
from tests.workflow.test_what_if import case_of

SIZES = pytest.mark.parametrize("size", [SMALL, LARGE])
TINY = (60, 20)


@pytest.fixture
def theatre(tmp_path: Path) -> Theatre:
    return Theatre(tmp_path)


def the_article(*changes: str) -> Case:
    return case_of(scenario("article"), *changes)


def what_if(
    theatre: Theatre, case: Case, story: Callable[[Stand], Awaitable[None]], size: tuple[int, int] = SMALL
) -> None:
    """Open the simulator from the diagnosis by its key, and tell the story."""

    async def told_there(stand: Stand) -> None:
        await stand.press("s")
        await until(stand.pilot, lambda: isinstance(stand.pilot.app.screen, SimulatorScreen), "s did not open it")
        await until(
            stand.pilot, lambda: "doing nothing" in stand.text or "4 goes to Evidence" in stand.text, "nothing came"
        )
        await story(stand)

    theatre.play(case, Stage.DIAGNOSIS, told_there, size)


def row(stand: Stand, head: str) -> str:
    """The line of the screen that has that in it."""
    return next((line for line in stand.text.splitlines() if head in line), "")


# Looking


@SIZES
def test_the_resolutions_and_doing_nothing_at_first_sight(theatre: Theatre, size: tuple[int, int]) -> None:
    async def story(stand: Stand) -> None:
        for title, share in (
            ("1  doing nothing", "50 %"),
            ("2  remove 2 old vdirs", "100 %"),
            ("3  align 2 old vdirs", "100 %"),
            ("4  align 1 of 2 servers only", "75 % (50 % by name)"),
        ):
            after = row(stand, title).removeprefix(" ").removeprefix(title)
            assert after.strip().startswith(share), row(stand, title)
        assert "▒▒▒▒ 50 %" in row(stand, "password     generic.contoso.test")
        await stand.until("50 %: password via generic.contoso.test, mailbox 2007 London")
        await stand.until("25 % ✗ refused", "EX07A/Certificate Site demands a")

    what_if(theatre, the_article(), story, size)


@SIZES
def test_one_key_turns_from_after_to_before_to_side_by_side(theatre: Theatre, size: tuple[int, int]) -> None:
    async def story(stand: Stand) -> None:
        await stand.press("3")
        await stand.until("After: align 2 old vdirs", "████ 100 %")
        await stand.until("- gone: Legacy namespaces do not all take the proxy leg")
        await stand.press("c")
        await stand.until("Before: align 2 old vdirs", "▒▒▒▒ 50 %", "Findings today")
        await stand.press("c")
        await stand.until("Before and after: align 2 old vdirs", "▒ 50 % ─▶ █ 100 %", "50 %, then 100 %: password")
        await stand.press("c")
        await stand.until("After: align 2 old vdirs")

    what_if(theatre, the_article(), story, size)


def test_the_arrows_mark_a_cell_and_its_paths_are_shown(theatre: Theatre) -> None:
    async def story(stand: Stand) -> None:
        await stand.press("tab")
        assert isinstance(stand.pilot.app.focused, HeatView)
        await stand.press("down")
        await stand.until(
            "0 %: certificate via cert.contoso.test, mailbox 2007 London", "the role service is missing"
        )
        await stand.press("up", "right")
        await stand.until("100 %: password via generic.contoso.test, mailbox 2013 London")
        await stand.press("right", "up")
        await stand.until("100 %: password via generic.contoso.test, mailbox 2013 London")

    what_if(theatre, the_article(), story)


def test_a_click_marks_a_cell(theatre: Theatre) -> None:
    async def story(stand: Stand) -> None:
        heat = stand.pilot.app.screen.query_one(HeatView)
        lines = stand.text.splitlines()
        y = next(n for n, line in enumerate(lines) if "certificate  cert.contoso" in line)
        x = lines[y].rindex("0 %")
        await stand.pilot.click(HeatView, offset=(x - heat.region.x, y - heat.region.y))
        await stand.until("0 %: certificate via cert.contoso.test, mailbox 2013 London")

    what_if(theatre, the_article(), story)


@SIZES
def test_what_meets_phones_at_once_and_the_way_back(theatre: Theatre, size: tuple[int, int]) -> None:
    """Before the cut-over both resolutions hit phones that still work (J21)."""

    async def story(stand: Stand) -> None:
        await stand.press("3")
        await stand.until("After: align 2 old vdirs")
        await stand.until("Meets phones at once (J21)")
        said = " ".join(str(stand.pilot.app.screen.query_one("#consequences", Static).content).split())
        assert "cert.contoso.test leads phones here today, so the change meets them at once" in said
        assert said.index("The way back") < said.index("the certificate mapping is wiped: into the XML again")
        await stand.press("tab", "tab", "end")
        await stand.until("The way back", "2. internal-url=EX07B/Certificate")

    what_if(theatre, case_of(healthy()), story, size)


def test_a_planned_cut_over_shows_the_fault_before_it_happens(theatre: Theatre) -> None:
    async def story(stand: Stand) -> None:
        assert "✓ no problem" in row(stand, "1  doing nothing")
        await stand.press("5")
        await stand.until("After: planned (19 changes)", "+ ✗ CONFIRMED high   Legacy namespaces do not all")
        assert "✗ problem" in row(stand, "5  planned (19 changes)")
        assert "✓ no problem" in row(stand, "7  planned, then align")
        await stand.press("c", "c")
        await stand.until("█ 100 % ─▶ ▒ 50 %", "none ─▶ █ 100 %")

    what_if(theatre, case_of(healthy(), *cut_over()), story)


def test_what_is_not_known_is_no_number(theatre: Theatre) -> None:
    start = scenario("article-cba-fixed")
    blind = replace(start, vdirs=tuple(replace(v, client_certificates=None) for v in start.vdirs))

    async def story(stand: Stand) -> None:
        line = row(stand, "1  doing nothing")
        assert "%" not in line
        assert "?" in line
        assert "%" not in row(stand, "password     generic.contoso.test")
        assert "not offered" in row(stand, "2  remove old vdirs")
        await stand.press("2")
        await stand.until("Not offered: which one refuses is not known", "Stage 4")

    what_if(theatre, case_of(blind), story)


def test_a_range_stays_a_range(theatre: Theatre) -> None:
    start = scenario("article-cba-fixed")
    vdirs = tuple(replace(v, internal_url=None) if v.label == f"EX07B/{CERTIFICATE}" else v for v in start.vdirs)

    async def story(stand: Stand) -> None:
        assert "50 to 75 %" in row(stand, "1  doing nothing")
        await stand.press("3", "tab", "tab", "end")
        await stand.until("The numbers rest on", "left as it is, for it is not known to refuse: EX07B")

    what_if(theatre, case_of(replace(start, vdirs=vdirs)), story)


def test_what_a_change_meets_is_open_where_nobody_knows_where_a_name_leads(theatre: Theatre) -> None:
    """The name that phones use stands in no URL of the inventory: only DNS would tell."""
    case = case_of(replace(healthy(), namespaces=()))

    async def story(stand: Stand) -> None:
        await stand.press("3")
        said = " ".join(str(stand.pilot.app.screen.query_one("#consequences", Static).content).split())
        assert "not known for elsewhere.contoso.test: where they lead is not known" in said
        assert "nothing: phones are not led" not in said

    what_if(theatre, replace(case, targets=(Target("elsewhere.contoso.test", 443, Role.GENERIC),)), story)


@SIZES
def test_by_object_and_by_name_where_they_differ(theatre: Theatre, size: tuple[int, int]) -> None:
    async def story(stand: Stand) -> None:
        assert "75 % (50 % by name)" in row(stand, "password     generic.contoso.test")
        await stand.press("4")
        await stand.until("Not offered: it is one server: there is no")

    what_if(theatre, case_of(read(article(certificate_servers=("EX07B",), legacy=3))), story, size)


def test_without_an_inventory_it_says_what_to_bring_and_leads_there(theatre: Theatre) -> None:
    async def story(stand: Stand) -> None:
        await stand.until("that was imported yet", "Get-ActiveSyncVirtualDirectory", "4 goes to Evidence")
        await stand.press("c", "p", "e", "1", "4")
        await until(stand.pilot, lambda: isinstance(stand.pilot.app.screen, CaseScreen), "it did not lead away")
        await until(stand.pilot, lambda: stand.case.stage == "evidence", "it did not lead to the evidence")

    what_if(theatre, Case(Vantage("here"), targets=(Target("mail.contoso.test", 443, Role.GENERIC),)), story)


def test_escape_goes_back_to_the_diagnosis(theatre: Theatre) -> None:
    async def story(stand: Stand) -> None:
        await stand.press("escape")
        await until(stand.pilot, lambda: isinstance(stand.pilot.app.screen, CaseScreen), "it did not go back")
        await stand.until("5 Diagnosis")
        await stand.press("2", "f7")
        await until(stand.pilot, lambda: isinstance(stand.pilot.app.screen, SimulatorScreen), "F7 did not open it")

    what_if(theatre, the_article(), story)


def test_the_palette_offers_it_once(theatre: Theatre) -> None:
    async def story(stand: Stand) -> None:
        from easwizard.tui.commands import Actions

        titles = [action.title for action in Actions(stand.pilot.app.screen)._actions()]
        assert titles.count("What if") == 1

    theatre.play(the_article(), Stage.DIAGNOSIS, story)


@pytest.mark.parametrize("name", ["article", "large", "healthy-new"])
def test_a_small_window_breaks_nothing(theatre: Theatre, name: str) -> None:
    async def story(stand: Stand) -> None:
        await stand.press(
            "2", "c", "c", "tab", *["down", "right"] * 8, "tab", "end", "e", *"remove", "down", "escape"
        )
        await stand.pilot.resize_terminal(*LARGE)
        await stand.pilot.resize_terminal(20, 6)
        await stand.pilot.pause()

    what_if(theatre, case_of(scenario(name)), story, TINY)


def test_a_large_heat_map_scrolls_to_the_marked_cell(theatre: Theatre) -> None:
    async def story(stand: Stand) -> None:
        await stand.press("tab", "down", *["right"] * 9)
        heat = stand.pilot.app.screen.query_one(HeatView)
        marked = heat.marked
        assert marked is not None
        seen = stand.pilot.app.screen.query_one("#heat-scroll").region
        cell = heat._at[heat.cursor].translate(heat.region.offset)
        assert seen.contains(cell.x, cell.y)
        assert cell.y > heat.region.y + 3

    what_if(theatre, case_of(scenario("large")), story)


def test_what_is_heavy_happens_beside_the_event_loop(theatre: Theatre, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[int] = []

    def counted(case: Case) -> object:
        threads.append(get_ident())
        return compared(case)

    monkeypatch.setattr(simulator, "compared", counted)

    async def story(stand: Stand) -> None:
        assert threads
        assert get_ident() not in threads

    what_if(theatre, the_article(), story)


# Names


def test_hidden_names_are_hidden_here_too_and_a_plan_has_the_true_ones(theatre: Theatre) -> None:
    async def story(stand: Stand) -> None:
        await stand.press("f9")
        await stand.until_gone("contoso")
        assert "EX07A" not in stand.text
        await stand.until("server-", "host-")
        await stand.press("3", "p")
        await until(stand.pilot, lambda: stand.case.changes == ALIGNED, "the plan has not the true names")
        await stand.press("e")
        await stand.until("The planned cut-over", "internal-url=server-")
        await stand.press(*"remove-vdir ")
        assert "EX07" not in stand.text
        await stand.press("down", "enter", "enter")
        await until(stand.pilot, lambda: len(stand.case.changes) == 3, "the change was not added")
        assert stand.case.changes[2].startswith("remove-vdir=EX")

    what_if(theatre, the_article(), story)


def test_hostile_names_harm_nothing(theatre: Theatre) -> None:
    start = scenario("article")
    vdirs = tuple(
        replace(v, web_site=HOSTILE) if v.web_site == CERTIFICATE and v.server.startswith("EX07") else v
        for v in start.vdirs
    )
    bad = f"internal-url={HOSTILE}"

    async def story(stand: Stand) -> None:
        for keys in (("2",), ("c",), ("c", "tab", "down", "tab", "end"), ("e",), ("end", "enter"), ("escape",)):
            await stand.press(*keys)
            assert is_harmless(stand.text)
        assert isinstance(stand.pilot.app.screen, SimulatorScreen)

    what_if(theatre, case_of(replace(start, vdirs=vdirs), bad), story)


# Planning


def test_p_takes_the_marked_plan_and_asks_before_it_replaces_one(theatre: Theatre) -> None:
    async def story(stand: Stand) -> None:
        await stand.press("p")
        assert told(stand.pilot, "Mark a plan with changes first")
        await stand.press("3", "p")
        await until(stand.pilot, lambda: stand.case.changes == ALIGNED, "it was not planned")
        await stand.until("5  planned (2 changes)")
        await stand.press("2", "p")
        await until(stand.pilot, lambda: isinstance(stand.pilot.app.screen, ConfirmScreen), "it did not ask")
        await stand.press("n")
        await stand.until("After: remove 2 old vdirs")
        assert stand.case.changes == ALIGNED
        await stand.press("p")
        await until(stand.pilot, lambda: isinstance(stand.pilot.app.screen, ConfirmScreen), "it did not ask")
        await stand.press("y")
        await until(stand.pilot, lambda: stand.case.changes == REMOVED, "it was not replaced")

    what_if(theatre, the_article(), story)


async def _open_editor(stand: Stand) -> PlanEditor:
    await stand.press("e")
    await until(stand.pilot, lambda: isinstance(stand.pilot.app.screen, PlanEditor), "e did not open the editor")
    editor = stand.pilot.app.screen
    assert isinstance(editor, PlanEditor)
    await until(stand.pilot, lambda: bool(editor.query_one("#candidates", RowList).option_count), "no candidates")
    return editor


@SIZES
def test_a_change_is_completed_from_the_inventory(theatre: Theatre, size: tuple[int, int]) -> None:
    async def story(stand: Stand) -> None:
        editor = await _open_editor(stand)
        await stand.press(*"remove ex07b cert")
        await stand.until("1 like it below")
        await stand.press("down", "enter")
        assert editor.query_one(Input).value == REMOVED[1]
        await stand.until("Enter adds it.")
        await stand.press("enter")
        await until(stand.pilot, lambda: stand.case.changes == (REMOVED[1],), "it was not added")
        await stand.until(f"✓  1. {REMOVED[1]}")
        await stand.press("escape")
        await stand.until("5  planned (1 change)")

    what_if(theatre, the_article(), story, size)


def test_an_unknown_name_is_not_added_and_shows_the_nearest(theatre: Theatre) -> None:
    async def story(stand: Stand) -> None:
        editor = await _open_editor(stand)
        await stand.press(*"remove-vdir=EX07C/Certificate Site", "enter")
        await stand.until("unknown virtual directory", "nearest:", "EX07A/Certificate Site")
        assert stand.case.changes == ()
        assert editor.query_one(Input).value == "remove-vdir=EX07C/Certificate Site"
        await stand.press("escape")
        await stand.until("doing nothing")
        await stand.press("e")
        await stand.until("remove-vdir=EX07C/Certificate Site")

    what_if(theatre, the_article(), story)


def test_changes_are_moved_changed_and_taken_out(theatre: Theatre) -> None:
    async def story(stand: Stand) -> None:
        await _open_editor(stand)
        await stand.until("✓  2. internal-url=EX07B")
        await stand.press("shift+tab", "home", "shift+down")
        await until(stand.pilot, lambda: stand.case.changes == (ALIGNED[1], ALIGNED[0]), "it was not moved")
        await stand.until("✓  1. internal-url=EX07B")
        await stand.press("shift+down", "shift+up")
        await until(stand.pilot, lambda: stand.case.changes == ALIGNED, "it was not moved back")
        await stand.until("✓  1. internal-url=EX07A")
        await stand.press("enter")
        await stand.until("Change 1, to be replaced by")
        assert stand.case.changes == ALIGNED
        await stand.press("ctrl+u", *REMOVED[0], "enter")
        await until(stand.pilot, lambda: stand.case.changes == (REMOVED[0], ALIGNED[1]), "it was not changed")
        await stand.until(f"✓  1. {REMOVED[0]}")
        await stand.press("shift+tab", "home", "delete")
        await until(stand.pilot, lambda: stand.case.changes == (ALIGNED[1],), "it was not taken out")

    what_if(theatre, the_article(*ALIGNED), story)


def test_a_change_that_cannot_be_made_is_marked_with_the_reason(theatre: Theatre) -> None:
    wrong = "remove-vdir=EX07B/Nowhere Site"

    async def story(stand: Stand) -> None:
        assert "✗ cannot be" in row(stand, "5  planned (2 changes)")
        await stand.press("5")
        await stand.until("This plan cannot be made", "Nowhere Site")
        await _open_editor(stand)
        await stand.until(f"✗  2. {wrong}", "unknown virtual directory")

    what_if(theatre, the_article(REMOVED[0], wrong), story)


def test_the_changes_are_copied_one_a_line(theatre: Theatre) -> None:
    async def story(stand: Stand) -> None:
        await stand.press("2", "y")
        assert await stand.copied() == "".join(f"{change}\n" for change in REMOVED)

    what_if(theatre, the_article(), story)


def test_a_case_that_may_only_be_read_may_be_looked_at_but_not_planned(tmp_path: Path) -> None:
    case = the_article(*ALIGNED)
    app = Wizard(services(tmp_path), Opened("contoso", case, None, "open in another easwizard"))

    async def play(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: getattr(app.screen, "view", None) is not None, "no view came")
        await pilot.press("f7")
        await until(pilot, lambda: "5  planned (2 changes)" in screen_text(pilot), "it did not open")
        await pilot.press("2", "p")
        await pilot.pause()
        assert told(pilot, "This case may only be read: open in another easwizard")
        await pilot.press("e")
        await pilot.pause()
        assert isinstance(app.screen, SimulatorScreen)
        assert "After: remove 2 old vdirs" in screen_text(pilot)

    drive(app, play)
