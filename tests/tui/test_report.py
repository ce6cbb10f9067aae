"""Stage 7 by keys: every form, every level of redaction, and never over a file that is there without asking."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from easwizard.case.case import Case, Vantage
from easwizard.reports import html, json_form, markdown, markdown_short, plain
from easwizard.reports.model import Report
from easwizard.reports.redacted import redacted_report
from easwizard.tui.services import CannotSave
from easwizard.tui.stages.report import folded, handed_on, write_report
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
        await stand.until("PROBLEM FOUND", "REDACTED: made-up names", f"{unseen} things were not examined")
        await stand.press("u")
        await stand.until("Not examined", "  - the legacy names as the proxying servers see them")
        await stand.until_gone("PROBLEM FOUND")

    theatre.play(whole.case, Stage.REPORT, story, size)


def test_the_forms_that_are_read(theatre: Theatre, whole: Report) -> None:
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
        assert await stand.copied() == handed_on(stand.view.report, "vendor", "plain")

    theatre.play(whole.case, Stage.REPORT, story)


@pytest.mark.parametrize(
    ("key", "suffix", "render"),
    [("t", "txt", plain.render), ("d", "md", markdown.render), ("s", "md", markdown_short.render),
     ("j", "json", json_form.render), ("h", "html", html.render)],
)  # fmt: skip
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
        file = stand.folder / f"case-report-redacted.{suffix}"
        text = file.read_text(encoding="utf-8")
        assert text == render(redacted_report(stand.view.report, "vendor")[0])
        assert "contoso" not in text

    theatre.play(whole.case, Stage.REPORT, story)


def test_a_file_that_is_there_is_replaced_only_after_asking(theatre: Theatre, whole: Report) -> None:
    file = theatre.folder / "case-report-redacted.txt"
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
        await stand.press("r", "r")
        await stand.until("FULL: names are not masked")
        await stand.press("e", "enter")
        await stand.until("Saved:")
        assert [f.name for f in stand.folder.glob("*.txt")] == ["--------x--report-FULL.txt"]

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
        for key in ("t", "d", "s", "h", "j", "r"):
            await stand.press(key)
            await stand.until("Report as")
            for turn in ("u", "pagedown", "end", "right"):
                await stand.press(turn)
                assert is_harmless(stand.text)

    theatre.play(hostile(), Stage.REPORT, story, size)


def test_each_level_says_what_it_hides_and_marks_its_file(theatre: Theatre, whole: Report) -> None:
    async def story(stand: Stand) -> None:
        await stand.until("REDACTED: made-up names", "PROBLEM FOUND")
        assert "contoso" not in stand.text.split("\n", 1)[1]
        for words, name in (("INTERNAL: names are kept", "INTERNAL"), ("FULL: names are not masked", "FULL")):
            await stand.press("r")
            await stand.until(f"│ {words}")
            await stand.press("e", "enter")
            await stand.until("Saved:")
            text = (stand.folder / f"contoso-report-{name}.txt").read_text(encoding="utf-8")
            assert words in " ".join(text.split())
            assert "generic.contoso.test" in text
        await stand.press("r")
        await stand.until("REDACTED: made-up names")

    theatre.play(whole.case, Stage.REPORT, story)


def test_hidden_names_stay_hidden_on_the_screen_and_are_true_in_the_file(theatre: Theatre, whole: Report) -> None:
    async def story(stand: Stand) -> None:
        await stand.until("PROBLEM FOUND")
        await stand.press("f9", "r", "r")
        await stand.until("FULL: names are not masked", "(names hidden)")
        lines = stand.pilot.app.screen.query_one(LinesView).lines
        assert lines
        assert not [line for line in lines if "contoso" in line]
        await stand.press("e", "enter")
        await stand.until("Saved:")
        (file,) = stand.folder.glob("*-FULL.txt")
        assert "generic.contoso.test" in file.read_text(encoding="utf-8")
        await stand.press("r", "c")
        assert "contoso" not in await stand.copied()

    theatre.play(whole.case, Stage.REPORT, story)


@pytest.mark.parametrize("key", ["t", "d", "s", "h"])
def test_the_preview_fits_its_pane(theatre: Theatre, whole: Report, key: str) -> None:
    async def story(stand: Stand) -> None:
        await stand.press(key)
        await stand.until("Report as", "roblem found" if key in "ds" else "PROBLEM FOUND")
        preview = stand.pilot.app.screen.query_one(LinesView)
        await until(stand.pilot, lambda: preview.lines and max(map(len, preview.lines)) <= preview.size.width)
        assert preview.max_scroll_x == 0

    theatre.play(whole.case, Stage.REPORT, story)


def test_a_folded_line_loses_nothing() -> None:
    command = "Set-ActiveSyncVirtualDirectory -Identity 'EX07A\\Microsoft-Server-ActiveSync (Default Web Site)'"
    lines = list(folded(["", command], 30))
    assert lines[0] == ""
    assert "".join(lines[1:]) == command
    assert max(map(len, lines)) == 30


def test_a_pack_is_written_for_whom_it_is_and_says_where(theatre: Theatre, whole: Report) -> None:
    packer = theatre.packer

    async def story(stand: Stand) -> None:
        await stand.until("PROBLEM FOUND")
        await stand.press("p")
        await stand.until("the pack is in case.zip", "the list of real names is beside it")
        await stand.press("r", "p")
        await stand.until_gone("the pack is in case.zip")
        packer.wrong = CannotSave("no space left")
        await stand.press("p")
        await stand.until("No pack was written: no space left")

    theatre.play(whole.case, Stage.REPORT, story)
    assert [level for _, _, level in packer.packed] == ["vendor", "internal"]
    assert packer.packed[0][0].case == whole.case
    assert packer.packed[0][1] == "case", "a redacted pack does not tell the case's name"
