"""Every scenario that promises something of its logs keeps it: its estate writes them, `easwizard logs` judges them.

Nothing is sent after the logs are written: the estate has stopped by then.
"""

from __future__ import annotations

import contextlib
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from easwizard.cli import check, logs
from easwizard.cli.arguments import parser
from easwizard.lab.estate import Estate
from easwizard.lab.evidence_files import COLLECTOR
from easwizard.lab.expectations import unmet
from easwizard.lab.invitation import evidence_of, logs_of
from easwizard.lab.logs.log_files import write_logs
from easwizard.lab.scenario import Expectation, Scenario
from easwizard.lab.scenario_reader import load_scenario, scenario_names

DAY = date(2026, 3, 2)
SILENT = {"unreachable"}
"""Estates in which nothing runs that could write a log."""
NAMES = [name for name in scenario_names() if "logs" in load_scenario(name).expectations and name not in SILENT]


def options(scenario: Scenario) -> list[str]:
    """What the admin knows beside the logs: the names, and the answers to what was asked."""
    told = [f"--name={record.role}={record.host}" for record in scenario.inventory.namespaces]
    return told + [f"--answer={question}={value}" for question, value in scenario.answers.items()]


def judged(folders: tuple[Path, ...], *more: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the JSON of `easwizard logs`."""
    arguments = parser().parse_args(["logs", *map(str, folders), *more, "--json"])
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        code = logs.run(arguments)
    return code, json.loads(out.getvalue())


@pytest.mark.parametrize("name", NAMES)
def test_logs_alone_meet_the_expectations(name: str, tmp_path: Path) -> None:
    scenario = load_scenario(name)
    with Estate(scenario, time_scale=0.1) as estate:
        written = write_logs(estate, DAY, tmp_path)
    code, document = judged(written.folders, *options(scenario))
    verdicts = {finding["code"]: finding["verdict"] for finding in document["findings"]}
    assert unmet(scenario.expectations["logs"], verdicts, code) == ()


def test_an_estate_in_which_nothing_runs_writes_no_logs(tmp_path: Path) -> None:
    for name in SILENT:
        with Estate(load_scenario(name), time_scale=0.1) as estate:
            assert write_logs(estate, DAY, tmp_path).files == ()


def test_the_article_is_told_from_logs_alone_with_both_hosts_and_the_hour() -> None:
    """Without names and answers: logs need no more."""
    with Estate(load_scenario("article"), time_scale=0.1) as estate:
        written = logs_of(estate, DAY)
        code, document = judged(written.folders)
    assert code == 1
    finding = next(each for each in document["findings"] if each["code"] == "namespace/duplicate")
    assert finding["verdict"] == "confirmed"
    told = " ".join(clue["text"] for clue in finding["clues"])
    assert "legacycert.contoso.test" in told
    assert "legacygeneric.contoso.test" in told
    assert written.truth.began is not None
    assert "09:00" in told


POOLS = "appcmd-"
"""The state of the application pools, which the collector does not tell."""
TOGETHER = (
    "article", "article-sticky", "affinity-missing", "fixed-by-alignment", "fixed-by-removal", "healthy",
    "healthy-cba", "no-candidate", "one-bad-front-end", "tls-no-common-version", "two-legacy-names", "two-sites",
)  # fmt: skip


@pytest.mark.parametrize("name", TOGETHER)
def test_files_and_logs_of_one_estate_agree(name: str) -> None:
    """What either proves stays proven beside the other, and together they blame nothing more."""
    scenario = load_scenario(name)
    with Estate(scenario, time_scale=0.1) as estate:
        files = [path for path in evidence_of(estate) if path.parent.name == COLLECTOR or path.stem.startswith(POOLS)]
        imports = [f"--import={path}" for path in (*files, *logs_of(estate, DAY).folders)]
        names = [f"{record.role}={record.host}" for record in scenario.inventory.namespaces]
        answers = [f"--answer={question}={value}" for question, value in scenario.answers.items()]
        arguments = parser().parse_args(["check", *names, "--no-network", *imports, *answers])
        with contextlib.redirect_stderr(io.StringIO()):
            report = check.examine(arguments, {})
    verdicts = {finding.code: finding.verdict.value for finding in report.diagnosis.findings}
    both = [scenario.expectations[vantage] for vantage in ("evidence", "logs")]
    wanted = [Expectation(must=each.must) for each in both]
    assert [unmet(each, verdicts, 0) for each in wanted] == [(), ()]
    blamed = {code for code, verdict in verdicts.items() if verdict in ("confirmed", "likely")}
    assert not {code for code in blamed if all(each.spares(code) for each in both)}
