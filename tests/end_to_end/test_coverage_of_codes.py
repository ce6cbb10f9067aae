"""Every problem is a must in one scenario and a must-not in another, and the table of them is the one shown."""

from __future__ import annotations

from easwizard.diagnosis.problem import catalogue
from easwizard.lab.scenario_reader import load_scenario, scenario_names
from tests.scenario_table import FILE, table

WITHOUT_A_SCENARIO: frozenset[str] = frozenset()
"""Codes that no scenario shows yet; this list shrinks to nothing."""

SHOWN = {"confirmed", "likely", "possible"}


def expectations() -> list[tuple[set[str], set[str]]]:
    """For each scenario and vantage, the codes that must be shown and those that must not be blamed."""
    return [
        ({code for code, verdicts in e.must.items() if set(verdicts) <= SHOWN}, set(e.must_not))
        for name in scenario_names()
        for e in load_scenario(name).expectations.values()
    ]


def test_every_code_must_be_found_somewhere() -> None:
    found = set[str]().union(*(must for must, _ in expectations()))
    assert {entry.code for entry in catalogue()} - found == WITHOUT_A_SCENARIO


def test_every_code_must_be_spared_somewhere() -> None:
    spared = set[str]().union(*(must_not for _, must_not in expectations()))
    assert not {entry.code for entry in catalogue()} - spared


def test_scenarios_name_only_codes_that_there_are() -> None:
    named = set[str]().union(*(must | must_not for must, must_not in expectations()))
    assert not named - {entry.code for entry in catalogue()}


def test_the_table_in_the_docs_is_the_one_that_is_printed() -> None:
    assert FILE.read_text(encoding="utf-8") == table(), "run: python -m tests.scenario_table --write"
