"""Every problem is a must in one scenario and a must-not in another, and the table of them is the one shown."""

from __future__ import annotations

from easwizard.diagnosis.problem import catalogue
from easwizard.lab.scenario import EVERY_OTHER, Expectation
from easwizard.lab.scenario_reader import load_scenario, scenario_names
from tests.scenario_table import FILE, table

WITHOUT_A_SCENARIO: frozenset[str] = frozenset()
"""Codes that no scenario shows yet; this list shrinks to nothing."""

SHOWN = {"confirmed", "likely", "possible"}


CODES = {entry.code for entry in catalogue()}


def expectations() -> list[Expectation]:
    """Of every scenario and vantage."""
    return [e for name in scenario_names() for e in load_scenario(name).expectations.values()]


def test_every_code_must_be_found_somewhere() -> None:
    found = {code for e in expectations() for code, verdicts in e.must.items() if set(verdicts) <= SHOWN}
    assert CODES - found == WITHOUT_A_SCENARIO


def test_every_code_must_be_spared_somewhere() -> None:
    """In an estate that has nothing of it, whatever is looked at."""
    each = [load_scenario(name).expectations.values() for name in scenario_names()]
    spared = {code for es in each for code in CODES if all(e.spares(code) for e in es)}
    assert not CODES - spared


def test_scenarios_name_only_codes_that_there_are() -> None:
    named = {code for e in expectations() for code in (*e.must, *e.must_not, *e.may)}
    assert named - CODES <= {EVERY_OTHER}


def test_the_table_in_the_docs_is_the_one_that_is_printed() -> None:
    assert FILE.read_text(encoding="utf-8") == table(), "run: python -m tests.scenario_table --write"
