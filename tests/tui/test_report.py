"""Stage 7 by keys: three forms on the screen, as files, and never over a file that is there without asking."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from easwizard.case.case import Case, Vantage
from easwizard.reports import json_form, markdown, plain
from easwizard.reports.model import Report
from easwizard.tui.stages.report import write_report
from easwizard.tui.widgets.lines_view import LinesView
from easwizard.workflow.stages import Stage
from tests.tui.driving import LARGE, SMALL, until
from tests.tui.staging import Stand, Theatre, article, hostile, is_harmless

whole = pytest.fixture(scope="module", name="whole")(article)
SIZES = pytest.mark.parametrize("size", [SMALL, LARGE])


@pytest.fixture
def theatre(tmp_path: Path) -> Theatre:
    return Theatre(tmp_path)


@SIZES
def test_the_preview_begins_with_the_verdict_and_says_what_is_in_it(
    theatre: Theatre, whole: Report, size: tuple[int, int]
) -> None:
    unseen = len(whole.diagnosis.not_examined)

    async def story(stand: Stand) -> None:
        await stand.until("PROBLEM FOUND", "FULL: names are not masked", f"{unseen} things were not examined")
        await stand.press("u")
        await stand.until("Not examined", "  - the legacy names as the proxying servers see them")
        await stand.until_gone("PROBLEM FOUND")

    theatre.play(whole.case, Stage.REPORT, story, size)


def test_three_forms(theatre: Theatre, whole: Report) -> None:
    async def story(stand: Stand) -> None:
        await stand.press("d")
        await stand.until("# easwizard report", "Report as Markdown")
        await stand.press("u")
        await stand.until("## Not examined")
        await stand.press("j")
        await stand.until('"format": "easwizard-report"', "Report as JSON")
        await stand.press("u")
        await stand.until('"not_examined": [')
        await stand.press("t")
        await stand.until("PROBLEM FOUND")
        await stand.press("c")
        assert await stand.copied() == plain.render(stand.view.report)

    theatre.play(whole.case, Stage.REPORT, story)


@pytest.mark.parametrize(
    ("key", "suffix", "render"),
    [("t", "txt", plain.render), ("d", "md", markdown.render), ("j", "json", json_form.render)],
)
def test_export_writes_the_form_that_is_shown_into_the_case_folder(
    theatre: Theatre, whole: Report, key: str, suffix: str, render: object
) -> None:
    assert callable(render)

    async def story(stand: Stand) -> None:
        await stand.press(key)
        await until(stand.pilot, lambda: stand.pilot.app.screen.query_one(LinesView).lines)
        await stand.until("Report as")
        await stand.press("e")
        await stand.until("Enter saves it there")
        await stand.press("enter")
        await stand.until("Saved:")
        file = stand.folder / f"contoso-report.{suffix}"
        assert file.read_text(encoding="utf-8") == render(stand.view.report)

    theatre.play(whole.case, Stage.REPORT, story)


def test_a_file_that_is_there_is_replaced_only_after_asking(theatre: Theatre, whole: Report) -> None:
    file = theatre.folder / "contoso-report.txt"
    file.write_text("mine", encoding="utf-8")

    async def story(stand: Stand) -> None:
        await stand.until("PROBLEM FOUND")
        await stand.press("e", "enter")
        await stand.until("is there already")
        await stand.press("escape")
        await stand.until_gone("is there already")
        assert file.read_text(encoding="utf-8") == "mine"
        await stand.press("e", "enter")
        await stand.until("is there already")
        await stand.press("enter")
        await stand.until("Saved:")
        assert "PROBLEM FOUND" in file.read_text(encoding="utf-8")

    theatre.play(whole.case, Stage.REPORT, story)


def test_another_place_can_be_named_and_one_that_cannot_be_written_says_so(theatre: Theatre, whole: Report) -> None:
    (theatre.folder / "file").write_text("", encoding="utf-8")

    async def story(stand: Stand) -> None:
        from textual.widgets import Input

        await stand.until("PROBLEM FOUND")
        await stand.press("e")
        stand.pilot.app.screen.query_one("#path", Input).value = str(stand.folder / "file" / "report.txt")
        await stand.press("enter")
        await stand.until("It could not be written to")
        stand.pilot.app.screen.query_one("#path", Input).value = str(stand.folder / "new" / "r.txt")
        await stand.press("enter")
        await stand.until("Saved:")
        assert (stand.folder / "new" / "r.txt").exists()

    theatre.play(whole.case, Stage.REPORT, story)


def test_writing_never_replaces_unless_told(tmp_path: Path) -> None:
    file = tmp_path / "r.txt"
    write_report(file, "one\n", replace=False)
    with pytest.raises(FileExistsError):
        write_report(file, "two\n", replace=False)
    assert file.read_bytes() == b"one\n"
    write_report(file, "two\n", replace=True)
    assert file.read_bytes() == b"two\n"


def test_a_case_name_never_leads_out_of_the_folder(theatre: Theatre, whole: Report) -> None:
    theatre.name = "../../[/x]"

    async def story(stand: Stand) -> None:
        await stand.until("PROBLEM FOUND")
        await stand.press("e", "enter")
        await stand.until("Saved:")
        assert [f.name for f in stand.folder.glob("*-report.txt")] == ["--------x--report.txt"]

    theatre.play(whole.case, Stage.REPORT, story)


def test_an_empty_case_has_a_report(theatre: Theatre) -> None:
    async def story(stand: Stand) -> None:
        await stand.until("INCONCLUSIVE", "Report as plain text: inconclusive")
        await stand.press("j")
        await until(stand.pilot, lambda: _is_json(stand))

    theatre.play(Case(Vantage("jump")), Stage.REPORT, story)


def _is_json(stand: Stand) -> bool:
    text = "\n".join(stand.pilot.app.screen.query_one(LinesView).lines)
    return text.startswith("{") and json.loads(text)["verdict"] == "inconclusive"


@pytest.mark.parametrize("size", [SMALL, LARGE, (60, 20)])
def test_hostile_text_is_text_in_every_form(theatre: Theatre, size: tuple[int, int]) -> None:
    async def story(stand: Stand) -> None:
        for key in ("t", "d", "j"):
            await stand.press(key)
            await stand.until("Report as")
            for turn in ("u", "pagedown", "end", "right"):
                await stand.press(turn)
                assert is_harmless(stand.text)

    theatre.play(hostile(), Stage.REPORT, story, size)
