"""`explain` shows every problem and every question, in 80 columns, commands apart."""

from __future__ import annotations

import json

import pytest

from easwizard.case.case import Case, Vantage
from easwizard.cli import main
from easwizard.diagnosis.interview import questions_for
from easwizard.diagnosis.problem import catalogue

CODES = [entry.code for entry in catalogue()]
QUESTIONS = [question.id for question in questions_for(Case(Vantage("")))]


@pytest.mark.parametrize("what", [*CODES, *QUESTIONS])
def test_everything_is_explained_in_80_columns(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", what]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[0] == what
    # Commands stay whole, and so does a single word of one in an undo.
    broken = [line for line in lines if len(line) > 80 and len(line.split()) > 1]
    assert not [line for line in broken if not line.lstrip().startswith("[")]


def test_a_question_says_what_each_answer_would_mean(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "fails-basic-old"]) == 0
    said = capsys.readouterr().out
    assert "Why: " in said
    assert "for       namespace/duplicate" in said
    assert "against   namespace/duplicate" in said


def test_the_document_holds_the_whole_catalogue(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [problem["code"] for problem in document["problems"]] == CODES
    assert [question["id"] for question in document["questions"]] == QUESTIONS


def test_a_wrong_word_gets_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "namespace/duplicat"]) == 2
    assert "namespace/duplicate" in capsys.readouterr().err
