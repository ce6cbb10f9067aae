"""`easwizard explain`: the catalogue of problems and of questions, or one of either."""

from __future__ import annotations

import argparse
import json
import textwrap
from collections.abc import Iterator
from difflib import get_close_matches

from easwizard.case.case import Case, Vantage
from easwizard.cli.console import ExitCode, UsageError, write
from easwizard.diagnosis.clues import AnswerClue, Effect
from easwizard.diagnosis.interview import questions_for
from easwizard.diagnosis.problem import Entry, catalogue
from easwizard.diagnosis.questions import Question
from easwizard.diagnosis.words import Remedy

_WIDTH = 80
_SPEAKS = {
    Effect.PROVES: "for",
    Effect.SUPPORTS: "for",
    Effect.WEAKENS: "against",
    Effect.EXCLUDES: "rules out",
}


def run(arguments: argparse.Namespace) -> int:
    """Print the catalogue, one problem, one question, or all questions."""
    questions = questions_for(Case(Vantage("")))
    question = next((q for q in questions if q.id == arguments.code), None)
    entries = catalogue() if question is not None else _chosen(arguments.code, questions)
    if arguments.json:
        write(json.dumps(_document(entries, questions), ensure_ascii=False, indent=2) + "\n")
    elif question is not None:
        _print(_one_question(question))
    elif arguments.symptoms:
        _print(_symptoms(questions))
    elif arguments.code:
        _print(_one_problem(entries[0]))
    else:
        width = max(len(entry.code) for entry in entries)
        write("".join(f"{e.code:<{width}}  {e.problem.severity.value:<6}  {e.words.title}\n" for e in entries))
    return ExitCode.NO_PROBLEM


def _chosen(code: str | None, questions: tuple[Question, ...]) -> tuple[Entry, ...]:
    if code is None:
        return catalogue()
    entries = tuple(entry for entry in catalogue() if entry.code == code)
    if not entries:
        known = [*(entry.code for entry in catalogue()), *(q.id for q in questions)]
        near = get_close_matches(code, known, n=3, cutoff=0.4)
        hint = f"; did you mean {' or '.join(near)}?" if near else "; explain without a code lists all"
        raise UsageError(f"'{code}' is neither a problem code nor a question{hint}")
    return entries


def _print(lines: Iterator[str]) -> None:
    write("".join(f"{line}\n" for line in lines))


def _document(entries: tuple[Entry, ...], questions: tuple[Question, ...]) -> dict[str, object]:
    return {
        "format": "easwizard-explain",
        "version": 1,
        "problems": [
            {
                "code": entry.code,
                "title": entry.words.title,
                "severity": entry.problem.severity.value,
                "helpdesk": entry.words.helpdesk,
                "engineer": entry.words.engineer,
            }
            for entry in entries
        ],
        "questions": [{"id": q.id, "values": [value.id for value in q.values]} for q in questions],
    }


def _symptoms(questions: tuple[Question, ...]) -> Iterator[str]:
    for question in questions:
        yield f"{question.id}"
        yield from _wrapped("    ", question.text)
        for value in question.values:
            yield from _wrapped(f"      {value.id:<16} ", value.label)
    yield "internal-url:HOST"
    yield from _wrapped(
        "    ", "Is HOST the InternalUrl of any ActiveSync virtual directory now?  yes, no or unknown"
    )


def _one_question(question: Question) -> Iterator[str]:
    """What is asked, why, and what each answer would say."""
    yield question.id
    yield from _wrapped("", question.text)
    yield from _wrapped("Why: ", f"{question.why} ({question.source})")
    yield ""
    for value in question.values:
        yield from _wrapped(f"{value.id:<12} ", value.label)
        for entry, clue in _spoken(question.id, value.id):
            yield from _wrapped(f"  {_SPEAKS[clue.effect]:<9} ", f"{entry.code}: {clue.text} ({clue.source})")
    weighing = [entry.code for entry in catalogue() if question.id in entry.problem.reads]
    if weighing:
        yield ""
        yield from _wrapped("Also weighed by: ", ", ".join(weighing))


def _spoken(question: str, value: str) -> Iterator[tuple[Entry, AnswerClue]]:
    for entry in catalogue():
        for clue in entry.problem.answers:
            if clue.question == question and value in clue.values:
                yield entry, clue


def _one_problem(entry: Entry) -> Iterator[str]:
    yield f"{entry.code}   severity {entry.problem.severity.value}"
    yield from _wrapped("", entry.words.title)
    yield ""
    yield from _wrapped("Helpdesk: ", entry.words.helpdesk)
    yield ""
    yield from _wrapped("Engineer: ", entry.words.engineer)
    if entry.problem.answers:
        yield ""
        yield "Answers that speak for or against it:"
        for clue in entry.problem.answers:
            said = f"{clue.question}={'|'.join(clue.values)}"
            yield from _wrapped(f"  {_SPEAKS[clue.effect]:<9} ", f"{said}: {clue.text} ({clue.source})")
    if entry.problem.yields_to:
        yield ""
        yield from _wrapped("Not shown where likely: ", ", ".join(entry.problem.yields_to))
    for remedy in entry.words.remedies:
        yield ""
        yield from _remedy(remedy)


def _remedy(remedy: Remedy) -> Iterator[str]:
    yield from _wrapped("Remedy: ", f"{remedy.title}{' (recommended)' if remedy.recommended else ''}")
    for number, step in enumerate(remedy.steps, start=1):
        yield from _wrapped(f"  {number}. ", f"{step.title}. {step.instruction}".rstrip())
        if step.command is not None:
            yield from (f"     [{step.shell}] {line}" for line in step.command.splitlines())
        yield from _wrapped("     check: ", step.check)
        if step.undo is not None:
            yield from _wrapped("     undo:  ", step.undo)


def _wrapped(label: str, text: str) -> Iterator[str]:
    """A labelled paragraph of the terminal's width; commands stand on lines of their own and are never broken."""
    yield from textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=label,
        subsequent_indent=" " * min(len(label), 12),
        break_long_words=False,
        break_on_hyphens=False,
    )
