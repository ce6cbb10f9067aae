"""What is asked next and why, which answers are read, and which are refused (DESIGN 8a, J20)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from easwizard.case.case import Account, Case
from easwizard.diagnosis.clues import AnswerClue, Clue, Effect, Group
from easwizard.diagnosis.interview import (
    MAX_QUESTIONS,
    AnswerError,
    check_answers,
    next_question,
    parse_answer,
    questions_for,
    ranking,
)
from easwizard.diagnosis.legacy_names import INTERNAL_URL
from easwizard.diagnosis.problem import Entry, Examination, Problem, catalogue
from easwizard.diagnosis.questions import QUESTIONS, Need
from easwizard.diagnosis.verdicts import Severity
from easwizard.diagnosis.words import Words
from tests.problems.cases import CERT, OLD, OLD_CERT, OLD_GENERIC, accepts, case, http, refuses, samples


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tls-in-front=nothing", ("tls-in-front", "nothing")),
        ("tls-in-front=unknown", ("tls-in-front", "unknown")),
        ("products=2007+2013", ("products", "2007+2013")),
        ("products=2013+2007+2013", ("products", "2007+2013")),
        ("products=se+2019", ("products", "2019+SE")),
        ("internal-url:oldcert.test=yes", ("internal-url:oldcert.test", "yes")),
    ],
)
def test_answers_are_read(text: str, expected: tuple[str, str]) -> None:
    assert parse_answer(case(), text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nothing", "ID=VALUE"),
        ("tls-in-frnt=nothing", "tls-in-front"),
        ("tls-in-front=magic", "delegation"),
        ("cutover=aftr", r"did you mean after\?"),
        ("x\x1b[2J=1", r"x\\x1b\[2J"),
        ("products=2008", "2010"),
        ("internal-url:other.test=yes", "internal-url:oldcert.test"),
        ("=", "no question"),
    ],
)
def test_what_is_no_answer_is_refused_with_what_is(text: str, words: str) -> None:
    with pytest.raises(AnswerError, match=words):
        parse_answer(case(), text)


def test_impossible_versions_are_refused_with_two_ways_out() -> None:
    with pytest.raises(AnswerError, match="another-forest"):
        check_answers({"products": "2007+2016"})
    for way_out in ("another-forest", "past"):
        assert check_answers({"products": "2007+2016", "products-apart": way_out}) == ()


def test_a_list_of_versions_from_an_edited_case_file_is_refused_by_name() -> None:
    with pytest.raises(AnswerError, match="garbage"):
        check_answers({"products": "2007+garbage"})


def test_what_is_only_believed_impossible_is_a_warning() -> None:
    assert len(check_answers({"products": "2010+2019"})) == 1
    assert check_answers({"products": "2007+2013"}) == ()


def test_the_grid_comes_first() -> None:
    asked = next_question(Case(case().vantage))
    assert asked is not None
    assert asked.question.id.startswith("fails-")
    assert "namespace/duplicate" in asked.separates


def test_an_answer_of_unknown_counts_as_asked() -> None:
    tired = case()
    for question in questions_for(tired)[4 : 4 + MAX_QUESTIONS]:
        tired = tired.with_answer(question.id, "unknown")
    assert next_question(tired) is None


def test_what_is_explained_away_is_not_asked_about() -> None:
    def entry(code: str, *clues: Clue, yields_to: tuple[str, ...] = ()) -> Entry:
        row = AnswerClue("hybrid", ("yes",), Effect.SUPPORTS, "it is", "J12")
        table = () if clues else (row,)
        problem = Problem(code, Severity.LOW, lambda _: Examination(clues), answers=table, yields_to=yields_to)
        return Entry(problem, Words(code, "", "", ()))

    proof = Clue(Effect.PROVES, "seen", "J1", Group.PROBE)
    plain = (entry("a/cause", proof), entry("b/effect"))
    yielding = (entry("a/cause", proof), entry("b/effect", yields_to=("a/cause",)))
    silent = Entry(Problem("d/silent", Severity.LOW, lambda _: Examination()), Words("d/silent", "", "", ()))
    asked = next_question(case(), (*plain, silent))
    assert asked is not None
    assert asked.separates == ("b/effect",)
    assert next_question(case(), (*yielding, silent)) is None


def test_a_name_that_refuses_is_asked_about_first() -> None:
    asked = next_question(case(accepts(OLD_GENERIC), refuses(OLD_CERT)))
    assert asked is not None
    assert asked.question.id == "internal-url:oldcert.test"


def asked_in_turn(known: Case) -> list[str]:
    """The questions that come when every answer is "don't know"."""
    asked = []
    while (question := next_question(known)) is not None:
        asked.append(question.question.id)
        known = known.with_answer(question.question.id, "unknown")
    return asked


GRID_ANSWERS = {question.id: "never" for question in QUESTIONS if question.id.startswith("fails-")}


def told(**answers: str) -> Case:
    known = case(accepts(OLD_GENERIC), refuses(OLD_CERT))
    for id, value in {**GRID_ANSWERS, **{k.replace("_", "-"): v for k, v in answers.items()}}.items():
        known = known.with_answer(id, value)
    return known


def test_what_describes_failures_is_not_asked_where_nobody_fails() -> None:
    describing = {question.id for question in QUESTIONS if question.needs is Need.FAILURES}
    assert "scope" in describing
    assert not describing & set(asked_in_turn(told()))
    assert describing & set(asked_in_turn(told(fails_basic_old="sometimes")))
    assert describing & set(asked_in_turn(told(fails_basic_old="unknown")))


def test_the_old_pool_is_asked_about_once_old_mailboxes_fail_now_and_then() -> None:
    assert "legacy-pool" not in asked_in_turn(told())
    assert "legacy-pool" not in asked_in_turn(told(fails_basic_old="always"))
    assert "legacy-pool" in asked_in_turn(told(fails_basic_old="sometimes"))
    sampled = told()
    sampled = sampled.with_observations([samples("anna", 4, 3)])
    assert "legacy-pool" in asked_in_turn(replace(sampled, accounts=(Account("anna", OLD),)))


def test_what_ends_tls_is_asked_where_it_decides() -> None:
    assert "tls-in-front" in asked_in_turn(case(http(CERT, 401, "Basic")))


def test_every_table_of_answers_names_questions_and_values_that_exist() -> None:
    values = {question.id: {value.id for value in question.values} for question in QUESTIONS}
    for entry in catalogue():
        for row in entry.problem.answers:
            assert set(row.values) <= values[row.question], (entry.code, row.question)
        assert set(entry.problem.reads) <= {*values, INTERNAL_URL}


def test_the_ranking_moves_with_the_answers() -> None:
    sometimes = ranking(case(fails_basic_old="sometimes", fails_cert_old="sometimes"))
    always = ranking(case(fails_basic_old="always"))
    assert sometimes[0].code == "namespace/duplicate"
    assert always[0].code == "namespace/legacy-rejects-all"


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_any_interview_ends(data: st.DataObject) -> None:
    known = case(accepts(OLD_GENERIC), refuses(OLD_CERT))
    for _ in range(len(questions_for(known)) + 1):
        asked = next_question(known)
        if asked is None:
            break
        values = [value.id for value in asked.question.values]
        known = known.with_answer(asked.question.id, data.draw(st.sampled_from([*values, "unknown"])))
    else:
        pytest.fail("the interview asks the same again")
    told = [value for value in known.answers.values() if value != "unknown"]
    assert len(told) <= MAX_QUESTIONS
