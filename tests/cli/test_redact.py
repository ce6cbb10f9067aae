"""`check --redact`: what is printed and written has no name of the site; the kept case has them all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from easwizard.case.redaction.leaks import leaks
from easwizard.case.redaction.redact import redact
from easwizard.cli import main
from easwizard.diagnosis.engine import diagnose
from easwizard.lab.scenario_reader import load_scenario
from tests.end_to_end.checking import estate, look
from tests.end_to_end.test_evidence_expectations import brought

NAMES = ["contoso", "EX07A", "EX13B", "legacygeneric", "London", "192.0.2.10"]


def checked(folder: Path, *more: str) -> list[str]:
    inventory = load_scenario("article").inventory
    names = [f"{record.role}={record.host}" for record in inventory.namespaces]
    files = folder / "files"
    files.mkdir()
    return ["check", *names, "--no-network", *brought(files, inventory, "format-list"), *more]


def test_a_redacted_report_names_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report, case = tmp_path / "report.md", tmp_path / "real.eascase"
    code = main(checked(tmp_path, "--json", "--redact", "vendor", "--report", str(report), "--save", str(case)))
    printed, talk = capsys.readouterr()
    document = json.loads(printed)
    assert document["redacted"] == "vendor"
    assert "namespace/duplicate" in {finding["code"] for finding in document["findings"]}
    assert leaks(printed, NAMES) == ()
    assert leaks(report.read_text(encoding="utf-8"), NAMES) == ()
    assert len(leaks(case.read_bytes(), NAMES)) >= len(NAMES), "the kept case is the real one"
    assert "redacted for others: replaced " in talk
    assert " servers, " in talk
    assert code == 1


def test_unredacted_is_the_default_and_the_findings_are_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = checked(tmp_path, "--json")
    codes = [main(argv), main([*argv, "--redact", "vendor"])]
    decoder, found, text = json.JSONDecoder(), [], capsys.readouterr().out
    while text.strip():
        document, end = decoder.raw_decode(text.lstrip())
        found.append(document)
        text = text.lstrip()[end:]
    real, told = found
    assert real["redacted"] == "none"
    assert "contoso" in json.dumps(real)
    assert [(f["code"], f["verdict"], f["severity"]) for f in real["findings"]] == [
        (f["code"], f["verdict"], f["severity"]) for f in told["findings"]
    ]
    assert codes[0] == codes[1]


@pytest.mark.parametrize(
    "name", ["article-split", "wrong-target", "redirected", "expired-certificate", "untrusted-ca"]
)
def test_the_diagnosis_of_a_real_look_stays(name: str) -> None:
    with estate(name) as running:
        case = look(running, "account").case
    made = redact(case, "vendor")
    real, told = diagnose(case), diagnose(made.case)
    assert any(finding.verdict.asserts for finding in real.findings)
    assert [(f.code, f.verdict, f.severity, f.conflict) for f in told.findings] == [
        (f.code, f.verdict, f.severity, f.conflict) for f in real.findings
    ]
    assert [len(f.clues) for f in told.findings] == [len(f.clues) for f in real.findings]
