"""`easwizard simulate` from files to exit code: the article's estate as an admin brings it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from easwizard.cli import main
from easwizard.exchange.inventory import Inventory
from easwizard.lab.scenario_reader import load_scenario
from tests.evidence.test_article import FORMATS, files
from tests.workflow.test_simulate import cut_over, healthy

ALIGNED = "https://legacygeneric.contoso.test/Microsoft-Server-ActiveSync"
ALIGN = [f"--change=internal-url={name}/Certificate Site={ALIGNED}" for name in ("EX07A", "EX07B")]
REMOVE = [f"--change=remove-vdir={name}/Certificate Site" for name in ("EX07A", "EX07B")]
MOVE = ["--change=mailboxes=2007@London=none"]
IN_FRONT = ["--answer", "tls-in-front=nothing"]


def brought(folder: Path, scenario: str = "article") -> list[str]:
    return written(folder, load_scenario(scenario).inventory)


def written(folder: Path, inventory: Inventory) -> list[str]:
    """The estate's files, as arguments."""
    arguments = []
    for file in files(inventory, FORMATS["Export-Clixml"]):
        path = folder / (f"applicationHost-{file.server}.config" if file.server else file.name)
        assert isinstance(file.content, str)
        path.write_text(file.content, encoding="utf-8")
        arguments.append(str(path))
    return arguments


def simulated(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = main(["simulate", *arguments, *IN_FRONT, "--json"])
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, document


def cell(state: dict[str, Any], device: str, mailbox: str) -> Any:
    (route,) = [r for r in state["routes"] if (r["device"], r["mailbox"]) == (device, mailbox)]
    return route["success"] if route["range"] is None else route["range"]


@pytest.mark.parametrize(
    ("changes", "served"), [([], 0.5), (REMOVE, 1), (ALIGN, 1), (ALIGN[:1], 0.75), (REMOVE[:1] + ALIGN[1:], 1)]
)
def test_what_the_plans_of_the_article_serve(
    changes: list[str], served: float, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, document = simulated(capsys, *brought(tmp_path), *changes)
    assert (document["format"], document["version"]) == ("easwizard-simulation", 1)
    assert document["changes"] == [change.removeprefix("--change=") for change in changes]
    assert cell(document["before"], "basic", "2007") == 0.5
    assert cell(document["after"], "basic", "2007") == served
    codes = {f["code"]: f["verdict"] for f in document["after"]["findings"]}
    assert (codes["namespace/duplicate"] == "confirmed") is (served < 1)
    # Certificates are still not set up on the new servers, whatever becomes of the old ones.
    assert code == 1
    assert document["verdict"] == "problem"
    assert cell(document["after"], "certificate", "2007") == 0


def test_files_of_the_directory_alone_leave_it_unknown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The servers' list, without which no version is known, and nothing that says who demands a certificate."""
    servers, *_ = brought(tmp_path)
    code, document = simulated(capsys, servers)
    assert code == 3
    assert document["verdict"] == "inconclusive"
    assert document["after"]["routes"] == []


@pytest.fixture
def mended(tmp_path: Path) -> list[str]:
    """The article's files after the old mailboxes' second directory and the certificate name are both gone."""
    arguments = [*brought(tmp_path, "article-split"), *REMOVE, *IN_FRONT]
    return [*arguments, "--name", "generic=generic.contoso.test"]


def test_a_mended_estate_is_no_problem(mended: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", *mended]) == 0
    out = capsys.readouterr().out
    assert out.startswith("NO PROBLEM after the changes\n")
    assert "▒ 50 %       █ 100 %" in out
    assert "█ 100 %      █ 100 %" in out
    assert "gone: namespace/duplicate" in out
    assert "no seamless way back" in out
    assert "taken as the names" not in out
    assert max(map(len, out.splitlines())) <= 80


def test_half_a_removal_is_not_called_a_cure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [*brought(tmp_path, "article-split"), REMOVE[0], *IN_FRONT, "--name", "generic=generic.contoso.test"]
    assert main(["simulate", *arguments]) == 3
    out = capsys.readouterr().out
    assert out.startswith("NOT KNOWN")
    assert "? 67 to 83 %" in out
    assert "no longer known to be there: namespace/duplicate" in out
    assert "gone:" not in out


def test_doing_nothing_shows_the_paths(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", *brought(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert "taken as the names that phones use: cert.contoso.test as cert" in out
    assert "25 % ✗ refused  EX07A/Certificate Site demands a client certificate" in out
    assert "CONFIRMED high namespace/duplicate: of 4 candidates for 2007@London, 50 %" in out
    assert "tls-in-front" in out


def test_a_planned_cut_over_shows_the_fault_before_it_happens(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changes = [f"--change={change}" for change in cut_over()]
    start = healthy()
    start = replace(start, servers=tuple(replace(s, build="8.3.83.6", client_access=True) for s in start.servers))
    code, document = simulated(capsys, *written(tmp_path, start), *changes)
    assert code == 1
    assert cell(document["before"], "basic", "2007") == 1
    assert "namespace/duplicate" not in {f["code"] for f in document["before"]["findings"]}
    assert cell(document["after"], "basic", "2007") == 0.5
    assert cell(document["after"], "certificate", "2007") == 0.5
    assert {f["code"]: f["verdict"] for f in document["after"]["findings"]}["namespace/duplicate"] == "confirmed"
    assert {cost["source"] for cost in document["met_at_once"]} == {"J21"}


def test_a_server_without_a_version_is_not_health(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same plan, where the build of the old servers was not read: nothing knows whose mailboxes they hold."""
    changes = [f"--change={change}" for change in cut_over()]
    assert main(["simulate", *written(tmp_path, healthy()), *changes, *IN_FRONT]) == 3
    assert "the version of EX07A, EX07B is not known" in " ".join(capsys.readouterr().out.split())


def test_a_terminal_without_shades_gets_signs_that_it_has(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "easwizard", "simulate", *brought(tmp_path)]
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}
    done = subprocess.run(command, capture_output=True, env=environment, timeout=60)
    out = done.stdout.decode("cp1252")
    assert done.returncode == 1
    assert "+ 50 %" in out or ": 50 %" in out
    assert "# 100 %" in out
    assert "?" not in out


def test_mailboxes_moved_away(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, document = simulated(capsys, *brought(tmp_path), *MOVE)
    assert {route["mailbox"] for route in document["before"]["routes"]} == {"2007", "2013"}
    assert {route["mailbox"] for route in document["after"]["routes"]} == {"2013"}
    assert "namespace/duplicate" not in {f["code"] for f in document["after"]["findings"]}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--change", "remove-vdir=EX07A/Certficate Site"], "nearest: EX07A/Certificate Site"),
        (["--change", "remove-vdr=EX07A/Certificate Site"], "nearest: remove-vdir"),
        (["--change", "mailboxes=2007@Londn=none"], "nearest: London"),
        (["--name", "nonsense=mail.contoso.test"], "no role"),
        (["--answer", "tls-in-front=nothin"], "nothing"),
        (["--answer", "scope=one-user"], "tls-in-front only"),
        (["no-such-file.xml"], "no-such-file.xml"),
    ],
)
def test_wrong_words_are_named(
    arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["simulate", *brought(tmp_path), *arguments]) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.out == ""


def test_a_file_that_is_prose_is_no_estate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    note = tmp_path / "note.txt"
    note.write_text("InternalUrl should be the same on every server.\n", encoding="utf-8")
    assert main(["simulate", str(note)]) == 2
    assert "note.txt" in capsys.readouterr().err
