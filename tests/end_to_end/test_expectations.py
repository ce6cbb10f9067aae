"""Every scenario at every vantage meets what its file promises, over real DNS, TLS and HTTPS."""

from __future__ import annotations

import pytest

from easwizard.cli.lab import complaints_about
from easwizard.lab.invitation import Vantage
from easwizard.lab.scenario_reader import scenario_names
from tests.end_to_end.checking import estate, look

VANTAGES: tuple[Vantage, ...] = ("names", "account")


@pytest.mark.parametrize("name", scenario_names())
def test_scenario_meets_its_expectations(name: str) -> None:
    with estate(name) as running:
        complaints = {
            vantage: complaints_about(look(running, vantage), running.scenario, vantage) for vantage in VANTAGES
        }
    assert complaints == dict.fromkeys(VANTAGES, ())


@pytest.mark.parametrize("name", scenario_names())
def test_every_scenario_promises_something_for_both_vantages(name: str) -> None:
    assert set(estate(name).scenario.expectations) >= set(VANTAGES)
