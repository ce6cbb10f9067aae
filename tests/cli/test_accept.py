"""`easwizard accept`: what is written, what is refused, and that the verdict of the case follows."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from easwizard.cli import main
from easwizard.diagnosis.outcome import Outcome
from easwizard.reports.model import report_on
from easwizard.storage.case_file import read_case, write_case
from tests.diagnosis.test_accepted import CODE, duplicate, finding

SOON = (datetime.now(UTC) + timedelta(days=30)).date()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "contoso.eascase"
    write_case(path, duplicate())
    return path


def ran(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main(["accept", *map(str, words)])
    said = capsys.readouterr()
    return code, said.out, said.err


def outcome(file: Path) -> Outcome:
    return report_on(read_case(file), datetime.now(UTC)).outcome


def test_an_accepted_finding_no_longer_decides(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "bert")
    assert outcome(file) is Outcome.PROBLEM
    code, out, _ = ran(capsys, CODE, file, "--reason", "replaced\x1b[2J in May", "--until", SOON)
    assert code == 0
    assert out.splitlines() == [f"{CODE}: accepted", f"  accepted by bert until {SOON}: replaced\\x1b[2J in May"]
    assert outcome(file) is Outcome.NO_PROBLEM_FOUND
    (kept,) = read_case(file).accepted
    assert (kept.code, kept.scope, kept.until, kept.by) == (CODE, "", SOON, "bert")
    assert [entry.name for entry in file.parent.iterdir()] == [file.name]


def test_the_same_scope_again_replaces_and_withdrawing_takes_it_back(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for reason in ("first", "second"):
        assert ran(capsys, CODE, file, "--reason", reason, "--until", SOON)[0] == 0
    assert [each.reason for each in read_case(file).accepted] == ["second"]
    code, out, _ = ran(capsys, CODE, file, "--withdraw")
    assert (code, "it still counts" in out) == (0, True)
    assert read_case(file).accepted == ()
    assert outcome(file) is Outcome.PROBLEM
    code, _, err = ran(capsys, CODE, file, "--withdraw")
    assert (code, "accepted is nothing" in err) == (2, True)


def test_a_part_is_accepted_as_a_part(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    subjects = finding().subjects
    code, out, _ = ran(capsys, CODE, file, "--scope", subjects[0].upper(), "--reason", "x", "--until", SOON)
    assert (code, "not accepted for" in out) == (0, True)
    assert read_case(file).accepted[0].scope == subjects[0]
    assert outcome(file) is Outcome.PROBLEM
    for subject in subjects[1:]:
        ran(capsys, CODE, file, "--scope", subject, "--reason", "x", "--until", SOON)
    assert outcome(file) is Outcome.NO_PROBLEM_FOUND


def test_json_tells_the_finding(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ran(capsys, CODE, file, "--reason", "x", "--until", SOON, "--json")
    assert (code, json.loads(out)["accepted"]["until"]) == (0, SOON.isoformat())


def test_a_finding_that_is_not_there_now_is_kept_and_said(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = ran(capsys, "server/clock-skew", file, "--reason", "x", "--until", SOON)
    assert (code, "is not shown in this case now" in err) == (0, True)
    assert len(read_case(file).accepted) == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["namespace/duplicat", "--reason", "x", "--until", SOON], "namespace/duplicate"),
        (["", "--reason", "x", "--until", SOON], "explain"),
        ([CODE, "--until", SOON], "--reason"),
        ([CODE, "--reason", "  ", "--until", SOON], "--reason"),
        ([CODE, "--reason", "x"], "--until"),
        ([CODE, "--reason", "x", "--until", "2020-01-01"], "over already"),
        ([CODE, "--reason", "x", "--until", "01.02.2030"], "YYYY-MM-DD"),
        ([CODE, "--reason", "x", "--until", SOON, "--scope", "elsewhere.test"], "it is about"),
        ([CODE, "--withdraw", "--reason", "x"], "--withdraw"),
    ],
)
def test_what_does_not_fit_is_told_and_changes_nothing(
    file: Path, words: list[object], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = file.read_bytes()
    code, out, err = ran(capsys, words[0], file, *words[1:])
    assert (code, out) == (2, "")
    assert told in err
    assert file.read_bytes() == before


def test_today_is_not_over(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    today = datetime.now(UTC).date()
    assert ran(capsys, CODE, file, "--reason", "x", "--until", today)[0] == 0


def test_a_file_that_is_no_case(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = ran(capsys, CODE, file.with_name("x.eascase"), "--reason", "x", "--until", SOON)
    assert (code, "no such file" in err) == (2, True)
