"""An outage from the questions to the advice, without a screen."""

from __future__ import annotations

from itertools import product

import pytest

from easwizard.case.case import Case, Vantage
from easwizard.case.events import Answered, TargetsNamed
from easwizard.case.requests import Target
from easwizard.diagnosis.engine import diagnose
from easwizard.diagnosis.finding import Diagnosis
from easwizard.exchange.inventory import Role
from easwizard.workflow.outage import Advice, advice, question_after_grid, told
from easwizard.workflow.stages import GRID
from tests.problems import cases

EMPTY = Case(Vantage("jump"))
BROKEN = cases.answered(
    cases.case(cases.accepts(cases.OLD_GENERIC), cases.refuses(cases.OLD_CERT)), oldmail="yes", oldcert="yes"
)
VDIRS = "InternalUrl : https://legacy.a.test/Microsoft-Server-ActiveSync\nInternalUrl : https://b.a.test/x"


@pytest.mark.parametrize("said", [("sometimes", "always", "never", "always"), ("always",) * 4, ("unknown",) * 4, ()])
def test_the_question_after_the_grid_is_never_of_the_grid(said: tuple[str, ...]) -> None:
    case = EMPTY
    for question, value in zip(GRID, said, strict=False):
        case = case.with_answer(question, value)
    asked = question_after_grid(case)
    assert asked is not None
    assert asked.question.id not in GRID
    assert case.answers.keys() <= set(GRID), "the cells that were left open stay open"


def test_another_grid_asks_another_question() -> None:
    asked = set()
    for values in product(("sometimes", "always", "never"), repeat=2):
        case = EMPTY.with_answer(GRID[0], values[0]).with_answer(GRID[1], values[1])
        question = question_after_grid(case)
        assert question is not None
        asked.add(question.question.id)
    assert len(asked) > 1, "with one question for all, it could be asked without looking at the grid"


def test_both_pastes_make_names_with_roles_and_what_is_an_internal_url() -> None:
    understood = told("mail.a.test:8443 legacy.a.test:8443", VDIRS, {"b.a.test": Role.LEGACY_CERT})
    assert understood.targets == (
        Target("mail.a.test", 8443, Role.GENERIC),
        Target("legacy.a.test", 8443, Role.LEGACY_GENERIC),
        Target("b.a.test", 443, Role.LEGACY_CERT),
    )
    assert understood.events() == (
        TargetsNamed(understood.targets),
        Answered("internal-url:legacy.a.test", "yes"),
        Answered("internal-url:b.a.test", "yes"),
    )


def test_an_internal_url_that_phones_use_too_is_no_legacy_name() -> None:
    understood = told("mail.a.test", "InternalUrl : https://mail.a.test/x", {})
    assert understood.targets == (Target("mail.a.test", 443, Role.GENERIC),)
    assert understood.internal_hosts == ()


def test_nothing_understood_changes_nothing() -> None:
    assert told("no names here", "", {}).events() == ()


def advised(case: Case) -> Advice:
    return advice(diagnose(case), cases.AT)


def test_the_advice_is_the_recommended_remedy_of_what_presses_most() -> None:
    found = advised(BROKEN)
    first = next(f for f in diagnose(BROKEN).findings if f.verdict.asserts)
    assert found.finding == first
    assert found.remedy is not None
    assert found.remedy.recommended
    assert found.step is not None
    assert found.undo
    assert found.undo == found.step.undo
    assert (found.decide_by - cases.AT).total_seconds() == 30 * 60


def test_what_is_copied_names_where_to_run_it_and_the_way_back() -> None:
    found = advised(BROKEN)
    assert found.step is not None
    assert found.step.command is not None
    lines = found.to_copy.splitlines()
    assert lines[0].startswith("# Run in the")
    assert "administrator" in lines[0]
    assert found.step.command in lines
    assert lines[-1].startswith("# Undo: ")


def test_without_a_finding_there_is_one_thing_to_run_next() -> None:
    found = advised(cases.case(cases.accepts(cases.OLD_GENERIC)))
    assert found.finding is None
    assert found.remedy is None
    assert found.undo is None
    assert found.command == found.to_copy != ""
    assert advice(Diagnosis((), (), None), cases.AT).command


def test_faults_that_come_together_are_all_named() -> None:
    found = advised(BROKEN)
    asserted = [f for f in diagnose(BROKEN).findings if f.verdict.asserts]
    assert [found.finding, *found.others] == asserted
