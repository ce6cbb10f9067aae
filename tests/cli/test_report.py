"""`easwizard report`: every form, redacted unless told otherwise, to stdout or a new file, and clear refusals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from easwizard.case.redaction.redact import redact
from easwizard.cli import main
from easwizard.reports import json_form
from easwizard.storage.case_file import read_case, write_case

CASES = Path(__file__).parent.parent / "screenshots" / "cases"
BEGINS = {"plain": "easwizard ", "markdown": "# easwizard report", "json": "{", "html": "<!DOCTYPE html>"}
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """Under a name that must not be told."""
    file = tmp_path / "contoso-cutover.eascase"
    file.write_bytes((CASES / "article.eascase").read_bytes())
    return file


@pytest.mark.parametrize("form", BEGINS)
@pytest.mark.parametrize("level", [[], ["--redact", "internal"], ["--redact", "none"]], ids=str)
def test_every_form_goes_to_stdout(case: Path, form: str, level: list[str], capsys: Captured) -> None:
    before = case.read_bytes()
    assert main(["report", str(case), "--format", form, *level]) == 0
    told = capsys.readouterr()
    assert told.out.startswith(BEGINS[form])
    assert told.err == ""
    assert ("contoso" in told.out) == bool(level)
    assert case.read_bytes() == before


def test_it_is_redacted_unless_told_otherwise(case: Path, capsys: Captured) -> None:
    names = redact(read_case(case), "vendor").names
    assert names
    for form in BEGINS:
        assert main(["report", str(case), "--format", form]) == 0
        text = capsys.readouterr().out.casefold()
        assert [name for name in names if len(name) > 4 and name.casefold() in text] == []


@pytest.mark.parametrize("level", ["vendor", "internal", "none"])
@pytest.mark.parametrize("name", ["article", "healthy", "unreachable"])
def test_the_json_keeps_its_schema(name: str, level: str, capsys: Captured) -> None:
    assert main(["report", str(CASES / f"{name}.eascase"), "--format", "json", "--redact", level]) == 0
    document = json.loads(capsys.readouterr().out)
    assert list(Draft202012Validator(json.loads(json_form.schema())).iter_errors(document)) == []
    assert document["redacted"] == level


def test_the_schema_needs_no_case(capsys: Captured) -> None:
    assert main(["report", "--schema"]) == 0
    assert capsys.readouterr().out == json_form.schema()


@pytest.mark.parametrize(
    ("suffix", "form"), [(".txt", "plain"), (".md", "markdown"), (".json", "json"), (".html", "html")]
)
def test_the_ending_of_the_file_says_the_form(case: Path, suffix: str, form: str, capsys: Captured) -> None:
    file = case.parent / f"report{suffix}"
    assert main(["report", str(case), "-o", str(file)]) == 0
    told = capsys.readouterr()
    assert file.read_text(encoding="utf-8").startswith(BEGINS[form])
    assert told.out == ""
    assert str(file) in told.err
    assert "REDACTED" in told.err


def test_into_a_folder_under_a_name_that_says_what_is_hidden(case: Path, tmp_path: Path, capsys: Captured) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    for level in ("vendor", "internal", "none"):
        assert main(["report", str(case), "--format", "html", "--redact", level, "-o", str(folder)]) == 0
    made = sorted(file.name for file in folder.iterdir())
    assert "contoso-cutover-report-FULL.html" in made
    assert "contoso-cutover-report-INTERNAL.html" in made
    (redacted,) = set(made) - {"contoso-cutover-report-FULL.html", "contoso-cutover-report-INTERNAL.html"}
    assert redacted.endswith("-report-redacted.html")
    assert "contoso" not in redacted
    assert "FULL: names are not masked" in (folder / made[0]).read_text(encoding="utf-8")


def test_the_short_form_fits_a_ticket(case: Path, capsys: Captured) -> None:
    for words in (["--short"], ["--short", "--format", "markdown"]):
        assert main(["report", str(case), *words]) == 0
        assert len(capsys.readouterr().out) < 4_000


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "name a case"),
        (["nowhere.eascase"], "cannot be read"),
        (["notes.eascase"], "no case file of easwizard"),
        (["{case}", "-o", "x.docx"], ".html"),
        (["{case}", "-o", "{folder}/nowhere/x.md"], "does not exist"),
        (["{case}", "-o", "{folder}/there.md"], "nothing is overwritten"),
        (["{case}", "--short", "--format", "html"], "--short"),
        (["{case}", "--short", "-o", "{folder}/x.html"], "--short"),
    ],
)
def test_what_does_not_do_is_refused_with_the_reason(
    case: Path, words: list[str], said: str, capsys: Captured
) -> None:
    (case.parent / "notes.eascase").write_text("dear diary\n", encoding="utf-8")
    (case.parent / "there.md").write_text("mine", encoding="utf-8")
    put = [word.replace("{case}", str(case)).replace("{folder}", str(case.parent)) for word in words]
    put = [str(case.parent / word) if word.startswith("notes") else word for word in put]
    before = sorted(case.parent.iterdir())
    assert main(["report", *put]) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert told.out == ""
    assert (case.parent / "there.md").read_text(encoding="utf-8") == "mine"
    assert sorted(case.parent.iterdir()) == before


def test_a_torn_case_and_a_newer_one_are_read_as_far_as_they_go(case: Path, capsys: Captured) -> None:
    whole = case.read_bytes()
    case.write_bytes(whole[:-20])
    assert main(["report", str(case), "--redact", "none"]) == 0
    assert "PROBLEM FOUND" in capsys.readouterr().out
    case.write_bytes(whole.replace(b'"version":1', b'"version":2', 1))
    assert main(["report", str(case), "--redact", "none"]) == 0
    assert "PROBLEM FOUND" in capsys.readouterr().out


def test_an_empty_case_has_every_form(tmp_path: Path, capsys: Captured) -> None:
    from easwizard.case.case import Case, Vantage

    file = tmp_path / "empty.eascase"
    write_case(file, Case(Vantage("jump")))
    for form in BEGINS:
        assert main(["report", str(file), "--format", form]) == 0
        assert "nconclusive" in capsys.readouterr().out.replace("INCONCLUSIVE", "Inconclusive")


@pytest.mark.parametrize("suffix", ["html", "md", "json", "txt"])
def test_check_writes_by_the_ending_and_never_over_a_file(tmp_path: Path, suffix: str, capsys: Captured) -> None:
    file = tmp_path / f"report.{suffix}"
    words = ["check", "--no-network", "mail.test", "--report", str(file)]
    assert main(words) == 3
    text = file.read_text(encoding="utf-8")
    assert "mail.test" in text
    assert '"redacted": "none"' in text if suffix == "json" else "FULL: names are not masked" in text
    capsys.readouterr()
    assert main(words) == 2
    assert "nothing is overwritten" in capsys.readouterr().err
    assert file.read_text(encoding="utf-8") == text
