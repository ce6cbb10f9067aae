"""Findings that somebody decided to live with: what they cover, until when, and what the verdict makes of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from easwizard.case.case import Account, Case
from easwizard.case.events import events_of, told
from easwizard.case.mending import Acceptance
from easwizard.diagnosis.accepted import with_acceptances
from easwizard.diagnosis.engine import diagnose
from easwizard.diagnosis.finding import Finding
from easwizard.diagnosis.outcome import Outcome
from easwizard.reports.json_form import finding_form
from easwizard.reports.model import report_on
from easwizard.reports.plain import render
from tests.problems.cases import GENERIC, OLD, OLD_CERT, OLD_GENERIC, accepts, answered, case, http, refuses, samples

TODAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
CODE = "namespace/duplicate"
WHOLE = Acceptance(CODE, "", "phones are replaced in May", TODAY, "anna", NOW)


def duplicate(*accepted: Acceptance) -> Case:
    """The article's fault as looks and samples show it."""
    looks = (http(GENERIC, 401, "Basic"), accepts(OLD_GENERIC), refuses(OLD_CERT), samples("carol", 10, 10))
    known = answered(case(*looks, accounts=(Account("carol", OLD),)), oldmail="yes", oldcert="yes")
    return replace(known, accepted=accepted)


def finding(*accepted: Acceptance, today: date = TODAY) -> Finding:
    found = with_acceptances(diagnose(duplicate(*accepted)), accepted, today).finding(CODE)
    assert found is not None
    return found


def test_the_fault_counts_until_it_is_accepted_and_stays_visible() -> None:
    assert report_on(duplicate(), NOW).outcome is Outcome.PROBLEM
    report = report_on(duplicate(WHOLE), NOW)
    assert report.outcome is Outcome.NO_PROBLEM_FOUND
    shown = report.diagnosis.finding(CODE)
    assert shown is not None
    assert shown.verdict.asserts
    assert finding_form(shown)["accepted"] == {
        "scope": "",
        "reason": "phones are replaced in May",
        "until": "2026-03-10",
        "by": "anna",
    }
    text = " ".join(render(report).split())
    assert "accepted by anna until 2026-03-10: phones are replaced in May" in text


def test_it_holds_through_its_last_day_and_says_when_it_is_over() -> None:
    assert finding(WHOLE).accepted == WHOLE
    over = finding(WHOLE, today=TODAY + timedelta(days=1))
    assert over.accepted is None
    assert finding_form(over)["accepted"] is None
    assert "which is over, so it counts again" in over.acceptance[0]
    assert report_on(duplicate(WHOLE), NOW + timedelta(days=1)).outcome is Outcome.PROBLEM


def test_a_scope_covers_its_own_subject_only() -> None:
    subjects = finding().subjects
    assert len(subjects) > 1, "the test needs a finding about several names"
    parts = [replace(WHOLE, scope=subject.upper(), until=TODAY + timedelta(n)) for n, subject in enumerate(subjects)]
    first = finding(parts[0])
    assert first.accepted is None
    assert f"not accepted for {', '.join(subjects[1:])}" in first.acceptance[-1]
    assert report_on(duplicate(parts[0]), NOW).outcome is Outcome.PROBLEM
    together = finding(*parts).accepted
    assert together is not None
    assert together.until == TODAY, "until the first of them ends"
    assert report_on(duplicate(*parts), NOW).outcome is Outcome.NO_PROBLEM_FOUND
    assert finding(*parts, today=TODAY + timedelta(1)).accepted is None


@pytest.mark.parametrize("other", [replace(WHOLE, code="dns/missing"), replace(WHOLE, scope="elsewhere.test")])
def test_what_is_accepted_about_something_else_changes_nothing(other: Acceptance) -> None:
    assert finding(other).accepted is None
    assert report_on(duplicate(other), NOW).outcome is Outcome.PROBLEM


def test_an_accepted_problem_does_not_excuse_an_account_that_was_refused() -> None:
    refused = replace(
        duplicate(WHOLE), observations=(*duplicate().observations[:3], samples("carol", 0, 0, refused=2))
    )
    assert report_on(refused, NOW).outcome is not Outcome.NO_PROBLEM_FOUND


def test_a_problem_beside_an_accepted_one_still_counts() -> None:
    code = next(f.code for f in diagnose(duplicate()).findings if f.code != CODE)
    assert report_on(duplicate(replace(WHOLE, code=code)), NOW).outcome is Outcome.PROBLEM


def test_what_was_accepted_is_kept_with_the_case() -> None:
    known = duplicate(WHOLE)
    assert told(events_of(known)).accepted == (WHOLE,)
