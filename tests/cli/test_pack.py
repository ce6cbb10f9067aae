"""Packs by commands: made of a case at each level, refused whole where a name survives, opened again as a case."""

from __future__ import annotations

import json
import os
import stat
import sys
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from easwizard.case.case import Case
from easwizard.case.redaction.leaks import LeakCheck
from easwizard.case.redaction.redact import Level, redact
from easwizard.cli import main, packing
from easwizard.cli.arguments import with_command
from easwizard.cli.packing import NotPacked, write_pack
from easwizard.cli.shelf import Shelf
from easwizard.diagnosis.engine import diagnose
from easwizard.lab.scenario_reader import load_scenario
from easwizard.reports.marking import LEVELS
from easwizard.reports.model import report_on
from easwizard.storage.case_file import read_case
from easwizard.storage.evidence_folder import EvidenceFolder
from easwizard.storage.pack_file import read_pack
from easwizard.storage.private_map import read_map
from easwizard.tui.services import CannotOpen, Opened
from tests.case.planting import Planter
from tests.end_to_end.test_evidence_expectations import brought

NOW = datetime(2026, 1, 1, 14, 2, tzinfo=UTC)
NAMES = ["contoso", "EX07A", "EX13B", "legacygeneric", "London", "192.0.2.10"]
PARTS = {"README.txt", "ticket.txt", "summary.md", "report.html", "report.txt", "report.json", "case.eascase"}
Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The article's estate from its files alone, saved under a name that must not be told."""
    folder = tmp_path_factory.mktemp("contoso")
    inventory = load_scenario("article").inventory
    names = [f"{record.role}={record.host}" for record in inventory.namespaces]
    (folder / "files").mkdir()
    file = folder / "contoso-cutover.eascase"
    main(["check", *names, "--no-network", *brought(folder / "files", inventory, "format-list"), "--save", str(file)])
    return file


def pack(case: Path, folder: Path, *more: str, name: str = "case.zip") -> tuple[int, Path]:
    return main(["report", str(case), "--pack", str(folder / name), *more]), folder / name


def found(case: Case) -> list[tuple[str, str, str]]:
    return [(f.code, f.verdict.value, f.severity.value) for f in diagnose(case).findings]


def shelf(folder: Path) -> Shelf:
    return Shelf(folder, lambda: NOW)


def opened(path: Path, folder: Path) -> Opened:
    made = shelf(folder).open(path)
    assert made.journal is not None
    made.journal.close()
    return made


# Making


def test_a_pack_names_nobody_unless_told_otherwise(case: Path, tmp_path: Path, capsys: Captured) -> None:
    code, path = pack(case, tmp_path)
    told = capsys.readouterr()
    assert (code, told.out) == (0, "")
    look = LeakCheck(NAMES)
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        assert set(names) >= PARTS | {"manifest.json"}
        for name in names:
            assert look.leaks(name) == ()
            assert look.leaks(archive.read(name)) == (), name
    assert "the pack is in" in told.err
    assert "redacted for others: replaced " in told.err
    assert "keep it, hand it to nobody" in told.err
    assert read_pack(path).said == ()


def test_the_private_map_stays_apart_and_for_its_owner(case: Path, tmp_path: Path) -> None:
    _, path = pack(case, tmp_path)
    beside = tmp_path / "case.private-map.json"
    names = read_map(beside)
    assert "EX07A" in names.values()
    assert not [name for name in zipfile.ZipFile(path).namelist() if "map" in name]
    if sys.platform != "win32":
        assert stat.S_IMODE(os.stat(beside).st_mode) == 0o600


@pytest.mark.parametrize(("level", "name"), [("internal", "case-INTERNAL.zip"), ("none", "case-FULL.zip")])
def test_a_pack_with_names_says_so_in_its_name_and_on_every_page(
    case: Path, tmp_path: Path, level: str, name: str, capsys: Captured
) -> None:
    pack(case, tmp_path, "--redact", level)
    assert [file.name for file in tmp_path.iterdir()] == [name], "no private map: nothing was made up"
    assert name in capsys.readouterr().err
    made = read_pack(tmp_path / name)
    assert made.manifest.level == level
    mark = "FULL" if level == "none" else "INTERNAL"
    for part in PARTS - {"case.eascase", "report.json"}:
        assert mark in made.members[part].decode(), part
    assert f'"redacted": "{level}"' in made.members["report.json"].decode()
    assert b"EX07A" in made.members["case.eascase"]


