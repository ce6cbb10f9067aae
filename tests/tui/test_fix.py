"""Stage 6 by keys: the recommended remedy first, its commands copied, and the cut-over before anything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from easwizard.case.case import Case, Vantage
from easwizard.reports.model import Report
from easwizard.tui.stages.fix import plan_text
from easwizard.workflow.stages import Stage
from tests.problems import cases
from tests.tui.driving import LARGE, SMALL, until
from tests.tui.staging import Stand, Theatre, article, hostile, is_harmless

whole = pytest.fixture(scope="module", name="whole")(article)
SIZES = pytest.mark.parametrize("size", [SMALL, LARGE])


@pytest.fixture
def theatre(tmp_path: Path) -> Theatre:
    return Theatre(tmp_path)


@SIZES
def test_remedies_of_what_is_asserted_the_recommended_first(
    theatre: Theatre, whole: Report, size: tuple[int, int]
) -> None:
    async def story(stand: Stand) -> None:
        await stand.until(
            "CONFIRMED  Legacy namespaces", "recommended  Give the certificate", "Verified by looking again"
        )
        text = stand.text
        assert text.index("Give the certificate virtual") < text.index("Delete the legacy certificate")
        assert "possible" not in text.casefold().partition("verified")[0]

    theatre.play(whole.case, Stage.FIX, story, size)


def test_the_command_of_the_marked_step_is_copied_as_it_is(theatre: Theatre, whole: Report) -> None:
    remedy = whole.diagnosis.findings[0].remedies[0]

    async def story(stand: Stand) -> None:
        await stand.until(remedy.steps[0].title)
        await stand.press("enter", "c")
        assert await stand.copied() == remedy.steps[0].command
        await stand.press("down", "c")
        await stand.until("This step has no command")
        assert len(stand.clipboard.texts) == 1
        await stand.press("down", "c")
        await until(stand.pilot, lambda: len(stand.clipboard.texts) == 2)
        assert stand.clipboard.texts[-1] == remedy.steps[2].command

    theatre.play(whole.case, Stage.FIX, story)


def test_escape_goes_from_the_steps_to_the_remedies_and_the_plan_follows_the_mark(
    theatre: Theatre, whole: Report
) -> None:
    second = whole.diagnosis.findings[1].remedies[0]

    async def story(stand: Stand) -> None:
        await stand.press("enter", "down", "escape", "down")
        await stand.until(f"── {second.title[:40]}", second.steps[0].title[:30])
        await stand.press("p")
        assert await stand.copied() == plan_text(second)

    theatre.play(whole.case, Stage.FIX, story)


def test_a_plan_holds_every_command_check_and_way_back(whole: Report) -> None:
    for finding in whole.diagnosis.findings:
        for remedy in finding.remedies:
            text = plan_text(remedy)
            for step in remedy.steps:
                assert all(part in text for part in (step.title, step.check, step.command or "", step.undo or ""))


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
        for key in ("c", "p", "enter", "down", "escape"):
            await stand.press(key)
            if not stand.pilot.app.screen.query("#stage-fix"):
                return  # Escape leaves the case where there is nowhere to go back to
        assert stand.clipboard.texts == []

    theatre.play(case, Stage.FIX, story)


@pytest.mark.parametrize("size", [SMALL, LARGE, (60, 20)])
def test_hostile_text_is_text(theatre: Theatre, size: tuple[int, int]) -> None:
    async def story(stand: Stand) -> None:
        await until(stand.pilot, lambda: "recommended" in stand.text)
        for key in ("enter", "down", "down", "end"):
            await stand.press(key)
            assert is_harmless(stand.text)

    theatre.play(hostile(), Stage.FIX, story, size)
