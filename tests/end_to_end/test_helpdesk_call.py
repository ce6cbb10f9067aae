"""A helpdesk call on a running estate, by keys, with everything real; its pack opens elsewhere as the same case."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from textual.pilot import Pilot

from easwizard.case.redaction.leaks import LeakCheck
from easwizard.cli import main
from easwizard.cli.practice import PracticeEstates
from easwizard.cli.shelf import Shelf
from easwizard.cli.wizard import services_here
from easwizard.diagnosis.engine import diagnose
from easwizard.diagnosis.verdicts import Verdict
from easwizard.storage.case_file import read_case
from easwizard.tui.app import Wizard
from tests.tui.driving import drive, shown, until
from tests.tui.services import NOW

NAMES = ["contoso", "EX07A", "EX13A", "EX13B"]


def profile(estates: PracticeEstates, path: Path) -> None:
    """What an admin would have written down about the estate."""
    practice = estates.start("article")
    names = ", ".join(f'"{target.role}={target.name}"' for target in practice.case.targets)
    resolvers = ", ".join(f'"{r.label}={r.address}:{r.port}"' for r in practice.case.vantage.resolvers)
    ca = str(practice.keys.ca_file).replace("\\", "/")
    path.write_text(f'names = [{names}]\nresolvers = [{resolvers}]\nca = "{ca}"\n', encoding="utf-8")


def test_from_the_call_to_a_pack_that_tier_3_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EASWIZARD_CASES", str(tmp_path / "cases"))
    monkeypatch.chdir(tmp_path)
    estates = PracticeEstates()
    try:
        profile(estates, tmp_path / "site.toml")

        async def play(pilot: Pilot[None]) -> None:
            await pilot.press("h")
            await until(pilot, lambda: shown(pilot, "site  "))
            await pilot.press("enter")
            await until(pilot, lambda: shown(pilot, "question 1 of 5"))
            await pilot.press("s", "x", "s", "x", "enter")
            for number in range(2, 6):
                await until(pilot, lambda n=number: shown(pilot, f"question {n} of 5"))  # type: ignore[misc]
                await pilot.press("end", "enter")
            await until(pilot, lambda: shown(pilot, "Still to ask"))
            await pilot.press("p")
            await until(pilot, lambda: shown(pilot, "Packed: "))

        drive(Wizard(services_here(estates)), play)
    finally:
        estates.stop()
    [case] = (tmp_path / "cases").glob("*.eascase")
    [pack] = (tmp_path / "cases").glob("*-redacted.zip")
    real = read_case(case)
    assert real.observations
    with zipfile.ZipFile(pack) as archive:
        for name in archive.namelist():
            assert LeakCheck(NAMES).leaks(archive.read(name)) == (), name
    sent = tmp_path / "sent.zip"
    sent.write_bytes(pack.read_bytes())
    opened = Shelf(tmp_path / "tier3", lambda: NOW).open(sent)
    assert opened.journal is not None
    opened.journal.close()
    codes = [(f.code, f.verdict) for f in diagnose(real).findings]
    assert ("namespace/duplicate", Verdict.LIKELY) in codes
    assert [(f.code, f.verdict) for f in diagnose(opened.case).findings] == codes
    back = ["report", "--restore", str(sent), "--map", str(next((tmp_path / "cases").glob("*.private-map.json")))]
    assert main([*back, "-o", str(tmp_path / "back.eascase")]) == 0
    assert read_case(tmp_path / "back.eascase").targets == real.targets
