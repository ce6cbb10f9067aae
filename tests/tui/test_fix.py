"""Stage 6 by keys: choose a plan, go through its steps, tell, verify by looking, undo; it survives a restart."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import TextArea

from easwizard.case.case import Case, Vantage
from easwizard.case.facts import Observation
from easwizard.case.mending import StepRecord, StepState
from easwizard.case.requests import LookAt, Request, ResolveName, Resolver
from easwizard.reports.model import Report
from easwizard.tui.app import Wizard
from easwizard.tui.services import Opened
from easwizard.tui.stages.fix import FixPane
from easwizard.tui.stages.fix_keys import Level
from easwizard.workflow.begun import done_with_way_back
from easwizard.workflow.mending import done
from easwizard.workflow.remedy_text import plan_text
from easwizard.workflow.session import Unsaved
from easwizard.workflow.stages import Stage
from easwizard.workflow.step_checks import ENOUGH
from tests.problems import cases
from tests.tui.driving import LARGE, SMALL, drive, told, until
from tests.tui.services import NOW, FakeClipboard, FakeProber, FakeToolbox, services
from tests.tui.staging import Stand, Theatre, article, hostile, is_harmless
from tests.workflow.test_mending import ALIGN, SWITCHES, crossing, plan, step
from tests.workflow.test_mending import article as mendable

whole = pytest.fixture(scope="module", name="whole")(article)
SIZES = pytest.mark.parametrize("size", [SMALL, LARGE])
FIRST, SECOND = "EX13C/Default Web Site", "EX13D/Default Web Site"
Story = Callable[[Stand], Awaitable[None]]


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def aligned(minutes: float, *seen: Observation) -> Case:
    """The alignment was done that long ago."""
    case = mendable()
    made = plan(case)
    record = done_with_way_back(case, made, step(made, "align"), ago(minutes), "ada")
    return replace(case, steps=(record,)).with_observations(seen)


def switching() -> Case:
    """Two steps on the first server are done, before the list is through."""
    case = mendable()
    made = plan(case, SWITCHES)
    records = [done(made, step(made, id), ago(30)) for id in ("build", "balancer-probe")]
    records += [done(made, step(made, id, FIRST), ago(20)) for id in ("drain", "role-service")]
    return replace(case, steps=tuple(records))


@pytest.fixture
def theatre(tmp_path: Path) -> Theatre:
    return Theatre(tmp_path)


def pane(stand: Stand) -> FixPane:
    return stand.pilot.app.screen_stack[-1].query_one(FixPane)


async def at_plans(stand: Stand) -> None:
    """Until the plans are there, which takes a diagnosis more."""
    await until(stand.pilot, lambda: stand.view.offers is not None and pane(stand).offer is not None)
    await stand.pilot.pause()


async def at_step(stand: Stand, id: str, subject: str = "") -> None:
    """Into the steps of the plan that is marked, and to that one."""
    await at_plans(stand)
    if pane(stand).level is Level.PLANS:
        await stand.press("enter")
    await stand.press("home")
    for _ in range(60):
        each = pane(stand).standing
        if each is not None and each.step.key == (id, subject):
            return
        await stand.press("down")
    raise AssertionError(f"there is no step {id}")


async def recorded(stand: Stand, count: int) -> StepRecord:
    await until(stand.pilot, lambda: len(stand.case.steps) == count, "nothing was written down")
    return stand.case.steps[-1]


# Choosing


@SIZES
def test_plans_of_what_is_asserted_the_recommended_first(
    theatre: Theatre, whole: Report, size: tuple[int, int]
) -> None:
    async def story(stand: Stand) -> None:
        await at_plans(stand)
        await stand.until("CONFIRMED  Legacy namespaces", "recommended  Give the certificate", "Verified by looking")
        text = stand.text
        assert text.index("Give the certificate virtual") < text.index("Delete the legacy certificate")

    theatre.play(whole.case, Stage.FIX, story, size)


@SIZES
def test_each_plan_shows_what_it_changes_for_phones_and_costs(theatre: Theatre, size: tuple[int, int]) -> None:
    async def story(stand: Stand) -> None:
        await at_plans(stand)
        await stand.until(
            "password, mailbox 2007@London", "50 % ─▶ 100 %", "For whom everybody who may still", "Costs "
        )
        await stand.press("down", "down", "down")
        await stand.until("not predicted: the inventory does not tell")

    theatre.play(mendable(), Stage.FIX, story, size)


def test_before_or_after_the_cut_over_is_asked_and_kept(theatre: Theatre, whole: Report) -> None:
    async def story(stand: Stand) -> None:
        await stand.until("Have the names moved")
        await stand.press("b")
        await until(stand.pilot, lambda: stand.case.answer("cutover") == "before")
        await stand.until("Before the cut-over: every remedy here hits phones")
        await stand.press("a")
        await until(stand.pilot, lambda: stand.case.answer("cutover") == "after")
        await stand.until("After the cut-over")

    theatre.play(whole.case, Stage.FIX, story)


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (Case(Vantage("jump")), "Nothing is known yet"),
        (cases.case(fails_basic_old="sometimes"), "Nothing to mend: no problem is confirmed or likely"),
    ],
)
def test_where_there_is_nothing_to_mend_it_says_so(theatre: Theatre, case: Case, said: str) -> None:
    async def story(stand: Stand) -> None:
        await stand.until(said)
        for key in ("c", "p", "d", "v", "u", "r", "enter", "down", "escape"):
            await stand.press(key)
            if not stand.pilot.app.screen.query("#stage-fix"):
                return  # Escape leaves the case where there is nowhere to go back to
        assert stand.clipboard.texts == []
        assert stand.case.steps == ()

    theatre.play(case, Stage.FIX, story)


# Copying


@SIZES
def test_a_command_is_copied_with_where_it_runs_and_all_of_a_step_as_one(
    theatre: Theatre, size: tuple[int, int]
) -> None:
    recycle = step(plan(mendable()), "recycle")
    assert len(recycle.orders) == 4

    async def story(stand: Stand) -> None:
        await at_step(stand, "recycle")
        await stand.press("c")
        assert await stand.copied() == recycle.orders[0].block
        assert stand.clipboard.texts[0].startswith("# on EX13A: PowerShell, as administrator\n")
        await stand.press("C")
        await until(stand.pilot, lambda: len(stand.clipboard.texts) == 2)
        assert stand.clipboard.texts[-1] == recycle.batch
        await stand.press("enter", "down", "down", "c")
        await until(stand.pilot, lambda: len(stand.clipboard.texts) == 3)
        assert stand.clipboard.texts[-1] == recycle.orders[1].block

    theatre.play(mendable(), Stage.FIX, story, size)


def test_the_whole_plan_is_copied_with_how_far_it_is(theatre: Theatre) -> None:
    async def story(stand: Stand) -> None:
        await at_plans(stand)
        offer = pane(stand).offer
        assert offer is not None
        await stand.press("p")
        assert await stand.copied() == plan_text(offer.plan, offer.forward, offer.back)
        assert "[waiting: until 14:32 UTC]" not in stand.clipboard.texts[0], "nobody told anything of that step"
        assert "Set the InternalUrl on every old server of the site. [done]" in stand.clipboard.texts[0]

    theatre.play(aligned(30), Stage.FIX, story)


def test_what_is_to_be_filled_in_is_said(theatre: Theatre, whole: Report) -> None:
    async def story(stand: Stand) -> None:
        await at_plans(stand)
        await stand.press("down", "a")
        await until(stand.pilot, lambda: stand.view.case.answer("cutover") == "after")
        await at_step(stand, "align")
        await stand.press("c")
        assert "<" in await stand.copied()
        await until(stand.pilot, lambda: told(stand.pilot, "Fill in before you run it: <"))

    theatre.play(whole.case, Stage.FIX, story)


# Telling


@SIZES
def test_a_step_is_told_done_with_who_and_when_and_taken_back(tmp_path: Path, size: tuple[int, int]) -> None:
    async def story(stand: Stand) -> None:
        await at_step(stand, "align")
        await stand.press("d")
        record = await recorded(stand, 1)
        assert (record.plan, record.step, record.state) == (ALIGN, "align", StepState.DONE)
        assert (record.who, record.at) == ("ada", NOW)
        assert "was: internal-url=" in record.note
        await stand.until("○ done", "til 15:02", "told 2026-01-01 14:02 UTC")
        await stand.press("d")
        await until(stand.pilot, lambda: told(stand.pilot, "Done already"))
        await stand.press("backspace")
        assert (await recorded(stand, 2)).state is StepState.TO_DO
        await stand.until_gone("til 15:02")

    stage(tmp_path, mendable(), story, size=size)


def test_one_server_of_a_step_is_told_alone(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        await at_step(stand, "recycle")
        await stand.press("enter", "down", "down", "d")
        record = await recorded(stand, 1)
        assert (record.step, record.subject) == ("recycle", "EX13B")

    stage(tmp_path, mendable(), story)


def test_what_was_told_is_there_after_a_restart_and_comes_first(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        await at_plans(stand)
        await stand.until("under way", "1 of 9 steps done")
        await stand.press("enter")
        await stand.until("○ done", "Set the InternalUrl")

    stage(tmp_path, aligned(30), story)


@SIZES
def test_one_server_at_a_time_is_held_to(tmp_path: Path, size: tuple[int, int]) -> None:
    async def story(stand: Stand) -> None:
        await at_step(stand, "drain", SECOND)
        await stand.until("- held", f"first finish {FIRST}"[:20])
        for key in ("d", "c", "C", "v"):
            await stand.press(key)
        await until(stand.pilot, lambda: told(stand.pilot, f"Not yet: one server at a time: first finish {FIRST}"))
        assert len(stand.case.steps) == 4
        assert stand.clipboard.texts == []

    stage(tmp_path, switching(), story, size=size)


def test_a_hard_stop_holds_what_comes_after_it(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        await at_step(stand, "align")
        await stand.until("held: before the cut-over nothing of this")
        await stand.press("d")
        await until(stand.pilot, lambda: told(stand.pilot, "Not yet: before the cut-over nothing of this"))
        assert stand.case.steps == ()

    stage(tmp_path, mendable("before"), story)


def test_a_case_to_read_only_takes_nothing(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        await at_step(stand, "align")
        await stand.press("d")
        await until(stand.pilot, lambda: told(stand.pilot, "may only be read"))

    stage(tmp_path, mendable(), story, read_only=True)


# Verifying


class Answering(FakeProber):
    """Every look is answered by the same observations."""

    def __init__(self, *seen: Observation) -> None:
        super().__init__()
        self.seen = seen

    async def run(self, requests, listener, *, overall_seconds=None):  # type: ignore[no-untyped-def]
        self.answers = {requests[0]: self.seen}
        return await super().run(requests, listener, overall_seconds=overall_seconds)


def asked_hosts(asked: list[Request]) -> set[str]:
    return {r.host for r in asked if isinstance(r, ResolveName)} | {
        r.target.host for r in asked if isinstance(r, LookAt)
    }


@SIZES
def test_a_step_is_verified_by_looking_at_what_it_needs_and_nothing_else(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    prober = Answering(crossing(0, ENOUGH, ago(1)))

    async def story(stand: Stand) -> None:
        await at_step(stand, "look-again")
        await stand.press("v")
        record = await recorded(stand, 2)
        assert (record.step, record.state, record.who) == ("look-again", StepState.VERIFIED, "ada")
        await stand.until("✓ verified", "Last look: Look again: to do ─▶ verified")
        assert asked_hosts(prober.asked) == {"generic.contoso.test"}

    stage(tmp_path, aligned(90), story, prober=prober, size=size)


def test_before_the_wait_is_over_it_is_too_early_and_nothing_is_undone(tmp_path: Path) -> None:
    prober = Answering(crossing(3, 4, ago(1)))

    async def story(stand: Stand) -> None:
        await at_step(stand, "look-again")
        await stand.press("V")
        await stand.until("too early", "until 2026-01-01 14:32 UTC")
        assert len(stand.case.steps) == 1, "too early says nothing that could be kept"
        await stand.press("r")
        await until(stand.pilot, lambda: told(stand.pilot, "Too early to go back"))
        await at_step(stand, "align")
        await stand.press("u")
        await until(stand.pilot, lambda: told(stand.pilot, "No undo now: too early"))
        assert len(stand.case.steps) == 1

    stage(tmp_path, aligned(30), story, prober=prober)


@SIZES
def test_what_failed_says_why_and_offers_the_way_back(tmp_path: Path, size: tuple[int, int]) -> None:
    undo = step(plan(mendable()), "align").undo_orders

    async def story(stand: Stand) -> None:
        await at_plans(stand)
        await stand.press("enter")
        await stand.until("✗ FAILED", "3 of 7 sign-ins", "Still so:", "r shows the way back")
        await at_step(stand, "align")
        await stand.press("u")
        await stand.until("Undo: Set the InternalUrl", "legacycert.contoso.test")
        await stand.press("c")
        assert await stand.copied() == "\n\n".join(order.block for order in undo)
        await stand.press("y")
        record = await recorded(stand, 2)
        assert (record.step, record.state) == ("align", StepState.UNDONE)
        await stand.until("undone")

    stage(tmp_path, aligned(90, crossing(3, 4, ago(2))), story, size=size)


def test_the_way_back_of_the_whole_plan_is_shown_and_left_again(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        await at_step(stand, "align")
        await stand.press("r")
        await stand.until("The way back: Give the", "EX07A/Certificate Site", "Set the old InternalUrl")
        await stand.press("escape")
        await stand.until_gone("The way back: Give the")
        await stand.press("escape")
        await stand.until("For whom")

    stage(tmp_path, aligned(90), story)


def test_pasted_output_is_read_and_a_wrong_one_fails(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        await at_step(stand, "ssl-flags", FIRST)
        await stand.press("v")
        await stand.until("SslRequireCert is among the flags", "Nothing yet")
        area = stand.pilot.app.screen.query_one(TextArea)
        area.text = '<access sslFlags="Ssl" />'
        await stand.until("Wrong: the output does not hold SslRequireCert")
        area.text = '<access sslFlags="Ssl, SslRequireCert" />'
        await stand.until("As it should be: the output holds SslRequireCert")
        await stand.press("ctrl+s")
        record = await recorded(stand, 5)
        assert (record.step, record.subject, record.state) == ("ssl-flags", FIRST, StepState.VERIFIED)
        await stand.until("✓ verified")
        await stand.press("v")
        await until(stand.pilot, lambda: bool(stand.pilot.app.screen.query(TextArea)))
        stand.pilot.app.screen.query_one(TextArea).text = "sslFlags: None"
        await stand.press("ctrl+s")
        assert (await recorded(stand, 6)).state is StepState.FAILED
        await stand.until("✗ FAILED", "the output does not hold SslRequireCert")

    stage(tmp_path, switching(), story)


def test_what_only_a_person_can_see_is_never_called_verified(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        await at_step(stand, "restart", FIRST)
        await stand.press("v")
        await stand.until("Only a person can see this", "What you say counts as done")
        await stand.press("y")
        record = await recorded(stand, 5)
        assert (record.state, record.subject) == (StepState.DONE, FIRST)
        await stand.press("v")
        await stand.until("Only a person can see this")
        await stand.press("n")
        await stand.until("Say that it failed?")
        await stand.press("y")
        assert (await recorded(stand, 6)).state is StepState.FAILED

    stage(tmp_path, switching(), story)


def test_what_a_file_has_to_show_leads_to_the_evidence(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        await at_step(stand, "align")
        await stand.press("v")
        await until(stand.pilot, lambda: bool(stand.pilot.app.screen.query("#stage-evidence")))
        await until(stand.pilot, lambda: told(stand.pilot, "then this step verifies itself"))

    stage(tmp_path, aligned(90), story)


# Looks


@pytest.mark.parametrize("size", [SMALL, LARGE, (60, 20)])
def test_hostile_text_is_text(theatre: Theatre, size: tuple[int, int]) -> None:
    async def story(stand: Stand) -> None:
        await at_plans(stand)
        for key in ("enter", "down", "down", "enter", "down", "end", "escape", "escape", "down"):
            await stand.press(key)
            assert is_harmless(stand.text)

    theatre.play(hostile(), Stage.FIX, story, size)


def test_with_hidden_names_true_ones_are_written_down_and_copied(tmp_path: Path) -> None:
    async def story(stand: Stand) -> None:
        await at_step(stand, "drain", FIRST)
        await stand.press("f9")
        await until(stand.pilot, lambda: "EX13C" not in stand.text and "server-" in stand.text)
        await at_hidden(stand, "mapping")
        await stand.press("c")
        assert "Default Web Site/Microsoft-Server-ActiveSync" in await stand.copied()
        await stand.press("d")
        record = await recorded(stand, 5)
        assert (record.step, record.subject) == ("mapping", FIRST)
        assert all("server-" not in line for line in record.note.splitlines())

    stage(tmp_path, switching(), story)


async def at_hidden(stand: Stand, id: str) -> None:
    await stand.press("home")
    while (each := pane(stand).standing) is not None and each.step.id != id:
        await stand.press("down")


def stage(
    folder: Path,
    case: Case,
    story: Story,
    *,
    prober: FakeProber | None = None,
    size: tuple[int, int] = SMALL,
    read_only: bool = False,
) -> None:
    """Open a case at stage 6, with a prober of its own, as ada."""
    case = replace(case, vantage=Vantage("jump", (Resolver("lab", "127.0.0.1", 9),)))
    clipboard, journal = FakeClipboard(), Unsaved(case)
    usual = services(folder / "copied", clipboard=clipboard, toolbox=FakeToolbox(prober or FakeProber()))
    opened = Opened("contoso", case, None if read_only else journal, "open elsewhere" if read_only else None)
    app = Wizard(replace(usual, who="ada"), opened)

    async def play(pilot: Pilot[None]) -> None:
        stand = Stand(pilot, clipboard, journal, folder)
        await until(pilot, lambda: getattr(pilot.app.screen, "view", None) is not None)
        await stand.press("6")
        await until(pilot, lambda: bool(pilot.app.screen.query("#stage-fix")))
        await story(stand)

    drive(app, play, size)
