"""Stage 1 by keys: the grid, the questions back and forth, and the hypotheses that move."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from easwizard.case.case import Case, Vantage
from easwizard.diagnosis.interview import MAX_QUESTIONS
from easwizard.tui.widgets.grid import WhoFails
from easwizard.workflow.interviewing import answered, asked_next, one_at_a_time
from easwizard.workflow.stages import GRID, Stage
from tests.problems import cases
from tests.tui.driving import LARGE, SMALL, until
from tests.tui.staging import Stand, Theatre, hostile, is_harmless

EMPTY = Case(Vantage("jump"))
GRID_FILLED = replace(EMPTY, answers={**dict.fromkeys(GRID, "sometimes"), "fails-cert-new": "never"})


@pytest.fixture
def theatre(tmp_path: Path) -> Theatre:
    return Theatre(tmp_path)


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_letters_fill_the_grid_and_the_question_comes(theatre: Theatre, size: tuple[int, int]) -> None:
    async def story(stand: Stand) -> None:
        await stand.until("[?]", "nothing yet")
        await stand.press("s", "n", "a", "x")
        await until(stand.pilot, lambda: len(stand.case.answers) == 4)
        assert [stand.case.answer(question) for question in (
            "fails-basic-old", "fails-basic-new", "fails-cert-old", "fails-cert-new",
        )] == ["sometimes", "never", "always", "not-used"]  # fmt: skip
        await stand.until("Question 1", "don't know", "? possible")
        assert stand.pilot.app.focused is stand.pilot.app.screen.query_one("#values")

    theatre.play(EMPTY, Stage.SYMPTOMS, story, size)


def test_arrows_move_delete_takes_back_and_nothing_else_is_lost(theatre: Theatre) -> None:
    async def story(stand: Stand) -> None:
        await stand.until("[sometimes]")
        await stand.press("down", "right", "delete")
        await until(stand.pilot, lambda: "fails-cert-new" not in stand.case.answers)
        await stand.until("[?]")
        assert set(stand.case.answers) == set(GRID) - {"fails-cert-new"}
        await stand.press("up", "left", "up", "u")
        await until(stand.pilot, lambda: stand.case.answer("fails-basic-old") == "unknown")
        await stand.until("not known")

    theatre.play(GRID_FILLED, Stage.SYMPTOMS, story)


def test_a_click_marks_a_cell_and_on_the_marked_one_answers_in_turn(theatre: Theatre) -> None:
    async def story(stand: Stand) -> None:
        place = (40, 2)
        await stand.pilot.click(WhoFails, offset=place)
        await stand.until("[?]")
        assert stand.case.answers == {}
        for expected in ("never", "sometimes", "always", "not used", "not known"):
            await stand.pilot.click(WhoFails, offset=place)
            await stand.until(f"[{expected}]")
        assert stand.case.answers == {"fails-cert-new": "unknown"}

    theatre.play(EMPTY, Stage.SYMPTOMS, story)


def test_questions_come_until_enough_were_asked(theatre: Theatre) -> None:
    async def story(stand: Stand) -> None:
        while await answer_one(stand):
            assert len(answered(stand.case)) <= MAX_QUESTIONS - len(GRID)
        assert len(answered(stand.case)) >= 3

    theatre.play(GRID_FILLED, Stage.SYMPTOMS, story)


async def answer_one(stand: Stand) -> bool:
    """Answer the question on the screen; False where nothing more is asked."""
    count = len(answered(stand.case))
    await until(stand.pilot, lambda: asks(stand, f"Question {count + 1}"))
    if "Enough was asked" in stand.text:
        return False
    stand.pilot.app.screen.query_one("#values").focus()
    await stand.press("enter")
    await until(stand.pilot, lambda: len(answered(stand.case)) > count)
    return True


def asks(stand: Stand, head: str) -> bool:
    """Whether that is asked, or nothing more is."""
    shown = [line.partition("│")[2].strip() for line in stand.text.splitlines()]
    return head in shown or any(line.startswith("Enough was asked") for line in shown)


def test_back_shows_the_answer_and_choosing_again_changes_only_that(theatre: Theatre) -> None:
    case = replace(GRID_FILLED, answers={**GRID_FILLED.answers, "scope": "one-user", "owa": "works"})

    async def story(stand: Stand) -> None:
        await stand.until("Question 3")
        await stand.press("left_square_bracket")
        await stand.until("Question 2, answered", "✓ it works")
        await stand.press("left_square_bracket")
        await stand.until("Question 1, answered", "✓ one user")
        await stand.press("left_square_bracket")
        await stand.until("Question 1, answered")
        await stand.press("down", "enter")
        await until(stand.pilot, lambda: stand.case.answer("scope") == "one-device-type")
        assert stand.case.answer("owa") == "works"
        assert list(stand.case.answers)[-2:] == ["scope", "owa"]
        await stand.until("Question 3")
        await stand.press("left_square_bracket", "left_square_bracket", "right_square_bracket")
        await stand.until("Question 2, answered")
        await stand.press("delete")
        await until(stand.pilot, lambda: "owa" not in stand.case.answers)
        await stand.until("Question 2")

    theatre.play(case, Stage.SYMPTOMS, story)


def test_the_ranking_moves_with_the_answers_and_shows_which_way(theatre: Theatre) -> None:
    async def story(stand: Stand) -> None:
        await stand.press("s")
        await stand.until("▲ ? possible", "Legacy namespaces")
        await stand.press("s")
        await stand.until("▼ ? possible")

    theatre.play(EMPTY, Stage.SYMPTOMS, story)


@pytest.mark.parametrize(("size", "beside"), [(SMALL, False), (LARGE, True)])
def test_the_ranking_stands_below_or_beside(theatre: Theatre, size: tuple[int, int], beside: bool) -> None:
    async def story(stand: Stand) -> None:
        await stand.until("What it points to so far")
        asking, pointing = (stand.pilot.app.screen.query_one(id).region for id in ("#asking", "#pointing"))
        assert (pointing.x >= asking.right) is beside
        assert (pointing.y >= asking.bottom) is not beside
        assert pointing.height >= 4

    theatre.play(GRID_FILLED, Stage.SYMPTOMS, story, size)


def test_the_command_for_the_version_can_be_copied(theatre: Theatre) -> None:
    async def story(stand: Stand) -> None:
        await stand.press("c")
        assert (await stand.copied()).startswith("Get-Mailbox NAME")

    theatre.play(EMPTY, Stage.SYMPTOMS, story)


def test_versions_and_the_grid_are_never_asked_here() -> None:
    case = cases.case(cases.accepts(cases.OLD_GENERIC), cases.refuses(cases.OLD_CERT))
    while (asked := asked_next(case)) is not None:
        assert asked.question.id not in (*GRID, "products")
        case = case.with_answer(asked.question.id, "unknown")
    assert "products" not in {question.id for question in one_at_a_time(case)}
    assert "internal-url:oldcert.test" in case.answers


@pytest.mark.parametrize("size", [SMALL, LARGE, (60, 20)])
def test_hostile_names_in_questions_are_text(theatre: Theatre, size: tuple[int, int]) -> None:
    case = replace(hostile(), answers={"tls-in-front": "nothing"})

    async def story(stand: Stand) -> None:
        await until(stand.pilot, lambda: "InternalUrl" in stand.text)
        assert is_harmless(stand.text)
        assert "[@click=app.quit]" in stand.text

    theatre.play(case, Stage.SYMPTOMS, story, size)
