"""Reports of real runs: the JSON keeps its schema, the plain text its width, and both say the same."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from jsonschema import Draft202012Validator

from easwizard.reports import json_form, plain
from easwizard.reports.model import Report
from tests.end_to_end.checking import estate, look


@pytest.fixture(scope="module", params=["article", "wrong-password", "fixed-by-alignment"])
def report(request: pytest.FixtureRequest) -> Iterator[Report]:
    with estate(str(request.param)) as running:
        yield look(running, "account")


def test_json_keeps_its_schema(report: Report) -> None:
    Draft202012Validator.check_schema(json.loads(json_form.schema()))
    validator = Draft202012Validator(json.loads(json_form.schema()))
    errors = [f"{e.json_path}: {e.message}" for e in validator.iter_errors(json.loads(json_form.render(report)))]
    assert errors == []


def test_json_with_an_inventory_keeps_its_schema() -> None:
    from dataclasses import replace

    from easwizard.reports.model import report_on

    with estate("article") as running:
        seen = look(running, "names")
        whole = report_on(replace(seen.case, inventory=running.inventory), seen.created)
    validator = Draft202012Validator(json.loads(json_form.schema()))
    assert list(validator.iter_errors(json.loads(json_form.render(whole)))) == []
    assert {(r.device.value, r.mailbox.product.value, r.odds.exact) for r in whole.routes} >= {("basic", "2007", 0.5)}


def test_findings_stand_in_the_contract_s_order(report: Report) -> None:
    verdicts, severities = ["confirmed", "likely", "possible", "ruled-out"], ["high", "medium", "low", "info"]
    found = json_form.document(report)["findings"]
    order = [(verdicts.index(f["verdict"]), severities.index(f["severity"]), f["code"]) for f in found]
    assert order == sorted(order)


def test_plain_text_fits_80_columns_but_for_commands(report: Report) -> None:
    commands = {s.command for f in report.diagnosis.findings for r in f.remedies for s in r.steps if s.command}
    commands |= {m.how for f in report.diagnosis.findings for m in f.missing}
    commands |= {report.diagnosis.next_best.how} if report.diagnosis.next_best is not None else set()
    commands = {line for command in commands for line in command.splitlines()}
    long = [line for line in plain.render(report).splitlines() if len(line) > plain.WIDTH]
    a_word_of_its_own = [line for line in long if " " not in line.strip()]
    assert [line for line in long if line not in a_word_of_its_own and not any(c in line for c in commands)] == []


def test_plain_text_names_every_finding(report: Report) -> None:
    text = plain.render(report)
    assert [f.code for f in report.diagnosis.findings if f.code not in text] == []


def test_every_clue_names_an_observation_that_is_there(report: Report) -> None:
    document = json_form.document(report)
    ids = {o["id"] for o in document["observations"]}
    named = {c["observation"] for f in document["findings"] for c in f["clues"] if c["observation"]}
    assert named <= ids
    assert len(ids) == len(document["observations"])
