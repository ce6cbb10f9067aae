"""`--save`, `--profile` and `--save-profile`: what is kept, what is refused, and that a kill loses little."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from easwizard.cli import main
from easwizard.exchange.changes import apply_change
from easwizard.lab.estate import Estate
from easwizard.lab.invitation import check_arguments
from easwizard.lab.scenario_reader import load_scenario
from easwizard.reports import json_form
from easwizard.reports.model import report_on
from easwizard.storage.case_file import read_case
from easwizard.storage.profile import read_profile
from tests.end_to_end.checking import estate, look


def test_a_saved_check_says_the_same_when_it_is_opened(tmp_path: Path) -> None:
    file = tmp_path / "contoso.eascase"
    with estate("article") as running:
        report = look(running, "account", "--save", str(file))
        secrets = [account.password for account in running.accounts]
    again = report_on(read_case(file), report.created)
    assert json_form.document(again)["findings"] == json_form.document(report)["findings"]
    assert sorted(o.id for o in again.case.observations) == sorted(o.id for o in report.case.observations)
    assert not [secret for secret in secrets if secret in file.read_text(encoding="utf-8")]
    assert [entry.name for entry in tmp_path.iterdir()] == [file.name]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a signal that cannot be caught")
def test_a_killed_check_leaves_what_it_had_seen(tmp_path: Path) -> None:
    file = tmp_path / "contoso.eascase"
    with Estate(load_scenario("article-split"), apply_change=apply_change) as running:
        argv, environment = check_arguments(running, "account")
        check = subprocess.Popen(
            [sys.executable, "-m", "easwizard", "check", *argv, "--pace", "600", "--save", str(file)],
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        assert check.stderr is not None
        for line in check.stderr:
            if "signing in" in line:
                break
        check.kill()
        check.wait()
        check.stderr.close()
    kinds = {observation.kind for observation in read_case(file).observations}
    assert {"dns", "tcp", "tls", "http"} <= kinds


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("contoso.json", "the ending must be .eascase"),
        ("nowhere/contoso.eascase", "nowhere"),
        ("there.eascase", "there is such a file already"),
    ],
)
def test_a_name_that_does_not_do_is_refused_before_anything_is_sent(
    tmp_path: Path, name: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "there.eascase").write_text("mine", encoding="utf-8")
    argv = ["check", "generic=mail.test", "--resolver", "a=127.0.0.1:1", "--save", str(tmp_path / name)]
    assert main(argv) == 2
    said = capsys.readouterr()
    assert words in said.err
    assert said.out == ""
    assert (tmp_path / "there.eascase").read_text(encoding="utf-8") == "mine"


def test_a_profile_stands_for_its_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "site.toml"
    typed = [
        "check", "generic=mail.test:8443", "legacy-cert=oldcert.test", "--resolver", "a=127.0.0.1:1",
        "--connect-to", "mail.test=127.0.0.2", "--answer", "tls-in-front=nothing", "--answer", "scope=everybody",
    ]  # fmt: skip
    assert main([*typed, "--plan", "--save-profile", str(file)]) == 0
    from_words = capsys.readouterr().out
    assert "scope" not in read_profile(file).answers
    assert main(["check", "--plan", "--profile", str(file)]) == 0
    assert capsys.readouterr().out == from_words


def test_what_is_typed_comes_before_the_profile(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "site.toml"
    file.write_text('names = ["generic=mail.test"]\n[answers]\ntls-in-front = "nothing"\n', encoding="utf-8")
    argv = ["check", "--no-network", "--profile", str(file), "--answer", "tls-in-front=bridging"]
    assert main([*argv, "--json", "--save", str(tmp_path / "x.eascase")]) == 3
    json.loads(capsys.readouterr().out)
    assert read_case(tmp_path / "x.eascase").answer("tls-in-front") == "bridging"


def test_a_profile_that_is_wrong_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "site.toml"
    file.write_text('nmaes = ["mail.test"]\n', encoding="utf-8")
    assert main(["check", "--no-network", "--profile", str(file)]) == 2
    assert "unknown key 'nmaes'" in capsys.readouterr().err
