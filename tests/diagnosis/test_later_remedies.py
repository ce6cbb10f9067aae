"""Remedies are filled in when somebody looks at them, once, and are the same as if they had been there at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from easwizard.diagnosis.engine import diagnose
from easwizard.diagnosis.words import Remedy, Step
from tests.workflow.test_mending import article


def test_a_diagnosis_makes_no_plan_before_somebody_looks() -> None:
    finding = diagnose(article()).findings[0]
    assert finding.remedies
    assert not any("steps" in vars(remedy) for remedy in finding.remedies)
    plan = finding.remedies[0].plan
    assert plan is not None
    assert finding.remedies[0].plan is plan
    assert finding.remedies[0].title == plan.title


def test_what_comes_later_is_made_once_and_lets_go_of_what_it_was_made_from() -> None:
    made: list[int] = []

    def make() -> Remedy:
        made.append(1)
        return Remedy("align", "Align it", True, (Step("One", "", "seen"),))

    remedy = Remedy.when_looked_at("align", True, make)
    assert made == []
    assert (remedy.id, remedy.recommended) == ("align", True)
    assert (remedy.title, remedy.steps[0].title, remedy.plan) == ("Align it", "One", None)
    assert made == [1]
    assert "_make" not in vars(remedy)
    assert remedy == make()
    assert hash(remedy) == hash(make())
    assert replace(remedy, title="Other").title == "Other"


def test_two_diagnoses_of_one_case_are_equal_and_of_two_cases_are_not() -> None:
    case = article()
    assert diagnose(case) == diagnose(article())
    before = next(f for f in diagnose(article("before")).findings if f.code == "namespace/duplicate")
    after = next(f for f in diagnose(case).findings if f.code == "namespace/duplicate")
    assert before.remedies != after.remedies


def test_a_wrong_name_is_no_plan_to_be_made() -> None:
    remedy = Remedy.when_looked_at("align", True, lambda: pytest.fail("nobody looked"))
    assert not hasattr(remedy, "stepz")
