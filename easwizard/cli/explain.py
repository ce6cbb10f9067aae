"""`easwizard explain`: the catalogue of problems and of questions."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from difflib import get_close_matches

from easwizard.case.case import Case, Vantage
from easwizard.cli.console import ExitCode, UsageError, write
from easwizard.diagnosis.interview import questions_for
from easwizard.diagnosis.problem import Entry, catalogue
from easwizard.diagnosis.questions import Question


def run(arguments: argparse.Namespace) -> int:
    """Print the catalogue, one problem, or the questions."""
    entries = _chosen(arguments.code)
    questions = questions_for(Case(Vantage("")))
    if arguments.json:
        write(json.dumps(_document(entries, questions), ensure_ascii=False, indent=2) + "\n")
    elif arguments.symptoms:
        write("".join(f"{line}\n" for line in _symptoms(questions)))
    elif arguments.code:
        write("".join(f"{line}\n" for line in _one(entries[0])))
    else:
        width = max(len(entry.code) for entry in entries)
        write("".join(f"{e.code:<{width}}  {e.problem.severity.value:<6}  {e.words.title}\n" for e in entries))
    return ExitCode.NO_PROBLEM


def _chosen(code: str | None) -> tuple[Entry, ...]:
    if code is None:
        return catalogue()
    entries = tuple(entry for entry in catalogue() if entry.code == code)
    if not entries:
        near = get_close_matches(code, [entry.code for entry in catalogue()], n=3, cutoff=0.4)
        hint = f"; did you mean {' or '.join(near)}?" if near else "; explain without a code lists all"
        raise UsageError(f"'{code}' is no problem code{hint}")
    return entries


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
        yield f"    {question.text}"
        for value in question.values:
            yield f"      {value.id:<16} {value.label}"
    yield "internal-url:HOST"
    yield "    Is HOST the InternalUrl of any ActiveSync virtual directory now?  yes, no or unknown"


def _one(entry: Entry) -> Iterator[str]:
    yield f"{entry.code}   severity {entry.problem.severity.value}"
    yield entry.words.title
    yield ""
    yield f"Helpdesk: {entry.words.helpdesk}"
    yield ""
    yield f"Engineer: {entry.words.engineer}"
    for remedy in entry.words.remedies:
        yield ""
        yield f"Remedy: {remedy.title}{' (recommended)' if remedy.recommended else ''}"
        for number, step in enumerate(remedy.steps, start=1):
            yield f"  {number}. {step.title}. {step.instruction}".rstrip()
            if step.command is not None:
                yield f"     [{step.shell}] {step.command}"
            yield f"     check: {step.check}"
