"""`check --import`: what is read, what is refused with exit 2, and what becomes of it in the report."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from easwizard.case.events import events_of, told
from easwizard.cli import check, main
from easwizard.cli.arguments import parser
from easwizard.cli.console import ExitCode
from easwizard.diagnosis.outcome import Outcome
from easwizard.lab.evidence_files import FORMATS, cmdlet_files, server_files
from easwizard.lab.scenario_reader import load_scenario
from easwizard.reports import json_form, markdown, plain
from easwizard.reports.model import Report
from easwizard.storage.case_file import read_case
from tests.evidence.iis_samples import APPLICATION_HOST, LOOK, SECRET

DATA = Path(__file__).parent.parent / "evidence" / "data" / "iis"
SETUP_LOG = DATA / "ExchangeSetup_Multi_EAS_Vdirs.log"
APPLICATION_HOST_FILE = DATA / "E16_applicationHost.config"
NAMES = ("generic=generic.contoso.test", "cert=cert.contoso.test", "legacy-cert=legacycert.contoso.test")


def examined(*words: str) -> Report:
    arguments = parser().parse_args(["check", "--no-network", *words])
    with contextlib.redirect_stderr(io.StringIO()):
        return check.examine(arguments, {})


def ran(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(["check", *words])
    said = capsys.readouterr()
    return code, said.out, said.err


def written(folder: Path, name: str, text: str) -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def article(folder: Path, format: str = "clixml") -> list[str]:
    inventory = load_scenario("article").inventory
    texts = cmdlet_files(inventory, format) | server_files(inventory)
    return [word for name, text in texts.items() for word in ("--import", written(folder, name, text))]


@pytest.mark.parametrize("name", ["missing.xml", "empty.txt", "prose.txt", "binary.dat", "doctype.config"])
def test_a_file_that_cannot_be_read_ends_with_2_and_is_named(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    contents = {
        "empty.txt": b" \r\n",
        "prose.txt": b"The weather is fine today.\n",
        "binary.dat": bytes(range(256)) * 9,
    }
    contents["doctype.config"] = (
        b"<!DOCTYPE c [<!ENTITY a 'b'>]><configuration><system.applicationHost/></configuration>"
    )
    if name in contents:
        (tmp_path / name).write_bytes(contents[name])
    code, out, err = ran(capsys, "--no-network", "--import", str(tmp_path / name))
    assert code == ExitCode.USAGE
    assert name in err
    assert out == ""


def test_a_folder_is_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = ran(capsys, "--no-network", "--import", str(tmp_path))
    assert code == ExitCode.USAGE
    assert tmp_path.name in err


def test_a_file_without_an_owner_says_how_to_give_one(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = ran(capsys, "--no-network", "--import", str(APPLICATION_HOST_FILE))
    assert code == ExitCode.USAGE
    assert "SERVER=FILE" in err
    assert APPLICATION_HOST_FILE.name in err


def test_a_file_of_features_without_an_owner_is_refused_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = server_files(load_scenario("article").inventory)["features-EX13A.txt"]
    code, _, err = ran(capsys, "--no-network", "--import", written(tmp_path, "roles.txt", text))
    assert code == ExitCode.USAGE
    assert "SERVER=FILE" in err
    owned = examined("--import", f"EX13A={tmp_path / 'roles.txt'}").case.inventory
    assert owned.server("EX13A") is not None


def test_a_file_whose_name_has_an_equals_sign_is_that_file(tmp_path: Path) -> None:
    text = cmdlet_files(load_scenario("article").inventory, "json")["servers.json"]
    report = examined("--import", written(tmp_path, "x=servers.json", text))
    assert report.case.inventory.server("EX07A") is not None


def test_no_names_are_needed_with_an_import(tmp_path: Path) -> None:
    report = examined(*article(tmp_path))
    assert report.outcome is Outcome.PROBLEM
    assert report.case.inventory.namespaces == ()


def test_nothing_decisive_that_was_imported_is_inconclusive(tmp_path: Path) -> None:
    text = server_files(load_scenario("healthy").inventory)["sslcert-EX13A.txt"]
    report = examined("--import", written(tmp_path, "sslcert-EX13A.txt", text))
    assert report.outcome is Outcome.INCONCLUSIVE


def test_a_healthy_listing_of_active_directory_alone_is_inconclusive(tmp_path: Path) -> None:
    inventory = load_scenario("per-server-names").inventory
    vdirs = tuple(replace(v, client_certificates=None, basic=None, windows=None) for v in inventory.vdirs)
    texts = cmdlet_files(replace(inventory, vdirs=vdirs), "format-list")
    words = [word for name, text in texts.items() for word in ("--import", written(tmp_path, name, text))]
    assert examined(*NAMES, *words).outcome is Outcome.INCONCLUSIVE


def test_names_lead_where_the_evidence_says_and_nowhere_else(tmp_path: Path) -> None:
    report = examined(*NAMES, "other=unheard.contoso.test", *article(tmp_path))
    records = {record.host: record for record in report.case.inventory.namespaces}
    places = {host: {e.label for e in record.endpoints} for host, record in records.items()}
    assert places["cert.contoso.test"] == {"EX13A/Certificate Site", "EX13B/Certificate Site"}
    assert places["unheard.contoso.test"] == set()
    assert records["cert.contoso.test"].basis == "assumed"
    assert records["cert.contoso.test"].role == "cert"


def test_a_host_in_a_binding_says_where_a_name_leads(tmp_path: Path) -> None:
    inventory = load_scenario("rollback-without-xml").inventory
    texts = cmdlet_files(inventory, "csv") | server_files(inventory)
    words = [word for name, text in texts.items() for word in ("--import", written(tmp_path, name, text))]
    record = examined("cert=cert.contoso.test", *words).case.inventory.namespace("cert.contoso.test")
    assert record is not None
    assert record.basis == "binding"
    assert {e.label for e in record.endpoints} == {"EX07A/Certificate Site", "EX07B/Certificate Site"}


def test_a_setup_log_states_its_code_and_names_the_server() -> None:
    report = examined("--import", str(SETUP_LOG))
    finding = report.diagnosis.finding("setup/second-frontend-vdir")
    assert finding is not None
    assert finding.verdict == "confirmed"
    assert finding.subjects == ("EXSVR1",)
    assert {clue.group for clue in finding.clues} == {"evidence"}
    assert report.outcome is Outcome.PROBLEM


def test_a_configured_redirect_is_told(tmp_path: Path) -> None:
    text = server_files(load_scenario("healthy").inventory)["applicationHost-EX13A.config"]
    redirect = '<system.webServer><httpRedirect enabled="true" destination="/owa/"/>'
    text = text.replace('ActiveSync"><system.webServer>', f'ActiveSync">{redirect}', 1)
    section = '<section name="httpRedirect" overrideModeDefault="Deny"/><section name="serverRuntime"'
    text = text.replace('<section name="serverRuntime"', section, 1)
    report = examined("--import", written(tmp_path, "applicationHost-EX13A.config", text))
    finding = report.diagnosis.finding("eas/redirected")
    assert finding is not None
    assert finding.verdict == "confirmed"
    assert finding.subjects == ("EX13A",)


def test_a_stopped_pool_that_the_server_lists_is_confirmed(tmp_path: Path) -> None:
    text = 'appcmd list apppool\nAPPPOOL "MSExchangeSyncAppPool" (MgdVersion:v4.0,MgdMode:Integrated,state:Stopped)\n'
    report = examined("--import", f"EX13A={written(tmp_path, 'pools.txt', text)}")
    finding = report.diagnosis.finding("eas/app-pool-down")
    assert finding is not None
    assert finding.verdict == "confirmed"


@pytest.mark.parametrize("format", FORMATS)
def test_the_report_keeps_its_schema_and_says_what_was_read(format: str, tmp_path: Path) -> None:
    report = examined(*NAMES, *article(tmp_path, format), "--import", str(SETUP_LOG))
    document = json.loads(json_form.render(report))
    Draft202012Validator(json.loads(json_form.schema())).validate(document)
    files = {each["file"]: each for each in document["imports"]}
    assert files["applicationHost-EX13A.config"]["objects"]["ActiveSync virtual directory"] == 2
    [code] = files[SETUP_LOG.name]["codes"]
    assert code["code"] == "setup/second-frontend-vdir"
    assert code["server"] == "ExSvr1"
    text = plain.render(report)
    assert "What was read" in text
    assert SETUP_LOG.name in text
    assert markdown.render(report)


def test_holes_are_said_with_the_command_that_fills_them(tmp_path: Path) -> None:
    words = article(tmp_path)[:2]
    report = examined(*NAMES, *words)
    assert any("Get-ActiveSyncVirtualDirectory" in item.why for item in report.diagnosis.not_examined)
    lines = plain.render(report).splitlines()
    assert any(line.strip().endswith("Export-Clixml easvdirs.xml") for line in lines)


def test_contradictions_are_said_with_the_rule_that_decides(tmp_path: Path) -> None:
    inventory = load_scenario("article").inventory
    words = article(tmp_path)
    other = server_files(inventory)["features-EX13A.txt"].replace("[ ]", "[X]").replace("Available", "Installed")
    report = examined(*words, "--import", f"EX13A={written(tmp_path, 'later.txt', other)}")
    [one, two] = report.case.contradictions
    assert {one.about, two.about} == {"EX13A"}
    assert one.taken is None
    text = " ".join(plain.render(report).split())
    assert "contradiction: role_services/" in text
    assert one.rule in text


def test_no_secret_of_an_iis_file_gets_into_case_or_report(tmp_path: Path) -> None:
    report = examined("--import", f"CAS1={written(tmp_path, 'host.config', APPLICATION_HOST)}")
    assert report.case.inventory.vdirs
    everything = repr(events_of(report.case)) + json_form.render(report) + plain.render(report)
    assert SECRET not in everything


def test_what_was_imported_is_in_the_saved_case(tmp_path: Path) -> None:
    from easwizard.storage.case_file import CaseFile

    saved = tmp_path / "evidence.eascase"
    report = examined(*NAMES, *article(tmp_path), "--save", str(saved))
    case = report.case
    assert told(events_of(case)) == case
    file = CaseFile.open(saved)
    try:
        assert file.case.imports == case.imports
        assert file.case.inventory == case.inventory
    finally:
        file.close()


def test_what_a_proxying_server_saw_becomes_observations_of_that_server(tmp_path: Path) -> None:
    report = examined("--import", written(tmp_path, "paste.txt", LOOK))
    assert {observation.vantage for observation in report.case.observations} == {"EX13A"}
    assert report.case.observations


def test_a_saved_check_keeps_copies_without_secrets_beside_the_case(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, case = tmp_path / "applicationHost-EX13A.config", tmp_path / "contoso.eascase"
    source.write_text(APPLICATION_HOST, encoding="utf-8")
    argv = ["check", "--no-network", "--import", str(source), "--import", str(source), "--save", str(case)]
    main(argv)
    assert "brought already" in capsys.readouterr().err
    [record] = read_case(case).imports
    [copy] = (tmp_path / "contoso.evidence").iterdir()
    assert (record.server, record.copy) == ("EX13A", copy.name)
    assert record.sha256 == hashlib.sha256(source.read_bytes()).hexdigest()
    assert SECRET not in copy.read_text(encoding="utf-8") + case.read_text(encoding="utf-8")
