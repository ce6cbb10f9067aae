"""What people said and did, as rows of text: answers, and steps done with their times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

from easwizard.case.case import UNKNOWN, Case
from easwizard.case.mending import StepRecord
from easwizard.diagnosis.interview import questions_for
from easwizard.diagnosis.questions import Question
from easwizard.reports.times import both


@dataclass(frozen=True)
class Told:
    """One question with its answer, both in words."""

    question: str
    answer: str


@dataclass(frozen=True)
class StepTold:
    """What happened to one step, as it is read."""

    when: str
    plan: str
    step: str
    state: str
    where: str
    """The server or virtual directory; empty for the whole step."""
    who: str
    note: str

    @property
    def words(self) -> str:
        """All but the time, in one sentence."""
        at = f" on {self.where}" if self.where else ""
        who = f", by {self.who}" if self.who else ""
        return f"{self.plan}, {self.step}{at}: {self.state}{who}{f'. {self.note}' if self.note else ''}"


def answers_told(case: Case) -> tuple[Told, ...]:
    """Every answer but "don't know", with the question as it was asked."""
    known = {question.id: question for question in questions_for(case)}
    given = ((id, value) for id, value in case.answers.items() if value != UNKNOWN)
    return tuple(_told(known.get(id), id, value) for id, value in given)


def _told(question: Question | None, id: str, value: str) -> Told:
    """An answer to a question that this version does not know is shown as it stands in the case."""
    if question is None:
        return Told(id, value)
    label = next((v.label for v in question.values if v.id == value), "")
    if label.casefold().startswith(value.casefold()):
        return Told(question.text, label)
    return Told(question.text, f"{value}: {label}" if label else value)


def steps_told(case: Case, zone: tzinfo | None = None) -> tuple[StepTold, ...]:
    """What was done of every plan, in the order of time."""
    return tuple(_step(record, zone) for record in sorted(case.steps, key=lambda record: record.at))


def _step(record: StepRecord, zone: tzinfo | None) -> StepTold:
    until = f" until {both(record.until, zone)}" if record.until is not None else ""
    return StepTold(
        when=both(record.at, zone),
        plan=record.plan,
        step=record.step,
        state=f"{record.state.value}{until}",
        where=record.subject,
        who=record.who,
        note=record.note,
    )