def test_the_same_case_and_moment_make_the_same_pack(case: Path, tmp_path: Path) -> None:
    report = report_on(read_case(case), NOW)
    paths = [write_pack(report, EvidenceFolder(case), tmp_path / f"{n}.zip", "internal").path for n in "ab"]
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_an_earlier_map_keeps_its_made_up_names(case: Path, tmp_path: Path) -> None:
    pack(case, tmp_path, name="first.zip")
    code, _ = pack(case, tmp_path, "--map", str(tmp_path / "first.private-map.json"), name="second.zip")
    first, second = (read_map(tmp_path / f"{name}.private-map.json") for name in ("first", "second"))
    assert code == 0
    assert first.items() <= second.items()


def test_a_planted_leak_is_refused_with_its_part_and_nothing_is_written(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    original = packing.ticket_text
    monkeypatch.setattr(packing, "ticket_text", lambda report: original(report) + "call EX07A\n")
    code, _ = pack(case, tmp_path)
    told = capsys.readouterr()
    assert code == 2
    assert "'ex07a' is still in line" in told.err.casefold()
    assert "ticket.txt" in told.err
    assert "as it is" in told.err
    assert list(tmp_path.iterdir()) == []


def test_a_pack_whose_own_name_tells_is_refused(case: Path, tmp_path: Path, capsys: Captured) -> None:
    code, _ = pack(case, tmp_path, name="contoso-ticket.zip")
    assert code == 2
    assert "contoso-ticket.zip" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("there", ["case.zip", "case.private-map.json"])
def test_nothing_is_overwritten(case: Path, tmp_path: Path, there: str) -> None:
    (tmp_path / there).write_text("mine")
    code, _ = pack(case, tmp_path)
    assert code == 2
    assert [file.name for file in tmp_path.iterdir()] == [there]
    assert (tmp_path / there).read_text() == "mine"


def test_a_pack_that_cannot_be_put_in_place_leaves_no_map(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(NotPacked, match="No space left"):
        write_pack(report_on(read_case(case), NOW), EvidenceFolder(case), tmp_path / "case.zip", "vendor")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words", [["--pack", "x.txt"], ["--pack", "x.zip", "-o", "y.txt"], ["--pack", "x.zip", "--format", "json"],
              ["--pack", "x.zip", "--map", "gone.json"], ["--restore", "x.txt"]]
)  # fmt: skip
def test_words_that_do_not_go_together_are_refused(case: Path, words: Sequence[str], capsys: Captured) -> None:
    assert main(["report", str(case), *words]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("seed", range(3))
def test_hundreds_of_planted_names_leave_no_trace_in_a_pack(tmp_path: Path, seed: int) -> None:
    planter = Planter(seed)
    planted = planter.case()
    path = write_pack(report_on(planted, NOW), None, tmp_path / "case.zip", "vendor").path
    assert len(planter.names) > 100
    look = LeakCheck(planter.names)
    for name, data in read_pack(path).members.items():
        assert look.leaks(data) == (), name
    assert look.leaks(path.read_bytes()) == ()


# A check that ends in a pack


def test_a_check_by_a_profile_ends_in_a_pack(tmp_path: Path, capsys: Captured) -> None:
    inventory = load_scenario("article").inventory
    names = ", ".join(f'"{record.role}={record.host}"' for record in inventory.namespaces)
    (tmp_path / "site.toml").write_text(f"names = [{names}]\nresolvers = []\n")
    (tmp_path / "files").mkdir()
    options = brought(tmp_path / "files", inventory, "format-list")
    pack_file = tmp_path / "case.zip"
    argv = ["check", "--profile", str(tmp_path / "site.toml"), "--no-network", *options, "--report", str(pack_file)]
    assert main(argv) == 1
    told = capsys.readouterr()
    assert "contoso" in told.out, "what is printed is the admin's own"
    pack = read_pack(pack_file)
    assert pack.manifest.level == "vendor"
    assert [name for name in pack.members if name.startswith("evidence/")], "copies need no saved case"
    for data in pack.members.values():
        assert LeakCheck(NAMES).leaks(data) == ()


def test_a_check_whose_pack_cannot_be_written_says_so_and_prints_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setattr(packing, "ticket_text", lambda report: "EX07A")
    inventory = load_scenario("article").inventory
    (tmp_path / "files").mkdir()
    options = brought(tmp_path / "files", inventory, "format-list")
    code = main(["check", "mail.contoso.com", "--no-network", *options, "--report", str(tmp_path / "case.zip")])
    told = capsys.readouterr()
    assert code == 2
    assert "no pack was written" in told.err
    assert "PROBLEM FOUND" in told.out
    assert not (tmp_path / "case.zip").exists()


def test_a_pack_is_opened_by_naming_it() -> None:
    assert with_command(["case.zip"]) == ["wizard", "case.zip"]


# Opening


@pytest.mark.parametrize("level", LEVELS)
def test_a_pack_opens_as_a_case_with_the_same_findings(case: Path, tmp_path: Path, level: Level) -> None:
    made = write_pack(report_on(read_case(case), NOW), EvidenceFolder(case), tmp_path / "case.zip", level)
    if made.private_map is not None:
        made.private_map.unlink()  # as on any other machine
    again = opened(made.path, tmp_path / "cases")
    assert found(again.case) == found(read_case(case))
    assert found(again.case)
    assert "unpacked into" in again.said
    copies = [read.copy for read in again.case.imports if read.copy is not None]
    assert len(copies) > len(again.case.imports) / 2
    folder = EvidenceFolder(tmp_path / "cases" / f"{made.path.stem}.eascase")
    assert all(folder.read(copy) for copy in copies)
    assert (LeakCheck(NAMES).leaks("".join(folder.read(c).decode() for c in copies)) == ()) == (level == "vendor")


def test_on_the_senders_machine_a_pack_gets_its_real_names_back(case: Path, tmp_path: Path) -> None:
    _, path = pack(case, tmp_path)
    again = opened(path, tmp_path / "cases")
    real = read_case(case)
    assert "real names were put back" in again.said
    assert again.case.targets == real.targets
    assert {s.name for s in again.case.inventory.servers} == {s.name for s in real.inventory.servers}
    assert found(again.case) == found(real)


def test_a_changed_pack_opens_and_says_so(case: Path, tmp_path: Path) -> None:
    _, path = pack(case, tmp_path, "--redact", "internal", name="case-internal.zip")
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name) + (b" " if name == "ticket.txt" else b""))
    assert "ticket.txt was changed since the pack was made" in opened(other, tmp_path / "cases").said


def test_what_is_no_pack_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"no zip")
    with pytest.raises(CannotOpen, match=r"x\.zip: is no pack of easwizard"):
        shelf(tmp_path / "cases").open(tmp_path / "x.zip")
    assert not (tmp_path / "cases").exists()


def test_the_ticket_in_a_pack_is_redacted_from_the_same_case(case: Path, tmp_path: Path) -> None:
    from dataclasses import replace

    real = replace(read_case(case), ticket={"user": "CONTOSO\\annabell", "mailbox-server": "EX07A"})
    made = write_pack(report_on(real, NOW), EvidenceFolder(case), tmp_path / "case.zip", "vendor")
    text = read_pack(made.path).members["ticket.txt"].decode()
    assert "annabell" not in text
    assert "mailbox server: SERVER1 | version: Exchange 2007" in text
    assert redact(real, "vendor").text("EX07A") == "SERVER1"
    assert json.loads(read_pack(made.path).members["report.json"])["redacted"] == "vendor"
