"""To live with a finding, by keys in stage 5: for what, why and until when, shown as such, over, and taken back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from easwizard.case.case import Case
from easwizard.case.events import AcceptanceWithdrawn, FindingAccepted, happened
from easwizard.case.mending import Acceptance
from easwizard.reports.model import Report
from easwizard.tui.app import Wizard
from easwizard.tui.screens.choice import ChoiceScreen
from easwizard.tui.services import Opened
from easwizard.tui.widgets.form import FormScreen
from easwizard.tui.widgets.row_list import RowList
from easwizard.workflow.stages import Stage
from tests.tui.driving import LARGE, SMALL, drive, screen_text, told, until
from tests.tui.services import NOW, services
from tests.tui.staging import HOSTILE, Stand, Theatre, article, is_harmless

whole = pytest.fixture(scope="module", name="whole")(article)
SIZES = pytest.mark.parametrize("size", [SMALL, LARGE])
DUPLICATE, ONE_NAME = "namespace/duplicate", "cba/certificate-not-required"
FIRST, SECOND = "legacygeneric.contoso.test", "legacycert.contoso.test"
TODAY = NOW.date()
Story = Callable[[Stand], Awaitable[None]]


@pytest.fixture
def theatre(tmp_path: Path) -> Theatre:
    return Theatre(tmp_path)


def accepted(case: Case, *acceptances: Acceptance) -> Case:
    for acceptance in acceptances:
        case = happened(case, FindingAccepted(acceptance))
    return case


def at_finding(theatre: Theatre, case: Case, code: str, story: Story, size: tuple[int, int] = SMALL) -> None:
    """Mark a finding, and tell the story."""

    async def marked(stand: Stand) -> None:
        findings = stand.pilot.app.screen.query_one("#findings", RowList)
        await until(stand.pilot, lambda: findings.has(f"finding {code}"), "the finding is not there")
        findings.mark(f"finding {code}")
        await stand.pilot.pause()
        await story(stand)

    theatre.play(case, Stage.DIAGNOSIS, marked, size)


async def dialog(stand: Stand, kind: type[object]) -> None:
    await until(stand.pilot, lambda: isinstance(stand.pilot.app.screen, kind), f"no {kind.__name__}")
    await stand.pilot.pause()


async def fill(stand: Stand, text: str) -> None:
    """Put a text into the field that has the focus, and press Enter."""
    focused = stand.pilot.app.focused
    assert isinstance(focused, Input)
    focused.value = text
    await stand.press("enter")


@SIZES
def test_a_whole_finding_is_accepted_with_a_reason_and_a_last_day(
    theatre: Theatre, whole: Report, size: tuple[int, int]
) -> None:
    async def story(stand: Stand) -> None:
        await stand.press("a")
        await dialog(stand, ChoiceScreen)
        await stand.until("Accept: all of it", f"Accept: {FIRST}", f"Accept: {SECOND}")
        await stand.press("enter")
        await dialog(stand, FormScreen)
        await fill(stand, "gone in May")
        await fill(stand, "2025-12-31")
        await stand.until("2025-12-31 is over already: today is 2026-01-01 (UTC)")
        assert not stand.case.accepted
        await fill(stand, TODAY.isoformat())
        await until(stand.pilot, lambda: bool(stand.case.accepted), "nothing was written down")
        assert stand.case.accepted == (Acceptance(DUPLICATE, "", "gone in May", TODAY, "", NOW),)
        await stand.until("✗ confirmed high   accepted: Legacy namespaces", "Accepted until 2026-01-01: gone in")
        await stand.until("Accepted until 2026-01-01; a changes that or takes it back")
        assert "✗ CONFIRMED high   The certificate namespace" in stand.text
        await stand.press("w")
        await stand.until("Accepted until 2026-01-01: gone in", "For it")

    at_finding(theatre, whole.case, DUPLICATE, story, size)


def test_without_a_reason_nothing_is_accepted(theatre: Theatre, whole: Report) -> None:
    async def story(stand: Stand) -> None:
        await stand.press("a")
        await dialog(stand, FormScreen)
        await fill(stand, "  ")
        await fill(stand, "2026-02-01")
        await stand.until("say why")
        await stand.press("escape")
        assert not stand.case.accepted

    at_finding(theatre, whole.case, ONE_NAME, story)


def test_a_part_is_accepted_and_the_finding_still_counts(theatre: Theatre, whole: Report) -> None:
    async def story(stand: Stand) -> None:
        await stand.press("a")
        await dialog(stand, ChoiceScreen)
        await stand.press("down", "enter")
        await dialog(stand, FormScreen)
        await fill(stand, "kept for one site")
        await fill(stand, "2026-02-01")
        await until(stand.pilot, lambda: bool(stand.case.accepted), "nothing was written down")
        assert stand.case.accepted[0].scope == FIRST
        await stand.until("✗ CONFIRMED high   accepted in part: Legacy", f"Not accepted for {SECOND}")

    at_finding(theatre, whole.case, DUPLICATE, story)


def test_what_is_over_says_so_and_is_accepted_anew(theatre: Theatre, whole: Report) -> None:
    old = Acceptance(DUPLICATE, "", "gone by Christmas", TODAY - timedelta(days=1), "anna")

    async def story(stand: Stand) -> None:
        await stand.until("✗ CONFIRMED high   no longer accepted: Legacy")
        await stand.until("Accepted by anna until 2025-12-31, which is over, so it counts")
        await stand.press("a")
        await dialog(stand, ChoiceScreen)
        await stand.until("Take back: all of it", "until 2025-12-31: gone by")
        await stand.press("down", "enter")
        await dialog(stand, FormScreen)
        await stand.press("enter", "enter")
        await stand.until("2025-12-31 is over already")
        await fill(stand, "2026-02-01")
        await until(stand.pilot, lambda: stand.case.accepted[0].until == date(2026, 2, 1), "it was not replaced")
        assert len(stand.case.accepted) == 1
        assert stand.case.accepted[0].reason == "gone by Christmas"
        await stand.until("accepted: Legacy namespaces")

    at_finding(theatre, accepted(whole.case, old), DUPLICATE, story)


@pytest.mark.parametrize("hidden", [False, True])
def test_the_same_key_takes_it_back_also_with_hidden_names(theatre: Theatre, whole: Report, hidden: bool) -> None:
    parts = [Acceptance(DUPLICATE, scope, "for now", date(2026, 2, 1)) for scope in (FIRST.upper(), SECOND)]

    async def story(stand: Stand) -> None:
        await stand.until("accepted: Legacy")
        if hidden:
            await stand.press("f9")
            await until(stand.pilot, lambda: "contoso" not in stand.text, "a name is still there")
        await stand.press("a")
        await dialog(stand, ChoiceScreen)
        assert ("contoso" in stand.text.casefold()) is not hidden
        await stand.press("enter")
        await until(stand.pilot, lambda: len(stand.case.accepted) == 1, "nothing was taken back")
        assert stand.case.accepted[0].scope == SECOND
        await stand.until("accepted in part: Legacy")

    at_finding(theatre, accepted(whole.case, *parts), DUPLICATE, story)


def test_with_hidden_names_the_true_scope_is_written_down(theatre: Theatre, whole: Report) -> None:
    async def story(stand: Stand) -> None:
        await stand.press("f9")
        await until(stand.pilot, lambda: "contoso" not in stand.text, "a name is still there")
        await stand.press("a")
        await dialog(stand, ChoiceScreen)
        await stand.press("down", "enter")
        await dialog(stand, FormScreen)
        await fill(stand, "for now")
        await fill(stand, "2026-02-01")
        await until(stand.pilot, lambda: bool(stand.case.accepted), "nothing was written down")
        assert stand.case.accepted[0].scope == FIRST

    at_finding(theatre, whole.case, DUPLICATE, story)


def test_what_is_ruled_out_cannot_be_accepted(theatre: Theatre, whole: Report) -> None:
    async def story(stand: Stand) -> None:
        await stand.press("z")
        findings = stand.pilot.app.screen.query_one("#findings", RowList)
        await until(stand.pilot, lambda: findings.has("finding dns/missing"))
        findings.mark("finding dns/missing")
        await stand.press("a")
        assert told(stand.pilot, "Mark a finding first, one that is not ruled out.")

    at_finding(theatre, whole.case, DUPLICATE, story)


def test_a_hostile_reason_stays_text(theatre: Theatre, whole: Report) -> None:
    evil = Acceptance(DUPLICATE, HOSTILE, HOSTILE * 20, date(2026, 2, 1), HOSTILE)

    async def story(stand: Stand) -> None:
        await stand.press("w", "w", "x", "x", "a")
        await dialog(stand, ChoiceScreen)
        assert is_harmless(stand.text)
        await stand.press("escape", "w")
        assert is_harmless(stand.text)

    at_finding(theatre, accepted(whole.case, evil), DUPLICATE, story)


def test_a_case_that_may_only_be_read_says_so(tmp_path: Path, whole: Report) -> None:
    app = Wizard(services(tmp_path), Opened("contoso", whole.case, None, "open in another easwizard"))

    async def play(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: getattr(app.screen, "view", None) is not None, "no view came")
        await pilot.press("5")
        await until(pilot, lambda: "CONFIRMED" in screen_text(pilot))
        await pilot.press("a")
        await until(pilot, lambda: told(pilot, "This case may only be read: open in another easwizard"))
        assert not isinstance(app.screen, ChoiceScreen)

    drive(app, play)


def test_a_scope_is_the_same_in_upper_and_lower_case(whole: Report) -> None:
    upper = Acceptance(DUPLICATE, FIRST.upper(), "for now", TODAY)
    case = accepted(whole.case, upper, replace(upper, scope=FIRST, reason="again"))
    assert [each.reason for each in case.accepted] == ["again"]
    assert happened(case, AcceptanceWithdrawn(DUPLICATE, FIRST.upper())).accepted == ()
