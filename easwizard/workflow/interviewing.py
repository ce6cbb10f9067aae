"""The interview as the wizard holds it: the grid is filled by hand, versions are asked elsewhere, the rest in turn.

What is asked and why stays the interview's own business; here it is only said what to leave out.
"""

from __future__ import annotations

from easwizard.case.case import UNKNOWN, Case
from easwizard.diagnosis.interview import Asked, next_question, questions_for
from easwizard.diagnosis.questions import Kind, Question
from easwizard.workflow.stages import GRID


def one_at_a_time(case: Case) -> tuple[Question, ...]:
    """Every question of the case that is asked by itself, with values to choose from."""
    return tuple(q for q in questions_for(case) if q.id not in GRID and q.kind is Kind.CHOICE)


def answered(case: Case) -> tuple[Question, ...]:
    """Those of them that have an answer, in the order in which they were answered."""
    known = {question.id: question for question in one_at_a_time(case)}
    return tuple(known[id] for id in case.answers if id in known)


def asked_next(case: Case) -> Asked | None:
    """The question that would separate most now, beside the grid; None when none does, or enough were asked.

    What has its own place and is still open counts as not known here. Takes as long as a few diagnoses.
    """
    elsewhere = [*GRID, *(q.id for q in questions_for(case) if q.kind is not Kind.CHOICE)]
    for question in elsewhere:
        if question not in case.answers:
            case = case.with_answer(question, UNKNOWN)
    return next_question(case)
