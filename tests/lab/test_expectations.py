"""Comparing what was found with what a scenario expects."""

from __future__ import annotations

from easwizard.lab.expectations import unmet
from easwizard.lab.scenario import Expectation

EXPECTED = Expectation(
    must={"namespace/duplicate": ("likely", "confirmed"), "dns/missing": ("not-examined", "possible")},
    must_not=("tls/expired",),
    exit=1,
)


def test_all_holds() -> None:
    assert unmet(EXPECTED, {"namespace/duplicate": "likely", "tls/expired": "possible"}, 1) == ()


def test_everything_that_does_not_hold_is_said() -> None:
    assert unmet(EXPECTED, {"tls/expired": "likely", "dns/missing": "confirmed"}, 3) == (
        "namespace/duplicate is not-examined, expected likely or confirmed",
        "dns/missing is confirmed, expected not-examined or possible",
        "tls/expired is likely, expected neither confirmed nor likely",
        "the exit code is 3, expected 1",
    )


def test_an_exit_code_may_be_left_open() -> None:
    assert unmet(Expectation(), {}, 3) == ()
