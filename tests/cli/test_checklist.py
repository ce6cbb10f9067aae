"""`easwizard checklist`: its three forms and exit codes, and that what is told is kept in the case."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from easwizard.case.case import Case, Vantage
from easwizard.case.events import GateTold, happened
from easwizard.case.mending import GateRecord, GateState
from easwizard.checklist.gate import catalogue
from easwizard.cli import main
from easwizard.reports.checklist_text import render, render_printable
from easwizard.storage.case_file import read_case, write_case
from easwizard.storage.case_lock import CaseLock
from easwizard.workflow.gating import checklist_of
from tests.checklist.estates import NOW, cut_over_case, plan

SOON = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
KEYS = ("id", "state", "mode", "owner", "evidence", "at_utc", "waiver")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "contoso.eascase"
    write_case(path, Case(Vantage("jump")))
    return path


def ran(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main(["checklist", *map(str, words)])
    said = capsys.readouterr()
    return code, said.out, said.err


def listed(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, dict[str, Any], dict[str, Any]]:
    code, out, _ = ran(capsys, *words, "--json")
    document: dict[str, Any] = json.loads(out)
    return code, document, {gate["id"]: gate for gate in document["gates"]}


def all_told(but: str = "") -> list[str]:
    return [f"--gate={entry.id}=pass" for entry in catalogue() if entry.id != but]


def test_without_a_case_the_empty_list_is_undecided(capsys: pytest.CaptureFixture[str]) -> None:
    code, document, gates = listed(capsys)
    assert (code, document["decision"]) == (3, "undecided")
    assert (document["format"], document["version"]) == ("easwizard-checklist", 1)
    assert len(gates) == len(catalogue())
    assert all(set(KEYS) <= gate.keys() for gate in gates.values())
    assert {gate["mode"] for gate in gates.values()} == {"automatic", "manual"}
    code, out, _ = ran(capsys)
    assert (code, out.startswith("UNDECIDED")) == (3, True)


def test_what_is_told_is_kept_and_decides(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, document, gates = listed(
        capsys, file, "--gate", "firewall=pass", "--owner", "anna", "--note", "rule 12\x1b[2J", "--evidence", "T-99"
    )
    assert (code, document["decision"]) == (3, "undecided")
    told = gates["gate/firewall"]
    assert (told["state"], told["owner"], told["evidence"], told["told_by"]) == ("pass", "anna", "T-99", "person")
    assert told["note"] == "rule 12\\x1b[2J"
    assert datetime.fromisoformat(told["at_utc"]) <= datetime.now(UTC)

    code, document, _ = listed(capsys, file, *all_told(but="gate/scp"))
    assert (code, document["reasons"]) == (3, ["gate/scp"])
    code, document, gates = listed(capsys, file, "--waive", "scp", "--reason", "no Outlook here", "--until", SOON)
    assert (code, document["decision"]) == (0, "go")
    assert gates["gate/scp"]["waiver"] == {"reason": "no Outlook here", "until": SOON, "holds": True}
    assert gates["gate/firewall"]["owner"] == "anna", "who was named stays"
    code, document, gates = listed(capsys, file, "--gate", "gate/health-probe=fail", "--note", "it asks /owa")
    assert (code, document["decision"]) == (1, "no-go")
    assert document["reasons"] == ["gate/health-probe"]
    assert listed(capsys, file)[0] == 1
    assert [entry.name for entry in file.parent.iterdir()] == [file.name]


def test_somebody_is_always_named(file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    monkeypatch.setenv("LOGNAME", "bert")
    assert listed(capsys, file, "--gate", "scp=pass")[2]["gate/scp"]["owner"] == "bert"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--gate", "firewal=pass"], "gate/firewall"),
        (["--gate", "firewall=stale"], "pass"),
        (["--gate", "firewall"], "pass"),
        (["--gate", "firewall=waived"], "pass"),
        (["--note", "x"], "--gate"),
        (["--waive", "scp"], "--reason"),
        (["--waive", "scp", "--reason", "x"], "--until"),
        (["--until", SOON], "--waive"),
        (["--waive", "scp", "--reason", " ", "--until", SOON], "--reason is empty"),
        (["--waive", "scp", "--reason", "x", "--until", "2020-01-01"], "over already"),
        (["--waive", "scp", "--reason", "x", "--until", "soon"], "YYYY-MM-DD"),
        (["--waive", "scp", "--reason", "x", "--until", SOON, "--note", "y"], "--gate"),
        (["--json", "--print"], "one of them"),
        (["--change", "remove-vdir=EX07A/x"], "import one first"),
    ],
)
def test_wrong_words_are_told_and_change_nothing(
    file: Path, words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = file.read_bytes()
    code, out, err = ran(capsys, file, *words)
    assert (code, out) == (2, "")
    assert told in err
    assert file.read_bytes() == before


def test_one_wrong_word_among_good_ones_changes_nothing(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ran(capsys, file, "--gate", "scp=pass", "--gate", "nothing=pass")[0] == 2
    assert read_case(file).gates == ()


def test_a_case_is_needed_to_keep_something(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = ran(capsys, "--gate", "scp=pass")
    assert (code, "name one" in err) == (2, True)


def test_files_that_are_no_case_or_not_ours_to_write(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = ran(capsys, file.with_name("nowhere.eascase"))
    assert (code, "nowhere.eascase" in err) == (2, True)
    broken = file.with_name("broken.eascase")
    broken.write_text("{}\n", encoding="utf-8")
    assert ran(capsys, broken)[0] == 2
    assert ran(capsys, broken, "--gate", "scp=pass")[0] == 2
    assert not broken.with_name("broken.eascase.lock").exists()


def test_while_another_has_the_case_open_it_is_read_and_not_written(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lock = CaseLock(file, NOW)
    try:
        assert ran(capsys, file)[0] == 3
        code, _, err = ran(capsys, file, "--gate", "scp=pass")
    finally:
        lock.release()
    assert (code, "open in another easwizard" in err) == (2, True)
    assert read_case(file).gates == ()


def test_the_plan_is_kept_and_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "contoso.eascase"
    write_case(file, replace(cut_over_case(read_at=datetime.now(UTC)), changes=()))
    changes = [f"--change={change}" for change in plan(aligned=False)]
    code, document, gates = listed(capsys, file, *changes)
    assert (code, document["changes"]) == (1, list(plan(aligned=False)))
    assert gates["gate/planned-cutover"]["state"] == "fail"
    changes = [f"--change={change}" for change in plan(aligned=True)]
    assert listed(capsys, file, *changes)[2]["gate/planned-cutover"]["state"] == "pass"
    code, _, err = ran(capsys, file, "--change", "remove-vdir=EX07C/Default Web Site")
    assert (code, "EX07A" in err) == (2, True)
    assert read_case(file).changes == plan(aligned=True)
    assert listed(capsys, file, "--change", "none")[1]["changes"] == []


# The forms


def hostile() -> Case:
    """A long plan, long names, text that would steer a terminal."""
    case = cut_over_case()
    for gate in ("gate/scp", "gate/firewall"):
        record = GateRecord(
            gate, NOW, GateState.WAIVED, "x" * 300, "y " * 900 + "z" * 200, "\u202e", date(2026, 4, 1)
        )
        case = happened(case, GateTold(record))
    return case


@pytest.mark.parametrize("case", [Case(Vantage("")), cut_over_case(), hostile()], ids=["empty", "plan", "hostile"])
def test_the_printed_form_fits_the_page_and_has_a_box_for_each_gate(case: Case) -> None:
    found = checklist_of(case, NOW)
    lines = render_printable(found, case.changes).splitlines()
    assert max(map(len, lines)) <= 80
    assert all(line.isascii() for line in render_printable(checklist_of(Case(Vantage("")), NOW)).splitlines())
    boxes = [line for line in lines if line.startswith(("[ ] ", "[x] "))]
    assert len(boxes) == len(found.gates)
    page = " ".join(" ".join(lines).split())
    for gate in found.gates:
        assert " ".join(gate.entry.words.by_hand.split()) in page
        assert gate.id in page
    assert not any(ord(character) < 32 or character == "\u202e" for line in lines for character in line)


def test_the_screen_form_keeps_commands_whole_and_the_rest_narrow() -> None:
    case = cut_over_case()
    found = checklist_of(case, NOW)
    lines = render(found, case.changes).splitlines()
    commands = [line.strip() for line in lines if line.startswith("      [")]
    known = {f"[{c.shell}] {c.text}" for gate in found.reasons() for c in gate.entry.words.commands}
    assert commands
    assert set(commands) <= known
    wide = [line for line in lines if len(line) > 80 and not line.startswith("      [")]
    assert not wide
    first = lines.index("What stands against it")
    assert first < lines.index("DNS and network"), "reasons come first"
