"""`diff` tells which targets of logs fail more or less often than chance explains, and no counts that only differ."""

from __future__ import annotations

from typing import Any

import pytest

from easwizard.reports.comparing import difference
from easwizard.reports.difference import document, render


def report(*targets: tuple[str, int, int]) -> dict[str, Any]:
    """A report whose logs show these hosts with requests and failures."""
    rows = [
        {"host": host, "named_by": "PrxTo", "requests": requests, "failed": failed, "credentials": 0}
        for host, requests, failed in targets
    ]
    return {"format": "easwizard-report", "version": 1, "logs": {"targets": rows}}


def changed(before: Any, after: Any) -> list[Any]:
    form: list[Any] = document(difference(before, after))["facts"]["changed"]
    return form


def test_a_share_beyond_both_intervals_is_a_change() -> None:
    before, after = (
        report(("bad.test", 400, 396), ("good.test", 400, 4)),
        report(("bad.test", 300, 2), ("good.test", 90, 2)),
    )
    [change] = changed(before, after)
    assert (change["id"], change["kind"], change["target"]) == (
        "logs:PrxTo:bad.test",
        "log target",
        "bad.test (PrxTo)",
    )
    [field] = change["changes"]
    assert (field["before"], field["after"]) == ("99.0 % of 400 (97 to 100 %)", "0.7 % of 300 (0 to 2 %)")
    assert "bad.test" in render(difference(before, after))
    assert not difference(before, after).is_same


@pytest.mark.parametrize(
    "after",
    [
        report(("bad.test", 5_000, 2_400)),
        report(("bad.test", 10, 0)),
        report(("other.test", 400, 0)),
        {"format": "easwizard-report", "version": 1, "logs": None},
        {"format": "easwizard-report", "version": 1},
    ],
    ids=["other counts", "too few", "another host", "no logs", "none at all"],
)
def test_what_is_no_change(after: dict[str, Any]) -> None:
    assert difference(report(("bad.test", 400, 200)), after).is_same


def test_refused_passwords_are_no_failures_of_a_target() -> None:
    before, after = report(("bad.test", 400, 0)), report(("bad.test", 400, 300))
    after["logs"]["targets"][0]["credentials"] = 300
    assert difference(before, after).is_same


@pytest.mark.parametrize(
    "logs", [7, [], {"targets": 3}, {"targets": [3, {}, {"host": 1, "requests": "x", "failed": -1}]}]
)
def test_logs_that_are_none_break_nothing(logs: Any) -> None:
    odd = {"format": "easwizard-report", "version": 1, "logs": logs}
    assert difference(odd, report(("bad.test", 400, 200))).is_same
