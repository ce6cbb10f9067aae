"""Stage 4 by keys: what to bring, best first, each command copied, and the paste for the new servers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from easwizard.case.case import Case, Vantage
from easwizard.diagnosis.engine import diagnose
from easwizard.diagnosis.evidence_list import evidence_list
from easwizard.diagnosis.paste_block import paste_block
from easwizard.workflow.stages import Stage
from tests.problems import cases
from tests.tui.driving import LARGE, SMALL
from tests.tui.staging import Stand, Theatre, hostile, is_harmless

OPEN = cases.case(cases.accepts(cases.OLD_GENERIC), cases.refuses(cases.OLD_CERT))
SIZES = pytest.mark.parametrize("size", [SMALL, LARGE])


@pytest.fixture
def theatre(tmp_path: Path) -> Theatre:
    return Theatre(tmp_path)


@SIZES
def test_the_best_comes_first_with_why_and_for_what(theatre: Theatre, size: tuple[int, int]) -> None:
    best = evidence_list(diagnose(OPEN))[0]

    async def story(stand: Stand) -> None:
        await stand.until("What to bring", f"1  {best.evidence[:40]}", "Why  ", "Run  ", "For  ", best.settles[0][0])
        await stand.press("c")
        assert await stand.copied() == best.how

    theatre.play(OPEN, Stage.EVIDENCE, story, size)


def test_every_command_can_be_copied(theatre: Theatre) -> None:
    wanted = evidence_list(diagnose(OPEN))
    assert len(wanted) > 1

    async def story(stand: Stand) -> None:
        for number, one in enumerate(wanted):
            stand.clipboard.texts.clear()
            await stand.press("c")
            assert await stand.copied() == one.how, number
            await stand.press("down")

    theatre.play(OPEN, Stage.EVIDENCE, story)


@SIZES
def test_the_paste_for_the_new_servers_is_copied_whole(theatre: Theatre, size: tuple[int, int]) -> None:
    async def story(stand: Stand) -> None:
        await stand.press("end")
        await stand.until("One paste for each new server", "oldmail.test", "it only reads")
        await stand.press("c")
        assert await stand.copied() == paste_block(OPEN)

    theatre.play(OPEN, Stage.EVIDENCE, story, size)


def test_without_legacy_names_there_is_no_paste_and_without_findings_nothing_to_bring(theatre: Theatre) -> None:
    async def story(stand: Stand) -> None:
        await stand.until("Nothing is open yet")
        assert "one paste" not in stand.text
        await stand.press("c", "enter", "down")
        assert stand.clipboard.texts == []

    theatre.play(Case(Vantage("jump")), Stage.EVIDENCE, story)


def test_importers_that_do_not_exist_are_not_shown(theatre: Theatre) -> None:
    async def story(stand: Stand) -> None:
        await stand.until("What to bring")
        assert not any(word in stand.text.casefold() for word in ("import", "drop", "collector"))

    theatre.play(OPEN, Stage.EVIDENCE, story)


@pytest.mark.parametrize("size", [SMALL, LARGE, (60, 20)])
def test_hostile_text_is_text_and_never_in_the_paste(theatre: Theatre, size: tuple[int, int]) -> None:
    async def story(stand: Stand) -> None:
        await stand.until("What to bring")
        for _ in range(6):
            assert is_harmless(stand.text)
            await stand.press("down")
        await stand.press("end", "c")
        assert "click" not in await stand.copied()

    theatre.play(replace(hostile()), Stage.EVIDENCE, story, size)
