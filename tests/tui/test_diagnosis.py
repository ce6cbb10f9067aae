"""Stage 5 by keys, on a real check of the article's estate: findings, map, reasons, what is missing, search."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from easwizard.case.case import Case, Vantage
from easwizard.reports.model import Report
from easwizard.tui.screens.raw import RawScreen, raw
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
def test_both_faults_the_broken_leg_and_the_odds_at_first_sight(
    theatre: Theatre, whole: Report, size: tuple[int, int]
) -> None:
    async def story(stand: Stand) -> None:
        await stand.until("✗ CONFIRMED high   The certificate namespace", "✗ CONFIRMED high   Legacy namespaces")
        await stand.until("50 % ─▶ legacycert.contoso.test     ✗ wants a certificate", "▲ the broken leg")
        await stand.until("seen 7 of 14 = 50 % (27 to 73 %)", "predicted 50 %", "f mends it", "z shows them")

    theatre.play(whole.case, Stage.DIAGNOSIS, story, size)


def test_on_a_wide_screen_the_map_stands_beside_the_reasons(theatre: Theatre, whole: Report) -> None:
    async def story(stand: Stand) -> None:
        await stand.press("w")
        await stand.until("For it", "▲ the broken leg")
        left, side = (stand.pilot.app.screen.query_one(id).region for id in ("#left", "#side"))
        assert side.x >= left.right

    theatre.play(whole.case, Stage.DIAGNOSIS, story, LARGE)


@SIZES
def test_why_shows_reasons_and_enter_the_raw_look(theatre: Theatre, whole: Report, size: tuple[int, int]) -> None:
    async def story(stand: Stand) -> None:
        await stand.press("down", "w")
        await stand.until("For it", "InternalUrl (your answer)")
        await stand.press("enter")
        await until(stand.pilot, lambda: isinstance(stand.pilot.app.screen, RawScreen))
        await stand.until("http of legacycert.contoso.test", '"kind": "http"')
        await stand.press("c")
        assert '"path": "/Microsoft-Server-ActiveSync/Proxy"' in await stand.copied()
        await stand.press("escape")
        await stand.until("For it")
        await stand.press("down", "enter")
        await until(stand.pilot, lambda: isinstance(stand.pilot.app.screen, RawScreen))
        await stand.press("escape", "escape")
        await stand.until_gone("For it")

    theatre.play(whole.case, Stage.DIAGNOSIS, story, size)


def test_a_clue_on_several_looks_says_so(theatre: Theatre, whole: Report) -> None:
    finding = whole.diagnosis.finding("cba/certificate-not-required")
    assert finding is not None
    several = replace(finding.clues[0], observation=None)
    screen = RawScreen(several, whole.case.observations)
    assert "no single raw look" in screen._text()


def test_explained_and_what_would_settle_it(theatre: Theatre, whole: Report) -> None:
    async def story(stand: Stand) -> None:
        await stand.press("x")
        await stand.until("Explained: The certificate namespace", "Helpdesk", "cba/certificate-not-required")
        await stand.press("n")
        await stand.until("What would settle it", "the certificate settings of the new servers", "appcmd")
        await stand.press("c")
        assert "/section:access" in await stand.copied()
        await stand.press("n")
        await stand.until("── Map", "In short")

    theatre.play(whole.case, Stage.DIAGNOSIS, story)


def test_the_full_map_and_back(theatre: Theatre, whole: Report) -> None:
    async def story(stand: Stand) -> None:
        await stand.until("EX13A, EX13B  ✓ 401 Basic")
        await stand.press("m")
        await stand.until_gone("EX13A, EX13B  ✓ 401 Basic")
        await stand.until("├─▶ 127.", "EX13A  ✓ 401 Basic")
        await stand.press("escape")
        await stand.until("EX13A, EX13B  ✓ 401 Basic")
        assert "5 Diagnosis" in stand.text

    theatre.play(whole.case, Stage.DIAGNOSIS, story)


def test_ruled_out_and_not_examined_are_folded_until_asked_for(theatre: Theatre, whole: Report) -> None:
    async def story(stand: Stand) -> None:
        await stand.until("ruled out,", "z shows them")
        await stand.press("z", "end", "up")
        await stand.until("· not examined")
        await stand.press("end")
        await stand.until("Not examined: ")
        await stand.press("z")
        await stand.until("z shows them")
        await stand.until_gone("· not examined")

    theatre.play(whole.case, Stage.DIAGNOSIS, story)


def test_search_finds_what_is_folded_too_and_ends_with_escape(theatre: Theatre, whole: Report) -> None:
    async def story(stand: Stand) -> None:
        await stand.press("slash", *"spn", "enter")
        await stand.until("not examined", "proxy/spn-conflict", "1 found")
        await until(stand.pilot, lambda: "CONFIRMED" not in stand.text)
        await stand.press("escape")
        await stand.until("✗ CONFIRMED high   Legacy")
        await stand.press("slash", *"nowhere at all")
        await stand.until("Nothing is like that.")
        await stand.press("escape")
        await stand.until("✗ CONFIRMED high   Legacy")

    theatre.play(whole.case, Stage.DIAGNOSIS, story)


def test_f_goes_to_the_fix(theatre: Theatre, whole: Report) -> None:
    async def story(stand: Stand) -> None:
        await stand.press("f")
        await stand.until("▸ 6 Fix", "recommended")

    theatre.play(whole.case, Stage.DIAGNOSIS, story)


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (Case(Vantage("jump")), ("Nothing is known yet", "name the names that phones use")),
        (replace(cases.case(), targets=(cases.GENERIC,)), ("Nothing is known yet", "not looked at yet", "ctrl+r")),
    ],
)
def test_an_empty_case_says_where_to_begin(theatre: Theatre, case: Case, said: tuple[str, ...]) -> None:
    async def story(stand: Stand) -> None:
        await stand.until(*said)
        for key in ("w", "x", "n", "m", "z", "c", "enter"):
            await stand.press(key)
        assert stand.pilot.app.is_running

    theatre.play(case, Stage.DIAGNOSIS, story)


@pytest.mark.parametrize("size", [SMALL, LARGE, (60, 20)])
def test_hostile_text_is_text_on_every_page(theatre: Theatre, size: tuple[int, int]) -> None:
    theatre.name = "[/x] [@click=app.quit]case"

    async def story(stand: Stand) -> None:
        await until(stand.pilot, lambda: "LIKELY" in stand.text or "CONFIRMED" in stand.text)
        for key in ("w", "x", "n", "m", "z", "end", "home", "w", "enter"):
            await stand.press(key)
            await stand.pilot.pause()
            assert is_harmless(stand.text), key
        assert stand.pilot.app.is_running

    theatre.play(hostile(), Stage.DIAGNOSIS, story, size)


def test_hostile_observations_are_text_in_the_raw_look() -> None:
    for look in hostile().observations:
        assert is_harmless(raw(look))
    bad = replace(hostile().observations[0], target="a\x1b[2J\u202eb")
    assert is_harmless(raw(bad))


def test_a_window_that_changes_its_size_keeps_everything(theatre: Theatre, whole: Report) -> None:
    async def story(stand: Stand) -> None:
        await stand.press("down", "w")
        for width, height in ((60, 20), (120, 40), (40, 10), SMALL):
            await stand.pilot.resize_terminal(width, height)
            await stand.pilot.pause()
        await stand.until("For it", "Legacy namespaces")

    theatre.play(whole.case, Stage.DIAGNOSIS, story)
